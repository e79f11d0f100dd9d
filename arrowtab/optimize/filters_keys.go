package optimize

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// pushBelowKeys filters whole groups before they are made: conditions that read nothing but a step's keys go below it. keys are the step's
// columns that are keys, of those of its input. Conditions that read no column stay above, as do those that tell rows of one group from each
// other.
func (g *graph) pushBelowKeys(base plan.Base, conds []plan.Expr, n plan.Node, keys, of []int) plan.Node {
	var below, rest []plan.Expr
	input := n.Inputs()[0]
	for _, c := range conds {
		columns := plan.ColumnsOf(c)
		outside := func(column int) bool { return !slices.Contains(keys, column) }
		if len(columns) == 0 || slices.ContainsFunc(columns, outside) || tellsZeros(c) {
			rest = append(rest, c)
			continue
		}
		below = append(below, plan.Replace(c, func(c *plan.Column) plan.Expr {
			return plan.ColumnAt(input.Schema(), of[slices.Index(keys, c.Index)])
		}))
	}
	if len(below) > 0 {
		n = n.WithInputs([]plan.Node{g.push(base, below, input)})
	}
	return above(base, rest, n)
}

// pushIntoFromChanges filters changes as their rows: those that come and those that go alike. If there may be a change without a number, which is a bad
// row, all must be seen.
func (g *graph) pushIntoFromChanges(base plan.Base, conds []plan.Expr, n *plan.FromChanges) plan.Node {
	if n.Input.Schema().Field(n.Diff).Nullable {
		return above(base, conds, n)
	}
	below := make([]plan.Expr, len(conds))
	for i, c := range conds {
		below[i] = plan.Replace(c, func(c *plan.Column) plan.Expr { return plan.ColumnAt(n.Input.Schema(), before(n, c.Index)) })
	}
	return n.WithInputs([]plan.Node{g.push(base, below, n.Input)})
}

// pushIntoChanges filters rows before their changes are told, by what isn't about the change itself.
func (g *graph) pushIntoChanges(base plan.Base, conds []plan.Expr, n *plan.Changes) plan.Node {
	own := n.Input.Schema().Len()
	below, _, rest := bySide(conds, own, true, false)
	var out plan.Node = n
	if len(below) > 0 {
		out = n.WithInputs([]plan.Node{g.push(base, rebound(below, n.Input, 0), n.Input)})
	}
	return above(base, rest, out)
}
