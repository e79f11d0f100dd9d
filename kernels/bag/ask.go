package bag

// Total is the number of values of a group: the sum of its counts above 0.
func (b *Bags) Total(id uint32) int64 {
	b.Settle()
	s := b.slots[id]
	switch {
	case s.form == formEmpty:
		return 0
	case s.form == formOne:
		return 1
	case s.form < treeForm:
		return b.weigh(b.small[s.form-1].at(s.at), int(s.n))
	default:
		return b.weightOf(s.at, int(s.form-treeForm))
	}
}

// Distinct is the number of different values of a group.
func (b *Bags) Distinct(id uint32) int {
	b.Settle()
	return b.slots[id].count() - b.negatives(id)
}

// At is the key of a group's value of that rank, from 0 to Total − 1 in ascending order: valid until the next question or change. Of a text, see Text.
// Cost: O(log n).
func (b *Bags) At(id uint32, rank int64) []uint64 {
	b.Settle()
	s := b.slots[id]
	if s.form == formEmpty {
		panic("bag: the rank of a value of an empty bag")
	}
	if s.form == formOne && rank == 0 {
		b.key[0] = s.one()
		return b.key
	}
	if s.form < formOne {
		return b.pick(b.small[s.form-1].at(s.at), int(s.n), rank)
	}
	node := s.at
	for height := int(s.form - treeForm); height > 0; height-- {
		inner := b.inners.at(node)
		i := 0
		for ; i < int(inner[0])-1; i++ {
			weight := int64(b.child(inner, i)[b.words])
			if rank < weight {
				break
			}
			rank -= weight
		}
		node = uint32(b.child(inner, i)[b.words+1])
	}
	leaf := b.leaves.at(node)
	return b.pick(leaf[1:], int(leaf[0]), rank)
}

// pick is the key of the value of that rank among n entries.
func (b *Bags) pick(entries []uint64, n int, rank int64) []uint64 {
	for i := 0; i < n*b.stride; i += b.stride {
		e := entries[i : i+b.stride]
		if rank -= max(0, int64(e[b.words])); rank < 0 {
			return e[:b.words]
		}
	}
	panic("bag: a rank beyond the values of its bag")
}

// Text is the text that a key of Bags of texts stands for: valid until the next change.
func (b *Bags) Text(key []uint64) []byte { return b.arena.at(key[1]) }

// Entries appends a group's entries in ascending order to dst: each is a key's words and its count, which may be below 0.
func (b *Bags) Entries(id uint32, dst []uint64) []uint64 {
	b.Settle()
	return b.entries(id, dst)
}

// Stride is the number of words of an entry.
func (b *Bags) Stride() int { return b.stride }

// Most is a bound of the number of entries of any group.
func (b *Bags) Most() int {
	b.Settle()
	return b.most
}

// Longest is a bound of the bytes of any text.
func (b *Bags) Longest() int { return b.longest }

// entries appends the entries that the log has no part in.
func (b *Bags) entries(id uint32, dst []uint64) []uint64 {
	s := b.slots[id]
	switch {
	case s.form == formEmpty:
		return dst
	case s.form == formOne:
		return append(dst, s.one(), 1)
	case s.form < treeForm:
		return append(dst, b.small[s.form-1].at(s.at)[:int(s.n)*b.stride]...)
	default:
		return b.treeEntries(s.at, int(s.form-treeForm), dst)
	}
}

// weigh is the number of values of n entries.
func (b *Bags) weigh(entries []uint64, n int) int64 {
	sum := int64(0)
	for i := range n {
		sum += max(0, int64(entries[i*b.stride+b.words]))
	}
	return sum
}
