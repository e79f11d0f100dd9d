package acc

import (
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// extremeDecimal is the extreme of a Decimal column.
type extremeDecimal struct {
	typ  vec.Type
	max  bool
	best []vec.Int128
	seen
}

func (e *extremeDecimal) Grow(n int) { e.best = extend(e.best, n, e.start()) }

// start is what every value beats or equals.
func (e *extremeDecimal) start() vec.Int128 {
	if e.max {
		return vec.Int128{Hi: math.MinInt64}
	}
	return vec.Int128{Lo: math.MaxUint64, Hi: math.MaxInt64}
}

func (e *extremeDecimal) Update(in Input) {
	e.seen.update(in, len(e.best))
	e.take(vec.Of[vec.Int128](in.Col), in)
}

func (e *extremeDecimal) take(vals []vec.Int128, in Input) {
	for k := range in.N {
		i, id := k, uint32(0)
		if in.Sel != nil {
			i = int(in.Sel[k])
		}
		if in.IDs != nil {
			id = in.IDs[k]
		}
		if c := vals[i].Cmp(e.best[id]); e.max && c > 0 || !e.max && c < 0 {
			e.best[id] = vals[i]
		}
	}
}

func (e *extremeDecimal) Merge(from Accumulator, src, dst []uint32) {
	other := from.(*extremeDecimal)
	e.seen.merge(&other.seen, src, dst, len(e.best))
	e.take(other.best, Input{Sel: src, IDs: dst, N: len(dst)})
}

func (e *extremeDecimal) States(ids []uint32) []*vec.Vec {
	out := fixed(e.typ, e.best, ids)
	out.Valid = e.seen.valid(ids)
	return []*vec.Vec{out}
}

func (e *extremeDecimal) StateTypes() []vec.Type { return []vec.Type{e.typ} }

func (e *extremeDecimal) MergeStates(cols []*vec.Vec, dst []uint32) error {
	return mergeValues(e, cols, dst)
}

func (e *extremeDecimal) Result(ids []uint32) (*vec.Vec, error) { return e.States(ids)[0], nil }
func (e *extremeDecimal) Fresh() Accumulator                    { return &extremeDecimal{typ: e.typ, max: e.max} }
func (e *extremeDecimal) Longest() int                          { return 0 }
func (e *extremeDecimal) Bytes() int64                          { return int64(16*cap(e.best)) + e.seen.bytes() }

func (e *extremeDecimal) Clear(ids []uint32) {
	for _, id := range ids {
		e.best[id] = e.start()
	}
	e.seen.clear(ids, len(e.best))
}

func (e *extremeDecimal) Negative([]uint32) []uint32 { return nil }

func (e *extremeDecimal) Reset() {
	e.best = e.best[:0]
	e.seen.reset()
}
