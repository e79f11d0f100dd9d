package group

// An index finds the ids of keys by hash: open addressing with linear probing in a power of two of slots, which begins at
// the low bits of the hash. Slots hold the id + 1; 0 is a free one. There are three:
//
//	single   keys of one word           in the slot
//	pairs    keys of two words, strings of up to 16 bytes   in the slot
//	tagged   all others                 behind the id; the slot has 32 bits of the hash
//
// With the key in the slot a hit touches one cache line. A batch is looked up in blocks of blockRows: first all slots
// of the block are touched, in a loop that does nothing else, so the processor has many cache misses
// under way at once; then they are compared. With 100,000 groups that halves the time of a lookup.

// blockRows is how many rows are touched ahead: their slots fit the first-level cache.
const blockRows = 256

// minSlots is the number of slots of a new table.
const minSlots = 256

// roomySlots is up to how many slots a table is kept three quarters empty, so that nearly every key is in
// its first slot; a larger one, half empty: its cache misses cost more. Fuller still is not better: with four fifths taken,
// 100,000 int64 keys cost 10 ns a row instead of 7.
const roomySlots = 1 << 13

// slotsFor is how many slots a table of n groups has.
func slotsFor(n int) int {
	slots := minSlots
	for crowded(n, slots) {
		slots *= 2
	}
	return slots
}

// crowded reports whether n groups are too many for a table.
func crowded(n, slots int) bool {
	if slots <= roomySlots {
		return 4*n > slots
	}
	return 2*n > slots
}

// single is the index of keys of one word.
type single struct {
	slots   []wordSlot
	hashes  [blockRows]uint64
	touched uint32 // keeps the touching loops from being optimised away
}

type wordSlot struct {
	key uint64
	id  uint32
}

const wordSlotBytes = 16

func newSingle() *single { return &single{slots: make([]wordSlot, minSlots)} }

func (x *single) intern(t *Packed, keys, hashes []uint64, ids []uint32) {
	if hashes == nil && len(x.slots) <= roomySlots {
		n := x.internSmall(t, keys, ids)
		keys, ids = keys[n:], ids[n:]
	}
	for len(keys) > 0 {
		n := min(len(keys), blockRows)
		if hashes == nil {
			x.hash(t, keys[:n])
		} else {
			copy(x.hashes[:], hashes[:n])
			hashes = hashes[n:]
		}
		x.touch(n)
		x.probe(t, keys[:n], ids[:n])
		keys, ids = keys[n:], ids[n:]
	}
}

// internSmall is intern of a table that fits the second-level cache, in one loop. It returns how many keys it has done: up to the
// one with which the table is small no more.
func (x *single) internSmall(t *Packed, keys []uint64, ids []uint32) int {
	seed, mul, slots := t.seed, t.mul, x.slots
	mask := uint64(len(slots) - 1)
	ids = ids[:len(keys)]
	for k, key := range keys {
		hash := fold(key^seed, mul)
		i := hash
		at := &slots[i&mask]
		for at.key != key && at.id != 0 {
			i++
			at = &slots[i&mask]
		}
		if at.id != 0 {
			ids[k] = at.id - 1
			continue
		}
		ids[k] = x.add(t, key, hash)
		if slots, mask = x.slots, uint64(len(x.slots)-1); len(slots) > roomySlots {
			return k + 1
		}
	}
	return len(keys)
}

func (x *single) hash(t *Packed, keys []uint64) {
	seed, mul := t.seed, t.mul
	hashes := x.hashes[:len(keys)]
	for k, key := range keys {
		hashes[k] = fold(key^seed, mul)
	}
}

func (x *single) touch(n int) {
	if len(x.slots) <= blockRows {
		return
	}
	slots, mask, sum := x.slots, uint64(len(x.slots)-1), uint32(0)
	for _, h := range x.hashes[:n] {
		sum += slots[h&mask].id
	}
	x.touched += sum
}

func (x *single) probe(t *Packed, keys []uint64, ids []uint32) {
	ids = ids[:len(keys)]
	hashes := x.hashes[:len(keys)]
	for k, key := range keys {
		mask := uint64(len(x.slots) - 1)
		for i := hashes[k]; ; i++ {
			at := &x.slots[i&mask]
			if at.key == key && at.id != 0 {
				ids[k] = at.id - 1
				break
			}
			if at.id == 0 {
				ids[k] = x.add(t, key, hashes[k])
				break
			}
		}
	}
}

func (x *single) add(t *Packed, key, hash uint64) uint32 {
	id := t.add([]uint64{key}, hash)
	if n := t.Len(); crowded(n, len(x.slots)) {
		old := x.slots
		x.slots = make([]wordSlot, slotsFor(n))
		for _, s := range old {
			if s.id != 0 {
				x.put(s.key, t.hashIn(s), s.id-1)
			}
		}
	}
	x.put(key, hash, id)
	return id
}

// hashIn is the hash of a key in its slot.
func (t *Packed) hashIn(s wordSlot) uint64 {
	if t.strs {
		return t.hashes[s.id-1]
	}
	return t.word(s.key)
}

func (x *single) put(key, hash uint64, id uint32) {
	mask := uint64(len(x.slots) - 1)
	i := hash & mask
	for x.slots[i].id != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = wordSlot{key: key, id: id + 1}
}

func (x *single) bytes() int64 { return int64(wordSlotBytes * cap(x.slots)) }
func (x *single) reset()       { clear(x.slots) }
