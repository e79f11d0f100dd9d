package bag

// Head appends the entries of a group's first n values in ascending order to dst, as Entries does; the last one may stand for more values than
// that. Cost: O(n + log of the entries).
func (b *Bags) Head(id uint32, n int64, dst []uint64) []uint64 {
	b.Settle()
	s := b.slots[id]
	switch {
	case s.form == formEmpty || n <= 0:
		return dst
	case s.form == formOne:
		return append(dst, s.one(), 1)
	case s.form < treeForm:
		dst, _ = b.head(b.small[s.form-1].at(s.at), int(s.n), n, dst)
	default:
		dst, _ = b.headOfTree(s.at, int(s.form-treeForm), n, dst)
	}
	return dst
}

// head appends those of count entries that hold n values, and returns how many values are still wanted.
func (b *Bags) head(entries []uint64, count int, n int64, dst []uint64) ([]uint64, int64) {
	for i := 0; i < count && n > 0; i++ {
		e := entries[i*b.stride : (i+1)*b.stride]
		dst = append(dst, e...)
		n -= max(0, int64(e[b.words]))
	}
	return dst, n
}

func (b *Bags) headOfTree(node uint32, height int, n int64, dst []uint64) ([]uint64, int64) {
	if height == 0 {
		leaf := b.leaves.at(node)
		return b.head(leaf[1:], int(leaf[0]), n, dst)
	}
	inner := b.inners.at(node)
	for i := 0; i < int(inner[0]) && n > 0; i++ {
		dst, n = b.headOfTree(uint32(b.child(inner, i)[b.words+1]), height-1, n, dst)
	}
	return dst, n
}

// Trim takes all values but the first n out of a group; entries below 0 stay. Cost: O(log of the entries) for each value, or that of writing the
// group anew, whichever is less.
func (b *Bags) Trim(id uint32, n int64) {
	excess := b.Total(id) - n
	if excess <= 0 {
		return
	}
	if s := b.slots[id]; s.form < treeForm || 8*excess > int64(s.n) || b.Negative(id) {
		b.cut(id, excess)
		b.tidy()
		return
	}
	for excess > 0 {
		excess -= b.dropLast(id, excess)
	}
	if b.slots[id].n <= smallAgain {
		b.rewrite(id, nil)
	}
	b.tidy()
}

// dropLast takes up to most values out of the last entry of a group that has a tree. It returns how many.
func (b *Bags) dropLast(id uint32, most int64) int64 {
	s := b.slots[id]
	node := s.at
	for height := int(s.form - treeForm); height > 0; height-- {
		inner := b.inners.at(node)
		node = uint32(b.child(inner, int(inner[0])-1)[b.words+1])
	}
	leaf := b.leaves.at(node)
	last := leaf[1+(int(leaf[0])-1)*b.stride : 1+int(leaf[0])*b.stride]
	n := min(most, int64(last[b.words]))
	change := append([]uint64(nil), last...)
	if b.text {
		change[1] = b.arena.add(b.arena.at(last[1])) // change drops its own
	}
	change[b.words] = uint64(-n)
	b.change(id, change)
	return n
}

// cut takes excess values off the end of a group and writes it anew.
func (b *Bags) cut(id uint32, excess int64) {
	b.old = b.entries(id, b.old[:0])
	for i := len(b.old) - b.stride; excess > 0; i -= b.stride {
		n := min(excess, max(0, int64(b.old[i+b.words])))
		b.old[i+b.words] -= uint64(n)
		excess -= n
	}
	kept := 0
	for i := 0; i < len(b.old); i += b.stride {
		if e := b.old[i : i+b.stride]; e[b.words] == 0 {
			b.drop(e)
			continue
		}
		kept += copy(b.old[kept:], b.old[i:i+b.stride])
	}
	s := b.slots[id]
	b.live += kept/b.stride - s.count()
	b.free(s)
	b.slots[id] = b.store(b.old[:kept], kept/b.stride)
}
