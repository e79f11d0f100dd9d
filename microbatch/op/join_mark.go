package op

// mark notes for checkpoints what an epoch has changed, before what is gone is removed. What has still to be saved is put aside as it was.
func (p *joinPart) mark() {
	s := p.saves
	if s == nil {
		return
	}
	for side, store := range p.stores {
		if p.join.shape.sides[side].forgets {
			continue
		}
		s.ids = s.ids[:0]
		for _, t := range store.touched {
			s.ids = append(s.ids, t.row)
		}
		p.markRows(side, s.ids)
		p.noteGone(side)
	}
	if side := p.join.shape.counted(); side >= 0 {
		p.markKeys(side)
	}
}

// markRows notes that rows change or go.
func (p *joinPart) markRows(side int, ids []uint32) {
	s := p.saves
	s.due = s.rows[side].change(ids, s.due[:0])
	p.putAside(side, s.due)
}

// putAside keeps rows as they were before the epoch; ids is spoilt.
func (p *joinPart) putAside(side int, ids []uint32) {
	for most := p.stores[side].maxRows(); len(ids) > 0; {
		n := min(most, len(ids))
		if b := p.savedRows(side, ids[:n]); b != nil {
			p.saves.aside = append(p.saves.aside, savedBatch{savedLeft + side, b})
			p.saves.bytes += b.Size()
		}
		ids = ids[n:]
	}
}

// noteGone keeps the values of rows that the epoch has taken away.
func (p *joinPart) noteGone(side int) {
	s, store := p.saves, p.stores[side]
	if !p.join.shape.sides[side].retracts || p.join.shape.savesAll() {
		return
	}
	s.ids = s.ids[:0]
	for _, t := range store.touched {
		if t.weight != 0 && store.rows[t.row].weight == 0 {
			s.ids = append(s.ids, t.row)
		}
	}
	for ids, most := s.ids, store.maxRows(); len(ids) > 0; {
		n := min(most, len(ids))
		b := store.batch(ids[:n]...)
		s.gone = append(s.gone, savedBatch{goneLeft + side, b})
		s.bytes += b.Size()
		ids = ids[n:]
	}
}

// markKeys notes which keys' weights of the counted side have changed.
func (p *joinPart) markKeys(side int) {
	s := p.saves
	s.ids = s.ids[:0]
	for _, t := range p.touchedKeys {
		s.ids = append(s.ids, t.key)
	}
	s.due = s.keys.change(s.ids, s.due[:0])
	if b := p.savedCounts(s.due, false); b != nil {
		s.aside = append(s.aside, savedBatch{savedCounts, b})
		s.bytes += b.Size()
	}
	s.ids = s.ids[:0]
	for _, t := range p.touchedKeys {
		if p.totals[t.key][side] == 0 {
			s.ids = append(s.ids, t.key)
		}
	}
	if b := p.savedCounts(s.ids, true); b != nil {
		s.gone = append(s.gone, savedBatch{savedCounts, b})
		s.bytes += b.Size()
	}
}

// markExpired notes that a side's rows of keys are about to go, as a watermark has passed them.
func (p *joinPart) markExpired(side int, keys []uint32) {
	s := p.saves
	if s == nil {
		return
	}
	s.ids = s.ids[:0]
	for _, key := range keys {
		for id := p.keys.keys[key].head[side]; id != none; id = p.stores[side].rows[id].next {
			s.ids = append(s.ids, id)
		}
	}
	p.markRows(side, s.ids)
}

// renumber takes note of the new numbers of rows and keys.
func (s *joinSaves) renumber(keys []uint32, rows [2][]uint32) {
	if s == nil {
		return
	}
	s.keys.renumber(keys)
	for side := range rows {
		s.rows[side].renumber(rows[side])
	}
}

// held is the memory of what is noted.
func (s *joinSaves) held() int64 {
	if s == nil {
		return 0
	}
	return s.bytes + s.rows[0].bytes() + s.rows[1].bytes() + s.keys.bytes() + int64(4*(cap(s.ids)+cap(s.due)))
}
