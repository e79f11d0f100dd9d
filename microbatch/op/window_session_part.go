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
	live    int          // cells
	size    int          // cells that there are, free ones too
	grown   int          // those that the accumulators have
	free    []uint32     // cells
	timers  timers       // when a session of a key may close or be freed
	starts  timers       // where stretches begin; those that are gone are found out later
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
	atoms   []sessionAtom // ascending; without retractions each is a session, else those that are less than a gap apart are
	gone    []timeSpan    // where freed sessions were
	shown   []shownSession
	armed   int64 // its timer; never: it has none
	dirty   bool
	changed bool
}

// sessionAtom is a stretch of time and the cell that has its rows.
type sessionAtom struct {
	timeSpan
	cell uint32
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

// insert puts a key's cells, ascending, among its stretches. Which cells are to be merged into which is noted in src and dst, by worker, and
// in p.joined.
func (p *sessionPart) insert(in []incomingCell, src, dst [][]uint32) {
	key := in[0].key
	k := &p.state[key]
	at, _ := slices.BinarySearchFunc(k.atoms, in[0].timeSpan, func(a sessionAtom, s timeSpan) int {
		if a.first < s.first && !p.touch(a.timeSpan, s) {
			return -1
		}
		return 1
	})
	tail := slices.Clone(k.atoms[at:])
	k.atoms = k.atoms[:at]
	for len(in) > 0 || len(tail) > 0 {
		n := len(k.atoms)
		if len(tail) > 0 && (len(in) == 0 || tail[0].first <= in[0].first) {
			a := tail[0]
			tail = tail[1:]
			if n > at && p.one(k.atoms[n-1].timeSpan, a.timeSpan) {
				k.atoms[n-1].last = max(k.atoms[n-1].last, a.last)
				p.join(a.cell, k.atoms[n-1].cell)
				continue
			}
			k.atoms = append(k.atoms, a)
			continue
		}
		c := in[0]
		in = in[1:]
		if n > at && p.one(k.atoms[n-1].timeSpan, c.timeSpan) {
			k.atoms[n-1].last = max(k.atoms[n-1].last, c.last)
		} else {
			k.atoms = append(k.atoms, sessionAtom{c.timeSpan, p.newCell()})
			p.starts.push(c.first, key)
		}
		cell := k.atoms[len(k.atoms)-1].cell
		src[c.worker], dst[c.worker] = append(src[c.worker], c.cell), append(dst[c.worker], cell)
		if p.of.retract {
			p.touched = append(p.touched, touchedCell{cell, key, c.first})
		}
	}
	p.mark(key)
}

// touch reports whether rows at two stretches, of which a begins first, would be of one session.
func (p *sessionPart) touch(a, b timeSpan) bool { return b.first < a.last+p.of.node.Size }

// one reports whether two stretches become one.
func (p *sessionPart) one(a, b timeSpan) bool {
	if p.of.retract {
		return a.first == b.first
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
	if p.grown < p.size { // their first rows may come from any worker: an accumulator wants to know that they have none yet
		for _, a := range p.cells.accs {
			a.Grow(p.size)
		}
		clearCells(p.cells, numbers(p.size)[p.grown:])
		p.grown = p.size
	}
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
			at, _ := p.find(t.key, t.at)
			k := &p.state[t.key]
			k.atoms = slices.Delete(k.atoms, at, at+1)
			gone = append(gone, t.cell)
		}
	}
	p.freeCells(gone)
	p.touched = p.touched[:0]
	return nil
}

// find is the place of a key's stretch that begins at a time.
func (p *sessionPart) find(key uint32, first int64) (at int, ok bool) {
	return slices.BinarySearchFunc(p.state[key].atoms, first, func(a sessionAtom, t int64) int { return cmp.Compare(a.first, t) })
}

// firstStart is where the first session of all begins; never if there is none.
func (p *sessionPart) firstStart() int64 {
	if len(p.starts.entries) > 2*p.live+1024 { // those that are gone may hide behind one that stays
		p.starts.entries = p.starts.entries[:0]
		for key := range p.state {
			for _, a := range p.state[key].atoms {
				p.starts.push(a.first, uint32(key))
			}
		}
	}
	for len(p.starts.entries) > 0 {
		top := p.starts.entries[0]
		if int(top.key) < len(p.state) {
			if _, ok := p.find(top.key, top.at); ok {
				return top.at
			}
		}
		p.starts.pop()
	}
	return never
}

func (p *sessionPart) bytes() int64 {
	perKey := int64(len(p.state)) * sessionKeyBytes
	lists := 4*(cap(p.free)+cap(p.into)+cap(p.joined)+cap(p.dirty)+cap(p.changed)) + 16*(cap(p.timers.entries)+cap(p.starts.entries)+cap(p.touched)) +
		32*cap(p.incoming) + atomBytes*p.live
	return p.keyedPart.bytes() + perKey + int64(lists) + p.shown.bytes()
}

const (
	sessionKeyBytes = 96
	atomBytes       = 48 // a stretch, with room for another
)
