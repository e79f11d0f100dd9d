package vec

import (
	"math/big"
	"math/bits"
)

// Int128 is a two's complement integer of 128 bits, laid out as Arrow's decimal128.
type Int128 struct {
	Lo uint64
	Hi int64
}

// Int128From is v widened.
func Int128From(v int64) Int128 { return Int128{uint64(v), v >> 63} }

// Add is a + b, and whether it fits.
func (a Int128) Add(b Int128) (Int128, bool) {
	lo, c := bits.Add64(a.Lo, b.Lo, 0)
	hi, _ := bits.Add64(uint64(a.Hi), uint64(b.Hi), c)
	h := int64(hi)
	overflow := (a.Hi^h)&(b.Hi^h) < 0
	return Int128{lo, h}, !overflow
}

// Neg is −a, and whether it fits: the smallest number has no negative.
func (a Int128) Neg() (Int128, bool) {
	lo, b := bits.Sub64(0, a.Lo, 0)
	hi, _ := bits.Sub64(0, uint64(a.Hi), b)
	n := Int128{lo, int64(hi)}
	return n, !(a.Hi < 0 && n.Hi < 0)
}

// Sub is a − b, and whether it fits.
func (a Int128) Sub(b Int128) (Int128, bool) {
	lo, w := bits.Sub64(a.Lo, b.Lo, 0)
	hi, _ := bits.Sub64(uint64(a.Hi), uint64(b.Hi), w)
	h := int64(hi)
	overflow := (a.Hi^b.Hi)&(a.Hi^h) < 0
	return Int128{lo, h}, !overflow
}

// Cmp is −1, 0 or 1 as a is below, equal to or above b.
func (a Int128) Cmp(b Int128) int {
	switch {
	case a.Hi < b.Hi || a.Hi == b.Hi && a.Lo < b.Lo:
		return -1
	case a == b:
		return 0
	default:
		return 1
	}
}

// Int64 is a as an int64, and whether it fits.
func (a Int128) Int64() (int64, bool) { return int64(a.Lo), a.Hi == int64(a.Lo)>>63 }

// Big is a as a big integer.
func (a Int128) Big() *big.Int {
	v := big.NewInt(a.Hi)
	v.Lsh(v, 64)
	return v.Or(v, new(big.Int).SetUint64(a.Lo))
}

// Int128FromBig is v, and whether it fits.
func Int128FromBig(v *big.Int) (Int128, bool) {
	hi := new(big.Int).Rsh(v, 64) // floor: two's complement
	if !hi.IsInt64() {
		return Int128{}, false
	}
	lo := new(big.Int).And(v, new(big.Int).SetUint64(^uint64(0)))
	return Int128{lo.Uint64(), hi.Int64()}, true
}

// Float64 is the float64 nearest to a, ties to even.
func (a Int128) Float64() float64 {
	if v, ok := a.Int64(); ok {
		return float64(v)
	}
	f, _ := new(big.Float).SetInt(a.Big()).Float64()
	return f
}
