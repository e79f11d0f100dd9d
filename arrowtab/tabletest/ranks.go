package tabletest

import (
	"fmt"
	"slices"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
)

// rank is t's first rows of each key, in some order, or all with their numbers, or one of each that are equal.
func (g Generator) rank(t *pw.Table) *pw.Table {
	s := t.Schema()
	arrives, tied := arrival(t)
	if tied && !g.AnyOrder {
		return t.Distinct()
	}
	order := []any{g.name(s), pw.PerKey(g.keys(s, g.pick(3))...)}
	if g.pick(2) == 0 {
		order = append(order, pw.Desc(g.name(s)).NullsFirst())
	}
	switch g.pick(6) {
	case 0:
		name := fmt.Sprint("n", s.Len())
		numbered := t.RowNumber(name, order...)
		if g.pick(2) == 0 {
			return numbered.Filter(pw.Col(name).Lt(g.pick(4)))
		}
		return numbered
	case 1:
		return t.Deduplicate(g.keys(s, 2), pw.KeepFirstBy(g.name(s)))
	case 2:
		return t.Deduplicate(g.keys(s, 2), pw.KeepLastBy(g.name(s)))
	case 3:
		if arrives && g.pick(2) == 0 {
			return t.Deduplicate(g.keys(s, 2), pw.KeepFirst())
		}
		if arrives {
			return t.Deduplicate(g.keys(s, 2), pw.KeepLast())
		}
		return t.Distinct()
	}
	return t.TopK(1+g.pick(4), order...)
}

// arrival reports whether t's rows have an order of arrival, and whether several may have the same place in it: those that
// a Union has of one source.
func arrival(t *pw.Table) (arrives, tied bool) {
	n, err := t.Plan()
	if err != nil || !plan.KeepsSeq(n) {
		return false, false
	}
	return true, slices.ContainsFunc(plan.Upstream(n), func(n plan.Node) bool {
		_, union := n.(*plan.Union)
		return union
	})
}
