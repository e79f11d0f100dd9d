package acc

import (
	"fmt"
	"math/big"
	"math/bits"

	"github.com/pwcol/pwcol/kernels/vec"
)

// sumDecimal sums decimals exactly: modulo 2^128, and, from the first time that a sum wraps around, how often each
// has (see sumInt).
type sumDecimal struct {
	typ   vec.Type
	sums  []vec.Int128
	wraps []int64 // nil: none has
	seen
}

func newSumDecimal(t vec.Type, counting bool) *sumDecimal {
	return &sumDecimal{typ: t, seen: seen{counting: counting}}
}

func (s *sumDecimal) Grow(n int) {
	s.sums = extend(s.sums, n, vec.Int128{})
	if s.wraps != nil {
		s.wraps = extend(s.wraps, n, 0)
	}
}

func (s *sumDecimal) Update(in Input) {
	s.seen.update(in, len(s.sums))
	vals := vec.Of[vec.Int128](in.Col)
	if in.Diff != nil {
		for k := range in.N {
			v, wraps := productDecimal(vals[in.row(k)], in.Diff[k])
			s.add(in.group(k), v, wraps)
		}
		return
	}
	for k := range in.N {
		i, id := k, uint32(0)
		if in.Sel != nil {
			i = int(in.Sel[k])
		}
		if in.IDs != nil {
			id = in.IDs[k]
		}
		s.add(id, vals[i], 0)
	}
}

// productDecimal is v·d as a number modulo 2^128, which counts as signed, and a multiple of 2^128.
func productDecimal(v vec.Int128, d int64) (vec.Int128, int64) {
	h0, w0 := bits.Mul64(v.Lo, uint64(d))
	h1, w1 := bits.Mul64(uint64(v.Hi), uint64(d))
	w1, c := bits.Add64(w1, h0, 0)
	w2 := int64(h1+c) - v.Hi>>63&d // as if v's words were unsigned
	if d < 0 {                     // and d
		var b uint64
		w1, b = bits.Sub64(w1, v.Lo, 0)
		w2 -= v.Hi + int64(b)
	}
	return vec.Int128{Lo: w0, Hi: int64(w1)}, w2 - int64(w1)>>63
}

func (s *sumDecimal) add(id uint32, v vec.Int128, wraps int64) {
	sum, ok := s.sums[id].Add(v)
	s.sums[id] = sum
	if ok && wraps == 0 {
		return
	}
	s.wraps = extend(s.wraps, len(s.sums), 0)
	s.wraps[id] += wraps
	switch {
	case ok:
	case v.Hi < 0:
		s.wraps[id]--
	default:
		s.wraps[id]++
	}
}

func (s *sumDecimal) Merge(from Accumulator, src, dst []uint32) {
	other := from.(*sumDecimal)
	s.seen.merge(&other.seen, src, dst, len(s.sums))
	for k, id := range src {
		s.add(dst[k], other.sums[id], other.wrapsOf(id))
	}
}

func (s *sumDecimal) wrapsOf(id uint32) int64 {
	if s.wraps == nil {
		return 0
	}
	return s.wraps[id]
}

func (s *sumDecimal) States(ids []uint32) []*vec.Vec {
	sums := fixed(s.out(), s.sums, ids)
	if s.wraps == nil {
		return s.seen.states(ids, sums, &vec.Vec{Type: vec.TInt64, N: len(ids), Data: vec.Alloc(8 * len(ids))})
	}
	return s.seen.states(ids, sums, fixed(vec.TInt64, s.wraps, ids))
}

func (s *sumDecimal) out() vec.Type { return vec.TDecimal(38, s.typ.Scale) }

func (s *sumDecimal) StateTypes() []vec.Type { return s.seen.types(s.out(), vec.TInt64) }

func (s *sumDecimal) MergeStates(cols []*vec.Vec, dst []uint32) error {
	if err := checkStates(cols, s.StateTypes(), len(dst)); err != nil {
		return err
	}
	s.seen.mergeStates(cols, dst, len(s.sums))
	sums, wraps := vec.Of[vec.Int128](cols[0]), vec.Of[int64](cols[1])
	for k, id := range dst {
		s.add(id, sums[k], wraps[k])
	}
	return nil
}

// total is a group's sum times 10^scale.
func (s *sumDecimal) total(id uint32) *big.Int {
	sum := big.NewInt(s.wrapsOf(id))
	return sum.Lsh(sum, 128).Add(sum, s.sums[id].Big())
}

func (s *sumDecimal) Result(ids []uint32) (*vec.Vec, error) {
	for _, id := range ids {
		if s.wrapsOf(id) != 0 || !has38Digits(s.sums[id]) {
			return nil, fmt.Errorf("the sum %se%d has more than the 38 digits of a decimal", s.total(id), -int(s.typ.Scale))
		}
	}
	out := fixed(s.out(), s.sums, ids)
	out.Valid = s.seen.valid(ids)
	return out, nil
}

// has38Digits reports whether v is less than 10^38 either way.
func has38Digits(v vec.Int128) bool {
	limit := vec.Int128{Lo: 0x098a224000000000, Hi: 0x4b3b4ca85a86c47a}
	least := vec.Int128{Lo: -limit.Lo, Hi: ^limit.Hi}
	return v.Cmp(limit) < 0 && v.Cmp(least) > 0
}

func (s *sumDecimal) Average(ids []uint32, counts []int64) *vec.Vec {
	return average(counts, func(k int) float64 { return s.float64(ids[k]) })
}

// exactPowers are the powers of ten that a float64 holds exactly: 10^0 to 10^22.
const exactPowers = 22

// float64 is the float64 nearest to a group's sum.
func (s *sumDecimal) float64(id uint32) float64 {
	scale := int(s.typ.Scale)
	if s.wrapsOf(id) == 0 {
		return decimalFloat(s.sums[id], scale)
	}
	return unscaled(s.total(id), scale)
}

// decimalFloat is the float64 nearest to a decimal of that scale. Where number and power of ten are both exact, so is
// their quotient but for its one rounding; else big.Rat does it.
func decimalFloat(d vec.Int128, scale int) float64 {
	if v, small := d.Int64(); small && v > -1<<53 && v < 1<<53 && scale >= 0 && scale <= exactPowers {
		return float64(v) / pow10(scale)
	}
	return unscaled(d.Big(), scale)
}

// unscaled is the float64 nearest to n / 10^scale.
func unscaled(n *big.Int, scale int) float64 {
	r := new(big.Rat).SetInt(n)
	power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(scale, -scale))), nil))
	if scale < 0 {
		r.Mul(r, power)
	} else {
		r.Quo(r, power)
	}
	f, _ := r.Float64()
	return f
}

// pow10 is 10^n for n up to exactPowers: no product on the way is rounded.
func pow10(n int) float64 {
	p := 1.0
	for range n {
		p *= 10
	}
	return p
}

func (s *sumDecimal) Fresh() Accumulator { return newSumDecimal(s.typ, s.counting) }
func (s *sumDecimal) Longest() int       { return 0 }
func (s *sumDecimal) Bytes() int64       { return int64(16*cap(s.sums)+8*cap(s.wraps)) + s.seen.bytes() }

func (s *sumDecimal) Clear(ids []uint32) {
	for _, id := range ids {
		s.sums[id] = vec.Int128{}
	}
	if s.wraps != nil {
		for _, id := range ids {
			s.wraps[id] = 0
		}
	}
	s.seen.clear(ids, len(s.sums))
}

func (s *sumDecimal) Negative(ids []uint32) []uint32 { return s.seen.negative(ids) }

func (s *sumDecimal) Reset() {
	s.sums, s.wraps = s.sums[:0], nil
	s.seen.reset()
}
