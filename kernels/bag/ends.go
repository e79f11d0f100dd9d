package bag

// Ends are the keys of the smallest values of those groups, or of the largest: their words one after the other, appended to dst. some[k] tells whether
// the k-th group has a value; the words of one without are 0. Cost: O(height of its tree) a group.
func (b *Bags) Ends(ids []uint32, largest bool, dst []uint64, some []bool) []uint64 {
	b.Settle()
	b.Touch(ids)
	clear(some)
	for k, id := range ids {
		s := b.slots[id]
		switch {
		case s.form == formOne: // of one word
			dst, some[k] = append(dst, s.one()), true
			continue
		case s.form != formEmpty:
			if key := b.end(id, largest); key != nil {
				dst, some[k] = append(dst, key...), true
				continue
			}
		}
		for range b.words {
			dst = append(dst, 0)
		}
	}
	return dst
}

// end is the key of the smallest or largest value of a group that has entries; nil if all are below 0.
func (b *Bags) end(id uint32, largest bool) []uint64 {
	s := b.slots[id]
	switch {
	case b.negatives(id) > 0:
		return b.endAmong(id, largest)
	case s.form < treeForm:
		return b.endOf(b.small[s.form-1].at(s.at), int(s.n), largest)
	}
	node := s.at
	for height := int(s.form - treeForm); height > 0; height-- {
		inner, i := b.inners.at(node), 0
		if largest {
			i = int(inner[0]) - 1
		}
		node = uint32(b.child(inner, i)[b.words+1])
	}
	leaf := b.leaves.at(node)
	return b.endOf(leaf[1:], int(leaf[0]), largest)
}

// endOf is the key of the first or last of n entries.
func (b *Bags) endOf(entries []uint64, n int, largest bool) []uint64 {
	i := 0
	if largest {
		i = (n - 1) * b.stride
	}
	return entries[i : i+b.words]
}

// endAmong is end where some entries are below 0.
func (b *Bags) endAmong(id uint32, largest bool) []uint64 {
	total := b.Total(id)
	switch {
	case total == 0:
		return nil
	case largest:
		return b.At(id, total-1)
	default:
		return b.At(id, 0)
	}
}
