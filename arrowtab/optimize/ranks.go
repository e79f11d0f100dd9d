package optimize

import (
	"math"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Ranks lets a ranking keep no more rows than a filter on their numbers passes:
//
//	filter n <= 10                 filter n <= 10
//	  top by a ordered by b → n      top 10 by a ordered by b → n
//
// The filter stays: it may say more.
func Ranks(roots []plan.Node) []plan.Node {
	return rewrite(roots, func(g *graph, n, _ plan.Node) plan.Node {
		f, ok := n.(*plan.Filter)
		if !ok {
			return n
		}
		t, ok := f.Input.(*plan.Top)
		if !ok || !t.Number || t.Offset != 0 || !g.free(t) {
			return n
		}
		movable, _ := splitMovable(f.Cond)
		most := int64(math.MaxInt64)
		for _, c := range movable {
			most = min(most, largest(c, t.Out.Len()-1))
		}
		if most == math.MaxInt64 || t.N >= 0 && t.N <= most {
			return n
		}
		top := *t
		top.N = max(most, 0)
		out := *f
		out.Input = &top
		return &out
	})
}

// largest is the largest number that a condition lets a column have: 10 of n <= 10, 9 of n < 10, 1 of n = 1.
func largest(cond plan.Expr, column int) int64 {
	c, ok := cond.(*plan.Call)
	if !ok || len(c.Args) != 2 {
		return math.MaxInt64
	}
	op, arg := c.Op, c.Args[0]
	l, ok := c.Args[1].(*plan.Literal)
	if !ok { // 10 >= n
		op, arg = turned(op), c.Args[1]
		l, ok = c.Args[0].(*plan.Literal)
	}
	of, isColumn := arg.(*plan.Column)
	if !ok || !isColumn || of.Index != column || l.Value.Null || l.Value.Type.Kind != vec.Int64 {
		return math.MaxInt64
	}
	switch op {
	case plan.OpEq, plan.OpLe:
		return l.Value.I
	case plan.OpLt:
		return max(l.Value.I, 1) - 1
	}
	return math.MaxInt64
}

// turned is the comparison with its sides exchanged.
func turned(op plan.Op) plan.Op {
	switch op {
	case plan.OpGe:
		return plan.OpLe
	case plan.OpGt:
		return plan.OpLt
	case plan.OpEq:
		return plan.OpEq
	}
	return plan.OpInvalid
}
