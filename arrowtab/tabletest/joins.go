package tabletest

import (
	"fmt"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// mostPairs is how many pairs of rows a join may have: plantest tries them all.
const mostPairs = 30_000

// join is a join of any kind of two tables, t itself if they are too large.
func (g Generator) join(t, right *pw.Table) *pw.Table {
	if rowsAtMost(t)*rowsAtMost(right) > mostPairs {
		return t
	}
	options := g.joinOptions(t, right)
	if g.pick(6) == 0 {
		options = g.within(options, t, right)
	}
	switch g.pick(8) {
	case 0:
		return t.LeftJoin(right, g.perhapsNow(options)...)
	case 1:
		return t.RightJoin(right, options...)
	case 2:
		return t.FullJoin(right, options...)
	case 3:
		return t.SemiJoin(right, options...)
	case 4:
		return t.AntiJoin(right, options...)
	case 5:
		return t.Join(right, g.within(options, t, right)...)
	}
	return t.Join(right, g.perhapsNow(options)...)
}

// within adds an interval, if both tables have times.
func (g Generator) within(options []pw.JoinOption, t, right *pw.Table) []pw.JoinOption {
	l, r := g.timestamp(t.Schema()), g.timestamp(right.Schema())
	if l == "" || r == "" {
		return options
	}
	lo := time.Duration(g.pick(100)-50) * time.Second
	return append(options, pw.Within(l, r, lo, lo+time.Duration(g.pick(100))*time.Second))
}

// perhapsNow adds AsOfNow, which makes no difference in a batch.
func (g Generator) perhapsNow(options []pw.JoinOption) []pw.JoinOption {
	if g.pick(6) == 0 {
		return append(options, pw.AsOfNow())
	}
	return options
}

func (g Generator) joinOptions(t, right *pw.Table) []pw.JoinOption {
	options := []pw.JoinOption{pw.Suffix(fmt.Sprint("_", t.Schema().Len()))}
	for range g.pick(3) {
		if on := g.on(t.Schema(), right.Schema()); on != nil {
			options = append(options, on)
		}
	}
	if g.pick(3) == 0 {
		options = append(options, pw.NullsEqual())
	}
	if len(options) == 1 || g.pick(3) == 0 {
		options = append(options, pw.OnCond(g.expr(g.both(t, right), vec.Bool, 1)))
	}
	return options
}

// both is the columns of both tables; some of the right one's are called like the left one's.
func (g Generator) both(t, right *pw.Table) *pw.Schema {
	fields := append([]pw.Field(nil), t.Schema().Fields()...)
	for _, f := range right.Schema().Fields() {
		if _, there := t.Schema().Index(f.Name); !there {
			fields = append(fields, f)
		}
	}
	return pw.NewSchema(fields...)
}

// on is a pair of columns that can be equal, nil if it finds none.
func (g Generator) on(left, right *pw.Schema) pw.JoinOption {
	r := right.Field(g.pick(right.Len()))
	for range 5 {
		l := left.Field(g.pick(left.Len()))
		_, err := plan.KeyType(plan.ColumnAt(pw.NewSchema(l), 0), plan.ColumnAt(pw.NewSchema(r), 0))
		switch {
		case err != nil:
		case l.Name == r.Name && g.pick(3) > 0:
			return pw.On(l.Name)
		default:
			return pw.OnPair(l.Name, r.Name)
		}
	}
	return nil
}

// asOf is an as-of join of two tables, t itself if they are too large or have nothing in common.
func (g Generator) asOf(t, right *pw.Table) *pw.Table {
	if rowsAtMost(t)*rowsAtMost(right) > mostPairs {
		return t
	}
	l := t.Schema().Field(g.pick(t.Schema().Len()))
	for _, r := range right.Schema().Fields() {
		if r.Type != l.Type {
			continue
		}
		options := []pw.JoinOption{pw.Suffix(fmt.Sprint("_", t.Schema().Len()))}
		if on := g.on(t.Schema(), right.Schema()); on != nil && g.pick(3) > 0 {
			options = append(options, on)
		}
		options = append(options, g.direction(l.Type)...)
		if g.pick(2) == 0 {
			return t.AsOfJoin(right, l.Name, r.Name, options...)
		}
		return t.AsOfLeftJoin(right, l.Name, r.Name, options...)
	}
	return t
}

// direction is where to look for times of that type, and how far.
func (g Generator) direction(t vec.Type) (options []pw.JoinOption) {
	measured := t.IsInteger() || t.Kind == vec.Timestamp || t.Kind == vec.Date
	switch c := g.pick(4); {
	case c == 0:
		options = append(options, pw.Forward())
	case c == 1 && measured:
		options = append(options, pw.Nearest())
	}
	if g.pick(3) == 0 {
		options = append(options, pw.Strict())
	}
	switch {
	case g.pick(3) > 0 || !measured:
	case t.IsInteger():
		options = append(options, pw.Tolerance(g.pick(4)))
	default:
		options = append(options, pw.Tolerance(time.Duration(g.pick(100))*time.Second))
	}
	return options
}

// rowsAtMost is a bound of the number of rows of a table whose sources are in memory.
func rowsAtMost(t *pw.Table) float64 {
	n, err := t.Plan()
	if err != nil {
		return 0
	}
	most := map[plan.Node]float64{}
	for _, n := range plan.Upstream(n) {
		rows := 0.0
		for _, in := range n.Inputs() {
			rows += most[in]
		}
		switch n := n.(type) {
		case *plan.Read:
			rows = 1e9
			if m, ok := n.Source.(*pw.Memory); ok {
				rows = float64(m.Rows())
			}
		case *plan.Limit:
			rows = min(rows, float64(n.N))
		case *plan.Join:
			rows += most[n.Left] * most[n.Right]
		case *plan.Window:
			rows *= windowsPerRow
		}
		most[n] = rows
	}
	return most[n]
}
