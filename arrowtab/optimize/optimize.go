// Package optimize rewrites plans so that they do less and give the same rows.
//
// A rule is a function from plans to plans, each in a file of its own:
//
//	fold       computes what has no columns, and simplifies AND, OR, If, Coalesce
//	filters    moves filters towards the sources, through Project, Sort and Union, to the sides of joins, and below what has keys
//	ranks      lets a ranking keep no more rows than a filter on their numbers passes
//	reads      hands filters to the sources themselves
//	projects   merges a Project into the one above it, and drops those that do nothing
//	limits     merges Limits, and Limit over Sort into a top-k
//	columns    drops columns that nobody needs, down to the sources
//
// All rules work on several plans at once, and on the nodes that they share: such a node stays one node, is
// computed once, and is changed only in ways that suit all of its consumers.
//
// On streams no rule changes a watermark (a filter never goes below a Watermark), which rows are late and whether somebody is told, nor the
// order of arrival that rows have.
//
// What no rule does is change which rows an expression that can fail is computed for: a bad row would appear or vanish
// with the optimizer. So only conditions that can't fail move, only a Project that can't fail is moved over, and a
// computed column that can fail stays, even if nobody needs it. (A source's fields are another matter: those
// that no row of the result needs are not parsed, and so not checked.)
package optimize

import "github.com/pwcol/pwcol/arrowtab/plan"

// Plan is the plans of roots, optimized.
func Plan(roots []*plan.Write) []*plan.Write {
	nodes := make([]plan.Node, len(roots))
	for i, r := range roots {
		nodes[i] = r
	}
	nodes = Nodes(nodes)
	out := make([]*plan.Write, len(roots))
	for i, n := range nodes {
		out[i] = n.(*plan.Write)
	}
	return out
}

// Nodes is Plan for roots of any kind: what a root yields stays as it is.
func Nodes(roots []plan.Node) []plan.Node {
	for _, rule := range []func([]plan.Node) []plan.Node{
		Fold, MergeProjects, PushFilters, Ranks, Limits, FilterReads, PruneColumns, MergeProjects,
	} {
		roots = rule(roots)
	}
	return roots
}
