package acc

import "github.com/pwcol/pwcol/kernels/vec"

// extremeBool is the extreme of a Bool column, compared as 0 and 1.
type extremeBool struct{ extreme[uint8] }

func (e *extremeBool) Update(in Input) {
	e.seen.update(in, len(e.best))
	vals := make([]uint8, in.Col.N)
	for i := range vals {
		vals[i] = in.Col.Data[i>>3] >> (i & 7) & 1
	}
	e.take(vals, in)
}

func (e *extremeBool) Merge(from Accumulator, src, dst []uint32) {
	e.merge(&from.(*extremeBool).extreme, src, dst)
}

func (e *extremeBool) States(ids []uint32) []*vec.Vec {
	out := &vec.Vec{Type: e.typ, N: len(ids), Data: vec.Alloc(vec.BitmapLen(len(ids))), Valid: e.seen.valid(ids)}
	for k, id := range ids {
		vec.PutBit(out.Data, k, e.best[id] == 1)
	}
	return []*vec.Vec{out}
}

func (e *extremeBool) MergeStates(cols []*vec.Vec, dst []uint32) error {
	return mergeValues(e, cols, dst)
}

func (e *extremeBool) Result(ids []uint32) (*vec.Vec, error) { return e.States(ids)[0], nil }

func (e *extremeBool) Fresh() Accumulator {
	return &extremeBool{extreme[uint8]{typ: e.typ, max: e.max, start: e.start}}
}
