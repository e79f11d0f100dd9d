package group

// double is the index of packed keys of two words.
type double struct {
	pairs pairs
	block pairBlock
}

func newDouble() *double { return &double{pairs: *newPairs()} }

func (x *double) intern(t *Packed, keys, hashes []uint64, ids []uint32) {
	for len(ids) > 0 {
		n := min(len(ids), blockRows)
		block := &x.block
		for k := range n {
			a, b := keys[2*k], keys[2*k+1]
			block.a[k], block.b[k] = a, b
			if hashes == nil {
				block.hash[k] = t.next(t.word(a), b)
			}
		}
		if hashes != nil {
			hashes = hashes[copy(block.hash[:n], hashes):]
		}
		x.pairs.touch(block, n)
		x.probe(t, ids[:n])
		keys, ids = keys[2*n:], ids[n:]
	}
}

func (x *double) probe(t *Packed, ids []uint32) {
	for k := range ids {
		a, b, hash := x.block.a[k], x.block.b[k], x.block.hash[k]
		id := x.pairs.find(a, b, 1, hash)
		if id == noID {
			id = x.add(t, a, b, hash)
		}
		ids[k] = id
	}
}

func (x *double) add(t *Packed, a, b, hash uint64) uint32 {
	id := t.add([]uint64{a, b}, hash)
	if n := t.Len(); crowded(n, len(x.pairs.slots)) {
		old := x.pairs.slots
		x.pairs.slots = make([]pairSlot, slotsFor(n))
		for _, s := range old {
			if s.n != 0 {
				x.pairs.put(s.a, s.b, s.n, t.pairHash(s), s.id)
			}
		}
	}
	x.pairs.put(a, b, 1, hash, id)
	return id
}

// pairHash implements pairHasher.
func (t *Packed) pairHash(s pairSlot) uint64 {
	if t.strs {
		return t.hashes[s.id]
	}
	return t.next(t.word(s.a), s.b)
}

func (x *double) bytes() int64 { return x.pairs.bytes() }
func (x *double) reset()       { x.pairs.reset() }

// multi is the index of packed keys of more than two words.
type multi struct {
	tagged  tagged
	hashes  [blockRows]uint64
	touched uint64 // keeps the touching loops from being optimised away
}

func (x *multi) intern(t *Packed, keys, hashes []uint64, ids []uint32) {
	w := t.words
	for len(ids) > 0 {
		n := min(len(ids), blockRows)
		if hashes != nil {
			hashes = hashes[copy(x.hashes[:n], hashes):]
		} else {
			for k := range n {
				x.hashes[k] = t.hashWords(keys[k*w : (k+1)*w])
			}
		}
		x.touch(t, n)
		for k := range n {
			ids[k] = x.find(t, keys[k*w:(k+1)*w], x.hashes[k])
		}
		keys, ids = keys[n*w:], ids[n:]
	}
}

// touch brings the slots of n keys into the cache, and then the keys that they lead to.
func (x *multi) touch(t *Packed, n int) {
	slots := x.tagged.slots
	if len(slots) <= blockRows {
		return
	}
	mask, sum := uint64(len(slots)-1), uint64(0)
	for _, h := range x.hashes[:n] {
		sum += uint64(slots[h&mask].id)
	}
	for _, h := range x.hashes[:n] {
		if id := slots[h&mask].id; id != 0 {
			sum += t.keys[int(id-1)*t.words]
		}
	}
	x.touched += sum
}

// find finds or makes the group of a key.
func (x *multi) find(t *Packed, key []uint64, hash uint64) uint32 {
	for id, i := x.tagged.next(hash, uint32(hash)); id != noID; id, i = x.tagged.next(hash, i) {
		if equal(t.key(id), key) {
			return id
		}
	}
	id := t.add(key, hash)
	x.tagged.add(hash, id, t.Len())
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

func (x *multi) bytes() int64 { return x.tagged.bytes() }
func (x *multi) reset()       { x.tagged.reset() }
