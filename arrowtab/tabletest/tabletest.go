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
	// Joins, Windows, Ranks, Reducers and Changes let programs have those steps too: joins and as-of joins; watermarks and windows; TopK, RowNumber,
	// Distinct and Deduplicate; the reducers beyond counts, sums, averages and extremes; Changes and FromChanges.
	Joins, Windows, Ranks, Reducers, Changes bool
}

// Everything is a Generator of programs with all steps that there are.
func Everything(rand interface{ IntN(n int) int }) Generator {
	return Generator{Rand: rand, Joins: true, Windows: true, Ranks: true, Reducers: true, Changes: true}
}

// Tables is from one to four tables that are made from sources, of which there is at least one, and what some of their steps reject.
func (g Generator) Tables(sources ...*pw.Table) []*pw.Table {
	made := slices.Clone(sources)
	for range 1 + g.pick(8) {
		next := g.next(made[g.mostlyLast(len(made))], made)
		if _, err := next.Plan(); err == nil { // it may be wrong in small ways: two columns of a name
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

// next is t with one more step, or t itself, or t joined with one of the tables made so far.
func (g Generator) next(t *pw.Table, made []*pw.Table) *pw.Table {
	switch c := g.pick(16); {
	case c < 3 && g.Joins:
		return g.join(t, made[g.pick(len(made))])
	case c == 3 && g.Joins:
		return g.asOf(t, made[g.pick(len(made))])
	case (c == 4 || c == 5) && g.Windows:
		return g.window(t)
	case (c == 6 || c == 7) && g.Ranks:
		return g.rank(t)
	case c == 8 && g.Changes:
		changed := t.Changes().FromChanges("diff").Drop("time")
		if _, err := changed.Plan(); err != nil || g.AnyOrder { // there may be a column "diff" already
			return changed
		}
		return g.group(changed) // whose rows don't go again, so that any sink takes them
	}
	return g.Step(t)
}

// Step is t with one more step, or t itself.
func (g Generator) Step(t *pw.Table) *pw.Table {
	s := t.Schema()
	switch g.pick(15) {
	case 13:
		return g.flatten(t)
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

// flatten makes rows of the parts of a string, and perhaps leaves it at the list of them.
func (g Generator) flatten(t *pw.Table) *pw.Table {
	s := t.Schema()
	for _, f := range s.Fields() {
		if f.Type.Kind == vec.List {
			return t.Flatten(f.Name)
		}
	}
	name := fmt.Sprint("parts", s.Len())
	t = t.With(g.expr(s, vec.String, 1).Split([]string{"a", "0", ""}[g.pick(3)]).As(name))
	if g.pick(2) == 0 {
		return t
	}
	return t.Flatten(name)
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
	reducers := g.reducers(s)
	if g.pick(5) == 0 {
		return t.Reduce(reducers...)
	}
	return t.GroupBy(g.keys(s, 1+g.pick(4))...).Reduce(reducers...)
}

// keys is the names of up to n columns.
func (g Generator) keys(s *pw.Schema, n int) []string {
	var keys []string
	for range n {
		if name := g.name(s); !slices.Contains(keys, name) {
			keys = append(keys, name)
		}
	}
	return keys
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
	case *plan.Union, *plan.Aggregate, *plan.Rejected, *plan.Join, *plan.AsOf, *plan.Window, *plan.Late, *plan.Top, *plan.Upsert, *plan.Accept, *plan.FromChanges:
		return false
	}
	return keepsOrder(n.Inputs()[0])
}
