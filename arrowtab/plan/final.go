package plan

import "slices"

// Final reports whether all rows of a key reach n in one epoch, so that it needs to keep nothing for later ones: its input is bounded, or its keys
// have a column that is the same only in rows of windows which close together, and their rows come out just then.
//
//	t.WindowBy("at", Tumbling(Minute), By("page")).Reduce(Count()).
//		GroupBy("window_end").Reduce(Max("count"))    // all windows with that end close in one epoch
func Final(n Node) bool { return finals{}.of(n) }

// finals is the nodes that have been asked for, and whether they are Final: each step behind a window asks for those before it.
type finals map[Node]bool

func (f finals) of(n Node) bool {
	final, known := f[n]
	if !known {
		final = Bounded(n) || f.whole(n)
		f[n] = final
	}
	return final
}

// whole reports whether n's keys have such a column.
func (f finals) whole(n Node) bool {
	switch n := n.(type) {
	case *Aggregate:
		return f.closing(n.Input, n.Keys)
	case *Top:
		return f.closing(n.Input, n.Keys)
	case *Join:
		return f.closingPair(n)
	}
	return false
}

// closing reports whether windows whose rows are equal in those columns close together.
func (f finals) closing(n Node, columns []int) bool {
	return slices.ContainsFunc(columns, func(c int) bool {
		w, at := f.windowColumn(n, c)
		return w != nil && w.closesBy(at)
	})
}

// closingPair reports whether some pair of the join's keys is the same column of one Window on both sides, by which its windows close.
func (f finals) closingPair(n *Join) bool {
	for i, l := range n.LeftKeys {
		left, at := f.windowColumn(n.Left, l)
		right, there := f.windowColumn(n.Right, n.RightKeys[i])
		if left != nil && left == right && at == there && left.closesBy(at) {
			return true
		}
	}
	return false
}

// closesBy reports whether windows whose rows are equal in column c close together, once: those that end together do. Those that begin together
// end together if all are equally long, which cumulating windows and sessions aren't.
func (n *Window) closesBy(c int) bool {
	const start, end = 0, 1
	return !n.Revises() && (c == end || c == start && (n.Kind == Tumbling || n.Kind == Sliding))
}

// windowColumn is the Window that column c of n comes from, through nodes that emit a window's rows in the epoch in which they get them, and
// the column's place in the Window's rows.
func (f finals) windowColumn(n Node, c int) (*Window, int) {
	switch n := n.(type) {
	case *Window:
		return n, c
	case *Filter:
		return f.windowColumn(n.Input, c)
	case *Apply:
		if c < n.Input.Schema().Len() {
			return f.windowColumn(n.Input, c)
		}
	case *Project:
		if col, ok := n.Exprs[c].(*Column); ok {
			return f.windowColumn(n.Input, col.Index)
		}
	case *Aggregate:
		if c < len(n.Keys) && f.of(n) {
			return f.windowColumn(n.Input, n.Keys[c])
		}
	case *Top:
		if c < n.Input.Schema().Len() && f.of(n) {
			return f.windowColumn(n.Input, c)
		}
	case *Join:
		switch left := n.Left.Schema().Len(); {
		case !f.of(n) || n.Kind == RightOuter || n.Kind == FullOuter:
		case c < left:
			return f.windowColumn(n.Left, c)
		case n.Kind == Inner:
			return f.windowColumn(n.Right, c-left)
		}
	}
	return nil, 0
}
