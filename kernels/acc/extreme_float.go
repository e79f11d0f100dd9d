package acc

import (
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// extremeFloat is the extreme of a float column, compared as integers of the same order (see orderOf). A result of −0 is
// given as 0: a row with the one is retracted by a row with the other, so they must not be told apart.
type extremeFloat struct{ extreme[int64] }

// orderOf maps floats to integers that have their order: −Inf, negative numbers, −0, 0, positive ones, +Inf, NaN. Positive
// floats have it by their bits; of negative ones all bits but the sign are turned round.
func orderOf(v float64) int64 {
	if v != v {
		return math.MaxInt64
	}
	b := int64(math.Float64bits(v))
	return b ^ int64(uint64(b>>63)>>1)
}

// floatOf is the inverse of orderOf.
func floatOf(b int64) float64 {
	if b == math.MaxInt64 {
		return math.NaN()
	}
	return math.Float64frombits(uint64(b ^ int64(uint64(b>>63)>>1)))
}

func (e *extremeFloat) Update(in Input) {
	e.seen.update(in, len(e.best))
	if in.Col.Type.Kind == vec.Float32 {
		takeFloats(&e.extreme, vec.Of[float32](in.Col), in)
		return
	}
	takeFloats(&e.extreme, vec.Of[float64](in.Col), in)
}

func takeFloats[F float32 | float64](e *extreme[int64], vals []F, in Input) {
	best, flip := e.best, int64(0)
	if e.max {
		flip = -1 // all bits turned round: the order too
	}
	for k := range in.N {
		i, id := k, uint32(0)
		if in.Sel != nil {
			i = int(in.Sel[k])
		}
		if in.IDs != nil {
			id = in.IDs[k]
		}
		if v := orderOf(float64(vals[i])); v^flip < best[id]^flip {
			best[id] = v
		}
	}
}

func (e *extremeFloat) Merge(from Accumulator, src, dst []uint32) {
	e.merge(&from.(*extremeFloat).extreme, src, dst)
}

// States are the results: −0 is 0 already there, for which of the two is taken makes no difference to a result.
func (e *extremeFloat) States(ids []uint32) []*vec.Vec {
	out := &vec.Vec{Type: e.typ, N: len(ids), Data: vec.Alloc(e.typ.Width() * len(ids)), Valid: e.seen.valid(ids)}
	if e.typ.Kind == vec.Float32 {
		vals := vec.Of[float32](out)
		for k, id := range ids {
			vals[k] = float32(floatOf(e.best[id]) + 0)
		}
		return []*vec.Vec{out}
	}
	vals := vec.Of[float64](out)
	for k, id := range ids {
		vals[k] = floatOf(e.best[id]) + 0
	}
	return []*vec.Vec{out}
}

func (e *extremeFloat) MergeStates(cols []*vec.Vec, dst []uint32) error {
	return mergeValues(e, cols, dst)
}

func (e *extremeFloat) Result(ids []uint32) (*vec.Vec, error) { return e.States(ids)[0], nil }

func (e *extremeFloat) Fresh() Accumulator {
	return &extremeFloat{extreme[int64]{typ: e.typ, max: e.max, start: e.start}}
}

// Bytes is of 8 bytes a group for float32 too.
func (e *extremeFloat) Bytes() int64 { return int64(8*cap(e.best)) + e.seen.bytes() }
