package calc

import (
	"math/bits"

	"github.com/pwcol/pwcol/kernels/vec"
)

// maxDigits is how many decimal digits an Int128 holds of any number.
const maxDigits = 38

// pow10 is 10^0 to 10^38.
var pow10 = powersOfTen()

func powersOfTen() (p [maxDigits + 1]vec.Int128) {
	p[0] = vec.Int128{Lo: 1}
	for i := 1; i <= maxDigits; i++ {
		hi, lo := bits.Mul64(p[i-1].Lo, 10)
		p[i] = vec.Int128{Lo: lo, Hi: p[i-1].Hi*10 + int64(hi)}
	}
	return p
}

// magnitude is |d| as an unsigned number of 128 bits, and whether d is negative.
func magnitude(d vec.Int128) (hi, lo uint64, negative bool) {
	if d.Hi >= 0 {
		return uint64(d.Hi), d.Lo, false
	}
	lo, borrow := bits.Sub64(0, d.Lo, 0)
	hi, _ = bits.Sub64(0, uint64(d.Hi), borrow)
	return hi, lo, true
}

// signed is the number of that magnitude and sign, and whether it fits. −2^127, which has more
// than 38 digits, is taken not to.
func signed(hi, lo uint64, negative bool) (vec.Int128, bool) {
	d := vec.Int128{Lo: lo, Hi: int64(hi)}
	if d.Hi < 0 {
		return d, false
	}
	if negative {
		d, _ = d.Neg()
	}
	return d, true
}

// multiply is a·b, and whether it fits.
func multiply(a, b vec.Int128) (vec.Int128, bool) {
	if x, ok := a.Int64(); ok {
		if y, ok := b.Int64(); ok {
			hi, lo := mul64(x, y)
			return vec.Int128{Lo: uint64(lo), Hi: hi}, true
		}
	}
	ah, al, an := magnitude(a)
	bh, bl, bn := magnitude(b)
	if ah != 0 && bh != 0 {
		return vec.Int128{}, false
	}
	hi, lo := bits.Mul64(al, bl)
	over1, cross1 := bits.Mul64(ah, bl)
	over2, cross2 := bits.Mul64(al, bh)
	hi, carry1 := bits.Add64(hi, cross1, 0)
	hi, carry2 := bits.Add64(hi, cross2, 0)
	if over1|over2|carry1|carry2 != 0 {
		return vec.Int128{}, false
	}
	return signed(hi, lo, an != bn)
}

// dividePow10 is d / 10^k, 0 ≤ k ≤ 38, rounded half away from zero as PostgreSQL's numeric is.
func dividePow10(d vec.Int128, k int) vec.Int128 {
	if k == 0 {
		return d
	}
	hi, lo, negative := magnitude(d)
	// Adding half and cutting rounds: 2^127 + 10^38/2 is below 2^128.
	half := pow10[k]
	half.Lo = half.Lo>>1 | uint64(half.Hi)<<63
	half.Hi >>= 1
	lo, carry := bits.Add64(lo, half.Lo, 0)
	hi, _ = bits.Add64(hi, uint64(half.Hi), carry)
	for ; k > 0; k -= 19 { // 10^19 is the largest power in a word
		by := pow10[min(k, 19)].Lo
		lo, hi = divideWord(hi, lo, by)
	}
	d, _ = signed(hi, lo, negative)
	return d
}

// divideWord is the quotient by a word, low word first.
func divideWord(hi, lo, by uint64) (qlo, qhi uint64) {
	qhi = hi / by
	qlo, _ = bits.Div64(hi%by, lo, by)
	return qlo, qhi
}

// fitsDigits reports whether d has at most that many decimal digits.
func fitsDigits(d vec.Int128, digits uint8) bool {
	limit := pow10[min(digits, maxDigits)]
	below, _ := limit.Neg()
	return d.Cmp(limit) < 0 && d.Cmp(below) > 0
}

// rescale is d·10^by (10^−by rounded half away from zero), and whether it fits into 128 bits.
func rescale(d vec.Int128, by int) (vec.Int128, bool) {
	switch {
	case by < -maxDigits:
		return vec.Int128{}, true
	case by <= 0:
		return dividePow10(d, -by), true
	case d == vec.Int128{}:
		return d, true
	case by > maxDigits:
		return d, false
	default:
		return multiply(d, pow10[by])
	}
}
