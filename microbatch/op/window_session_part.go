package op

import (
	"cmp"
	"slices"
)

// sessionPart is the state of one part of the keys.
type sessionPart struct {
	keyedPart
	of      *sessions
	state   []sessionKey // by key
	size    int          // cells that there are, free ones too
	grown   int          // those that the accumulators have
	free    []uint32     // cells
	timers  timers       // when a session of a key may close or be freed
	starts  timers       // where sessions begin; those that are gone are found out later
	dirty   []uint32     // keys that this epoch has to look at
	changed []uint32     // keys that have changed since early results came out

	incoming []incomingCell
	joined   []uint32 // cells that are to be merged into others
	into     []uint32 // those others
	touched  []touchedCell
	dead     []uint32 // cells that are freed when all is emitted
	shown    sessionShown
	rows     sessionRows
}

// sessionKey is a key's sessions.
type sessionKey struct {
	sessions []session    // that are kept, ascending: a gap and more apart
	times    sessionTimes // of their rows, where rows also go
	gone     []timeSpan   // where freed sessions were
	shown    []shownSession
	armed    int64 // its timer; never: it has none
	dirty    bool
	changed  bool
}

// session is a stretch of time whose rows come less than a gap after each other.
type session struct {
	timeSpan
	cell  uint32 // of its rows; where rows also go, its times have cells, and it has none: noSlot
	fresh bool   // it has changed since it was shown
}

// timeSpan is from the first row to the last.
type timeSpan struct{ first, last int64 }

// shownSession is a row that is out, and the cell that has a copy of its accumulators.
type shownSession struct {
	start, end int64
	copy       uint32
}

// incomingCell is a worker's cell.
type incomingCell struct {
	timeSpan
	key    uint32
	worker uint32
	cell   uint32
}

// touchedCell is a cell that rows came to or went from.
type touchedCell struct {
	cell, key uint32
	at        int64
}

func newSessionPart(s *sessions, number int) *sessionPart {
	p := &sessionPart{keyedPart: newKeyedPart(&s.windowBase, number), of: s}
	p.shown.table = newAggTable(s.shape.aggShape)
	return p
}

// takeAll merges what the workers have of this part's keys.
func (p *sessionPart) takeAll(locals []*sessionLocal) error {
	p.incoming = p.incoming[:0]
	for w, l := range locals {
		if len(l.all) == 0 {
			continue
		}
		keys := p.takeKeys(l.cells.keys, l.part)
		p.growKeys()
		for i, code := range l.all {
			key := uint32(code)
			if l.part == nil || l.part[key] == uint8(p.number) {
				p.incoming = append(p.incoming, incomingCell{timeSpan{l.firsts[i], l.lasts[i]}, keys[key], uint32(w), uint32(i)})
			}
		}
	}
	slices.SortFunc(p.incoming, func(a, b incomingCell) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.first, b.first), cmp.Compare(a.worker, b.worker))
	})
	src, dst := make([][]uint32, len(locals)), make([][]uint32, len(locals))
	for from := 0; from < len(p.incoming); {
		to := from + 1
		for to < len(p.incoming) && p.incoming[to].key == p.incoming[from].key {
			to++
		}
		p.insert(p.incoming[from:to], src, dst)
		from = to
	}
	p.mergeCells(locals, src, dst)
	return p.settle()
}

// growKeys makes room for new keys.
func (p *sessionPart) growKeys() {
	for len(p.state) < p.keys.Len() {
		p.state = append(p.state, sessionKey{armed: never})
	}
}

// insert puts a key's cells, ascending, into its sessions. Which cells are to be merged into which is noted in src and dst, by worker, and
// in p.joined.
func (p *sessionPart) insert(in []incomingCell, src, dst [][]uint32) {
	key := in[0].key
	for _, c := range in {
		cell := noSlot
		if p.of.retract {
			cell = p.timeCell(key, c.first)
		} else {
			cell = p.cover(key, c.timeSpan).cell
		}
		src[c.worker], dst[c.worker] = append(src[c.worker], c.cell), append(dst[c.worker], cell)
	}
	p.mark(key)
}

// cover makes a stretch of time one of a key's sessions, or part of one, which may join others. A session that is joined goes into the one before
// it, never the other way round: as stretches come ascending, no cell is joined into one that is joined itself.
func (p *sessionPart) cover(key uint32, s timeSpan) *session {
	k := &p.state[key]
	from := p.place(k, s)
	to := from
	for to < len(k.sessions) && p.near(k.sessions[to].timeSpan, s) {
		to++
	}
	if from == to {
		cell := noSlot
		if !p.of.retract {
			cell = p.newCell()
		}
		k.sessions = slices.Insert(k.sessions, from, session{timeSpan: s, cell: cell})
		p.starts.push(s.first, key)
	}
	one := &k.sessions[from]
	if s.first < one.first {
		one.first = s.first
		p.starts.push(s.first, key)
	}
	one.last, one.fresh = max(one.last, s.last), true
	if to > from+1 {
		one.last = max(one.last, k.sessions[to-1].last)
		for _, other := range k.sessions[from+1 : to] {
			if other.cell != noSlot {
				p.join(other.cell, one.cell)
			}
		}
		k.sessions = slices.Delete(k.sessions, from+1, to)
	}
	return one
}

// place is that of the first of a key's sessions which a stretch of time is near, or which is behind it.
func (p *sessionPart) place(k *sessionKey, s timeSpan) int {
	at, _ := slices.BinarySearchFunc(k.sessions, s, func(a session, s timeSpan) int {
		if a.first < s.first && !p.touch(a.timeSpan, s) {
			return -1
		}
		return 1
	})
	return at
}

// timeCell is the cell of a key's rows at a time.
func (p *sessionPart) timeCell(key uint32, time int64) uint32 {
	t := &p.state[key].times
	at, ok := t.find(time)
	p.dropSum(t, at)
	if !ok {
		cell := p.newCell()
		t.insert(at, time, cell)
		p.cover(key, timeSpan{time, time})
		p.touched = append(p.touched, touchedCell{cell, key, time})
		return cell
	}
	cell := t.chunks[at.chunk].cells[at.at]
	p.cover(key, timeSpan{time, time})
	p.touched = append(p.touched, touchedCell{cell, key, time})
	return cell
}

// uncover takes out a time of a key that has no rows any more: its session gets shorter, falls apart, or goes.
func (p *sessionPart) uncover(key uint32, time int64) {
	k := &p.state[key]
	at, _ := k.times.find(time)
	before, behind := k.times.around(at)
	p.dropSum(&k.times, at)
	k.times.remove(at)
	i := p.place(k, timeSpan{time, time})
	s := &k.sessions[i]
	s.fresh = true
	isFirst, isLast := s.first == time, s.last == time
	switch {
	case isFirst && isLast:
		k.sessions = slices.Delete(k.sessions, i, i+1)
	case isFirst:
		s.first = behind
		p.starts.push(behind, key)
	case isLast:
		s.last = before
	case !p.touch(timeSpan{before, before}, timeSpan{behind, behind}):
		rest := session{timeSpan: timeSpan{behind, s.last}, cell: noSlot, fresh: true}
		s.last = before
		k.sessions = slices.Insert(k.sessions, i+1, rest)
		p.starts.push(behind, key)
	}
}

// dropSum forgets what the times of a chunk add up to.
func (p *sessionPart) dropSum(t *sessionTimes, at timePlace) {
	if at.chunk == len(t.chunks) {
		return
	}
	if c := &t.chunks[at.chunk]; c.sum != noSlot {
		p.freeCells([]uint32{c.sum})
		c.sum = noSlot
	}
}

// touch reports whether rows at two stretches, of which a begins first, would be of one session.
func (p *sessionPart) touch(a, b timeSpan) bool { return b.first < a.last+p.of.node.Size }

// near reports whether rows at two stretches would be of one session.
func (p *sessionPart) near(a, b timeSpan) bool {
	if a.first > b.first {
		a, b = b, a
	}
	return p.touch(a, b)
}

// mark makes the end of the epoch look at a key.
func (p *sessionPart) mark(key uint32) {
	k := &p.state[key]
	if !k.dirty {
		k.dirty = true
		p.dirty = append(p.dirty, key)
	}
	if p.of.revises && p.of.node.Early > 0 && !k.changed {
		k.changed = true
		p.changed = append(p.changed, key)
	}
}

// newCell is an empty cell.
func (p *sessionPart) newCell() uint32 {
	p.live++
	if n := len(p.free); n > 0 {
		c := p.free[n-1]
		p.free = p.free[:n-1]
		return c
	}
	p.size++
	return uint32(p.size - 1)
}

// join notes that a cell is to be merged into another.
func (p *sessionPart) join(cell, to uint32) {
	p.joined, p.into = append(p.joined, cell), append(p.into, to)
}

// mergeCells merges what insert has noted.
func (p *sessionPart) mergeCells(locals []*sessionLocal, src, dst [][]uint32) {
	p.growCells()
	for w, l := range locals {
		if len(src[w]) == 0 {
			continue
		}
		for i, a := range p.cells.accs {
			a.Merge(l.cells.table.accs[i], src[w], dst[w])
		}
	}
	if len(p.joined) == 0 {
		return
	}
	ids := numbers(len(p.joined))
	o := &p.out
	for i, a := range o.merged.accs { // not at once: an accumulator isn't merged into itself
		a.Grow(len(ids))
		a.Merge(p.cells.accs[i], p.joined, ids)
		p.cells.accs[i].Merge(a, ids, p.into)
	}
	o.used = len(ids)
	o.clear()
	p.freeCells(p.joined)
	p.joined, p.into = p.joined[:0], p.into[:0]
}

// growCells makes the accumulators have all cells. Their first rows may come from any worker: an accumulator wants to know that they have none yet.
func (p *sessionPart) growCells() {
	if p.grown == p.size {
		return
	}
	for _, a := range p.cells.accs {
		a.Grow(p.size)
	}
	clearCells(p.cells, numbers(p.size)[p.grown:])
	p.grown = p.size
}

func (p *sessionPart) freeCells(cells []uint32) {
	clearCells(p.cells, cells)
	p.free = append(p.free, cells...)
	p.live -= len(cells)
}

// settle takes out the times of which all rows have gone, and reports rows that went but never came.
func (p *sessionPart) settle() error {
	if len(p.touched) == 0 {
		return nil
	}
	slices.SortFunc(p.touched, func(a, b touchedCell) int { return cmp.Compare(a.cell, b.cell) })
	p.touched = slices.CompactFunc(p.touched, func(a, b touchedCell) bool { return a.cell == b.cell })
	cells := make([]uint32, len(p.touched))
	for i, t := range p.touched {
		cells[i] = t.cell
	}
	for _, c := range p.wrong(cells) {
		i, _ := slices.BinarySearch(cells, c)
		t := p.touched[i]
		if err := p.inconsistency(t.at, t.at+p.of.node.Size, t.key); err != nil {
			return err
		}
	}
	var gone []uint32
	for i, n := range p.cells.rows(cells) {
		if n == 0 {
			t := p.touched[i]
			p.uncover(t.key, t.at)
			gone = append(gone, t.cell)
		}
	}
	p.freeCells(gone)
	p.touched = p.touched[:0]
	return nil
}

// firstStart is where the first session of all begins; never if there is none.
func (p *sessionPart) firstStart() int64 {
	if len(p.starts.entries) > 2*p.live+1024 { // those that are gone may hide behind one that stays
		p.starts.entries = p.starts.entries[:0]
		for key := range p.state {
			for _, s := range p.state[key].sessions {
				p.starts.push(s.first, uint32(key))
			}
		}
	}
	for len(p.starts.entries) > 0 {
		top := p.starts.entries[0]
		if int(top.key) < len(p.state) {
			if p.begins(top.key, top.at) {
				return top.at
			}
		}
		p.starts.pop()
	}
	return never
}

// begins reports whether a session of a key begins at a time.
func (p *sessionPart) begins(key uint32, at int64) bool {
	_, ok := slices.BinarySearchFunc(p.state[key].sessions, at, func(s session, at int64) int { return cmp.Compare(s.first, at) })
	return ok
}

func (p *sessionPart) bytes() int64 {
	perKey := int64(len(p.state)) * sessionKeyBytes
	lists := 4*(cap(p.free)+cap(p.into)+cap(p.joined)+cap(p.dirty)+cap(p.changed)) + 16*(cap(p.timers.entries)+cap(p.starts.entries)+cap(p.touched)) +
		32*cap(p.incoming) + cellBytes*p.live
	return p.keyedPart.bytes() + perKey + int64(lists) + p.shown.bytes()
}

const (
	sessionKeyBytes = 128
	cellBytes       = 48 // a session or a time, with room for another
)
