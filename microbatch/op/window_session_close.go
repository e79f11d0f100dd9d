package op

import "slices"

// due makes the end of the epoch look at the keys whose time has come, and returns how many it looks at.
func (p *sessionPart) due(s sessionStep) int {
	for len(p.timers.entries) > 0 && p.timers.entries[0].at <= s.mark {
		t := p.timers.pop()
		if k := &p.state[t.key]; k.armed == t.at {
			k.armed = never
			if !k.dirty {
				k.dirty = true
				p.dirty = append(p.dirty, t.key)
			}
		}
	}
	if s.tick {
		for _, key := range p.changed {
			k := &p.state[key]
			k.changed = false
			if !k.dirty {
				k.dirty = true
				p.dirty = append(p.dirty, key)
			}
		}
		p.changed = p.changed[:0]
	}
	return len(p.dirty)
}

// endEpoch emits what is due of the keys that it has to look at, and frees what isn't kept.
func (p *sessionPart) endEpoch(s sessionStep, out Out) error {
	p.offset = 0
	p.noteHigh()
	for _, key := range p.dirty {
		var err error
		if p.of.revises {
			err = p.revise(key, s, out)
		} else {
			err = p.close(key, s, out)
		}
		if err != nil {
			return err
		}
	}
	if err := p.finish(out); err != nil {
		return err
	}
	p.freeCells(p.dead)
	p.dead = p.dead[:0]
	p.arm(s)
	return nil
}

// finish emits what has been collected.
func (p *sessionPart) finish(out Out) error {
	if !p.of.revises {
		return p.flush(out)
	}
	if err := p.flushRows(out); err != nil {
		return err
	}
	return p.changes.flush(out)
}

// end is when a session closes.
func (p *sessionPart) end(s session) int64 { return s.last + p.of.node.Size }

// endedBy is how many of a key's sessions have ended at a time: sessions end in the order in which they begin.
func (p *sessionPart) endedBy(k *sessionKey, t int64) int {
	n, _ := slices.BinarySearchFunc(k.sessions, t, func(s session, t int64) int {
		if p.end(s) <= t {
			return -1
		}
		return 1
	})
	return n
}

// close emits and frees the sessions of a key that have closed.
func (p *sessionPart) close(key uint32, s sessionStep, out Out) error {
	k := &p.state[key]
	n := p.endedBy(k, s.mark)
	for _, closed := range k.sessions[:n] {
		cell, err := p.sessionCell(k, closed, out)
		if err != nil {
			return err
		}
		p.out.addRow(closed.first, p.end(closed), key, cell)
		p.leave(k, closed, s)
		if p.out.isFull() {
			if err := p.flush(out); err != nil {
				return err
			}
		}
	}
	k.sessions = slices.Delete(k.sessions, 0, n)
	return nil
}

// sessionCell is a cell, of the table that is used then, of a session's rows.
func (p *sessionPart) sessionCell(k *sessionKey, s session, out Out) (uint32, error) {
	if !p.of.retract {
		return s.cell, p.use(p.cells, out)
	}
	if err := p.use(p.out.merged, out); err != nil {
		return 0, err
	}
	return p.mergeTimes(k, s), nil
}

// mergeTimes merges the cells of a session's times into a new cell of p.out.merged. Where it may have to be done again, those of a whole chunk of times are
// added up and kept.
func (p *sessionPart) mergeTimes(k *sessionKey, s session) uint32 {
	var sum func(c *timeChunk) uint32
	if p.of.revises {
		sum = p.sumOf
	}
	return p.mergeCellsOut(k.times.cellsOf(s.timeSpan, nil, sum))
}

// sumOf is the cell of all rows of a chunk.
func (p *sessionPart) sumOf(c *timeChunk) uint32 {
	if c.sum == noSlot {
		all := p.mergeCellsOut(c.cells) // not at once: an accumulator isn't merged into itself
		c.sum = p.newCell()
		p.growCells()
		for i, a := range p.cells.accs {
			a.Merge(p.out.merged.accs[i], []uint32{all}, []uint32{c.sum})
		}
	}
	return c.sum
}

// mergeCellsOut merges cells into a new one of p.out.merged.
func (p *sessionPart) mergeCellsOut(src []uint32) uint32 {
	cell := uint32(p.out.used)
	p.out.used++
	dst := slices.Repeat([]uint32{cell}, len(src))
	for i, a := range p.out.merged.accs {
		a.Grow(p.out.used)
		a.Merge(p.cells.accs[i], src, dst)
	}
	return cell
}

// leave notes where a freed session was, and that its cells are to be freed. It is the key's first.
func (p *sessionPart) leave(k *sessionKey, freed session, s sessionStep) {
	if p.of.retract {
		p.dead = k.times.drop(freed.last, p.dead)
	} else {
		p.dead = append(p.dead, freed.cell)
	}
	if s.freed != EndOfTime && !p.of.node.Processing {
		k.gone = append(k.gone, freed.timeSpan)
	}
}

// arm sets the timers of the keys that this epoch has looked at, and drops the keys that have nothing left.
func (p *sessionPart) arm(s sessionStep) {
	var dead []uint32
	for _, key := range p.dirty {
		k := &p.state[key]
		k.dirty = false
		k.gone = slices.DeleteFunc(k.gone, func(g timeSpan) bool { return p.forgets(g, s.freed) })
		if next := p.nextLook(k, s); next < k.armed {
			k.armed = next
			p.timers.push(next, key)
		}
		if k.isEmpty() {
			*k = sessionKey{armed: never}
			dead = append(dead, key)
		}
	}
	p.dirty = p.dirty[:0]
	p.dropKeys(dead)
}

// isEmpty reports whether nothing need be known of the key.
func (k *sessionKey) isEmpty() bool {
	return len(k.sessions)+len(k.gone)+len(k.shown) == 0 && !k.changed
}

// nextLook is the watermark at which the next of a key's sessions closes, or is freed, or is forgotten.
func (p *sessionPart) nextLook(k *sessionKey, s sessionStep) int64 {
	next := int64(never)
	if n := p.endedBy(k, s.mark); n < len(k.sessions) {
		next = p.end(k.sessions[n])
	}
	if len(k.sessions) > 0 {
		next = min(next, later(p.end(k.sessions[0]), p.of.node.Lateness))
	}
	if len(k.gone) > 0 {
		next = min(next, later(k.gone[0].last+2*p.of.node.Size, p.of.node.Lateness))
	}
	return next
}

// forgets reports whether it needn't be known any more where a session was that was freed: a row that touches it is late without it.
func (p *sessionPart) forgets(gone timeSpan, freed int64) bool {
	return gone.last+2*p.of.node.Size <= freed
}
