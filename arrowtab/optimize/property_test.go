package optimize_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/optimize"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

type testRow struct {
	A int64
	B *int64
	C int32
	X float64
	Y *float64
	S *string
	T bool
}

// generator draws random rows, expressions and steps.
type generator struct{ t *rapid.T }

func (g generator) pick(n int) int { return rapid.IntRange(0, n-1).Draw(g.t, "pick") }

func (g generator) rows() []testRow {
	ints := []int64{0, 1, 2, -1, 7, math.MaxInt64, math.MinInt64}
	floats := []float64{0, 1, -2.5, 100, math.NaN(), math.Inf(1)}
	rows := make([]testRow, g.pick(12))
	for i := range rows {
		b, y, s := ints[g.pick(len(ints))], floats[g.pick(len(floats))], string(rune('p'+g.pick(3)))
		rows[i] = testRow{A: ints[g.pick(len(ints))], C: int32(g.pick(5) - 2), X: floats[g.pick(len(floats))], T: g.pick(2) == 0}
		if g.pick(3) > 0 {
			rows[i].B, rows[i].Y, rows[i].S = &b, &y, &s
		}
	}
	return rows
}

// expr is an expression of that kind over the columns of s.
func (g generator) expr(s *pw.Schema, kind vec.Kind, depth int) pw.Expr {
	if depth == 0 || g.pick(4) == 0 {
		return g.leaf(s, kind)
	}
	sub := func(k vec.Kind) pw.Expr { return g.expr(s, k, depth-1) }
	switch c := g.pick(8); {
	case c == 0:
		return pw.If(sub(vec.Bool), sub(kind), sub(kind))
	case c == 1:
		return sub(kind).Coalesce(sub(kind))
	case kind == vec.Bool:
		return g.condition(sub)
	case kind == vec.String:
		return g.leaf(s, kind)
	case kind == vec.Float64:
		switch g.pick(6) {
		case 0:
			return sub(kind).Div(sub(kind))
		case 1:
			return sub(vec.Int64).Cast(pw.TFloat64)
		case 2:
			return sub(kind).Neg()
		case 3:
			return sub(kind).Mul(sub(kind))
		default:
			return sub(kind).Add(sub(kind))
		}
	default:
		ops := []func(e pw.Expr, o any) pw.Expr{pw.Expr.Add, pw.Expr.Sub, pw.Expr.Mul, pw.Expr.Quo, pw.Expr.Rem}
		return ops[g.pick(len(ops))](sub(kind), sub(kind))
	}
}

func (g generator) condition(sub func(vec.Kind) pw.Expr) pw.Expr {
	kinds := []vec.Kind{vec.Int64, vec.Float64, vec.String, vec.Bool}
	kind := kinds[g.pick(len(kinds))]
	switch g.pick(9) {
	case 0, 1:
		return sub(vec.Bool).And(sub(vec.Bool), sub(vec.Bool))
	case 2:
		return sub(vec.Bool).Or(sub(vec.Bool))
	case 3:
		return sub(vec.Bool).Not()
	case 4:
		return sub(kind).IsNull()
	case 5:
		return sub(kind).IsNotNull()
	case 6:
		return sub(kind).Eq(sub(kind))
	case 7:
		return sub(kind).Lt(sub(kind))
	default:
		return sub(kind).Ge(sub(kind))
	}
}

func (g generator) leaf(s *pw.Schema, kind vec.Kind) pw.Expr {
	var columns []string
	for _, f := range s.Fields() {
		if f.Type.Kind == kind || kind == vec.Int64 && f.Type.Kind == vec.Int32 {
			columns = append(columns, f.Name)
		}
	}
	if len(columns) > 0 && g.pick(4) > 0 {
		e := pw.Col(columns[g.pick(len(columns))])
		if kind == vec.Int64 {
			e = e.Cast(pw.TInt64)
		}
		return e
	}
	t := vec.Type{Kind: kind}
	switch {
	case g.pick(6) == 0:
		return pw.Lit(nil).Cast(t)
	case kind == vec.Bool:
		return pw.Lit(g.pick(2) == 0)
	case kind == vec.String:
		return pw.Lit(string(rune('p' + g.pick(3))))
	case kind == vec.Float64:
		return pw.Lit(float64(g.pick(4))).Cast(t)
	}
	return pw.Lit(g.pick(4) - 1)
}

// step is t with one more step.
func (g generator) step(t *pw.Table) *pw.Table {
	s := t.Schema()
	names := s.Names()
	name := func() string { return names[g.pick(len(names))] }
	kinds := []vec.Kind{vec.Int64, vec.Float64, vec.String, vec.Bool}
	some := func() []any {
		columns := []any{name()}
		for _, n := range names {
			if n != columns[0] && g.pick(3) > 0 {
				columns = append(columns, n)
			}
		}
		return columns
	}
	switch g.pick(13) {
	case 0, 1, 2, 3:
		return t.Filter(g.expr(s, vec.Bool, 3))
	case 4, 5:
		e := g.expr(s, kinds[g.pick(4)], 3)
		if g.pick(2) == 0 {
			return t.With(e.As(fmt.Sprint("n", len(names))))
		}
		return t.With(e.As(name()))
	case 6:
		columns := some()
		return t.Select(append(columns, g.expr(s, kinds[g.pick(4)], 2).As("computed"+fmt.Sprint(len(names))))...)
	case 7:
		return t.Select(some()...)
	case 8:
		return t.Sort(name(), pw.Desc(name()).NullsFirst())
	case 9:
		return t.Limit(g.pick(6))
	case 10:
		return t.Union(t.Filter(g.expr(s, vec.Bool, 2)))
	case 11:
		return g.group(t, name)
	default:
		return t.OnBadRow([]pw.BadRows{pw.Fail, pw.Skip, pw.Reject}[g.pick(3)])
	}
}

func (g generator) group(t *pw.Table, name func() string) *pw.Table {
	reducers := []pw.Reducer{pw.Count().As("r0")}
	for i := range g.pick(3) {
		r := []func(any) pw.Reducer{pw.Min, pw.Max, pw.CountOf}[g.pick(3)](name())
		reducers = append(reducers, r.As(fmt.Sprint("r", i+1)))
	}
	if g.pick(4) == 0 {
		return t.Reduce(reducers...)
	}
	return t.GroupBy(name()).Reduce(reducers...)
}

// tables is some tables that share steps, and what they reject.
func (g generator) tables() []*pw.Table {
	made := []*pw.Table{pw.FromRows(g.rows())}
	for range 1 + g.pick(8) {
		next := g.step(made[g.fromLast(len(made))])
		if _, err := next.Plan(); err == nil { // two columns of a name
			made = append(made, next)
		}
	}
	out := []*pw.Table{made[len(made)-1]}
	for range g.pick(3) {
		out = append(out, made[g.pick(len(made))])
	}
	for _, t := range made {
		rejected := t.Rejected()
		if _, err := rejected.Plan(); err == nil && g.pick(2) == 0 {
			out = append(out, rejected)
		}
	}
	return out
}

// fromLast is a place in a list, mostly the last.
func (g generator) fromLast(n int) int {
	if g.pick(4) > 0 {
		return n - 1
	}
	return g.pick(n)
}

// TestOptimizedPlansGiveTheSame runs random plans as they are and after rules in any order: the same rows in the same
// order, the same number of rejected rows for each step that is asked, and a bad row under Fail in both or in none.
func TestOptimizedPlansGiveTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tables := generator{t}.tables()
		before := make([]plan.Node, len(tables))
		for i, table := range tables {
			n, err := table.Plan()
			if err != nil {
				t.Fatalf("the generator made an error: %v", err)
			}
			before[i] = n
		}
		want := run(before)
		after := before
		for range 1 + (generator{t}).pick(8) {
			r := rules[generator{t}.pick(len(rules))]
			input := after
			after = r.rule(input)
			if problem := differs(want, run(after), before, after); problem != "" {
				t.Fatalf("%s: %s; of\n%s\ncame\n%s", r.name, problem, plan.Explain(input...), plan.Explain(after...))
			}
		}
	})
}

var rules = []struct {
	name string
	rule rule
}{
	{"fold", optimize.Fold},
	{"projects", optimize.MergeProjects},
	{"filters", optimize.PushFilters},
	{"limits", optimize.Limits},
	{"reads", optimize.FilterReads},
	{"columns", optimize.PruneColumns},
	{"all", optimize.Nodes},
}

func differs(want, got *interpreter, before, after []plan.Node) string {
	if (want.failed == nil) != (got.failed == nil) {
		return fmt.Sprintf("failed: %v, before: %v", got.failed, want.failed)
	}
	for i, n := range before {
		if a, b := fmt.Sprint(got.rows[after[i]]), fmt.Sprint(want.rows[n]); a != b {
			return fmt.Sprintf("plan %d gives %s, before: %s", i, a, b)
		}
		if a, b := after[i].Schema(), n.Schema(); a.String() != b.String() {
			return fmt.Sprintf("plan %d has schema %s, before: %s", i, a, b)
		}
	}
	return ""
}
