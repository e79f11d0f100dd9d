package op

import (
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// windowShown is what has been emitted of windows that may be corrected, and what of them has changed since. Results are a pure function of
// accumulators; so a row that was emitted is kept as a copy of those, from which it can be made again to be taken back.
//
//	window 12:00   changed: 0      shown: 0 → copy 0, 1 → copy 1      keys 0, 1
//	window 12:10   changed: 0, 2   shown: nothing yet
type windowShown struct {
	part        *windowPart
	table       *aggTable // the copies, by window and key
	owner       []int64   // by copy: its code; noCell: free
	there       []bool    // by copy: a row is out; else it was taken back
	windows     map[int64]*shownWindow
	order       []int64 // the windows, ascending when sorted
	sorted      bool
	byNumber    []*shownWindow
	freeNumbers []uint32
	pending     []*shownWindow // that have changed
}

// shownWindow is a window of which rows are out, or have changed.
type shownWindow struct {
	window  int64
	number  uint32
	changed []uint32 // keys that have changed since their rows were emitted, maybe more than once
	keys    []uint32 // of the copies
	copies  []uint32
}

func newWindowShown(p *windowPart) windowShown {
	return windowShown{part: p, table: newAggTable(p.of.shape.aggShape), windows: map[int64]*shownWindow{}, sorted: true}
}

// window finds or makes a window's.
func (s *windowShown) window(w int64) *shownWindow {
	if sw := s.windows[w]; sw != nil {
		return sw
	}
	sw := &shownWindow{window: w, number: uint32(len(s.byNumber))}
	if k := len(s.freeNumbers); k > 0 {
		sw.number, s.freeNumbers = s.freeNumbers[k-1], s.freeNumbers[:k-1]
		s.byNumber[sw.number] = sw
	} else {
		s.byNumber = append(s.byNumber, sw)
	}
	s.windows[w] = sw
	s.sorted = s.sorted && (len(s.order) == 0 || s.order[len(s.order)-1] < w)
	s.order = append(s.order, w)
	return sw
}

// change notes that a key of a window has changed.
func (s *windowShown) change(w int64, key uint32) {
	sw := s.window(w)
	if len(sw.changed) == 0 {
		s.pending = append(s.pending, sw)
	}
	if n := len(sw.changed); n > 0 && sw.changed[n-1] == key {
		return
	}
	sw.changed = append(sw.changed, key)
	if n := len(sw.changed); n == cap(sw.changed) && n > 1024 { // the same keys may change again and again
		slices.Sort(sw.changed)
		sw.changed = slices.Compact(sw.changed)
	}
}

// waiting reports whether something has changed that wasn't emitted.
func (s *windowShown) waiting() bool { return len(s.pending) > 0 }

// revise emits corrections of windows that were emitted, windows that have closed, early results, and takes back what isn't
// kept.
func (p *windowPart) revise(s windowStep, out Out) error {
	p.noteChanges()
	if p.of.node.Early == 0 {
		if err := p.closeFirst(s, out); err != nil {
			return err
		}
	}
	later := p.shown.pending[:0]
	for _, sw := range p.shown.pending {
		switch {
		case sw.window > s.closed && !s.tick:
			later = append(later, sw)
		case p.of.node.Drop && sw.window <= s.freed: // what is out of it is taken back below
		default:
			slices.Sort(sw.changed)
			keys := slices.Compact(sw.changed)
			if err := p.refresh(sw, keys, out); err != nil {
				return err
			}
			sw.changed = sw.changed[:0]
		}
	}
	clear(p.shown.pending[len(later):])
	p.shown.pending = later
	if err := p.forget(s.freed, out); err != nil {
		return err
	}
	return p.changes.flush(out)
}

// noteChanges notes the windows that this epoch's rows change: those that are out, and with early results also those that are open.
func (p *windowPart) noteChanges() {
	g, w := &p.of.grid, p.of
	for _, t := range p.touched {
		first, last := g.firstOf(t.pane), g.lastOf(t.pane)
		if w.freed != noWindow {
			first = max(first, w.freed+1)
		}
		if w.node.Early == 0 {
			last = min(last, w.closed)
		}
		for i := first; i <= last; i++ {
			p.shown.change(i, t.key)
		}
	}
}

// closeFirst emits the windows that have closed now, all of their keys.
func (p *windowPart) closeFirst(s windowStep, out Out) error {
	for w := p.nextWindow(p.of.closed); w <= s.closed && w != allWindows; w = p.nextWindow(w) {
		if p.of.node.Drop && w <= s.freed {
			continue
		}
		if err := p.refresh(p.shown.window(w), nil, out); err != nil {
			return err
		}
	}
	return nil
}

// refresh makes what is out of a window be what it is now, for some keys, or all (nil).
func (p *windowPart) refresh(sw *shownWindow, some []uint32, out Out) error {
	nodes := p.cover(sw.window, nil)
	var keys, cells []uint32
	if some == nil {
		keys, cells = p.mergeNodes(nodes)
	} else {
		keys, cells = some, p.mergeKeys(nodes, some)
	}
	defer p.out.clear()
	for from := 0; from < len(keys); from += takeRows {
		to := min(len(keys), from+takeRows)
		if err := p.refreshRows(sw, keys[from:to], cells[from:to], out); err != nil {
			return err
		}
	}
	return nil
}

// refreshRows emits what has changed of keys whose cells in p.out.merged are those; noSlot: it has none.
func (p *windowPart) refreshRows(sw *shownWindow, keys, cells []uint32, out Out) error {
	s, merged := &p.shown, p.out.merged
	copies := s.copiesOf(sw, keys)
	pairs := make([]change, len(keys))
	var old, now []uint32
	there := p.areThere(cells)
	for k, c := range copies {
		pairs[k] = change{-1, -1}
		if s.there[c] {
			pairs[k].old = int32(len(old))
			old = append(old, c)
		}
		if there[k] {
			pairs[k].new = int32(len(now))
			now = append(now, cells[k])
		}
	}
	before, err := p.base.columns(s.table, old)
	if err != nil {
		return err
	}
	after, err := p.base.columns(merged, now)
	if err != nil {
		return err
	}
	if err := p.changes.makeRoom(len(keys), out); err != nil {
		return err
	}
	start, end := p.of.grid.bounds(sw.window)
	p.changes.add(windowKeys{&p.keyedPart, start, end}, keys, pairs, before, after)
	s.replace(copies, cells, there, p.changes.differs, merged)
	return nil
}

// areThere reports which cells of what was merged have rows.
func (p *windowPart) areThere(cells []uint32) []bool {
	there := make([]bool, len(cells))
	var ids []uint32
	for k, c := range cells {
		there[k] = c != noSlot
		if there[k] {
			ids = append(ids, c)
		}
	}
	if !p.of.retract || len(ids) == 0 {
		return there
	}
	rows := p.out.merged.rows(ids)
	for k := range there {
		if there[k] {
			there[k], rows = rows[0] > 0, rows[1:]
		}
	}
	return there
}

// copiesOf finds or makes the copies of keys of a window.
func (s *windowShown) copiesOf(sw *shownWindow, keys []uint32) []uint32 {
	codes := make([]int64, len(keys))
	for k, key := range keys {
		codes[k] = cellCode(sw.number, key)
	}
	copies := make([]uint32, len(keys))
	s.table.groups.Intern([]*vec.Vec{codeColumn(codes)}, len(codes), nil, copies)
	s.table.grow()
	for len(s.owner) < s.table.groups.Len() {
		s.owner, s.there = append(s.owner, noCell), append(s.there, false)
	}
	for k, c := range copies {
		if s.owner[c] != codes[k] {
			s.owner[c], s.there[c] = codes[k], false
			sw.keys, sw.copies = append(sw.keys, keys[k]), append(sw.copies, c)
			s.part.uses[keys[k]]++
		}
	}
	return copies
}

// replace makes the copies of keys that differ be what those cells have.
func (s *windowShown) replace(copies, cells []uint32, there, differs []bool, from *aggTable) {
	var gone, src, dst []uint32
	for k, c := range copies {
		if !differs[k] {
			continue
		}
		gone = append(gone, c)
		s.there[c] = there[k]
		if there[k] {
			src, dst = append(src, cells[k]), append(dst, c)
		}
	}
	for i, a := range s.table.accs {
		a.Clear(gone)
		a.Merge(from.accs[i], src, dst)
	}
}

// forget frees what is kept of windows up to w, and takes back what is out of them if it is to be dropped.
func (p *windowPart) forget(w int64, out Out) error {
	s := &p.shown
	if !s.sorted {
		slices.Sort(s.order)
		s.sorted = true
	}
	var dead []uint32
	n := 0
	for n < len(s.order) && s.order[n] <= w {
		sw := s.windows[s.order[n]]
		n++
		if p.of.node.Drop {
			if err := p.takeBack(sw, out); err != nil {
				return err
			}
		}
		delete(s.windows, sw.window)
		s.byNumber[sw.number] = nil
		s.freeNumbers = append(s.freeNumbers, sw.number)
		s.table.groups.Remove(sw.copies)
		clearCells(s.table, sw.copies)
		for _, c := range sw.copies {
			s.owner[c] = noCell
		}
		dead = p.unuse(sw.keys, dead)
	}
	s.order = slices.Delete(s.order, 0, n)
	p.dropKeys(dead)
	return nil
}

// takeBack emits −1 for all rows of a window that are out.
func (p *windowPart) takeBack(sw *shownWindow, out Out) error {
	var keys, copies []uint32
	for k, c := range sw.copies {
		if p.shown.there[c] {
			keys, copies = append(keys, sw.keys[k]), append(copies, c)
		}
	}
	start, end := p.of.grid.bounds(sw.window)
	nothing, err := p.base.columns(p.shown.table, nil)
	if err != nil {
		return err
	}
	for from := 0; from < len(keys); from += takeRows {
		to := min(len(keys), from+takeRows)
		cols, err := p.base.columns(p.shown.table, copies[from:to])
		if err != nil {
			return err
		}
		pairs := make([]change, to-from)
		for k := range pairs {
			pairs[k] = change{int32(k), -1}
		}
		if err := p.changes.makeRoom(to-from, out); err != nil {
			return err
		}
		p.changes.add(windowKeys{&p.keyedPart, start, end}, keys[from:to], pairs, cols, nothing)
	}
	return nil
}

func (s *windowShown) bytes() int64 {
	return s.table.bytes() + int64(9*cap(s.owner)+8*cap(s.order)+len(s.windows)*nodeBytes+8*len(s.owner))
}
