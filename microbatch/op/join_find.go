package op

import "github.com/pwcol/pwcol/kernels/vec"

// findRow is the row whose values are those of row i of b, hash being theirs; none if it isn't there.
// Rows that b itself has brought have no values yet: see pending.
func (s *joinStore) findRow(b *vec.Batch, i int, hash uint64) uint32 {
	mask := uint64(len(s.index) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		slot := s.index[at]
		if slot.id == 0 {
			return none
		}
		if slot.tag == uint32(hash>>32) && s.hashes[slot.id-1] == hash && s.isRow(slot.id-1, b, i) {
			return slot.id - 1
		}
	}
}

// pending is where the values of a row are that are not stored yet: in that row of the batch that brings it.
func pending(row uint32) vec.Ref { return vec.Ref{Batch: none, Row: row} }

// isRow reports whether the values of a row are those of row i of b.
func (s *joinStore) isRow(id uint32, b *vec.Batch, i int) bool {
	at := s.rows[id].at
	for c, v := range b.Cols {
		stored := v
		if at.Batch != none {
			stored = s.cols[c][at.Batch]
		}
		if compareValues(stored, int(at.Row), v, i) != 0 {
			return false
		}
	}
	return true
}

// enter puts a row into the index.
func (s *joinStore) enter(id uint32, hash uint64) {
	s.hashes[id] = hash
	if 2*(s.live+1) > len(s.index) {
		old := s.index
		s.index = make([]rowSlot, 2*len(old))
		for _, slot := range old {
			if slot.id != 0 {
				s.putRow(slot.id-1, s.hashes[slot.id-1])
			}
		}
	}
	s.putRow(id, hash)
}

func (s *joinStore) putRow(id uint32, hash uint64) {
	mask := uint64(len(s.index) - 1)
	at := hash & mask
	for s.index[at].id != 0 {
		at = (at + 1) & mask
	}
	s.index[at] = rowSlot{tag: uint32(hash >> 32), id: id + 1}
}

// unindex takes a row out of the index, as joinTable.remove does.
func (s *joinStore) unindex(id uint32) {
	mask := uint64(len(s.index) - 1)
	hole := s.hashes[id] & mask
	for s.index[hole].id != id+1 {
		hole = (hole + 1) & mask
	}
	for i := (hole + 1) & mask; s.index[i].id != 0; i = (i + 1) & mask {
		home := s.hashes[s.index[i].id-1] & mask
		if (i-home)&mask >= (i-hole)&mask {
			s.index[hole] = s.index[i]
			hole = i
		}
	}
	s.index[hole] = rowSlot{}
}
