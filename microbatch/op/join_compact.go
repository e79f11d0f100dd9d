package op

// minFree is how many numbers of rows and keys may be free in a partition without its being compacted.
const minFree = 32

// compact gives a partition's rows and keys new numbers, without gaps, and all lists that go by number new memory, when more numbers
// are free than taken:
//
//	rows   0 a   1 –   2 –   3 b   4 –        rows   0 a   1 b
//	keys   7 → row 3                          keys   7 → row 1
//
// It looks at each number once, and at least as many rows and keys as are left have gone since the last time: so it is paid for, a step or two
// each, by those that went. Numbers keep their order, so what is sorted by them stays so.
func (p *joinPart) compact() {
	free, live := len(p.keys.free), p.keys.live()
	for _, store := range p.stores {
		free, live = free+len(store.free), live+store.live
	}
	if free <= max(minFree, live) {
		return
	}
	keys := p.keys.renumber()
	var rows [2][]uint32
	for side, store := range p.stores {
		rows[side] = store.renumber(keys)
		for i := range p.keys.keys {
			k := &p.keys.keys[i]
			k.head[side] = renumbered(rows[side], k.head[side])
		}
	}
	p.totals = packed(p.totals, keys, len(p.keys.keys))
	p.buckets.renumber(keys, len(p.keys.keys))
	p.asof.renumber(keys, rows, [2]int{len(p.stores[0].rows), len(p.stores[1].rows)})
	p.saves.renumber(keys, rows)
}

// newNumbers is the new number of each of n, by its old one; of those that are free none.
func newNumbers(n int, free []uint32) []uint32 {
	numbers := make([]uint32, n)
	for _, id := range free {
		numbers[id] = none
	}
	next := uint32(0)
	for old, number := range numbers {
		if number != none {
			numbers[old] = next
			next++
		}
	}
	return numbers
}

// renumbered is a number's new one; none stays none.
func renumbered(numbers []uint32, old uint32) uint32 {
	if old == none {
		return none
	}
	return numbers[old]
}

// packed is what values says of the old numbers, as a list of the live new ones; nil stays nil.
func packed[T any](values []T, numbers []uint32, live int) []T {
	if values == nil {
		return nil
	}
	out := make([]T, live)
	for old, v := range values {
		if number := numbers[old]; number != none {
			out[number] = v
		}
	}
	return out
}

// slotsFor is how many slots a table of so many entries has: a power of two, more than twice as many.
func slotsFor(entries, least int) int {
	n := least
	for n < 2*(entries+1) {
		n *= 2
	}
	return n
}

// renumber gives the keys new numbers, and returns them.
func (t *joinTable) renumber() []uint32 {
	numbers, live := newNumbers(len(t.keys), t.free), t.live()
	t.keys, t.free = packed(t.keys, numbers, live), nil
	t.compact()
	t.slots = make([]joinSlot, slotsFor(live, minJoinSlots))
	for id := reservedKeys; id < live; id++ { // to the reserved ones no slot leads
		t.put(t.keys[id].word, uint32(id))
	}
	return numbers
}

// renumber gives the rows and chunks new numbers, and returns those of the rows; keys is those of the keys.
func (s *joinStore) renumber(keys []uint32) []uint32 {
	numbers, chunks := newNumbers(len(s.rows), s.free), newNumbers(len(s.chunks), s.freeChunks)
	s.chunks = packed(s.chunks, chunks, len(s.chunks)-len(s.freeChunks))
	for i := range s.cols {
		s.cols[i] = packed(s.cols[i], chunks, len(s.chunks))
	}
	s.open, s.freeChunks = renumbered(chunks, s.open), nil

	s.rows, s.free = packed(s.rows, numbers, s.live), nil
	s.times, s.counts, s.hashes = packed(s.times, numbers, s.live), packed(s.counts, numbers, s.live), packed(s.hashes, numbers, s.live)
	for id := range s.rows {
		r := &s.rows[id]
		r.key, r.next, r.prev = keys[r.key], renumbered(numbers, r.next), renumbered(numbers, r.prev)
		r.at.Batch = chunks[r.at.Batch]
		s.chunks[r.at.Batch].owner[r.at.Row] = uint32(id)
	}
	if s.index != nil {
		s.index = make([]rowSlot, slotsFor(s.live, minRowSlots))
		for id, hash := range s.hashes {
			s.putRow(uint32(id), hash)
		}
	}
	return numbers
}

// renumber takes note of the keys' new numbers.
func (t *timeBuckets) renumber(keys []uint32, live int) {
	if t == nil {
		return
	}
	t.of, t.fresh, t.gone = packed(t.of, keys, live), nil, nil
	t.index.renumber(nil, keys)
}

// renumber takes note of the new numbers of the keys and of both sides' rows.
func (a *asofState) renumber(keys []uint32, rows [2][]uint32, live [2]int) {
	if a == nil {
		return
	}
	a.answers = packed(a.answers, rows[0], live[0])
	for i, answer := range a.answers {
		a.answers[i] = renumbered(rows[1], answer)
	}
	a.left.renumber(keys, rows[0])
	a.right.renumber(keys, rows[1])
	if a.clock != nil {
		for side := range rows {
			a.clock.due[side].renumber(rows[side], live[side])
		}
	}
}

// renumber takes note of new numbers of keys (nil: there are none) and rows, in the order of the old ones.
func (x *timeIndex) renumber(keys, rows []uint32) {
	if x == nil {
		return
	}
	for _, block := range x.blocks {
		for i := range block {
			if keys != nil {
				block[i].key = keys[block[i].key]
			}
			block[i].row = rows[block[i].row]
		}
	}
}
