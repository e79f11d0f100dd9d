package group

import (
	"math"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// values numbers distinct strings, and NULL, in the order in which they come: 0, 1, 2 …
//
// The strings "ab", NULL, "c" with the hashes 9, 7, 5 lie as
//
//	arena   a b c
//	spans   0+2 2+0 2+1   where value i begins, and how long it is
//	hashes  9 7 5
//	null    1        the number of NULL; it is in no index
//	short   "ab" 0, "c" 2
//
// and longer strings than shortBytes in the index long.
type values struct {
	hasher
	short  *pairs // of strings of up to shortBytes
	shorts int    // how many there are
	long   tagged // of longer ones
	longs  int
	spans  []span
	hashes []uint64
	arena  []byte
	null   uint32 // noID: NULL has not come yet
	most   int    // bytes of the longest value

	free    []uint32 // numbers of values that were removed
	garbage int      // bytes of the arena that they had

	codes codeCache
	nulls nullSplit
	block *pairBlock // scratch
}

// shortBytes is the length up to which a string lies in a slot of its index.
const shortBytes = 16

// noID as an id means that there is none.
const noID = ^uint32(0)

// nullHash stands in for the hash of a NULL.
const nullHash = 0x452821e638d01377

func newValues(h hasher) *values {
	return &values{hasher: h, short: newPairs(), null: noID, block: &pairBlock{}}
}

// len is the number of numbers given out; those of removed values count until they are given out again.
func (t *values) len() int { return len(t.spans) }

// intern numbers the selected rows of a string column.
func (t *values) intern(v *vec.Vec, sel []uint32, ids []uint32) {
	switch {
	case v.Dict != nil:
		t.internCodes(v, sel, ids)
	case v.Valid != nil:
		t.nulls.intern(t, v, sel, ids)
	default:
		t.internPlain(v, sel, ids)
	}
}

func (t *values) internPlain(v *vec.Vec, sel []uint32, ids []uint32) {
	for from := 0; from < len(ids); from += blockRows {
		n := min(blockRows, len(ids)-from)
		if sel == nil {
			t.loadAll(v.Data, v.Offsets[from:from+n+1])
		} else {
			t.loadSel(v.Data, v.Offsets, sel[from:from+n])
		}
		t.short.touch(t.block, n)
		for k := range n {
			a, b, l, hash := t.block.a[k], t.block.b[k], t.block.n[k], t.block.hash[k]
			id := noID
			if l != 0 {
				id = t.short.find(a, b, l, hash)
			}
			if id == noID {
				i := from + k
				if sel != nil {
					i = int(sel[i])
				}
				id = t.find(v.Data[v.Offsets[i]:v.Offsets[i+1]], hash)
			}
			ids[from+k] = id
		}
	}
}

// loadAll reads and hashes the strings between offsets into the block.
func (t *values) loadAll(data []byte, offsets []int32) {
	from := offsets[0]
	for k, to := range offsets[1:] {
		t.load(k, data[from:to])
		from = to
	}
}

// loadSel reads and hashes the strings sel into the block.
func (t *values) loadSel(data []byte, offsets []int32, sel []uint32) {
	for k, i := range sel {
		t.load(k, data[offsets[i]:offsets[i+1]])
	}
}

func (t *values) load(k int, s []byte) {
	block := t.block
	k &= blockRows - 1
	if len(s) > shortBytes {
		block.n[k], block.hash[k] = 0, t.hasher.bytes(s)
		return
	}
	a, b := tail(s)
	block.a[k], block.b[k], block.n[k] = a, b, uint32(len(s))+1
	block.hash[k] = t.hasher.short(a, b, len(s))
}

func (t *values) internRows(v *vec.Vec, rows, ids []uint32) { t.internPlain(v, rows, ids) }

// find is the number of s, whose hash is given.
func (t *values) find(s []byte, hash uint64) uint32 {
	if len(s) <= shortBytes {
		a, b := tail(s)
		if id := t.short.find(a, b, uint32(len(s))+1, hash); id != noID {
			return id
		}
		return t.addShort(s, hash)
	}
	for id, i := t.long.next(hash, uint32(hash)); id != noID; id, i = t.long.next(hash, i) {
		if string(t.value(id)) == string(s) {
			return id
		}
	}
	id := t.add(s, hash)
	t.longs++
	t.long.add(hash, id, t.longs)
	return id
}

func (t *values) addShort(s []byte, hash uint64) uint32 {
	id := t.add(s, hash)
	t.shorts++
	if crowded(t.shorts, len(t.short.slots)) {
		old := t.short.slots
		t.short.slots = make([]pairSlot, slotsFor(t.shorts))
		for _, s := range old {
			if s.n != 0 {
				t.short.put(s.a, s.b, s.n, t.pairHash(s), s.id)
			}
		}
	}
	a, b := tail(s)
	t.short.put(a, b, uint32(len(s))+1, hash, id)
	return id
}

// pairHash implements pairHasher.
func (t *values) pairHash(s pairSlot) uint64 { return t.hasher.short(s.a, s.b, int(s.n-1)) }

func (t *values) hasNull() bool { return t.null != noID }

// findNull is the number of NULL.
func (t *values) findNull() uint32 {
	if t.null == noID {
		t.null = t.add(nil, fold(nullHash^t.seed, t.mul))
	}
	return t.null
}

func (t *values) add(s []byte, h uint64) uint32 {
	var at span
	t.arena, at = appendSpan(t.arena, s)
	t.most = max(t.most, len(s))
	if n := len(t.free); n > 0 {
		id := t.free[n-1]
		t.free = t.free[:n-1]
		t.spans[id], t.hashes[id] = at, h
		return id
	}
	t.spans = append(t.spans, at)
	t.hashes = append(t.hashes, h)
	return uint32(len(t.spans) - 1)
}

// value is the string of that number.
func (t *values) value(id uint32) []byte { return t.spans[id].of(t.arena) }

// merge numbers the value that another table has as id.
func (t *values) merge(from *values, id uint32) uint32 {
	if id == from.null {
		return t.findNull()
	}
	return t.find(from.value(id), from.hashes[id])
}

// dictionaryRatio is how many rows a value must have on average to go out as a code. A dictionary copies all values, and
// who reads a 64th of the rows, a partition, looks most of them up.
const dictionaryRatio = 64

// column is a column of those values: a dictionary column if there are few different ones.
func (t *values) column(typ vec.Type, ids []uint32) *vec.Vec {
	out := &vec.Vec{Type: typ, N: len(ids)}
	if dictionaryRatio*t.len() <= len(ids) && len(t.arena) <= math.MaxInt32 {
		out.Codes, out.Dict = slices.Clone(ids), t.dictionary(typ)
	} else {
		t.gather(out, ids)
	}
	markNulls(out, ids, t.null)
	return out
}

// dictionary is a copy of all values; the numbers of NULL and of removed values stand for empty strings.
func (t *values) dictionary(typ vec.Type) *vec.Dict {
	all := make([]uint32, t.len())
	for i := range all {
		all[i] = uint32(i)
	}
	d := &vec.Dict{Values: vec.Vec{Type: typ, N: len(all)}}
	t.gather(&d.Values, all)
	return d
}

// gather copies the values into a plain column.
func (t *values) gather(out *vec.Vec, ids []uint32) {
	out.Offsets = make([]int32, len(ids)+1)
	total := 0
	for k, id := range ids {
		total += len(t.value(id))
		out.Offsets[k+1] = int32(total)
	}
	out.Data = vec.Alloc(total)
	for k, id := range ids {
		copy(out.Data[out.Offsets[k]:], t.value(id))
	}
}

func (t *values) bytesHeld() int64 {
	return int64(8*cap(t.spans)+8*cap(t.hashes)+cap(t.arena)+4*cap(t.codes.ids)+4*cap(t.free)) + t.short.bytes() + t.long.bytes() + t.nulls.bytes()
}

func (t *values) reset() {
	t.short.reset()
	t.long.reset()
	t.shorts, t.longs = 0, 0
	t.spans, t.hashes, t.arena = t.spans[:0], t.hashes[:0], t.arena[:0]
	t.free, t.garbage = t.free[:0], 0
	t.null, t.most = noID, 0
	t.codes.forget()
}
