package group

// Groups are removed from the tables of open addressing without tombstones: whatever is behind the gap, up to the next free slot, and
// could stand in the gap, is moved there (Knuth, The Art of Computer Programming 3, 6.4, algorithm R). So tables in which groups come
// and go for ever stay as fast as new ones.
//
//	slots          3     4     5     6        a removed:  3     4     5     6
//	hash & mask    a→3   b→3   c→5   free                 b→3   free  c→5   free

// fills reports whether an entry that stands at slot at, and whose hash says home, may move to the gap: that is, whether the gap lies
// on its way from home to at.
func fills(gap, at, home, mask uint64) bool { return (at-home)&mask >= (at-gap)&mask }

// Remove implements Groups.
func (t *Packed) Remove(ids []uint32) {
	if len(ids) == 0 {
		return
	}
	for _, id := range ids {
		if id == t.null {
			t.null = noID
			continue
		}
		t.index.remove(t, id)
	}
	t.free = append(t.free, ids...)
	t.removed += len(ids)
	if t.strs {
		t.grid.reset()
		t.sweep()
	}
}

// leastSweep is how many groups must have been removed before their strings are looked for.
const leastSweep = 1024

// sweepShare is the least part of the ids that must have been removed before, since all of them are looked at.
const sweepShare = 4

// sweep removes the strings that no group has, when as many groups have been removed as there are: a string may be
// in many, and counting in how many would cost every new group a cache miss.
func (t *Packed) sweep() {
	if t.removed < max(leastSweep, t.Len()-len(t.free), t.Len()/sweepShare) {
		return
	}
	t.removed = 0
	gone := make([]bool, t.Len())
	for _, id := range t.free {
		gone[id] = true
	}
	for i, s := range t.strings {
		if s == nil {
			continue
		}
		used, p := s.unused(), t.values[i]
		for id := range gone {
			if !gone[id] {
				used[uint32(t.keys[id*t.words+p.word]>>p.shift)] = true
			}
		}
		for n, u := range used {
			if !u {
				s.remove(uint32(n))
			}
		}
		s.tidy()
	}
}

func (x *direct) remove(t *Packed, id uint32) { x.ids[t.keys[id]] = 0 }

func (x *single) remove(t *Packed, id uint32) {
	slots, mask := x.slots, uint64(len(x.slots)-1)
	gap := t.Hash(id) & mask
	for slots[gap].id != id+1 {
		gap = (gap + 1) & mask
	}
	for at := (gap + 1) & mask; slots[at].id != 0; at = (at + 1) & mask {
		if fills(gap, at, t.hashIn(slots[at]), mask) {
			slots[gap] = slots[at]
			gap = at
		}
	}
	slots[gap] = wordSlot{}
}

func (x *double) remove(t *Packed, id uint32) { x.pairs.remove(id, t.Hash(id), t) }

func (x *multi) remove(t *Packed, id uint32) { x.tagged.remove(id, t.Hash(id)) }

// pairHasher knows the hash of what is in a slot.
type pairHasher interface{ pairHash(s pairSlot) uint64 }

func (x *pairs) remove(id uint32, hash uint64, t pairHasher) {
	slots, mask := x.slots, uint64(len(x.slots)-1)
	gap := hash & mask
	for slots[gap].n == 0 || slots[gap].id != id {
		gap = (gap + 1) & mask
	}
	for at := (gap + 1) & mask; slots[at].n != 0; at = (at + 1) & mask {
		if fills(gap, at, t.pairHash(slots[at]), mask) {
			slots[gap] = slots[at]
			gap = at
		}
	}
	slots[gap] = pairSlot{}
}

func (x *tagged) remove(id uint32, hash uint64) {
	slots, mask := x.slots, uint64(len(x.slots)-1)
	gap := hash & mask
	for slots[gap].id != id+1 {
		gap = (gap + 1) & mask
	}
	for at := (gap + 1) & mask; slots[at].id != 0; at = (at + 1) & mask {
		if fills(gap, at, uint64(slots[at].tag), mask) {
			slots[gap] = slots[at]
			gap = at
		}
	}
	slots[gap] = tagSlot{}
}

// remove takes out a value that there is.
func (t *values) remove(id uint32) {
	s, hash := t.value(id), t.hashes[id]
	switch {
	case id == t.null:
		t.null = noID
	case len(s) <= shortBytes:
		t.short.remove(id, hash, t)
		t.shorts--
	default:
		t.long.remove(id, hash)
		t.longs--
	}
	t.garbage += len(s)
	t.spans[id] = 0
	t.free = append(t.free, id)
}

// leastGarbage is from how many unused bytes on an arena is made anew.
const leastGarbage = 1 << 12

// tidy comes after values were removed: what remembers their numbers forgets them, and an arena of which half is unused is made anew, if that is
// as many bytes as there are numbers, since all of them are looked at.
func (t *values) tidy() {
	t.codes.forget()
	if t.garbage < max(leastGarbage, len(t.arena)/2, len(t.spans)) {
		return
	}
	old := t.arena
	t.arena, t.garbage = make([]byte, 0, len(old)-t.garbage), 0
	for i, s := range t.spans {
		t.arena, t.spans[i] = appendSpan(t.arena, s.of(old))
	}
}

// unused is, for every number, whether it is one that was removed, for the caller to mark those that are used.
func (t *values) unused() []bool {
	used := make([]bool, t.len())
	for _, id := range t.free {
		used[id] = true
	}
	return used
}

// mergeAll numbers the values ids of another table: ids[k] is dst[k] here. Their hashes are known.
func (t *values) mergeAll(from *values, ids, dst []uint32) {
	for len(ids) > 0 {
		n := min(len(ids), blockRows)
		for k, id := range ids[:n] {
			t.loadHashed(k, from.value(id), from.hashes[id])
		}
		t.short.touch(t.block, n)
		for k, id := range ids[:n] {
			a, b, l, hash := t.block.a[k], t.block.b[k], t.block.n[k], t.block.hash[k]
			dst[k] = noID
			if l != 0 && id != from.null {
				dst[k] = t.short.find(a, b, l, hash)
			}
			if dst[k] == noID {
				dst[k] = t.merge(from, id)
			}
		}
		ids, dst = ids[n:], dst[n:]
	}
}

// loadHashed is load of a string whose hash is known.
func (t *values) loadHashed(k int, s []byte, hash uint64) {
	block := t.block
	k &= blockRows - 1
	block.n[k], block.hash[k] = 0, hash
	if len(s) <= shortBytes {
		block.a[k], block.b[k] = tail(s)
		block.n[k] = uint32(len(s)) + 1
	}
}
