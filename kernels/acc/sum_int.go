package acc

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/pwcol/pwcol/kernels/vec"
)

// sumInt sums integers exactly in 8 bytes a group: a sum modulo 2^64, and, from the first time that one wraps around,
// how often each has: the sum is sums + 2^64 · wraps, where sums counts as signed. Of int64 values close to the limits
//
//	+9e18 +9e18 −9e18 −9e18   sums 0   wraps +1 −1 = 0
//
// whatever their order.
type sumInt struct {
	typ   vec.Type
	sums  []int64
	wraps []int64 // nil: none has
	seen
}

func newSumInt(t vec.Type, counting bool) *sumInt {
	return &sumInt{typ: t, seen: seen{counting: counting}}
}

func (s *sumInt) Grow(n int) {
	s.sums = extend(s.sums, n, 0)
	if s.wraps != nil {
		s.wraps = extend(s.wraps, n, 0)
	}
}

func (s *sumInt) Update(in Input) {
	s.seen.update(in, len(s.sums))
	if in.Diff != nil {
		s.updateDiffs(in)
		return
	}
	switch s.typ.Kind {
	case vec.Int8:
		addInts(s, vec.Of[int8](in.Col), in)
	case vec.Int16:
		addInts(s, vec.Of[int16](in.Col), in)
	case vec.Int32:
		addInts(s, vec.Of[int32](in.Col), in)
	case vec.Int64:
		addInts(s, vec.Of[int64](in.Col), in)
	case vec.Uint8:
		addInts(s, vec.Of[uint8](in.Col), in)
	case vec.Uint16:
		addInts(s, vec.Of[uint16](in.Col), in)
	case vec.Uint32:
		addInts(s, vec.Of[uint32](in.Col), in)
	case vec.Uint64:
		addInts(s, vec.Of[int64](in.Col), in)
		s.liftLarge(vec.Of[int64](in.Col), in)
	}
}

// updateDiffs is Update for rows that come or go any number of times.
func (s *sumInt) updateDiffs(in Input) {
	switch s.typ.Kind {
	case vec.Int8:
		addIntDiffs(s, vec.Of[int8](in.Col), in)
	case vec.Int16:
		addIntDiffs(s, vec.Of[int16](in.Col), in)
	case vec.Int32:
		addIntDiffs(s, vec.Of[int32](in.Col), in)
	case vec.Int64:
		addIntDiffs(s, vec.Of[int64](in.Col), in)
	case vec.Uint8:
		addIntDiffs(s, vec.Of[uint8](in.Col), in)
	case vec.Uint16:
		addIntDiffs(s, vec.Of[uint16](in.Col), in)
	case vec.Uint32:
		addIntDiffs(s, vec.Of[uint32](in.Col), in)
	case vec.Uint64:
		addUintDiffs(s, vec.Of[uint64](in.Col), in)
	}
}

func addIntDiffs[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32](s *sumInt, vals []T, in Input) {
	for k := range in.N {
		p := product(int64(vals[in.row(k)]), in.Diff[k])
		s.add(in.group(k), int64(p.Lo), p.Hi-int64(p.Lo)>>63)
	}
}

func addUintDiffs(s *sumInt, vals []uint64, in Input) {
	for k := range in.N {
		v, d := vals[in.row(k)], in.Diff[k]
		p := product(int64(v), d)
		if v>>63 != 0 { // taken for v − 2^64
			p.Hi += d
		}
		s.add(in.group(k), int64(p.Lo), p.Hi-int64(p.Lo)>>63)
	}
}

// product is a·b.
func product(a, b int64) vec.Int128 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return vec.Int128{Lo: lo, Hi: int64(hi) - a>>63&b - b>>63&a}
}

func addInts[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32](s *sumInt, vals []T, in Input) {
	sums := s.sums
	switch {
	case in.IDs == nil:
		addIntsOne(s, vals, in)
	case in.Sel == nil:
		vals = vals[:len(in.IDs)]
		for k, id := range in.IDs {
			v, old := int64(vals[k]), sums[id]
			sum := old + v
			sums[id] = sum
			if (old^sum)&(v^sum) < 0 {
				s.wrapped(id, v)
			}
		}
	default:
		sel := in.Sel[:len(in.IDs)]
		for k, id := range in.IDs {
			v, old := int64(vals[sel[k]]), sums[id]
			sum := old + v
			sums[id] = sum
			if (old^sum)&(v^sum) < 0 {
				s.wrapped(id, v)
			}
		}
	}
}

// addIntsOne is addInts where all rows are of group 0.
func addIntsOne[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32](s *sumInt, vals []T, in Input) {
	if in.N == 0 {
		return
	}
	sum := s.sums[0]
	for k := range in.N {
		i := k
		if in.Sel != nil {
			i = int(in.Sel[k])
		}
		v, old := int64(vals[i]), sum
		sum += v
		if (old^sum)&(v^sum) < 0 {
			s.wrapped(0, v)
		}
	}
	s.sums[0] = sum
}

// wrapped notes that adding v to a group's sum wrapped it around.
func (s *sumInt) wrapped(id uint32, v int64) {
	s.needWraps()
	if v < 0 {
		s.wraps[id]--
		return
	}
	s.wraps[id]++
}

func (s *sumInt) needWraps() { s.wraps = extend(s.wraps, len(s.sums), 0) }

// liftLarge adds the 2^64 that uint64 values from 2^63 on lack when they are taken for int64.
func (s *sumInt) liftLarge(vals []int64, in Input) {
	for k := range in.N {
		i := k
		if in.Sel != nil {
			i = int(in.Sel[k])
		}
		if vals[i] >= 0 {
			continue
		}
		s.needWraps()
		if in.IDs == nil {
			s.wraps[0]++
			continue
		}
		s.wraps[in.IDs[k]]++
	}
}

// add adds a sum of sums.
func (s *sumInt) add(id uint32, sum, wraps int64) {
	old := s.sums[id]
	s.sums[id] = old + sum
	if (old^s.sums[id])&(sum^s.sums[id]) < 0 {
		s.wrapped(id, sum)
	}
	if wraps != 0 {
		s.needWraps()
		s.wraps[id] += wraps
	}
}

func (s *sumInt) Merge(from Accumulator, src, dst []uint32) {
	other := from.(*sumInt)
	s.seen.merge(&other.seen, src, dst, len(s.sums))
	for k, id := range src {
		s.add(dst[k], other.sums[id], other.wrapsOf(id))
	}
}

func (s *sumInt) wrapsOf(id uint32) int64 {
	if s.wraps == nil {
		return 0
	}
	return s.wraps[id]
}

func (s *sumInt) States(ids []uint32) []*vec.Vec {
	sums := fixed(vec.TInt64, s.sums, ids)
	if s.wraps == nil {
		return s.seen.states(ids, sums, &vec.Vec{Type: vec.TInt64, N: len(ids), Data: vec.Alloc(8 * len(ids))})
	}
	return s.seen.states(ids, sums, fixed(vec.TInt64, s.wraps, ids))
}

func (s *sumInt) StateTypes() []vec.Type { return s.seen.types(vec.TInt64, vec.TInt64) }

func (s *sumInt) MergeStates(cols []*vec.Vec, dst []uint32) error {
	if err := checkStates(cols, s.StateTypes(), len(dst)); err != nil {
		return err
	}
	s.seen.mergeStates(cols, dst, len(s.sums))
	sums, wraps := vec.Of[int64](cols[0]), vec.Of[int64](cols[1])
	for k, id := range dst {
		s.add(id, sums[k], wraps[k])
	}
	return nil
}

// total is a group's sum.
func (s *sumInt) total(id uint32) vec.Int128 {
	sum := s.sums[id]
	return vec.Int128{Lo: uint64(sum), Hi: sum>>63 + s.wrapsOf(id)}
}

func (s *sumInt) Result(ids []uint32) (*vec.Vec, error) {
	var out *vec.Vec
	if s.typ.Width() == 8 {
		out = &vec.Vec{Type: vec.TDecimal(38, 0), N: len(ids), Data: vec.Alloc(16 * len(ids))}
		sums := vec.Of[vec.Int128](out)
		for k := range ids {
			if sums[k] = s.total(ids[k]); !has38Digits(sums[k]) {
				return nil, fmt.Errorf("the sum %s has more than the 38 digits of a decimal", sums[k].Big())
			}
		}
	} else {
		for _, id := range ids {
			if s.wrapsOf(id) != 0 {
				return nil, fmt.Errorf("the sum %s is beyond int64, which goes to ±%d", s.total(id).Big(), math.MaxInt64)
			}
		}
		out = fixed(vec.TInt64, s.sums, ids)
	}
	out.Valid = s.seen.valid(ids)
	return out, nil
}

func (s *sumInt) Average(ids []uint32, counts []int64) *vec.Vec {
	return average(counts, func(k int) float64 { return s.total(ids[k]).Float64() })
}

func (s *sumInt) Fresh() Accumulator { return newSumInt(s.typ, s.counting) }
func (s *sumInt) Longest() int       { return 0 }
func (s *sumInt) Bytes() int64       { return int64(8*cap(s.sums)+8*cap(s.wraps)) + s.seen.bytes() }

func (s *sumInt) Clear(ids []uint32) {
	for _, id := range ids {
		s.sums[id] = 0
	}
	if s.wraps != nil {
		for _, id := range ids {
			s.wraps[id] = 0
		}
	}
	s.seen.clear(ids, len(s.sums))
}

func (s *sumInt) Negative(ids []uint32) []uint32 { return s.seen.negative(ids) }

func (s *sumInt) Reset() {
	s.sums, s.wraps = s.sums[:0], nil
	s.seen.reset()
}
