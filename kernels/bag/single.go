package bag

// single is a group's change, if it has a single one, as most have in a small epoch; else nil.
func (b *Bags) single(head uint32) []uint64 {
	if head == 0 {
		return nil
	}
	from := int(head-1) * (b.stride + 1)
	if change := b.log.data[from : from+b.stride+1]; change[b.stride] == 0 {
		return change[:b.stride]
	}
	return nil
}

// applySingle applies the only change of a group, which is not written down any more, where the group's entries lie. It leaves
// trees, and blocks that might become one, and returns false.
func (b *Bags) applySingle(id uint32, change []uint64) bool {
	s := &b.slots[id]
	if s.form >= treeForm || s.form < formOne && s.n == smallMax {
		return false
	}
	s.head = 0
	entries := b.inPlace(*s)
	i, there := b.find(entries, change)
	if !there {
		b.splice(id, entries, i, 0, change)
		b.addNegative(id, int(change[b.words]>>63))
		return true
	}
	b.drop(change)
	e := entries[i : i+b.stride]
	was, is := e[b.words], e[b.words]+change[b.words]
	e[b.words] = is
	switch {
	case is == 0:
		b.drop(e)
		b.splice(id, entries, i, b.stride, nil)
	case s.form == formOne: // entries is a copy
		*s = b.store(entries, 1)
	}
	b.addNegative(id, int(is>>63)-int(was>>63))
	return true
}

// inPlace are a group's entries in its block. Of formOne it is a copy.
func (b *Bags) inPlace(s slot) []uint64 {
	switch s.form {
	case formEmpty:
		return nil
	case formOne:
		b.old = append(b.old[:0], s.one(), 1)
		return b.old
	default:
		return b.small[s.form-1].at(s.at)[:int(s.n)*b.stride]
	}
}

// find is the place of the first of some entries that isn't below a key, and whether it is that key's.
func (b *Bags) find(entries, key []uint64) (i int, there bool) {
	for ; i < len(entries); i += b.stride {
		if c := b.cmp(entries[i:], key); c >= 0 {
			return i, c == 0
		}
	}
	return i, false
}

// splice puts an entry, or none, in the place of the words [i, i+cut) of a group's entries, which move if they then take another form.
func (b *Bags) splice(id uint32, entries []uint64, i, cut int, entry []uint64) {
	s := &b.slots[id]
	n := (len(entries) - cut + len(entry)) / b.stride
	b.live += n - len(entries)/b.stride
	b.most = max(b.most, n)
	if s.form == formOf(n) {
		s.n = uint32(n)
		block := b.small[s.form-1].at(s.at)
		copy(block[i+len(entry):], entries[i+cut:])
		copy(block[i:], entry)
		return
	}
	b.merged = append(append(append(b.merged[:0], entries[:i]...), entry...), entries[i+cut:]...)
	b.free(*s)
	*s = b.store(b.merged, n)
}
