package calc

import (
	"math/bits"

	"github.com/pwcol/pwcol/kernels/vec"
)

type signedInt interface {
	~int8 | ~int16 | ~int32 | ~int64
}

type unsignedInt interface {
	~uint8 | ~uint16 | ~uint32 | ~uint64
}

type integer interface{ signedInt | unsignedInt }

// The loops below compute with wrap-around and gather in one flag whether any row overflowed; only
// then the rows are looked for one by one.

func arithSigned[T signedInt](n *arith, x, y *vec.Vec, sel []uint32, bad *Bad) {
	out, a, b := vec.Of[T](&n.res.vec), vec.Of[T](x), vec.Of[T](y)
	over := false
	switch n.op {
	case Add:
		over = addSigned(out, a, b, sel)
	case Sub:
		over = subSigned(out, a, b, sel)
	case Mul:
		over = mulSigned(&n.res.vec, out, a, b, sel)
	case Quo, Rem:
		over = divide(out, a, b, sel, n.op == Rem)
	}
	if over {
		n.blame(x, y, sel, bad, func(row int) bool { return signedFails(n.op, a[row], b[row]) })
	}
}

func arithUnsigned[T unsignedInt](n *arith, x, y *vec.Vec, sel []uint32, bad *Bad) {
	out, a, b := vec.Of[T](&n.res.vec), vec.Of[T](x), vec.Of[T](y)
	over := false
	switch n.op {
	case Add:
		over = addUnsigned(out, a, b, sel)
	case Sub:
		over = subUnsigned(out, a, b, sel)
	case Mul:
		over = mulUnsigned(&n.res.vec, out, a, b, sel)
	case Quo, Rem:
		over = divide(out, a, b, sel, n.op == Rem)
	}
	if over {
		n.blame(x, y, sel, bad, func(row int) bool { return unsignedFails(n.op, a[row], b[row]) })
	}
}

// signedFails reports whether a op b has no value in T.
func signedFails[T signedInt](op ArithOp, a, b T) bool {
	switch op {
	case Add:
		r := a + b
		return (a^r)&(b^r) < 0
	case Sub:
		r := a - b
		return (a^b)&(a^r) < 0
	case Mul:
		hi, lo := mul64(int64(a), int64(b))
		return hi != lo>>63 || int64(T(lo)) != lo
	case Quo:
		return b == 0 || b == -1 && a != 0 && a == -a
	default:
		return b == 0
	}
}

// unsignedFails reports whether a op b has no value in T.
func unsignedFails[T unsignedInt](op ArithOp, a, b T) bool {
	switch op {
	case Add:
		return a+b < a
	case Sub:
		return a < b
	case Mul:
		hi, lo := bits.Mul64(uint64(a), uint64(b))
		return hi != 0 || uint64(T(lo)) != lo
	default:
		return b == 0
	}
}

// mul64 is the product in 128 bits.
func mul64(a, b int64) (hi, lo int64) {
	h, l := bits.Mul64(uint64(a), uint64(b))
	h -= uint64(a>>63)&uint64(b) + uint64(b>>63)&uint64(a)
	return int64(h), int64(l)
}

// addSigned: a sum overflows when its sign is neither operand's.
func addSigned[T signedInt](out, a, b []T, sel []uint32) bool {
	var over T
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			r := a[i] + b[i]
			over |= (a[i] ^ r) & (b[i] ^ r)
			out[i] = r
		}
		return over < 0
	}
	for _, i := range sel {
		r := a[i] + b[i]
		over |= (a[i] ^ r) & (b[i] ^ r)
		out[i] = r
	}
	return over < 0
}

// subSigned: a difference overflows when the signs differ and its own is the subtrahend's.
func subSigned[T signedInt](out, a, b []T, sel []uint32) bool {
	var over T
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			r := a[i] - b[i]
			over |= (a[i] ^ b[i]) & (a[i] ^ r)
			out[i] = r
		}
		return over < 0
	}
	for _, i := range sel {
		r := a[i] - b[i]
		over |= (a[i] ^ b[i]) & (a[i] ^ r)
		out[i] = r
	}
	return over < 0
}

// addUnsigned: the highest bit of over is the carry.
func addUnsigned[T unsignedInt](out, a, b []T, sel []uint32) bool {
	var over T
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			r := a[i] + b[i]
			over |= a[i]&b[i] | (a[i]|b[i])&^r
			out[i] = r
		}
		return over > ^T(0)>>1
	}
	for _, i := range sel {
		r := a[i] + b[i]
		over |= a[i]&b[i] | (a[i]|b[i])&^r
		out[i] = r
	}
	return over > ^T(0)>>1
}

// subUnsigned: the highest bit of over is the borrow.
func subUnsigned[T unsignedInt](out, a, b []T, sel []uint32) bool {
	var over T
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			r := a[i] - b[i]
			over |= ^a[i]&b[i] | (^a[i]|b[i])&r
			out[i] = r
		}
		return over > ^T(0)>>1
	}
	for _, i := range sel {
		r := a[i] - b[i]
		over |= ^a[i]&b[i] | (^a[i]|b[i])&r
		out[i] = r
	}
	return over > ^T(0)>>1
}

func mulSigned[T signedInt](v *vec.Vec, out, a, b []T, sel []uint32) bool {
	if v.Type.Width() == 8 {
		return mulWide(out, a, b, sel)
	}
	return mulNarrow(out, a, b, sel)
}

func mulUnsigned[T unsignedInt](v *vec.Vec, out, a, b []T, sel []uint32) bool {
	if v.Type.Width() < 8 {
		return mulNarrow(out, a, b, sel)
	}
	var over uint64
	for k := range rowsOf(v, sel) {
		i := rowAt(sel, k)
		hi, lo := bits.Mul64(uint64(a[i]), uint64(b[i]))
		over |= hi
		out[i] = T(lo)
	}
	return over != 0
}

// mulNarrow multiplies types of at most 32 bits in 64.
func mulNarrow[T integer](out, a, b []T, sel []uint32) bool {
	var over int64
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			p := int64(a[i]) * int64(b[i])
			r := T(p)
			over |= p ^ int64(r)
			out[i] = r
		}
		return over != 0
	}
	for _, i := range sel {
		p := int64(a[i]) * int64(b[i])
		r := T(p)
		over |= p ^ int64(r)
		out[i] = r
	}
	return over != 0
}

// mulWide multiplies int64s: the product overflows when its upper half isn't the sign of the lower.
func mulWide[T signedInt](out, a, b []T, sel []uint32) bool {
	var over int64
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			hi, lo := mul64(int64(a[i]), int64(b[i]))
			over |= hi ^ lo>>63
			out[i] = T(lo)
		}
		return over != 0
	}
	for _, i := range sel {
		hi, lo := mul64(int64(a[i]), int64(b[i]))
		over |= hi ^ lo>>63
		out[i] = T(lo)
	}
	return over != 0
}

// divide is the quotient or remainder; 0 divides as if it were 1. It reports whether a row may have failed.
func divide[T integer](out, a, b []T, sel []uint32, remainder bool) bool {
	fails := false
	n := len(out)
	if sel != nil {
		n = len(sel)
	}
	for k := range n {
		i := rowAt(sel, k)
		x, d := a[i], b[i]
		switch {
		case d == 0:
			fails, d = true, 1
		case d == ^T(0) && x != 0 && x == -x: // the smallest number by −1
			fails = true
		}
		if remainder {
			out[i] = x % d
		} else {
			out[i] = x / d
		}
	}
	return fails
}
