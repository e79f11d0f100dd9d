package optimize

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// pushIntoJoin filters rows before they are joined. A condition on the columns of one side goes to that side, if a row of it that is left out
// only takes its own results with it: to the left of any join but a right or full one, to the right of inner and right
// ones. What reads both sides is part of an inner join's condition.
//
//	filter l.a > 1, r.b > 2, l.a < r.b      inner join where l.a < r.b
//	  inner join                              filter a > 1
//	                                          filter b > 2
func (g *graph) pushIntoJoin(base plan.Base, conds []plan.Expr, n *plan.Join) plan.Node {
	toLeft := n.Kind != plan.RightOuter && n.Kind != plan.FullOuter
	toRight := n.Kind == plan.Inner || n.Kind == plan.RightOuter
	left, right, rest := bySide(conds, n.Left.Schema().Len(), toLeft, toRight)
	out := *n
	out.Left = g.push(base, rebound(left, n.Left, 0), n.Left)
	out.Right = g.push(base, rebound(right, n.Right, n.Left.Schema().Len()), n.Right)
	if n.Kind == plan.Inner && len(rest) > 0 {
		if n.Cond != nil {
			rest = slices.Concat(conjuncts(n.Cond), rest)
		}
		out.Cond, rest = and(rest), nil
	}
	return above(base, rest, &out)
}

// pushIntoAsOf filters left rows before they look for their right one. Of right rows none may be missing: another would be the
// answer.
func (g *graph) pushIntoAsOf(base plan.Base, conds []plan.Expr, n *plan.AsOf) plan.Node {
	left, _, rest := bySide(conds, n.Left.Schema().Len(), true, false)
	out := *n
	out.Left = g.push(base, rebound(left, n.Left, 0), n.Left)
	return above(base, rest, &out)
}

// bySide is the conditions that read columns of the left side alone, of the right one alone, and the others; a side that takes none has none. What
// tells −0 from 0 isn't for either.
func bySide(conds []plan.Expr, leftColumns int, toLeft, toRight bool) (left, right, rest []plan.Expr) {
	for _, c := range conds {
		columns := plan.ColumnsOf(c)
		switch {
		case len(columns) == 0 || tellsZeros(c): // behind a join there is one zero
			rest = append(rest, c)
		case toLeft && columns[len(columns)-1] < leftColumns:
			left = append(left, c)
		case toRight && columns[0] >= leftColumns:
			right = append(right, c)
		default:
			rest = append(rest, c)
		}
	}
	return left, right, rest
}

// rebound is conditions over some columns of a step as those over its input, which has them from its first on: columns have other names and
// nullability there.
func rebound(conds []plan.Expr, in plan.Node, first int) []plan.Expr {
	out := make([]plan.Expr, len(conds))
	for i, c := range conds {
		out[i] = plan.Replace(c, func(c *plan.Column) plan.Expr { return plan.ColumnAt(in.Schema(), c.Index-first) })
	}
	return out
}

// above is n filtered by conditions, if there are any.
func above(base plan.Base, conds []plan.Expr, n plan.Node) plan.Node {
	if len(conds) == 0 {
		return n
	}
	return &plan.Filter{Base: base, Input: n, Cond: and(conds)}
}
