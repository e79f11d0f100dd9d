package calc

import (
	"fmt"
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

type absolute struct {
	a    Expr
	res  result
	flat flattener
}

// Abs is the absolute value of a signed integer, float, decimal or duration. The smallest integer has none: a bad row.
func Abs(a Expr) Expr {
	if t := a.Type(); !t.IsSigned() && !t.IsFloat() && t.Kind != vec.Decimal && t.Kind != vec.Duration {
		panic(fmt.Sprintf("calc: no absolute value of %s", t))
	}
	return &absolute{a: a}
}

func (n *absolute) Type() vec.Type { return n.a.Type() }

func (n *absolute) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	x := n.flat.flatten(n.a.Eval(b, sel, bad), sel)
	out := n.res.fixed(x.Type, b.N)
	out.Valid = x.Valid
	switch x.Type.Kind {
	case vec.Int8:
		absInts[int8](n, x, sel, bad)
	case vec.Int16:
		absInts[int16](n, x, sel, bad)
	case vec.Int32:
		absInts[int32](n, x, sel, bad)
	case vec.Int64, vec.Duration:
		absInts[int64](n, x, sel, bad)
	case vec.Float32:
		absFloats[float32](out, x, sel)
	case vec.Float64:
		absFloats[float64](out, x, sel)
	case vec.Decimal:
		n.decimals(x, sel, bad)
	}
	return out
}

func absInts[T signedInt](n *absolute, x *vec.Vec, sel []uint32, bad *Bad) {
	out, a := vec.Of[T](&n.res.vec), vec.Of[T](x)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		out[i] = max(a[i], -a[i])
		if out[i] < 0 && !x.IsNull(i) {
			n.fail(bad, x, i)
		}
	}
}

func absFloats[T float](out, x *vec.Vec, sel []uint32) {
	dst, a := vec.Of[T](out), vec.Of[T](x)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		dst[i] = T(math.Abs(float64(a[i])))
	}
}

func (n *absolute) decimals(x *vec.Vec, sel []uint32, bad *Bad) {
	out, a := vec.Of[vec.Int128](&n.res.vec), vec.Of[vec.Int128](x)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		out[i] = a[i]
		if a[i].Hi >= 0 {
			continue
		}
		r, ok := a[i].Neg()
		out[i] = r
		if !ok && !x.IsNull(i) {
			n.fail(bad, x, i)
		}
	}
}

func (n *absolute) fail(bad *Bad, x *vec.Vec, row int) {
	n.res.fail(bad, row, "abs("+string(AppendText(nil, x, row))+") is out of range for "+x.Type.String())
}
