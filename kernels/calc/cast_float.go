package calc

import (
	"math"
	"strconv"

	"github.com/pwcol/pwcol/kernels/vec"
)

// castFloat casts floats to numbers.
func castFloat[S float](n *cast, x *vec.Vec, sel []uint32, bad *Bad) {
	switch n.to.Kind {
	case vec.Int8:
		floatToInt[S, int8](n, x, sel, bad)
	case vec.Int16:
		floatToInt[S, int16](n, x, sel, bad)
	case vec.Int32:
		floatToInt[S, int32](n, x, sel, bad)
	case vec.Int64:
		floatToInt[S, int64](n, x, sel, bad)
	case vec.Uint8:
		floatToInt[S, uint8](n, x, sel, bad)
	case vec.Uint16:
		floatToInt[S, uint16](n, x, sel, bad)
	case vec.Uint32:
		floatToInt[S, uint32](n, x, sel, bad)
	case vec.Uint64:
		floatToInt[S, uint64](n, x, sel, bad)
	case vec.Float32:
		floatToFloat32[S](n, x, sel, bad)
	case vec.Float64:
		convert(vec.Of[float64](&n.res.vec), vec.Of[S](x), sel)
	case vec.Decimal:
		floatToDecimal[S](n, x, sel, bad)
	}
}

// intRange is the range of an integer type as floats: least ≤ x < above.
func intRange(t vec.Type) (least, above float64) {
	bits := 8 * t.Width()
	if t.IsSigned() {
		return -math.Ldexp(1, bits-1), math.Ldexp(1, bits-1)
	}
	return 0, math.Ldexp(1, bits)
}

func floatToInt[S float, D integer](n *cast, x *vec.Vec, sel []uint32, bad *Bad) {
	dst, src := vec.Of[D](&n.res.vec), vec.Of[S](x)
	least, above := intRange(n.to)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		v := math.RoundToEven(float64(src[i]))
		if v >= least && v < above {
			dst[i] = D(v)
		} else if !x.IsNull(i) {
			n.fail(x, i, bad)
		}
	}
}

func floatToFloat32[S float](n *cast, x *vec.Vec, sel []uint32, bad *Bad) {
	dst, src := vec.Of[float32](&n.res.vec), vec.Of[S](x)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		v := float64(src[i])
		dst[i] = float32(v)
		if math.IsInf(float64(dst[i]), 0) && !math.IsInf(v, 0) && !x.IsNull(i) {
			n.fail(x, i, bad)
		}
	}
}

// floatToDecimal goes by the text that one writes for the float: 0.285 is below 285/1000 in binary, and
// yet 0.29 with two digits.
func floatToDecimal[S float](n *cast, x *vec.Vec, sel []uint32, bad *Bad) {
	dst, src := vec.Of[vec.Int128](&n.res.vec), vec.Of[S](x)
	bits := 8 * x.Type.Width()
	var buf [32]byte
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		text := strconv.AppendFloat(buf[:0], float64(src[i]), 'e', -1, bits)
		d, err := parseDecimal(n.to, lentString(text))
		dst[i] = d
		if err != nil && !x.IsNull(i) {
			n.fail(x, i, bad)
		}
	}
}
