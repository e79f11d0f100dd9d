package acc

import (
	"fmt"
	"math/big"

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

func newSumDecimal(t vec.Type) *sumDecimal { return &sumDecimal{typ: t} }

func (s *sumDecimal) Grow(n int) {
	s.sums = extend(s.sums, n, vec.Int128{})
	if s.wraps != nil {
		s.wraps = extend(s.wraps, n, 0)
	}
}

func (s *sumDecimal) Update(in Input) {
	s.seen.update(in, len(s.sums))
	vals := vec.Of[vec.Int128](in.Col)
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
	sums.Valid = s.seen.valid(ids)
	if s.wraps == nil {
		return []*vec.Vec{sums, {Type: vec.TInt64, N: len(ids), Data: vec.Alloc(8 * len(ids))}}
	}
	return []*vec.Vec{sums, fixed(vec.TInt64, s.wraps, ids)}
}

func (s *sumDecimal) out() vec.Type { return vec.TDecimal(38, s.typ.Scale) }

func (s *sumDecimal) StateTypes() []vec.Type { return []vec.Type{s.out(), vec.TInt64} }

func (s *sumDecimal) MergeStates(cols []*vec.Vec, dst []uint32) error {
	if err := checkStates(cols, s.StateTypes(), len(dst)); err != nil {
		return err
	}
	s.seen.mergeValid(cols[0], dst, len(s.sums))
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
	limit, _ := vec.Int128FromBig(new(big.Int).Exp(big.NewInt(10), big.NewInt(38), nil))
	least, _ := limit.Neg()
	for _, id := range ids {
		sum := s.sums[id]
		if s.wrapsOf(id) != 0 || sum.Cmp(limit) >= 0 || sum.Cmp(least) <= 0 {
			return nil, fmt.Errorf("the sum %se%d has more than the 38 digits of a decimal", s.total(id), -int(s.typ.Scale))
		}
	}
	out := fixed(s.out(), s.sums, ids)
	out.Valid = s.seen.valid(ids)
	return out, nil
}

func (s *sumDecimal) Average(ids []uint32, counts []int64) *vec.Vec {
	return average(counts, func(k int) float64 { return s.float64(ids[k]) })
}

// exactPowers are the powers of ten that a float64 holds exactly: 10^0 to 10^22.
const exactPowers = 22

// float64 is the float64 nearest to a group's sum. Where sum and power of ten are both exact, so is
// their quotient but for its one rounding; else big.Rat does it.
func (s *sumDecimal) float64(id uint32) float64 {
	scale := int(s.typ.Scale)
	v, small := s.sums[id].Int64()
	if small && s.wrapsOf(id) == 0 && v > -1<<53 && v < 1<<53 && scale >= 0 && scale <= exactPowers {
		return float64(v) / pow10(scale)
	}
	r := new(big.Rat).SetInt(s.total(id))
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

func (s *sumDecimal) Fresh() Accumulator { return newSumDecimal(s.typ) }
func (s *sumDecimal) Longest() int       { return 0 }
func (s *sumDecimal) Bytes() int64       { return int64(16*cap(s.sums)+8*cap(s.wraps)) + s.seen.bytes() }

func (s *sumDecimal) Reset() {
	s.sums, s.wraps = s.sums[:0], nil
	s.seen.reset()
}
