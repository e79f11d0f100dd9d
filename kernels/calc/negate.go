package calc

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

type negate struct {
	a    Expr
	res  result
	flat flattener
}

// Neg is −a for numbers. The smallest integer and every unsigned number but 0 have no negative: bad rows.
func Neg(a Expr) Expr {
	if !a.Type().IsNumeric() {
		panic(fmt.Sprintf("calc: no -%s", a.Type()))
	}
	return &negate{a: a}
}

func (n *negate) Type() vec.Type { return n.a.Type() }

func (n *negate) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	x := n.flat.flatten(n.a.Eval(b, sel, bad), sel)
	out := n.res.fixed(x.Type, b.N)
	out.Valid = x.Valid
	switch x.Type.Kind {
	case vec.Int8:
		negateInts[int8](n, x, sel, bad)
	case vec.Int16:
		negateInts[int16](n, x, sel, bad)
	case vec.Int32:
		negateInts[int32](n, x, sel, bad)
	case vec.Int64:
		negateInts[int64](n, x, sel, bad)
	case vec.Uint8:
		negateInts[uint8](n, x, sel, bad)
	case vec.Uint16:
		negateInts[uint16](n, x, sel, bad)
	case vec.Uint32:
		negateInts[uint32](n, x, sel, bad)
	case vec.Uint64:
		negateInts[uint64](n, x, sel, bad)
	case vec.Float32:
		negateFloats[float32](n, x, sel)
	case vec.Float64:
		negateFloats[float64](n, x, sel)
	case vec.Decimal:
		n.decimals(x, sel, bad)
	}
	return out
}

// negateInts: what has no negative in T is what isn't 0 and has the same sign as its negative; unsigned
// numbers count as positive throughout.
func negateInts[T integer](n *negate, x *vec.Vec, sel []uint32, bad *Bad) {
	out, a := vec.Of[T](&n.res.vec), vec.Of[T](x)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		out[i] = -a[i]
		if a[i] != 0 && (a[i] < 0) == (out[i] < 0) && !x.IsNull(i) {
			n.fail(bad, x, i)
		}
	}
}

func negateFloats[T float](n *negate, x *vec.Vec, sel []uint32) {
	out, a := vec.Of[T](&n.res.vec), vec.Of[T](x)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		out[i] = -a[i]
	}
}

func (n *negate) decimals(x *vec.Vec, sel []uint32, bad *Bad) {
	out, a := vec.Of[vec.Int128](&n.res.vec), vec.Of[vec.Int128](x)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		r, ok := a[i].Neg()
		out[i] = r
		if !ok && !x.IsNull(i) {
			n.fail(bad, x, i)
		}
	}
}

func (n *negate) fail(bad *Bad, x *vec.Vec, row int) {
	text := string(AppendText(nil, x, row))
	n.res.fail(bad, row, "-("+text+") is out of range for "+x.Type.String())
}
