package group

import (
	"github.com/pwcol/pwcol/kernels/vec"
)

// values numbers distinct strings, and NULL, in the order in which they come: 0, 1, 2 …
//
// The strings "ab", NULL, "c" with the hashes 9, 7, 5 lie as
//
//	arena   a b c
//	ends    2 2 3          value i ends at ends[i], and begins where the one before ends
//	hashes  9 7 5
//	null    1              the number of NULL; it is in no slot
//	slots   {5, 3} {9, 1}  hash and number + 1, at the hash modulo the length or behind it
type values struct {
	hasher
	slots  []slot
	ends   []uint64
	hashes []uint64
	arena  []byte
	null   uint32 // none: NULL has not come yet
	long   int    // bytes of the longest value

	codes codeCache
	batch []uint64 // scratch: hashes of a batch
}

// slot is a place of the table: 32 bits of the hash, and the id + 1, or 0 where it is free.
type slot struct {
	tag, id uint32
}

// none as an id means that there is none.
const noID = ^uint32(0)

// minSlots is the number of slots of a new table.
const minSlots = 256

// A table grows when more than half of its slots are taken: runs of taken slots stay about 1.5 slots long.
const slotsPerGroup = 2

// nullHash stands in for the hash of a NULL.
const nullHash = 0x452821e638d01377

func newValues(h hasher) *values { return &values{hasher: h, null: noID} }

func (t *values) len() int { return len(t.ends) }

// intern numbers the selected rows of a string column.
func (t *values) intern(v *vec.Vec, sel []uint32, ids []uint32) {
	switch {
	case v.Dict != nil:
		t.internCodes(v, sel, ids)
	case v.Valid != nil:
		t.internNullable(v, sel, ids)
	default:
		t.internPlain(v, sel, ids)
	}
}

func (t *values) internPlain(v *vec.Vec, sel []uint32, ids []uint32) {
	hashes := t.hashBatch(v, sel, len(ids))
	data, offsets := v.Data, v.Offsets
	for k, h := range hashes {
		i := k
		if sel != nil {
			i = int(sel[k])
		}
		ids[k] = t.find(data[offsets[i]:offsets[i+1]], h)
	}
}

// hashBatch hashes a batch before anything is looked up: the loads of the two passes are independent of each
// other, so the processor overlaps their cache misses.
func (t *values) hashBatch(v *vec.Vec, sel []uint32, n int) []uint64 {
	if cap(t.batch) < n {
		t.batch = make([]uint64, n)
	}
	hashes := t.batch[:n]
	data, offsets := v.Data, v.Offsets
	if sel == nil {
		for i := range hashes {
			hashes[i] = t.hasher.bytes(data[offsets[i]:offsets[i+1]])
		}
		return hashes
	}
	for k, i := range sel {
		hashes[k] = t.hasher.bytes(data[offsets[i]:offsets[i+1]])
	}
	return hashes
}

func (t *values) internNullable(v *vec.Vec, sel []uint32, ids []uint32) {
	for k := range ids {
		i := k
		if sel != nil {
			i = int(sel[k])
		}
		if v.IsNull(i) {
			ids[k] = t.findNull()
			continue
		}
		s := v.Data[v.Offsets[i]:v.Offsets[i+1]]
		ids[k] = t.find(s, t.hasher.bytes(s))
	}
}

// find is the number of s, whose hash is h.
func (t *values) find(s []byte, h uint64) uint32 {
	tag := uint32(h)
	if len(t.slots) > 0 {
		mask := uint32(len(t.slots) - 1)
		for i := tag & mask; ; i++ {
			at := t.slots[i&mask]
			if at.id == 0 {
				break
			}
			if at.tag == tag && string(t.value(at.id-1)) == string(s) {
				return at.id - 1
			}
		}
	}
	id := t.add(s, h)
	t.slots = putNew(t.slots, tag, id, t.len())
	return id
}

// findNull is the number of NULL.
func (t *values) findNull() uint32 {
	if t.null == noID {
		t.null = t.add(nil, fold(nullHash^t.seed, t.mul))
	}
	return t.null
}

func (t *values) add(s []byte, h uint64) uint32 {
	id := uint32(len(t.ends))
	t.arena = append(t.arena, s...)
	t.ends = append(t.ends, uint64(len(t.arena)))
	t.hashes = append(t.hashes, h)
	t.long = max(t.long, len(s))
	return id
}

// value is the string of that number.
func (t *values) value(id uint32) []byte {
	from := uint64(0)
	if id > 0 {
		from = t.ends[id-1]
	}
	return t.arena[from:t.ends[id]]
}

// merge numbers the value that another table has as id.
func (t *values) merge(from *values, id uint32) uint32 {
	if id == from.null {
		return t.findNull()
	}
	return t.find(from.value(id), from.hashes[id])
}

// column is a column of those values.
func (t *values) column(typ vec.Type, ids []uint32) *vec.Vec {
	out := &vec.Vec{Type: typ, N: len(ids), Offsets: make([]int32, len(ids)+1)}
	total := 0
	for k, id := range ids {
		total += len(t.value(id))
		out.Offsets[k+1] = int32(total)
	}
	out.Data = vec.Alloc(total)
	for k, id := range ids {
		copy(out.Data[out.Offsets[k]:], t.value(id))
		if id == t.null {
			t.markNull(out, k)
		}
	}
	return out
}

func (t *values) markNull(out *vec.Vec, k int) {
	if out.Valid == nil {
		out.Valid = vec.Alloc(vec.BitmapLen(out.N))
		vec.SetBits(out.Valid, 0, out.N)
	}
	vec.ClearBit(out.Valid, k)
}

func (t *values) bytesHeld() int64 {
	return int64(8*cap(t.slots) + 8*cap(t.ends) + 8*cap(t.hashes) + cap(t.arena) + 8*cap(t.batch) + 4*cap(t.codes.ids))
}

func (t *values) reset() {
	clear(t.slots)
	t.ends, t.hashes, t.arena = t.ends[:0], t.hashes[:0], t.arena[:0]
	t.null, t.long = noID, 0
	t.codes.forget()
}

// putNew puts an id into the first free slot from its hash on, in a table that is to hold n: a larger one if need be.
func putNew(slots []slot, tag, id uint32, n int) []slot {
	if slotsPerGroup*n > len(slots) {
		slots = grow(slots)
	}
	put(slots, slot{tag: tag, id: id + 1})
	return slots
}

func grow(old []slot) []slot {
	slots := make([]slot, max(minSlots, 2*len(old)))
	for _, s := range old {
		if s.id != 0 {
			put(slots, s)
		}
	}
	return slots
}

func put(slots []slot, s slot) {
	mask := uint32(len(slots) - 1)
	i := s.tag & mask
	for slots[i].id != 0 {
		i = (i + 1) & mask
	}
	slots[i] = s
}
