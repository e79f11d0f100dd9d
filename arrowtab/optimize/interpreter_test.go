package optimize_test

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"sort"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// interpreter runs a plan row by row, as slowly and plainly as can be: nil, bool, int64, float64 and string are the
// values, a slice of them is a row. It keeps what the optimizer relies on: AND, OR, If and Coalesce compute an
// argument only if they need it, and a filter stops at its first condition that isn't true.
type interpreter struct {
	rows     map[plan.Node][][]any
	rejected map[plan.Node]int // bad rows under Skip and Reject
	failed   error             // the first bad row under Fail
}

var errBad = errors.New("bad row")

func run(roots []plan.Node) *interpreter {
	in := &interpreter{rows: map[plan.Node][][]any{}, rejected: map[plan.Node]int{}}
	for _, n := range plan.Upstream(roots...) {
		in.rows[n] = in.node(n)
	}
	return in
}

func (in *interpreter) node(n plan.Node) [][]any {
	switch n := n.(type) {
	case *plan.Read:
		return read(n)
	case *plan.Filter:
		return in.each(n, n.Input, func(row []any) ([]any, error) {
			keep, err := holds(n.Cond, row)
			if keep {
				return row, err
			}
			return nil, err
		})
	case *plan.Project:
		return in.each(n, n.Input, func(row []any) ([]any, error) {
			out := make([]any, len(n.Exprs))
			for i, e := range n.Exprs {
				v, err := eval(e, row)
				if err != nil {
					return nil, err
				}
				out[i] = v
			}
			return out, nil
		})
	case *plan.Aggregate:
		return aggregate(n, in.rows[n.Input])
	case *plan.Sort:
		rows := slices.Clone(in.rows[n.Input])
		sort.SliceStable(rows, func(i, j int) bool { return before(n.Keys, rows[i], rows[j]) })
		return window(rows, n.Limit, n.Offset)
	case *plan.Limit:
		return window(in.rows[n.Input], n.N, n.Offset)
	case *plan.Union:
		var rows [][]any
		for _, i := range n.In {
			rows = append(rows, in.rows[i]...)
		}
		return rows
	case *plan.Rejected:
		return [][]any{{int64(in.rejected[n.Of])}} // the rows' text depends on the plan, their number doesn't
	}
	panic(fmt.Sprintf("%T", n))
}

func read(n *plan.Read) [][]any {
	var rows [][]any
	for _, b := range n.Source.(*pw.Memory).Batches() {
		for i := range b.N {
			row := make([]any, len(b.Cols))
			for c, v := range b.Cols {
				row[c] = goValue(v.Scalar(i))
			}
			if n.Filter != nil {
				if keep, err := holds(n.Filter, row); err != nil {
					panic("a source's filter fails")
				} else if !keep {
					continue
				}
			}
			if n.Columns != nil {
				full := row
				row = []any{}
				for _, c := range n.Columns {
					row = append(row, full[c])
				}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func goValue(s vec.Scalar) any {
	switch {
	case s.Null:
		return nil
	case s.Type.Kind == vec.Bool:
		return s.I != 0
	case s.Type.IsFloat():
		return s.F
	case s.Type.IsVar():
		return s.S
	case s.Type.Kind == vec.Decimal:
		return s.D.Big().String()
	}
	return s.I
}

func (in *interpreter) each(n, input plan.Node, f func(row []any) ([]any, error)) [][]any {
	var rows [][]any
	for _, row := range in.rows[input] {
		out, err := f(row)
		switch {
		case err == nil && out != nil:
			rows = append(rows, out)
		case err == nil:
		case n.Policy() == plan.Fail:
			in.failed = cmp.Or(in.failed, err)
		default:
			in.rejected[n]++
		}
	}
	return rows
}

// holds reports whether a filter's condition is true.
func holds(cond plan.Expr, row []any) (bool, error) {
	if c, ok := cond.(*plan.Call); ok && c.Op == plan.OpAnd {
		for _, a := range c.Args {
			if ok, err := holds(a, row); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	v, err := eval(cond, row)
	return v == true, err
}

func window(rows [][]any, n, offset int64) [][]any {
	rows = rows[min(offset, int64(len(rows))):]
	if n < 0 {
		return rows
	}
	return rows[:min(n, int64(len(rows)))]
}

func before(keys []plan.SortKey, a, b []any) bool {
	for _, k := range keys {
		x, y := a[k.Column], b[k.Column]
		if (x == nil) != (y == nil) {
			return (x == nil) == k.NullsFirst
		}
		if x == nil {
			continue
		}
		if c := compare(x, y); c != 0 {
			return c < 0 != k.Desc
		}
	}
	return false
}

func compare(a, b any) int {
	switch a := a.(type) {
	case int64:
		return cmp.Compare(a, b.(int64))
	case float64:
		y := b.(float64)
		switch { // NaN is above all
		case a == y || a != a && y != y:
			return 0
		case a != a || a > y:
			return 1
		}
		return -1
	case string:
		return cmp.Compare(a, b.(string))
	case bool:
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	}
	panic(fmt.Sprintf("%T", a))
}

func aggregate(n *plan.Aggregate, rows [][]any) [][]any {
	var order []string
	groups := map[string][][]any{}
	if len(n.Keys) == 0 {
		order, groups[""] = []string{""}, nil
	}
	for _, row := range rows {
		key := ""
		for _, k := range n.Keys {
			key += fmt.Sprintf("%T %v|", row[k], row[k])
		}
		if _, ok := groups[key]; !ok {
			order = append(order, key)
		}
		groups[key] = append(groups[key], row)
	}
	if len(n.Keys) == 0 {
		order = order[:1]
	}
	var out [][]any
	for _, key := range order {
		row := []any{}
		for _, k := range n.Keys {
			row = append(row, groups[key][0][k])
		}
		for _, a := range n.Aggs {
			row = append(row, reduce(a, groups[key]))
		}
		out = append(out, row)
	}
	return out
}

func reduce(a plan.Agg, rows [][]any) any {
	if a.Arg < 0 {
		return int64(len(rows))
	}
	var values []any
	for _, row := range rows {
		if row[a.Arg] != nil {
			values = append(values, row[a.Arg])
		}
	}
	switch {
	case a.Func == plan.AggCount:
		return int64(len(values))
	case len(values) == 0:
		return nil
	case a.Func == plan.AggMin:
		return slices.MinFunc(values, compare)
	case a.Func == plan.AggMax:
		return slices.MaxFunc(values, compare)
	}
	total := new(big.Float).SetPrec(2000) // exact for the values here
	special := 0.0
	for _, v := range values {
		f, isFloat := v.(float64)
		switch {
		case !isFloat:
			total.Add(total, new(big.Float).SetInt64(v.(int64)))
		case math.IsInf(f, 0) || math.IsNaN(f):
			special += f
		default:
			total.Add(total, big.NewFloat(f))
		}
	}
	if a.Func == plan.AggAvg {
		total.Quo(total, big.NewFloat(float64(len(values))))
	}
	return fmt.Sprint(total.Text('g', 30), special)
}
