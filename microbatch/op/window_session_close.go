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

// next is the session that begins with a key's stretch i: it has stretches [i, end).
func (p *sessionPart) next(k *sessionKey, i int) (whole timeSpan, end int) {
	whole, end = k.atoms[i].timeSpan, i+1
	for end < len(k.atoms) && p.touch(whole, k.atoms[end].timeSpan) {
		whole.last = max(whole.last, k.atoms[end].last)
		end++
	}
	return whole, end
}

// close emits and frees the sessions of a key that have closed.
func (p *sessionPart) close(key uint32, s sessionStep, out Out) error {
	k := &p.state[key]
	kept := k.atoms[:0]
	for i := 0; i < len(k.atoms); {
		whole, end := p.next(k, i)
		if whole.last+p.of.node.Size > s.mark {
			kept = append(kept, k.atoms[i:end]...)
			i = end
			continue
		}
		cell, err := p.sessionCell(k.atoms[i:end], out)
		if err != nil {
			return err
		}
		p.out.addRow(whole.first, whole.last+p.of.node.Size, key, cell)
		p.leave(k, whole, k.atoms[i:end], s)
		i = end
		if p.out.isFull() {
			if err := p.flush(out); err != nil {
				return err
			}
		}
	}
	k.atoms = kept
	return nil
}

// sessionCell is a cell, of the table that is used then, of a session's rows.
func (p *sessionPart) sessionCell(atoms []sessionAtom, out Out) (uint32, error) {
	if !p.of.retract {
		return atoms[0].cell, p.use(p.cells, out)
	}
	if err := p.use(p.out.merged, out); err != nil {
		return 0, err
	}
	return p.mergeAtoms(atoms), nil
}

// mergeAtoms merges stretches into a new cell of p.out.merged.
func (p *sessionPart) mergeAtoms(atoms []sessionAtom) uint32 {
	cell := uint32(p.out.used)
	p.out.used++
	src := make([]uint32, len(atoms))
	for i, a := range atoms {
		src[i] = a.cell
	}
	dst := slices.Repeat([]uint32{cell}, len(atoms))
	for i, a := range p.out.merged.accs {
		a.Grow(p.out.used)
		a.Merge(p.cells.accs[i], src, dst)
	}
	return cell
}

// leave notes where a freed session was, and that its cells are to be freed.
func (p *sessionPart) leave(k *sessionKey, whole timeSpan, atoms []sessionAtom, s sessionStep) {
	for _, a := range atoms {
		p.dead = append(p.dead, a.cell)
	}
	if s.freed != EndOfTime && !p.of.node.Processing {
		k.gone = append(k.gone, whole)
	}
}

// arm sets the timers of the keys that this epoch has looked at, and drops the keys that have nothing left.
func (p *sessionPart) arm(s sessionStep) {
	gap := p.of.node.Size
	var dead []uint32
	for _, key := range p.dirty {
		k := &p.state[key]
		k.dirty = false
		k.gone = slices.DeleteFunc(k.gone, func(g timeSpan) bool { return p.forgets(g, s.freed) })
		next := int64(never)
		for i := 0; i < len(k.atoms); {
			whole, end := p.next(k, i)
			if i = end; whole.last+gap > s.mark {
				next = min(next, whole.last+gap)
			} else {
				next = min(next, later(whole.last+gap, p.of.node.Lateness))
			}
		}
		for _, g := range k.gone {
			next = min(next, max(later(g.last+2*gap, p.of.node.Lateness), later(s.mark, gap)))
		}
		if next < k.armed {
			k.armed = next
			p.timers.push(next, key)
		}
		if len(k.atoms)+len(k.gone)+len(k.shown) == 0 && !k.changed {
			*k = sessionKey{armed: never}
			dead = append(dead, key)
		}
	}
	p.dirty = p.dirty[:0]
	p.dropKeys(dead)
}

// forgets reports whether it needn't be known any more where a session was that was freed, or would have been: sessions up to freed are, and
// rows that touch it are late without it.
func (p *sessionPart) forgets(gone timeSpan, freed int64) bool {
	if p.of.retract {
		return gone.last+p.of.node.Size <= p.of.least
	}
	return gone.last+2*p.of.node.Size <= freed
}
