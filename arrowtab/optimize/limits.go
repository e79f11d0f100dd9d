package optimize

import (
	"math"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Limits moves a Limit below a Project that can't fail, makes one of two Limits, and a top-k of a Limit over a Sort.
func Limits(roots []plan.Node) []plan.Node {
	return rewrite(roots, func(g *graph, n, _ plan.Node) plan.Node {
		if l, ok := n.(*plan.Limit); ok {
			return g.limit(l)
		}
		return n
	})
}

func (g *graph) limit(l *plan.Limit) plan.Node {
	if !g.free(l.Input) {
		return l
	}
	switch in := l.Input.(type) {
	case *plan.Project:
		if infallible(in) {
			below := g.limit(&plan.Limit{Base: l.Base, Input: in.Input, N: l.N, Offset: l.Offset})
			return in.WithInputs([]plan.Node{below})
		}
	case *plan.Limit:
		n, offset := window(in.N, in.Offset, l)
		return g.limit(&plan.Limit{Base: l.Base, Input: in.Input, N: n, Offset: offset})
	case *plan.Sort:
		out := *in
		out.Limit, out.Offset = window(in.Limit, in.Offset, l)
		return &out
	}
	return l
}

// window is the N and Offset of the rows that l takes from those of an N (negative: all) and Offset below it.
func window(n, offset int64, l *plan.Limit) (newN, newOffset int64) {
	newOffset = offset + l.Offset
	if newOffset < 0 {
		newOffset = math.MaxInt64 // overflow: nobody has that many rows
	}
	if n < 0 {
		return l.N, newOffset
	}
	return min(l.N, max(n-l.Offset, 0)), newOffset
}
