package optimize

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// joinNeeds is the columns of both sides that a join needs if those of its result are needed: these, and what the rows are joined by.
func joinNeeds(n *plan.Join, needed columns) (left, right columns) {
	left, right = split(needed, n.Left, n.Right)
	left.add(n.LeftKeys)
	right.add(n.RightKeys)
	if n.Cond != nil {
		for _, c := range plan.ColumnsOf(n.Cond) {
			if c < len(left) {
				left[c] = true
			} else {
				right[c-len(left)] = true
			}
		}
	}
	if n.Within != nil {
		left[n.Within.LeftTime], right[n.Within.RightTime] = true, true
	}
	return left.atLeastOne(), right.atLeastOne()
}

// asOfNeeds is joinNeeds. Of right rows of the same time the largest by all columns counts, so all are needed, unless there are no two.
func asOfNeeds(n *plan.AsOf, needed columns) (left, right columns) {
	left, right = split(needed, n.Left, n.Right)
	left.add(append([]int{n.LeftTime}, n.LeftKeys...))
	by := append([]int{n.RightTime}, n.RightKeys...)
	right.add(by)
	if !unique(n.Right, by) {
		right.add(places(len(right)))
	}
	return left, right
}

// split is the needed columns of a join by side. A semi or anti join has only those of the left.
func split(needed columns, leftNode, rightNode plan.Node) (left, right columns) {
	left, right = make(columns, leftNode.Schema().Len()), make(columns, rightNode.Schema().Len())
	copy(right, needed[copy(left, needed):])
	return left, right
}

// atLeastOne is c with a column, also where rows are only counted: a join holds them.
func (c columns) atLeastOne() columns {
	if !slices.Contains(c, true) {
		c[0] = true
	}
	return c
}

// unique reports whether no two rows of n are equal in those columns.
func unique(n plan.Node, columns []int) bool {
	key := plan.KeyOf(n)
	return key != nil && !slices.ContainsFunc(key, func(c int) bool { return !slices.Contains(columns, c) })
}

func (p *pruner) askSides(leftNode, rightNode plan.Node, left, right columns) {
	p.of(leftNode).add(left.list())
	p.of(rightNode).add(right.list())
}

// sides is the new inputs of a join, with exactly the columns that it needs, for it holds their rows.
type sides struct {
	left, right pruned
	out         *plan.Schema // of a join that has both sides' columns
	place       []int        // of the old one's columns
}

func (p *pruner) sidesOf(n, leftNode, rightNode plan.Node, left, right columns) sides {
	base := plan.Base{At: n.Pos(), Bad: n.Policy()}
	keepLeft, keepRight := left.list(), right.list()
	s := sides{left: p.trimmed(base, leftNode, keepLeft), right: p.trimmed(base, rightNode, keepRight)}
	keep := keepLeft
	if n.Schema().Len() > len(left) {
		for _, c := range keepRight {
			keep = append(keep, len(left)+c)
		}
	}
	s.out, s.place = n.Schema().Pick(keep), kept(n.Schema().Len(), keep)
	return s
}

func (p *pruner) rebuildJoin(n *plan.Join) pruned {
	left, right := joinNeeds(n, p.of(n))
	s := p.sidesOf(n, n.Left, n.Right, left, right)
	out := *n
	out.Left, out.Right, out.Out = s.left.node, s.right.node, s.out
	out.LeftKeys, out.RightKeys = s.left.places(n.LeftKeys), s.right.places(n.RightKeys)
	if n.Cond != nil {
		out.Cond = s.ofPair(n.Cond, len(left))
	}
	if n.Within != nil {
		w := *n.Within
		w.LeftTime, w.RightTime = s.left.place[w.LeftTime], s.right.place[w.RightTime]
		out.Within = &w
	}
	return pruned{&out, s.place}
}

// ofPair is an expression over the old columns of both sides, of which the left one had so many, over the new ones.
func (s sides) ofPair(e plan.Expr, oldLeft int) plan.Expr {
	newLeft := s.left.node.Schema().Len()
	return plan.Replace(e, func(c *plan.Column) plan.Expr {
		moved := *c
		if c.Index < oldLeft {
			moved.Index = s.left.place[c.Index]
		} else {
			moved.Index = newLeft + s.right.place[c.Index-oldLeft]
		}
		return &moved
	})
}

func (p *pruner) rebuildAsOf(n *plan.AsOf) pruned {
	left, right := asOfNeeds(n, p.of(n))
	s := p.sidesOf(n, n.Left, n.Right, left, right)
	out := *n
	out.Left, out.Right, out.Out = s.left.node, s.right.node, s.out
	out.LeftKeys, out.RightKeys = s.left.places(n.LeftKeys), s.right.places(n.RightKeys)
	out.LeftTime, out.RightTime = s.left.place[n.LeftTime], s.right.place[n.RightTime]
	return pruned{&out, s.place}
}
