package acc

import (
	"fmt"
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// integer is what fixed-width values other than floats and decimals are compared as.
type integer interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

// extreme is the minimum or maximum of values that compare as integers. A group that has had no value is at
// start, which every value beats or equals.
type extreme[T integer] struct {
	typ   vec.Type
	max   bool
	best  []T
	start T
	seen
}

func newExtreme(t vec.Type, isMax bool) (Accumulator, error) {
	switch t.Kind {
	case vec.Bool:
		return &extremeBool{extreme[uint8]{typ: t, max: isMax, start: pick[uint8](isMax, 0, math.MaxUint8)}}, nil
	case vec.Int8:
		return &extreme[int8]{typ: t, max: isMax, start: pick[int8](isMax, math.MinInt8, math.MaxInt8)}, nil
	case vec.Int16:
		return &extreme[int16]{typ: t, max: isMax, start: pick[int16](isMax, math.MinInt16, math.MaxInt16)}, nil
	case vec.Int32, vec.Date:
		return &extreme[int32]{typ: t, max: isMax, start: pick[int32](isMax, math.MinInt32, math.MaxInt32)}, nil
	case vec.Int64, vec.Time, vec.Timestamp, vec.Duration:
		return &extreme[int64]{typ: t, max: isMax, start: pick[int64](isMax, math.MinInt64, math.MaxInt64)}, nil
	case vec.Uint8:
		return &extreme[uint8]{typ: t, max: isMax, start: pick[uint8](isMax, 0, math.MaxUint8)}, nil
	case vec.Uint16:
		return &extreme[uint16]{typ: t, max: isMax, start: pick[uint16](isMax, 0, math.MaxUint16)}, nil
	case vec.Uint32:
		return &extreme[uint32]{typ: t, max: isMax, start: pick[uint32](isMax, 0, math.MaxUint32)}, nil
	case vec.Uint64:
		return &extreme[uint64]{typ: t, max: isMax, start: pick[uint64](isMax, 0, math.MaxUint64)}, nil
	case vec.Float32, vec.Float64:
		return &extremeFloat{extreme[int64]{typ: t, max: isMax, start: pick[int64](isMax, math.MinInt64, math.MaxInt64)}}, nil
	case vec.Decimal:
		return &extremeDecimal{typ: t, max: isMax}, nil
	case vec.String, vec.Binary:
		return &extremeString{typ: t, max: isMax}, nil
	default:
		return nil, fmt.Errorf("%s has no order, so it has no minimum and maximum", t)
	}
}

func pick[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}

func (e *extreme[T]) Grow(n int) { e.best = extend(e.best, n, e.start) }

func (e *extreme[T]) Update(in Input) {
	e.seen.update(in, len(e.best))
	e.take(vec.Of[T](in.Col), in)
}

// take compares values with their groups' best.
func (e *extreme[T]) take(vals []T, in Input) {
	switch {
	case in.N == 0:
	case in.IDs == nil:
		e.best[0] = best(e.best[0], vals, in, e.max)
	case e.max:
		maxByGroup(e.best, vals, in)
	default:
		minByGroup(e.best, vals, in)
	}
}

func minByGroup[T integer](best, vals []T, in Input) {
	if in.Sel == nil {
		vals = vals[:len(in.IDs)]
		for k, id := range in.IDs {
			if v := vals[k]; v < best[id] {
				best[id] = v
			}
		}
		return
	}
	sel := in.Sel[:len(in.IDs)]
	for k, id := range in.IDs {
		if v := vals[sel[k]]; v < best[id] {
			best[id] = v
		}
	}
}

func maxByGroup[T integer](best, vals []T, in Input) {
	if in.Sel == nil {
		vals = vals[:len(in.IDs)]
		for k, id := range in.IDs {
			if v := vals[k]; v > best[id] {
				best[id] = v
			}
		}
		return
	}
	sel := in.Sel[:len(in.IDs)]
	for k, id := range in.IDs {
		if v := vals[sel[k]]; v > best[id] {
			best[id] = v
		}
	}
}

// best is the extreme of b and the values, which are all of one group.
func best[T integer](b T, vals []T, in Input, isMax bool) T {
	lo, hi := b, b
	if in.Sel == nil {
		for _, v := range vals[:in.N] {
			lo, hi = min(lo, v), max(hi, v)
		}
		return pick(isMax, hi, lo)
	}
	for _, i := range in.Sel {
		lo, hi = min(lo, vals[i]), max(hi, vals[i])
	}
	return pick(isMax, hi, lo)
}

func (e *extreme[T]) Merge(from Accumulator, src, dst []uint32) {
	e.merge(from.(*extreme[T]), src, dst)
}

func (e *extreme[T]) merge(other *extreme[T], src, dst []uint32) {
	e.seen.merge(&other.seen, src, dst, len(e.best))
	e.take(other.best, Input{Sel: src, IDs: dst, N: len(dst)})
}

func (e *extreme[T]) States(ids []uint32) []*vec.Vec {
	out := fixed(e.typ, e.best, ids)
	out.Valid = e.seen.valid(ids)
	return []*vec.Vec{out}
}

func (e *extreme[T]) StateTypes() []vec.Type { return []vec.Type{e.typ} }

func (e *extreme[T]) MergeStates(cols []*vec.Vec, dst []uint32) error {
	return mergeValues(e, cols, dst)
}

// mergeValues merges states that are values of the column: they update like a batch's.
func mergeValues(e Accumulator, cols []*vec.Vec, dst []uint32) error {
	if err := checkStates(cols, e.StateTypes(), len(dst)); err != nil {
		return err
	}
	var split Splitter
	e.Update(split.Input(cols[0], len(dst), nil, dst))
	return nil
}

func (e *extreme[T]) Result(ids []uint32) (*vec.Vec, error) { return e.States(ids)[0], nil }

func (e *extreme[T]) Fresh() Accumulator { return &extreme[T]{typ: e.typ, max: e.max, start: e.start} }
func (e *extreme[T]) Longest() int       { return 0 }
func (e *extreme[T]) Bytes() int64       { return int64(max(1, e.typ.Width())*cap(e.best)) + e.seen.bytes() }

func (e *extreme[T]) Clear(ids []uint32) {
	for _, id := range ids {
		e.best[id] = e.start
	}
	e.seen.clear(ids, len(e.best))
}

func (e *extreme[T]) Negative([]uint32) []uint32 { return nil }

func (e *extreme[T]) Reset() {
	e.best = e.best[:0]
	e.seen.reset()
}
