package optimize

import "github.com/pwcol/pwcol/arrowtab/plan"

// MergeProjects puts a Project's expressions into the Project above it where nothing is then computed twice, and drops
// Projects that pass on their input.
func MergeProjects(roots []plan.Node) []plan.Node {
	return rewrite(roots, func(g *graph, n, _ plan.Node) plan.Node {
		p, ok := n.(*plan.Project)
		if !ok || g.pinned[p] {
			return n
		}
		if in, ok := p.Input.(*plan.Project); ok && g.free(in) && mergeable(p, in) {
			merged := *p
			merged.Input = in.Input
			merged.Exprs = throughProject(p.Exprs, in)
			p = &merged
		}
		if isIdentity(p) {
			return p.Input
		}
		return p
	})
}

// mergeable reports whether in's expressions can stand in for p's columns: none can fail, and what is computed is used
// at most once.
func mergeable(p, in *plan.Project) bool {
	if !infallible(in) {
		return false
	}
	uses := make([]int, len(in.Exprs))
	for _, e := range p.Exprs {
		countColumns(e, uses)
	}
	for i, e := range in.Exprs {
		if _, computed := e.(*plan.Call); computed && uses[i] > 1 {
			return false
		}
	}
	return true
}

func countColumns(e plan.Expr, uses []int) {
	switch e := e.(type) {
	case *plan.Column:
		uses[e.Index]++
	case *plan.Call:
		for _, a := range e.Args {
			countColumns(a, uses)
		}
	}
}

// isIdentity reports whether p's rows are its input's, with the same schema.
func isIdentity(p *plan.Project) bool {
	in := p.Input.Schema()
	if len(p.Exprs) != in.Len() {
		return false
	}
	for i, e := range p.Exprs {
		c, ok := e.(*plan.Column)
		if !ok || c.Index != i || p.Out.Field(i) != in.Field(i) {
			return false
		}
	}
	return true
}
