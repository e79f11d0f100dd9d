package acc

import "math/bits"

// moment is the exact number, sum and sum of squares of a group's values, two's complement, least significant word first. Values are
// integers x·2^shift, of up to 127 bits without a shift and of 53 with one of up to momentSpan:
//
//	sum       53 bits of a mantissa + 75 of shift + 63 of counts, and a sign      = 192
//	squares   106                   + 150         + 63                            = 320
//	squares   254 of a decimal                    + 63                            < 320
//
// What goes beyond wraps around, and back.
type moment struct {
	n       int64
	sum     [3]uint64
	squares [5]uint64
}

// momentSpan is how far above the base a float's exponent may be.
const momentSpan = 75

// products are a value's part in the sums: x·d and x²·d, for a value whose magnitude is lo and hi.
func products(lo, hi uint64, negative bool, d int64) (sum [3]uint64, squares [5]uint64) {
	sum[0], sum[1] = lo, hi
	squares[1], squares[0] = bits.Mul64(lo, lo)
	if hi != 0 {
		squares[3], squares[2] = bits.Mul64(hi, hi)
		h, l := bits.Mul64(lo, hi)
		for range 2 {
			add(squares[1:], []uint64{l, h})
		}
	}
	if d != 1 && d != -1 {
		multiply(sum[:], magnitude(d))
		multiply(squares[:], magnitude(d))
	}
	if negative != (d < 0) {
		negate(sum[:])
	}
	if d < 0 {
		negate(squares[:])
	}
	return sum, squares
}

// add adds v, which isn't longer and isn't negative, to w.
func add(w, v []uint64) {
	c := uint64(0)
	for i := range w {
		word := uint64(0)
		if i < len(v) {
			word = v[i]
		}
		w[i], c = bits.Add64(w[i], word, c)
	}
}

// multiply multiplies w, which isn't negative, by m.
func multiply(w []uint64, m uint64) {
	carry := uint64(0)
	for i, word := range w {
		hi, lo := bits.Mul64(word, m)
		var c uint64
		w[i], c = bits.Add64(lo, carry, 0)
		carry = hi + c
	}
}

// take adds products, times 2^shift.
func (m *moment) take(sum *[3]uint64, squares *[5]uint64, shift int, d int64) {
	m.n += d
	if shift == 0 {
		add(m.sum[:], sum[:])
		add(m.squares[:], squares[:])
		return
	}
	addShifted(m.sum[:], sum[:], shift)
	addShifted(m.squares[:], squares[:], 2*shift)
}

// merge adds another moment of the same base.
func (m *moment) merge(v *moment) {
	m.n += v.n
	add(m.sum[:], v.sum[:])
	add(m.squares[:], v.squares[:])
}

// far is what moments of floats can't take: NaNs and infinities, and finite values outside of the window, whose sums
// are in units of 2^-1074 and 2^-2148. Few groups have any.
type far struct {
	odd     oddCounts
	sum     wide
	squares [2 * wideWords]uint64
}

// take adds products of a mantissa whose exponent is e.
func (f *far) take(sum *[3]uint64, squares *[5]uint64, e int) {
	addShifted(f.sum[:], sum[:], e-1)
	addShifted(f.squares[:], squares[:], 2*(e-1))
}

func (f *far) merge(v *far) {
	f.odd.nan += v.odd.nan
	f.odd.posInf += v.odd.posInf
	f.odd.negInf += v.odd.negInf
	add(f.sum[:], v.sum[:])
	add(f.squares[:], v.squares[:])
}
