package group

// maxDirectBits is the largest packed key that is an index itself: 4096 ids of 4 bytes fit the first-level cache
// beside what is aggregated.
const maxDirectBits = 12

// direct has the id + 1 of every possible packed key.
type direct struct {
	ids []uint32
}

func newDirect(bits int) *direct { return &direct{ids: make([]uint32, 1<<bits)} }

func (x *direct) intern(t *Packed, keys, _ []uint64, ids []uint32) {
	ids = ids[:len(keys)]
	for k, key := range keys {
		id := x.ids[key]
		if id == 0 {
			id = t.add(keys[k:k+1], 0) + 1
			x.ids[key] = id
		}
		ids[k] = id - 1
	}
}

func (x *direct) bytes() int64 { return int64(4 * cap(x.ids)) }
func (x *direct) reset()       { clear(x.ids) }

// single is the hash table of keys of one word: the key is in the slot, so a hit touches one cache line.
type single struct {
	slots []wordSlot
}

// wordSlot is a slot with its key; id is the id + 1, or 0 where it is free.
type wordSlot struct {
	key     uint64
	tag, id uint32
}

func (x *single) intern(t *Packed, keys, hashes []uint64, ids []uint32) {
	if len(x.slots) == 0 {
		x.slots = make([]wordSlot, minSlots)
	}
	if hashes != nil {
		x.internHashed(t, keys, hashes, ids)
		return
	}
	seed, mul, slots := t.seed, t.mul, x.slots
	mask := uint64(len(slots) - 1)
	ids = ids[:len(keys)]
	for k, key := range keys {
		h := fold(key^seed, mul)
		at := &slots[h&mask]
		if at.key == key && at.id != 0 {
			ids[k] = at.id - 1
			continue
		}
		ids[k] = x.find(t, key, h)
		slots = x.slots
		mask = uint64(len(slots) - 1)
	}
}

func (x *single) internHashed(t *Packed, keys, hashes []uint64, ids []uint32) {
	for k, key := range keys {
		h := hashes[k]
		at := &x.slots[h&uint64(len(x.slots)-1)]
		if at.key == key && at.id != 0 {
			ids[k] = at.id - 1
			continue
		}
		ids[k] = x.find(t, key, h)
	}
}

// find finds or makes the group of a key.
func (x *single) find(t *Packed, key, h uint64) uint32 {
	mask := uint32(len(x.slots) - 1)
	for i := uint32(h) & mask; x.slots[i].id != 0; i = (i + 1) & mask {
		if x.slots[i].key == key {
			return x.slots[i].id - 1
		}
	}
	id := t.add([]uint64{key}, h)
	if slotsPerGroup*t.Len() > len(x.slots) {
		x.grow()
	}
	x.put(wordSlot{key: key, tag: uint32(h), id: id + 1})
	return id
}

func (x *single) grow() {
	old := x.slots
	x.slots = make([]wordSlot, 2*len(old))
	for _, s := range old {
		if s.id != 0 {
			x.put(s)
		}
	}
}

func (x *single) put(s wordSlot) {
	mask := uint32(len(x.slots) - 1)
	i := s.tag & mask
	for x.slots[i].id != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = s
}

func (x *single) bytes() int64 { return int64(16 * cap(x.slots)) }
func (x *single) reset()       { clear(x.slots) }

// multi is the hash table of keys of several words.
type multi struct {
	slots []slot
}

func (x *multi) intern(t *Packed, keys, hashes []uint64, ids []uint32) {
	w := t.words
	for k := range ids {
		key := keys[k*w : (k+1)*w]
		if hashes != nil {
			ids[k] = x.find(t, key, hashes[k])
			continue
		}
		ids[k] = x.find(t, key, t.hashWords(key))
	}
}

// find finds or makes the group of a key.
func (x *multi) find(t *Packed, key []uint64, h uint64) uint32 {
	tag := uint32(h)
	if len(x.slots) > 0 {
		mask := uint32(len(x.slots) - 1)
		for i := tag & mask; x.slots[i].id != 0; i = (i + 1) & mask {
			at := x.slots[i]
			if at.tag == tag && equal(t.key(at.id-1), key) {
				return at.id - 1
			}
		}
	}
	id := t.add(key, h)
	x.slots = putNew(x.slots, tag, id, t.Len())
	return id
}

func equal(a, b []uint64) bool {
	b = b[:len(a)]
	for i, w := range a {
		if w != b[i] {
			return false
		}
	}
	return true
}

func (x *multi) bytes() int64 { return int64(8 * cap(x.slots)) }
func (x *multi) reset()       { clear(x.slots) }
