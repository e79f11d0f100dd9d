package optimize

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// FilterReads hands conditions to the sources, which can skip what they don't need to read. A condition that can't fail
// goes from the filters above a Read into it if every consumer of its rows is a filter with that condition.
func FilterReads(roots []plan.Node) []plan.Node {
	g := newGraph(roots)
	common := map[plan.Node][]plan.Expr{} // by Read
	for _, n := range plan.Upstream(roots...) {
		if r, ok := n.(*plan.Read); ok && g.uses[r] == len(g.consumers[r]) {
			common[r] = commonConditions(g, g.consumers[r])
		}
	}
	return rewrite(roots, func(_ *graph, n, old plan.Node) plan.Node {
		switch n := n.(type) {
		case *plan.Read:
			return filteredRead(n, common[n])
		case *plan.Filter:
			return without(n, common[old.(*plan.Filter).Input])
		}
		return n
	})
}

// commonConditions is the conditions that can't fail which all of a Read's consumers have.
func commonConditions(g *graph, consumers []plan.Node) []plan.Expr {
	var common []plan.Expr
	for i, n := range consumers {
		f, ok := n.(*plan.Filter)
		if !ok {
			return nil
		}
		movable, rest := splitMovable(f.Cond)
		if g.pinned[f] && len(rest) == 0 {
			return nil
		}
		if i == 0 {
			common = movable
			continue
		}
		common = slices.DeleteFunc(slices.Clone(common), func(e plan.Expr) bool { return !contains(movable, e) })
	}
	return common
}

func contains(conds []plan.Expr, e plan.Expr) bool {
	return slices.ContainsFunc(conds, func(c plan.Expr) bool { return plan.Same(c, e) })
}

// filteredRead is r with conds added, which are over its rows; its filter is over the source's.
func filteredRead(r *plan.Read, conds []plan.Expr) plan.Node {
	if len(conds) == 0 {
		return r
	}
	var all []plan.Expr
	if r.Filter != nil {
		all = conjuncts(r.Filter)
	}
	for _, c := range conds {
		all = append(all, plan.Replace(c, func(c *plan.Column) plan.Expr {
			return plan.ColumnAt(r.Source.Schema(), sourceColumn(r, c.Index))
		}))
	}
	out := *r
	out.Filter = and(all)
	return &out
}

// sourceColumn is the place in the source's schema of a Read's column.
func sourceColumn(r *plan.Read, i int) int {
	if r.Columns == nil {
		return i
	}
	return r.Columns[i]
}

// without is f without conds, which its input sees to; its input if no condition is left.
func without(f *plan.Filter, conds []plan.Expr) plan.Node {
	if len(conds) == 0 {
		return f
	}
	rest := slices.DeleteFunc(conjuncts(f.Cond), func(e plan.Expr) bool { return contains(conds, e) })
	if len(rest) == 0 {
		return f.Input
	}
	out := *f
	out.Cond = and(rest)
	return &out
}
