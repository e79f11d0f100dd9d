package calc

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

type relabel struct {
	a   Expr
	t   vec.Type
	out vec.Vec
}

// Relabel is a with another type for the same 64 bits: an int64 as the ticks of a timestamp or duration, and back. It costs nothing.
func Relabel(a Expr, t vec.Type) Expr {
	if !isTicks(a.Type()) || !isTicks(t) {
		panic(fmt.Sprintf("calc: %s is not of the same bits as %s", a.Type(), t))
	}
	return &relabel{a: a, t: t}
}

func isTicks(t vec.Type) bool {
	return t.Kind == vec.Int64 || t.Kind == vec.Timestamp || t.Kind == vec.Duration
}

func (n *relabel) Type() vec.Type { return n.t }

func (n *relabel) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	n.out = *n.a.Eval(b, sel, bad)
	n.out.Type = n.t
	return &n.out
}
