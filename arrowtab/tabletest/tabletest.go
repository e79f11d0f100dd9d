// Package tabletest makes random table programs for tests: of steps and expressions of every sort over the columns that
// there are, several tables that share steps, and what these reject.
//
//	g := tabletest.Generator{Rand: rng}
//	for _, t := range g.Tables(source) { … }
//
// The programs have no mistakes: every table has a plan. plantest says what it yields.
package tabletest

import (
	"fmt"
	"math"
	"slices"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Generator draws programs.
type Generator struct {
	// Rand gives numbers from 0 to below n: a *rand.Rand, or the draws of a property test, which can then find a
	// smaller program that fails.
	Rand interface{ IntN(n int) int }
	// AnyOrder lets programs depend on the order of rows where the engine gives none, as behind GroupBy.
	AnyOrder bool
}

// Tables is from one to four tables that are made from source, and what some of their steps reject.
func (g Generator) Tables(source *pw.Table) []*pw.Table {
	made := []*pw.Table{source}
	for range 1 + g.pick(8) {
		next := g.Step(made[g.mostlyLast(len(made))])
		if _, err := next.Plan(); err == nil { // two columns of a name
			made = append(made, next)
		}
	}
	out := []*pw.Table{made[len(made)-1]}
	for range g.pick(4) {
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

func (g Generator) pick(n int) int { return g.Rand.IntN(n) }

// mostlyLast is a place in a list, mostly the last.
func (g Generator) mostlyLast(n int) int {
	if g.pick(4) > 0 {
		return n - 1
	}
	return g.pick(n)
}

// Step is t with one more step, or t itself.
func (g Generator) Step(t *pw.Table) *pw.Table {
	s := t.Schema()
	switch g.pick(14) {
	case 0, 1, 2:
		return t.Filter(g.expr(s, vec.Bool, 3))
	case 3, 4:
		e := g.expr(s, g.kind(), 3)
		if g.pick(2) == 0 {
			return t.With(e.As(fmt.Sprint("n", s.Len())))
		}
		return t.With(e.As(g.name(s)))
	case 5:
		return t.Select(append(g.some(s), g.expr(s, g.kind(), 2).As(fmt.Sprint("computed", s.Len())))...)
	case 6:
		return t.Select(g.some(s)...)
	case 7:
		return g.sort(t)
	case 8:
		return g.top(t)
	case 9:
		if !g.AnyOrder && !KeepsOrder(t) {
			return t
		}
		return t.Limit(g.rows())
	case 10:
		return t.Union(t.Filter(g.expr(s, vec.Bool, 2)))
	case 11, 12:
		return g.group(t)
	default:
		return t.OnBadRow([]pw.BadRows{pw.Fail, pw.Skip, pw.Reject}[g.pick(3)])
	}
}

func (g Generator) name(s *pw.Schema) string { return s.Field(g.pick(s.Len())).Name }

// kind is one of the kinds that there are expressions of.
func (g Generator) kind() vec.Kind {
	return []vec.Kind{vec.Int64, vec.Float64, vec.String, vec.Bool}[g.pick(4)]
}

// rows is a number of rows for a Limit.
func (g Generator) rows() int { return []int{3, 100, 1, 9000, 0, 5, math.MaxInt}[g.pick(7)] }

// some is the names of some columns, at least one.
func (g Generator) some(s *pw.Schema) []any {
	names := []any{g.name(s)}
	for _, f := range s.Fields() {
		if f.Name != names[0] && g.pick(3) > 0 {
			names = append(names, f.Name)
		}
	}
	return names
}

// sort is t in the order of one column, or two, then of arrival.
func (g Generator) sort(t *pw.Table) *pw.Table {
	if !g.AnyOrder && !KeepsOrder(t) {
		return t
	}
	s := t.Schema()
	return t.Sort(g.name(s), pw.Desc(g.name(s)).NullsFirst())
}

// top is t in the order of all columns, and perhaps the first rows of it.
func (g Generator) top(t *pw.Table) *pw.Table {
	var keys []any
	for _, name := range t.Schema().Names() {
		k := pw.Asc(name)
		if g.pick(2) == 0 {
			k = pw.Desc(name)
		}
		if g.pick(2) == 0 {
			k = k.NullsFirst()
		}
		keys = append(keys, k)
	}
	if t = t.Sort(keys...); g.pick(2) == 0 {
		return t
	}
	return t.Limit(g.rows())
}

func (g Generator) group(t *pw.Table) *pw.Table {
	s := t.Schema()
	reducers := []pw.Reducer{pw.Count().As("r0")}
	for i := range g.pick(5) {
		reducers = append(reducers, g.reducer(s).As(fmt.Sprint("r", i+1)))
	}
	if g.pick(5) == 0 {
		return t.Reduce(reducers...)
	}
	var keys []string
	for range 1 + g.pick(4) {
		if name := g.name(s); !slices.Contains(keys, name) {
			keys = append(keys, name)
		}
	}
	return t.GroupBy(keys...).Reduce(reducers...)
}

// reducer reduces a column. There is no average of decimals, of which plantest has none, and no sum of sums, which
// would overflow in most programs.
func (g Generator) reducer(s *pw.Schema) pw.Reducer {
	f := s.Field(g.pick(s.Len()))
	all := []func(any) pw.Reducer{pw.Min, pw.Max, pw.CountOf}
	if t := f.Type; t.IsNumeric() && (t.Kind != vec.Decimal || t.Scale > 0) {
		all = append(all, pw.Sum, pw.Sum)
		if t.Kind != vec.Decimal {
			all = append(all, pw.Avg)
		}
	}
	return all[g.pick(len(all))](f.Name)
}

// KeepsOrder reports whether t's rows come in an order that is the same in every run: that of the input, or of a Sort
// by all columns, behind which rows that tie are equal.
func KeepsOrder(t *pw.Table) bool {
	n, err := t.Plan()
	return err == nil && keepsOrder(n)
}

func keepsOrder(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Read:
		return true
	case *plan.Sort:
		columns := map[int]bool{}
		for _, k := range n.Keys {
			columns[k.Column] = true
		}
		return len(columns) == n.Schema().Len() || keepsOrder(n.Input)
	case *plan.Union, *plan.Aggregate, *plan.Rejected:
		return false
	}
	return keepsOrder(n.Inputs()[0])
}
