package group

// tagged is the index of keys that lie elsewhere, by id: slots have 32 bits of the hash, so that hardly ever a
// key is looked at in vain, and growing looks at none.
type tagged struct {
	slots []tagSlot
}

// tagSlot is a slot; id is the id + 1, or 0 where it is free.
type tagSlot struct {
	tag, id uint32
}

// next is the first id from slot i on whose key may have the hash, and the slot behind it; noID if
// there is none. A search begins at slot uint32(hash):
//
//	for id, i := x.next(hash, uint32(hash)); id != noID; id, i = x.next(hash, i) {
func (x *tagged) next(hash uint64, i uint32) (id, after uint32) {
	if len(x.slots) == 0 {
		return noID, i
	}
	mask, tag := uint32(len(x.slots)-1), uint32(hash)
	for ; ; i++ {
		at := x.slots[i&mask]
		if at.id == 0 {
			return noID, i
		}
		if at.tag == tag {
			return at.id - 1, i + 1
		}
	}
}

// add puts in the newest of n ids.
func (x *tagged) add(hash uint64, id uint32, n int) {
	if crowded(n, len(x.slots)) {
		old := x.slots
		x.slots = make([]tagSlot, slotsFor(n))
		for _, s := range old {
			if s.id != 0 {
				x.put(s)
			}
		}
	}
	x.put(tagSlot{tag: uint32(hash), id: id + 1})
}

func (x *tagged) put(s tagSlot) {
	mask := uint32(len(x.slots) - 1)
	i := s.tag & mask
	for x.slots[i].id != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = s
}

func (x *tagged) bytes() int64 { return int64(8 * cap(x.slots)) }
func (x *tagged) reset()       { clear(x.slots) }
