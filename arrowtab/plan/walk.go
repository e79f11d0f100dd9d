package plan

import "slices"

// Upstream is the nodes that the given ones are made of, themselves included: each once, inputs before their
// consumers.
func Upstream(roots ...Node) []Node {
	var order []Node
	seen := map[Node]bool{}
	var visit func(n Node)
	visit = func(n Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, in := range n.Inputs() {
			visit(in)
		}
		order = append(order, n)
	}
	for _, r := range roots {
		visit(r)
	}
	return order
}

// CanReject reports whether there are rows that can fail in the node itself: also for a function of the user's, or for an event time that is none.
func CanReject(n Node) bool {
	switch n := n.(type) {
	case *Read, *Watermark, *Window, *Apply, *Accept, *FromChanges:
		return true
	case *Filter:
		return Fallible(n.Cond)
	case *Project:
		return slices.ContainsFunc(n.Exprs, Fallible)
	case *Join:
		return n.Cond != nil && Fallible(n.Cond)
	}
	return false
}
