package calc

import (
	"math"
	"strconv"

	"github.com/pwcol/pwcol/kernels/vec"
)

// fromDecimal casts decimals to numbers.
func (n *cast) fromDecimal(x *vec.Vec, sel []uint32, bad *Bad) {
	switch n.to.Kind {
	case vec.Int8, vec.Int16, vec.Int32, vec.Int64:
		n.decimalToSigned(x, sel, bad)
	case vec.Uint8, vec.Uint16, vec.Uint32, vec.Uint64:
		n.decimalToUnsigned(x, sel, bad)
	case vec.Float32, vec.Float64:
		n.decimalToFloat(x, sel, bad)
	case vec.Decimal:
		n.decimalToDecimal(x, sel, bad)
	}
}

func (n *cast) decimalToSigned(x *vec.Vec, sel []uint32, bad *Bad) {
	shift := 64 - 8*n.to.Width()
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		d, ok := rescale(vec.Of[vec.Int128](x)[i], -int(x.Type.Scale))
		v, fits := d.Int64()
		putInt(&n.res.vec, i, uint64(v))
		if (!ok || !fits || v<<shift>>shift != v) && !x.IsNull(i) {
			n.fail(x, i, bad)
		}
	}
}

func (n *cast) decimalToUnsigned(x *vec.Vec, sel []uint32, bad *Bad) {
	shift := 64 - 8*n.to.Width()
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		d, ok := rescale(vec.Of[vec.Int128](x)[i], -int(x.Type.Scale))
		putInt(&n.res.vec, i, d.Lo)
		if (!ok || d.Hi != 0 || d.Lo<<shift>>shift != d.Lo) && !x.IsNull(i) {
			n.fail(x, i, bad)
		}
	}
}

// putInt writes the low bytes of v as row i of an integer column.
func putInt(out *vec.Vec, i int, v uint64) {
	switch out.Type.Width() {
	case 1:
		vec.Of[uint8](out)[i] = uint8(v)
	case 2:
		vec.Of[uint16](out)[i] = uint16(v)
	case 4:
		vec.Of[uint32](out)[i] = uint32(v)
	case 8:
		vec.Of[uint64](out)[i] = v
	}
}

func (n *cast) decimalToFloat(x *vec.Vec, sel []uint32, bad *Bad) {
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		v := decimalFloat(vec.Of[vec.Int128](x)[i], x.Type.Scale, 8*n.to.Width())
		if n.to.Kind == vec.Float32 {
			vec.Of[float32](&n.res.vec)[i] = float32(v)
		} else {
			vec.Of[float64](&n.res.vec)[i] = v
		}
		if math.IsInf(v, 0) && !x.IsNull(i) {
			n.fail(x, i, bad)
		}
	}
}

// exactPowers are the powers of ten that are float64s.
const exactPowers = 22

// decimalFloat is the float of that many bits nearest to d·10^−scale; ±Inf if there is none. When
// numerator and divisor are floats themselves, their quotient is rounded once and so the nearest.
func decimalFloat(d vec.Int128, scale int8, bits int) float64 {
	v, ok := d.Int64()
	if ok && bits == 64 && v > -1<<53 && v < 1<<53 && scale >= 0 && scale <= exactPowers {
		return float64(v) / pow10[scale].Float64()
	}
	var buf [256]byte
	text := appendDecimal(buf[:0], d, scale)
	f, _ := strconv.ParseFloat(lentString(text), bits)
	return f
}

func (n *cast) decimalToDecimal(x *vec.Vec, sel []uint32, bad *Bad) {
	dst, src := vec.Of[vec.Int128](&n.res.vec), vec.Of[vec.Int128](x)
	by := int(n.to.Scale) - int(x.Type.Scale)
	if by == 0 && n.to.Precision >= x.Type.Precision {
		copyAll(dst, src, sel)
		return
	}
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		d, ok := rescale(src[i], by)
		dst[i] = d
		if (!ok || !fitsDigits(d, n.to.Precision)) && !x.IsNull(i) {
			n.fail(x, i, bad)
		}
	}
}

func copyAll[T vec.Fixed](dst, src []T, sel []uint32) {
	if sel == nil {
		copy(dst, src)
		return
	}
	copyFixed(dst, src, sel)
}
