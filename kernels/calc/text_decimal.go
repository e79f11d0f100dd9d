package calc

import (
	"math/bits"
	"strconv"

	"github.com/pwcol/pwcol/kernels/vec"
)

// appendDecimal appends d·10^−scale with all digits of the scale.
func appendDecimal(dst []byte, d vec.Int128, scale int8) []byte {
	hi, lo, negative := magnitude(d)
	if negative {
		dst = append(dst, '-')
	}
	var buf [64]byte
	digits := appendMagnitude(buf[:0], hi, lo)
	if scale <= 0 {
		dst = append(dst, digits...)
		if hi|lo != 0 {
			dst = appendZeros(dst, -int(scale))
		}
		return dst
	}
	point := len(digits) - int(scale)
	if point <= 0 {
		dst = appendZeros(append(dst, '0', '.'), -point)
		return append(dst, digits...)
	}
	dst = append(append(dst, digits[:point]...), '.')
	return append(dst, digits[point:]...)
}

// appendMagnitude appends an unsigned number of 128 bits.
func appendMagnitude(dst []byte, hi, lo uint64) []byte {
	const chunk, chunkDigits = 1e19, 19
	if hi == 0 {
		return strconv.AppendUint(dst, lo, 10)
	}
	above, low := bits.Div64(hi%chunk, lo, chunk)
	dst = appendMagnitude(dst, hi/chunk, above)
	from := len(dst)
	dst = appendZeros(dst, chunkDigits)
	for i := len(dst) - 1; i >= from; i-- {
		dst[i] = '0' + byte(low%10)
		low /= 10
	}
	return dst
}

func appendZeros(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, '0')
	}
	return dst
}
