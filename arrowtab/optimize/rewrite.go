package optimize

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// graph is what a rule knows about the nodes of some plans.
type graph struct {
	consumers map[plan.Node][]plan.Node // who takes a node's rows; a Rejected takes none
	uses      map[plan.Node]int         // how many those are, and roots; also of nodes that a rule has made
	pinned    map[plan.Node]bool        // a Rejected asks for what the node leaves out, so it must stay as it is
}

func newGraph(roots []plan.Node) *graph {
	g := &graph{
		consumers: map[plan.Node][]plan.Node{},
		uses:      map[plan.Node]int{},
		pinned:    map[plan.Node]bool{},
	}
	for _, r := range roots {
		g.uses[r]++
	}
	for _, n := range plan.Upstream(roots...) {
		if r, ok := n.(*plan.Rejected); ok {
			g.pinned[r.Of] = true
			continue
		}
		for _, in := range n.Inputs() {
			g.consumers[in] = append(g.consumers[in], n)
			g.uses[in]++
		}
	}
	return g
}

// free reports whether n may be changed to suit the one consumer that it has. Nodes that a rule has just made are.
func (g *graph) free(n plan.Node) bool { return g.uses[n] <= 1 && !g.pinned[n] }

// rewrite applies a rule to every node, inputs first. The rule is given the node with its new inputs, and what the old one
// was; it returns the node itself, new nodes, or one from further down that it was the only way to. Nodes that
// were shared stay shared.
func rewrite(roots []plan.Node, rule func(g *graph, n, old plan.Node) plan.Node) []plan.Node {
	g := newGraph(roots)
	done := map[plan.Node]plan.Node{}
	for _, old := range plan.Upstream(roots...) {
		n := withInputs(old, done)
		if n != old {
			g.replaces(n, old)
		}
		out := rule(g, n, old)
		if _, there := g.uses[out]; there && out != n {
			g.uses[out] += g.uses[old] - 1
		} else if out != n {
			g.replaces(out, old)
		}
		done[old] = out
	}
	out := make([]plan.Node, len(roots))
	for i, r := range roots {
		out[i] = done[r]
	}
	return out
}

func (g *graph) replaces(n, old plan.Node) {
	g.uses[n], g.pinned[n] = g.uses[old], g.pinned[old]
}

// withInputs is n with its inputs replaced, n itself if they are the same.
func withInputs(n plan.Node, done map[plan.Node]plan.Node) plan.Node {
	in := n.Inputs()
	out := make([]plan.Node, len(in))
	for i := range in {
		out[i] = done[in[i]]
	}
	if slices.Equal(in, out) {
		return n
	}
	return n.WithInputs(out)
}

// conjuncts is the conditions that e is the AND of, in order.
func conjuncts(e plan.Expr) []plan.Expr {
	c, ok := e.(*plan.Call)
	if !ok || c.Op != plan.OpAnd {
		return []plan.Expr{e}
	}
	var out []plan.Expr
	for _, a := range c.Args {
		out = append(out, conjuncts(a)...)
	}
	return out
}

// and is the AND of conditions, of which there is at least one.
func and(conds []plan.Expr) plan.Expr {
	if len(conds) == 1 {
		return conds[0]
	}
	return &plan.Call{Op: plan.OpAnd, Args: conds, Type: conds[0].ResultType()}
}

// splitMovable is the conditions of a filter in two parts: those that may move, because neither they nor any before them
// can fail, and the others. A filter computes its conditions in their order, each for the rows for which those
// before are true.
func splitMovable(cond plan.Expr) (movable, rest []plan.Expr) {
	all := conjuncts(cond)
	i := slices.IndexFunc(all, plan.Fallible)
	if i < 0 {
		i = len(all)
	}
	return all[:i:i], all[i:]
}

// infallible reports whether a Project has no expression that can fail.
func infallible(p *plan.Project) bool { return !slices.ContainsFunc(p.Exprs, plan.Fallible) }
