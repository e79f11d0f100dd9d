package op

import (
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// sessionShown is what has been emitted of sessions that may be corrected: copies of accumulators, as windowShown has them.
type sessionShown struct {
	table *aggTable // by copy
	size  int       // copies that there are, free ones too
	free  []uint32
}

func (s *sessionShown) newCopy() uint32 {
	if n := len(s.free); n > 0 {
		c := s.free[n-1]
		s.free = s.free[:n-1]
		return c
	}
	s.size++
	return uint32(s.size - 1)
}

func (s *sessionShown) bytes() int64 { return s.table.bytes() + int64(4*cap(s.free)) }

// sessionRows collects sessions whose rows come, go or change.
type sessionRows struct {
	starts, ends []int64
	keys         []uint32
	copies       []uint32 // of what is out, or will be
	cells        []uint32 // of what comes; noSlot: nothing does
	out          []bool   // something is out
	freed        []uint32 // copies that aren't needed any more when all is emitted
}

func (r *sessionRows) add(key uint32, s shownSession, cell uint32, out bool) {
	r.starts, r.ends, r.keys = append(r.starts, s.start), append(r.ends, s.end), append(r.keys, key)
	r.copies, r.cells, r.out = append(r.copies, s.copy), append(r.cells, cell), append(r.out, out)
}

func (r *sessionRows) clear() {
	r.starts, r.ends, r.keys, r.copies = r.starts[:0], r.ends[:0], r.keys[:0], r.copies[:0]
	r.cells, r.out, r.freed = r.cells[:0], r.out[:0], r.freed[:0]
}

// revise makes what is out of a key be what it should be, and frees what isn't kept. Sessions that haven't changed since they were shown are left alone.
func (p *sessionPart) revise(key uint32, s sessionStep, out Out) error {
	k, old := &p.state[key], p.state[key].shown
	shown := []shownSession(nil)
	freed := p.endedBy(k, s.freed)
	for i := range k.sessions {
		one := &k.sessions[i]
		now := shownSession{start: one.first, end: p.end(*one)}
		var was []shownSession
		was, old = p.within(key, now, old)
		isOut := len(was) == 1 && was[0].start == now.start && was[0].end == now.end
		switch {
		case i < freed && (isOut && !one.fresh || p.of.node.Drop):
			p.letGo(key, was)
		case isOut && !one.fresh:
			shown = append(shown, was...)
		case now.end <= s.mark || s.tick:
			shown = p.show(key, now, i < freed, was, *one, shown)
			one.fresh = false
		case p.of.node.Early > 0: // until the next early results
			shown = append(shown, was...)
		default:
			p.takeBack(key, was)
		}
		if i < freed {
			p.leave(k, *one, s)
		}
	}
	p.takeBack(key, old)
	k.sessions, k.shown = slices.Delete(k.sessions, 0, freed), shown
	if len(p.rows.keys) >= takeRows {
		return p.flushRows(out)
	}
	return nil
}

// within splits what is out of a key: what begins before a session is taken back, since it is in no session any more; what begins in it is
// returned, and the rest.
func (p *sessionPart) within(key uint32, s shownSession, old []shownSession) (in, rest []shownSession) {
	n := 0
	for n < len(old) && old[n].start < s.start {
		n++
	}
	p.takeBack(key, old[:n])
	old = old[n:]
	n = 0
	for n < len(old) && old[n].start < s.end {
		n++
	}
	return old[:n], old[n:]
}

func (p *sessionPart) takeBack(key uint32, was []shownSession) {
	for _, s := range was {
		p.rows.add(key, s, noSlot, true)
		p.rows.freed = append(p.rows.freed, s.copy)
	}
}

// letGo forgets what is out of a session that is freed; if it is to be dropped then, it is taken back.
func (p *sessionPart) letGo(key uint32, was []shownSession) {
	if p.of.node.Drop {
		p.takeBack(key, was)
		return
	}
	for _, s := range was {
		p.rows.freed = append(p.rows.freed, s.copy)
	}
}

// show makes the session now be what is out of its stretch of time, and appends it to shown unless it is freed.
func (p *sessionPart) show(key uint32, now shownSession, freed bool, was []shownSession, of session, shown []shownSession) []shownSession {
	cell := of.cell
	if p.of.retract {
		cell = p.mergeTimes(&p.state[key], of)
	}
	none := p.of.retract && p.out.merged.rows([]uint32{cell})[0] <= 0
	if none {
		p.takeBack(key, was)
		return shown
	}
	out := false
	for _, s := range was {
		if s.start == now.start && s.end == now.end {
			now.copy, out = s.copy, true
			continue
		}
		p.takeBack(key, []shownSession{s})
	}
	if !out {
		now.copy = p.shown.newCopy()
	}
	p.rows.add(key, now, cell, out)
	if freed {
		p.rows.freed = append(p.rows.freed, now.copy)
		return shown
	}
	return append(shown, now)
}

// flushRows emits the changes that have been collected, and remembers what is out.
func (p *sessionPart) flushRows(out Out) error {
	r, n := &p.rows, len(p.rows.keys)
	defer func() { r.clear(); p.out.clear() }()
	cells := p.cells
	if p.of.retract {
		cells = p.out.merged
	}
	pairs := make([]change, n)
	var old, now []uint32
	for i := range pairs {
		pairs[i] = change{-1, -1}
		if r.out[i] {
			pairs[i].old = int32(len(old))
			old = append(old, r.copies[i])
		}
		if r.cells[i] != noSlot {
			pairs[i].new = int32(len(now))
			now = append(now, r.cells[i])
		}
	}
	for _, a := range p.shown.table.accs {
		a.Grow(p.shown.size)
	}
	before, err := p.base.columns(p.shown.table, old)
	if err != nil {
		return err
	}
	after, err := p.base.columns(cells, now)
	if err != nil {
		return err
	}
	if err := p.changes.makeRoom(n, out); err != nil {
		return err
	}
	p.changes.add(sessionKeys{&p.keyedPart, r}, numbers(n), pairs, before, after)
	p.remember(cells)
	return nil
}

// remember makes the copies of rows that differ be what came out.
func (p *sessionPart) remember(from *aggTable) {
	r := &p.rows
	var cleared, src, dst []uint32
	for i, c := range r.copies {
		if p.changes.differs[i] && r.cells[i] != noSlot {
			cleared, src, dst = append(cleared, c), append(src, r.cells[i]), append(dst, c)
		}
	}
	for i, a := range p.shown.table.accs {
		a.Clear(cleared)
		a.Merge(from.accs[i], src, dst)
	}
	clearCells(p.shown.table, r.freed)
	p.shown.free = append(p.shown.free, r.freed...)
}

// sessionKeys makes the first columns of rows of sessions: their bounds and keys.
type sessionKeys struct {
	part *keyedPart
	rows *sessionRows
}

// Keys implements keyColumns.
func (k sessionKeys) Keys(ids []uint32) []*vec.Vec {
	starts, ends, keys := make([]int64, len(ids)), make([]int64, len(ids)), make([]uint32, len(ids))
	for i, id := range ids {
		starts[i], ends[i], keys[i] = k.rows.starts[id], k.rows.ends[id], k.rows.keys[id]
	}
	return k.part.batch(starts, ends, keys, nil).Cols
}
