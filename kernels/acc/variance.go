package acc

import (
	"encoding/binary"
	"math/big"
)

// variance computes exact variances, one after the other in the same memory.
type variance struct {
	sum, squares, part big.Int // the sums, and what is added to them
	n, den, rest       big.Int
	quotient           big.Float
	words              []uint64
	buf                []byte
}

// set makes out a two's complement integer.
func (v *variance) set(out *big.Int, words []uint64) *big.Int {
	v.words = append(v.words[:0], words...)
	negative := int64(words[len(words)-1]) < 0
	if negative {
		negate(v.words)
	}
	for len(v.words) > 0 && v.words[len(v.words)-1] == 0 {
		v.words = v.words[:len(v.words)-1]
	}
	v.buf = v.buf[:0]
	for i := len(v.words) - 1; i >= 0; i-- {
		v.buf = binary.BigEndian.AppendUint64(v.buf, v.words[i])
	}
	out.SetBytes(v.buf)
	if negative {
		out.Neg(out)
	}
	return out
}

// of is (n·squares − sum²) / (n·degrees) · 2^exp, rounded to the nearest float64.
func (v *variance) of(n, degrees int64, scale *big.Int, decimals, exp int) float64 {
	v.n.SetInt64(n)
	num := v.squares.Mul(&v.squares, &v.n)
	num.Sub(num, v.part.Mul(&v.sum, &v.sum))
	if num.Sign() <= 0 { // below 0: of values that have gone before they came
		return 0
	}
	den := v.den.Mul(&v.n, v.rest.SetInt64(degrees))
	switch {
	case decimals > 0:
		den.Mul(den, scale)
	case decimals < 0:
		num.Mul(num, scale)
	}
	return v.ratio(num, den, exp)
}

// ratio is the float64 nearest to num/den · 2^exp, for num and den above 0. It destroys them. The quotient is computed to 66 bits
// or 67, of which the last is set if anything is left: enough to round it right, also where fewer bits than 53 are left below
// 2^-1022.
func (v *variance) ratio(num, den *big.Int, exp int) float64 {
	shift := 66 - (num.BitLen() - den.BitLen())
	if shift >= 0 {
		num.Lsh(num, uint(shift))
	} else {
		den.Lsh(den, uint(-shift))
	}
	q, rest := v.part.QuoRem(num, den, &v.rest)
	if rest.Sign() != 0 {
		q.SetBit(q, 0, 1)
	}
	v.quotient.SetPrec(0).SetInt(q) // as many bits as q has: exact
	v.quotient.SetMantExp(&v.quotient, exp-shift)
	f, _ := v.quotient.Float64()
	return f
}
