package calc

import (
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

type float interface{ ~float32 | ~float64 }

func arithFloat[T float](n *arith, x, y *vec.Vec, sel []uint32, bad *Bad) {
	out, a, b := vec.Of[T](&n.res.vec), vec.Of[T](x), vec.Of[T](y)
	switch n.op {
	case Add:
		addFloat(out, a, b, sel)
	case Sub:
		subFloat(out, a, b, sel)
	case Mul:
		mulFloat(out, a, b, sel)
	case Quo, Div:
		if divFloat(out, a, b, sel) {
			n.blame(x, y, sel, bad, func(row int) bool { return b[row] == 0 })
		}
	case Rem:
		for k := range rowsOf(x, sel) {
			i := rowAt(sel, k)
			out[i] = T(math.Mod(float64(a[i]), float64(b[i])))
		}
		n.blame(x, y, sel, bad, func(row int) bool { return b[row] == 0 })
	}
}

func addFloat[T float](out, a, b []T, sel []uint32) {
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			out[i] = a[i] + b[i]
		}
		return
	}
	for _, i := range sel {
		out[i] = a[i] + b[i]
	}
}

func subFloat[T float](out, a, b []T, sel []uint32) {
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			out[i] = a[i] - b[i]
		}
		return
	}
	for _, i := range sel {
		out[i] = a[i] - b[i]
	}
}

func mulFloat[T float](out, a, b []T, sel []uint32) {
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			out[i] = a[i] * b[i]
		}
		return
	}
	for _, i := range sel {
		out[i] = a[i] * b[i]
	}
}

// divFloat reports whether a divisor is 0.
func divFloat[T float](out, a, b []T, sel []uint32) bool {
	zero := false
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			zero = zero || b[i] == 0
			out[i] = a[i] / b[i]
		}
		return zero
	}
	for _, i := range sel {
		zero = zero || b[i] == 0
		out[i] = a[i] / b[i]
	}
	return zero
}
