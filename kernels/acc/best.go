package acc

import (
	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
)

// bestRow is the one-slot form of ordered with viewFirst, for values that only come. Keys of words lie one after the other by group; texts are
// the minimum of a Binary column.
type bestRow struct {
	code  *coder
	show  int
	slots []uint64
	n     int // groups
	seen
	texts *extremeString // nil: keys are words
}

func newBestRow(show int, fields ...field) *bestRow {
	b := &bestRow{code: newCoder(fields...), show: show}
	if b.code.words == 0 {
		b.texts = &extremeString{typ: vec.TBinary}
	}
	return b
}

// lastKey fills the slots of groups without a value: no key is above it.
const lastKey = ^uint64(0)

func (b *bestRow) Grow(n int) {
	b.n = max(b.n, n)
	if b.texts != nil {
		b.texts.Grow(n)
		return
	}
	b.slots = extend(b.slots, n*b.code.words, lastKey)
}

func (b *bestRow) Update(in Input) {
	if b.texts != nil {
		if in.N > 0 {
			b.updateTexts(&in, b.code.encodeTexts(&in))
		}
		return
	}
	b.seen.update(in, b.n)
	b.take(b.code.encodeWords(&in), nil, in.IDs, in.N)
}

func (b *bestRow) updateTexts(in *Input, keys *order.Keys) {
	for k := range in.N {
		b.texts.take(in.group(k), keys.Row(k))
	}
	b.texts.tidy()
}

// take compares n keys, those at the places src (nil: the first n), with the slots of their groups.
func (b *bestRow) take(keys []uint64, src, ids []uint32, n int) {
	w := b.code.words
	for k := range n {
		i, id := k, 0
		if src != nil {
			i = int(src[k])
		}
		if ids != nil {
			id = int(ids[k])
		}
		key, slot := keys[i*w:(i+1)*w], b.slots[id*w:(id+1)*w]
		if below(key, slot) {
			copy(slot, key)
		}
	}
}

// below reports whether a key comes before another of the same length.
func below(x, y []uint64) bool {
	for i, w := range x {
		if w != y[i] {
			return w < y[i]
		}
	}
	return false
}

func (b *bestRow) Merge(from Accumulator, src, dst []uint32) {
	other := from.(*bestRow)
	if b.texts != nil {
		b.texts.Merge(other.texts, src, dst)
		return
	}
	b.seen.merge(&other.seen, src, dst, b.n)
	b.take(other.slots, src, dst, len(dst))
}

func (b *bestRow) States(ids []uint32) []*vec.Vec {
	if b.texts != nil {
		return b.texts.States(ids)
	}
	out := make([]*vec.Vec, b.code.words)
	for i := range out {
		out[i] = &vec.Vec{Type: vec.TUint64, N: len(ids), Data: vec.Alloc(8 * len(ids))}
		vals := vec.Of[uint64](out[i])
		for k, id := range ids {
			vals[k] = b.slots[int(id)*b.code.words+i]
		}
	}
	out[0].Valid = b.seen.valid(ids)
	return out
}

func (b *bestRow) StateTypes() []vec.Type {
	if b.texts != nil {
		return b.texts.StateTypes()
	}
	out := make([]vec.Type, b.code.words)
	for i := range out {
		out[i] = vec.TUint64
	}
	return out
}

func (b *bestRow) MergeStates(cols []*vec.Vec, dst []uint32) error {
	if err := checkStates(cols, b.StateTypes(), len(dst)); err != nil {
		return err
	}
	key := make([]uint64, b.code.words)
	keys := make([]uint64, 0, len(dst)*b.code.words)
	for k := range dst {
		null, text := cols[0].IsNull(k), []byte(nil)
		for i := range key {
			if key[i] = vec.Of[uint64](cols[i])[k]; null {
				key[i] = lastKey
			}
		}
		if b.texts != nil && !null {
			text = cols[0].Str(k)
		}
		if null {
			keys = append(keys, key...)
			continue
		}
		if err := b.code.check(key, text); err != nil {
			return err
		}
		keys = append(keys, key...)
	}
	if b.texts != nil {
		return b.texts.MergeStates(cols, dst)
	}
	b.seen.mergeValid(cols[0], dst, b.n)
	b.take(keys, nil, dst, len(dst))
	return nil
}

func (b *bestRow) Result(ids []uint32) (*vec.Vec, error) {
	out, w := b.code.values(b.show, len(ids)), b.code.words
	for _, id := range ids {
		switch {
		case b.texts != nil && b.texts.best[id].room > 0:
			out.addText(b.texts.value(b.texts.best[id]))
		case b.texts == nil && b.seen.has(id):
			out.addWords(b.slots[int(id)*w : int(id+1)*w])
		default:
			out.b.AppendNull()
		}
	}
	return out.b.Finish(), nil
}

func (b *bestRow) Clear(ids []uint32) {
	if b.texts != nil {
		b.texts.Clear(ids)
		return
	}
	for _, id := range ids {
		for i := range b.code.words {
			b.slots[int(id)*b.code.words+i] = lastKey
		}
	}
	b.seen.clear(ids, b.n)
}

func (b *bestRow) Negative([]uint32) []uint32 { return nil }
func (b *bestRow) Fresh() Accumulator         { return newBestRow(b.show, b.code.fields...) }

func (b *bestRow) Longest() int {
	if b.texts != nil {
		return b.texts.Longest()
	}
	return 0
}

func (b *bestRow) Bytes() int64 {
	n := int64(8*cap(b.slots)+8*cap(b.code.keys)) + b.seen.bytes()
	if b.texts != nil {
		n += b.texts.Bytes()
	}
	return n
}

func (b *bestRow) Reset() {
	b.slots, b.n = b.slots[:0], 0
	b.seen.reset()
	if b.texts != nil {
		b.texts.Reset()
	}
}
