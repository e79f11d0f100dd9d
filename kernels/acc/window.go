package acc

import (
	"math"
	"math/bits"
	"sync/atomic"
)

// A finite float64 is an integer of 53 bits, its mantissa, times 2^(e−1075), where e is the biased exponent: 1 to 2046, and 1
// for subnormals, whose mantissas are small. Sums of such are integers too, if there are bits enough. A
// window has 192 of them, two's complement, least significant word first, and counts in units of 2^(base−1075):
//
//	bit 191                    149        96                  0
//	    sign, carries (42 bits) | mantissa | … | mantissa of e = base
//	                              of e = base + 96
//
// so it takes values whose exponents are base to base+windowSpan: with a base that stands for 2^-35, all from there to 2^61.
// 2^41 values can be added before a carry could reach the sign.
type window [3]uint64

// windowSpan is how far above a window's base a value's exponent may be: 192 bits less 53 of a mantissa, 42 for carries, 1
// for the sign.
const windowSpan = 96

const (
	mantissaBits = 52
	mantissaMask = 1<<mantissaBits - 1
	implicitBit  = 1 << mantissaBits
	exponentMask = 0x7ff
	maxExponent  = exponentMask - 1 // of a finite float64
)

// anchor is the base of the windows of all the accumulators that are Fresh of one: fixed by the first value that any of them
// sees, so their windows can be added word by word. Which value that is decides what is fast, and nothing else. It
// is safe for concurrent use.
type anchor struct {
	base atomic.Int32 // 0: not fixed yet
}

// fix makes the base suit a value of that exponent, in the middle of the window, unless it is fixed already.
func (a *anchor) fix(exponent int) int {
	return a.fixBase(exponent, windowSpan)
}

// fixBase is fix for windows of another span.
func (a *anchor) fixBase(exponent, span int) int {
	base := min(max(exponent-span/2, 1), maxExponent-span)
	if a.base.CompareAndSwap(0, int32(base)) {
		return base
	}
	return int(a.base.Load())
}

// anchorAt finds the base for a batch: 1 as long as nothing but zeros, infinities and NaNs has come.
func anchorAt[T float32 | float64](a *anchor, vals []T, in Input) uint64 {
	if base := a.base.Load(); base != 0 {
		return uint64(base)
	}
	for k := range in.N {
		i := k
		if in.Sel != nil {
			i = int(in.Sel[k])
		}
		v := float64(vals[i])
		if e := int(math.Float64bits(v) >> mantissaBits & exponentMask); v != 0 && e <= maxExponent {
			return uint64(a.fix(e))
		}
	}
	return 1
}

// addMantissa adds m·2^shift, or takes it off if negative is all ones (0 otherwise); shift is at most windowSpan. It has
// no branch: the signs and magnitudes of data are as good as random.
func (w *window) addMantissa(m, shift, negative uint64) {
	lo, hi := m<<(shift&63), m>>1>>(^shift&63)
	up := -(shift >> 6) // all ones if a word up
	var c uint64
	w[0], c = bits.Add64(w[0], lo&^up^negative, negative&1)
	w[1], c = bits.Add64(w[1], (hi&^up|lo&up)^negative, c)
	w[2], _ = bits.Add64(w[2], hi&up^negative, c)
}

// add is w + v, and whether the sum leaves the carry bits that 2^41 more values may need.
func (w window) add(v window) (sum window, ok bool) {
	var c uint64
	sum[0], c = bits.Add64(w[0], v[0], 0)
	sum[1], c = bits.Add64(w[1], v[1], c)
	sum[2], _ = bits.Add64(w[2], v[2], c)
	overflow := (w[2]^sum[2])&(v[2]^sum[2])>>63 != 0
	return sum, !overflow && (sum[2]^sum[2]<<1)>>63 == 0
}

// wide is a two's complement integer in units of 2^-1074 that holds any sum of up to 2^63 float64s.
type wide [wideWords]uint64

// wideWords: 2046 exponents, 53 bits of mantissa, 63 for carries and a sign, in words of 64 bits.
const wideWords = 34

// addAt adds the two's complement integer v times 2^shift.
func (w *wide) addAt(v []uint64, shift int) { addShifted(w[:], v, shift) }

// addShifted adds the two's complement integer v times 2^shift to w, which has bits enough or wraps around.
func addShifted(w, v []uint64, shift int) {
	at, s := shift>>6, uint(shift&63)
	sign := uint64(int64(v[len(v)-1]) >> 63)
	below, carry := uint64(0), uint64(0)
	for i := at; i < len(w); i++ {
		word := sign
		if i-at < len(v) {
			word = v[i-at]
		}
		w[i], carry = bits.Add64(w[i], word<<s|below>>1>>(^s&63), carry)
		below = word
	}
}

// addFloat adds a finite value that many times.
func (w *wide) addFloat(v float64, times int64) {
	b := math.Float64bits(v)
	e, m := int(b>>mantissaBits&exponentMask), b&mantissaMask
	if e == 0 {
		e = 1
	} else {
		m |= implicitBit
	}
	hi, lo := bits.Mul64(m, magnitude(times))
	p := [2]uint64{lo, hi}
	if (v < 0) != (times < 0) {
		negate(p[:])
	}
	w.addAt(p[:], e-1)
}

// roundFloat is the float64 nearest to a two's complement integer times 2^(base−1075), ties to even;
// base is at least 1. Beyond the largest float64 it is ±Inf, as IEEE 754 has it. It destroys v.
func roundFloat(v []uint64, base int) float64 {
	negative := int64(v[len(v)-1]) < 0
	if negative {
		negate(v)
	}
	top := len(v) - 1
	for top >= 0 && v[top] == 0 {
		top--
	}
	if top < 0 {
		return 0
	}
	drop := 64*top + bits.Len64(v[top]) - (mantissaBits + 1) // bits that don't fit a mantissa
	m := v[0]
	if drop > 0 {
		m = roundBits(v, drop)
	}
	f := compose(m, max(drop, 0)+base)
	if negative {
		return -f
	}
	return f
}

// compose is m·2^(e−1075), m being at most 2^53. Where m has its leading bit, e is the exponent as a normal float64 has it: that bit adds 1 to
// the field below which e−1 stands, and 2 if rounding has carried m to 2^53. It saves math.Ldexp, half the time of a result.
func compose(m uint64, e int) float64 {
	if m < implicitBit || e >= maxExponent {
		return math.Ldexp(float64(m), e-1075)
	}
	return math.Float64frombits(uint64(e-1)<<mantissaBits + m)
}

// roundBits is the non-negative integer v without its lowest drop bits, of which 53 are left, rounded to nearest, ties to even.
func roundBits(v []uint64, drop int) uint64 {
	m := bitsFrom(v, drop)
	half := v[(drop-1)>>6]>>((drop-1)&63)&1 != 0
	if half && (m&1 != 0 || anyBelow(v, drop-1)) {
		m++
	}
	return m
}

// bitsFrom is 64 bits of v from bit i on.
func bitsFrom(v []uint64, i int) uint64 {
	at, s := i>>6, uint(i&63)
	m := v[at] >> s
	if at+1 < len(v) {
		m |= v[at+1] << 1 << (^s & 63)
	}
	return m
}

// anyBelow reports whether a bit below bit i is set.
func anyBelow(v []uint64, i int) bool {
	for _, w := range v[:i>>6] {
		if w != 0 {
			return true
		}
	}
	return v[i>>6]&(1<<(i&63)-1) != 0
}

func negate(v []uint64) {
	c := uint64(1)
	for i, w := range v {
		v[i], c = bits.Add64(^w, 0, c)
	}
}
