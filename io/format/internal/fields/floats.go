package fields

import (
	"math"
	"math/bits"

	"github.com/pwcol/pwcol/kernels/vec"
)

// exactPow10 are the powers of ten that a float64 holds exactly.
var exactPow10 = [23]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// maxExact is the first integer from which on not all are float64s.
const maxExact = 1 << 53

func (c *Column) parseFloat64s(f *Fields, rows []uint32, other Other) {
	out := vec.Cast[float64](c.Data)
	for _, r := range rows {
		i := int(r)*f.Width + c.Place
		x, ok := ParseFloat(f.Buf, int(f.Starts[i])+1, int(f.Ends[i]))
		if ok {
			out[r] = x
			continue
		}
		if s, ok := other.Other(f, r); ok {
			out[r] = s.F
		}
	}
}

// parseFloat32s parses by way of a decimal number with few digits: rounding a float64 once more could be
// off by one in the last place.
func (c *Column) parseFloat32s(f *Fields, rows []uint32, other Other) {
	out := vec.Cast[float32](c.Data)
	const maxExact32, exact32 = 1 << 24, 10 // as maxExact; 10^10 is the last power that a float32 holds
	for _, r := range rows {
		i := int(r)*f.Width + c.Place
		d, ok := scanDecimal(f.Buf, int(f.Starts[i])+1, int(f.Ends[i]))
		if ok && d.mantissa < maxExact32 && uint(-d.exp) <= exact32 {
			x := float32(d.mantissa) / float32(exactPow10[-d.exp])
			out[r] = math.Float32frombits(math.Float32bits(x) | uint32(d.sign)<<31)
			continue
		}
		if s, ok := other.Other(f, r); ok {
			out[r] = float32(s.F)
		}
	}
}

// decimal is (−1)^sign · mantissa · 10^exp.
type decimal struct {
	mantissa uint64
	exp      int
	sign     uint64
}

// scanDecimal takes apart what buf[p:end] spells, as in -12.50 or 12: at most 19 digits, with at most one point among them.
func scanDecimal(buf []byte, p, end int) (d decimal, ok bool) {
	if buf[p] == '-' {
		d.sign = 1
		p++
	}
	n, m := digitRun(buf, p)
	p += n
	digits := n
	if n == 8 {
		p, digits, m = moreDigits(buf, p, digits, m)
	}
	if p == end || buf[p] != '.' {
		d.mantissa = m
		return d, p == end && uint(digits-1) < maxUint
	}
	p++
	behind := end - p
	d.exp = -behind
	if uint(digits+behind-1) >= maxUint {
		return d, false
	}
	fraction, ok := uint64(0), true
	switch {
	case behind > 8 && behind <= 16:
		// Both words are loaded at once, the second one from the end: the digits that both hold are cut off it.
		more := behind - 8
		x, y := Load(buf, p)^zeros, (Load(buf, end-8)^zeros)&(^uint64(0)<<(64-8*uint(more)))
		ok = nonDigits(x)|nonDigits(y) == 0
		fraction = number8(x)*Pow10[more] + number8(y)
	case behind > 0:
		fraction, ok = ParseUint(buf, p, end)
	}
	d.mantissa = m*Pow10[behind] + fraction
	return d, ok
}

// moreDigits goes on with a number of which a run of 8 digits was just read. digits above 19 mean that
// the value is of no use.
func moreDigits(buf []byte, p, digits int, m uint64) (int, int, uint64) {
	for digits <= maxUint {
		n, v := digitRun(buf, p)
		m = m*Pow10[n] + v
		p += n
		digits += n
		if n < 8 {
			break
		}
	}
	return p, digits, m
}

// ParseFloat is the float64 nearest to what buf[p:end] spells, where that is found without long arithmetic.
func ParseFloat(buf []byte, p, end int) (float64, bool) {
	d, ok := scanDecimal(buf, p, end)
	if !ok {
		return 0, false
	}
	digits := uint(-d.exp) // behind the point
	if d.mantissa == 0 || digits == 0 || digits >= uint(len(reciprocals)) {
		return d.float(), true
	}
	// The quotient by a multiplication: what follows is exact but for a last unit of hi, which matters only if the bits
	// that rounding cuts off are all ones or all zeros (Daniel Lemire, "Number Parsing at a Gigabyte per Second").
	r := &reciprocals[digits]
	shift := bits.LeadingZeros64(d.mantissa)
	hi, _ := bits.Mul64(d.mantissa<<shift, r.bits)
	top := int(hi >> 63)
	cut := uint(top + 9) // leaves 53 bits and one to round by
	if (hi+1)&(1<<cut-1) <= 1 {
		return d.float(), true
	}
	m := hi >> cut
	m = (m + m&1) >> 1 // 2^52 to 2^53: its top bit adds to the exponent
	const bias = 1023
	return math.Float64frombits(uint64(bias+62+top-shift-r.size)<<52 + m | d.sign<<63), true
}

// reciprocal is 2^(63+size)/10^n, cut to the 64 bits of an integer, where size is the number of bits of 10^n.
type reciprocal struct {
	bits uint64
	size int
}

// reciprocals are those of 10^1 to 10^19, by exponent.
var reciprocals = func() (r [maxUint + 1]reciprocal) {
	for n := 1; n <= maxUint; n++ {
		size := bits.Len64(Pow10[n])
		r[n].bits, _ = bits.Div64(1<<(size-1), 0, Pow10[n])
		r[n].size = size
	}
	return r
}()

// float is the float64 nearest to d, which scanDecimal has found. Up to 2^53 and 10^22 both parts are floats and one
// division rounds once (William Clinger, "How to Read Floating Point Numbers Accurately"); above, the
// quotient is worked out as an integer.
func (d decimal) float() float64 {
	var x float64
	if d.mantissa < maxExact {
		x = float64(int64(d.mantissa)) / exactPow10[-d.exp]
	} else {
		x = divideRounded(d.mantissa, Pow10[-d.exp])
	}
	return math.Float64frombits(math.Float64bits(x) | d.sign<<63)
}

// divideRounded is the float64 nearest to m/d, ties to even; both are above 0. With m and d shifted up to their top
// bits, the quotient of m·2^63 by d has 63 or 64 bits: 53 for the result and more than one below, of which
// the lowest also stands for a remainder, so that converting it to a float rounds the true quotient.
func divideRounded(m, d uint64) float64 {
	shiftM, shiftD := bits.LeadingZeros64(m), bits.LeadingZeros64(d)
	m <<= shiftM
	q, rest := bits.Div64(m>>1, m<<63, d<<shiftD)
	q = q>>1 | q&1 // a bit less, so that it is a signed integer, which converts faster
	if rest != 0 {
		q |= 1
	}
	const bias = 1023
	scale := math.Float64frombits(uint64(bias-62+shiftD-shiftM) << 52)
	return float64(int64(q)) * scale
}
