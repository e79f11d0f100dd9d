package op

import (
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// The tables of windows' state in checkpoints. Each save has all there is.
//
//	times     watermark, clock, clock of the last early results     one row, with which a state begins
//	cells     pane, keys, states of the accumulators
//	shown     window, keys, states                                   rows that are out and may be corrected
//	changed   window, keys                                           what early results have still to come of
//
// Blocks aren't among them: they are made again.
const (
	savedTimes = iota
	savedCells
	savedShown
	savedChanged
)

var _ Durable = (*window)(nil)

// BeginSave implements Durable.
func (w *window) BeginSave(bool) {
	w.copyTimes()
	for _, p := range w.parts {
		p.copyCells(&w.saved)
		p.shown.copyTo(&w.saved)
	}
}

// copyCells copies the cells of panes.
func (p *windowPart) copyCells(to *savedCopies) {
	var panes []int64
	var keys, cells []uint32
	for cell, code := range p.owner {
		if code == noCell {
			continue
		}
		if n := p.byNumber[code>>32]; n.key.level == 0 {
			panes, keys, cells = append(panes, n.key.at), append(keys, uint32(code)), append(cells, uint32(cell))
		}
	}
	p.copyRows(to, savedCells, [][]int64{panes}, keys, p.cells, cells)
}

// copyTo copies what is out, and what has changed since.
func (s *windowShown) copyTo(to *savedCopies) {
	var windows []int64
	var keys, copies []uint32
	for _, w := range s.order {
		sw := s.windows[w]
		for i, c := range sw.copies {
			if s.there[c] {
				windows, keys, copies = append(windows, w), append(keys, sw.keys[i]), append(copies, c)
			}
		}
	}
	s.part.copyRows(to, savedShown, [][]int64{windows}, keys, s.table, copies)
	windows, keys = nil, nil
	for _, sw := range s.pending {
		slices.Sort(sw.changed)
		sw.changed = slices.Compact(sw.changed)
		windows, keys = append(windows, slices.Repeat([]int64{sw.window}, len(sw.changed))...), append(keys, sw.changed...)
	}
	s.part.copyRows(to, savedChanged, [][]int64{windows}, keys, nil, nil)
}

// Save implements Durable.
func (w *window) Save(rows int, emit func(table int, b *vec.Batch) error) (done bool, err error) {
	return w.saved.save(rows, emit)
}

// Load implements Durable.
func (w *window) Load(table int, b *vec.Batch) error {
	err := checkSaved(b, w.savedTypes(table))
	if err == nil {
		err = w.load(table, b)
	}
	if err != nil {
		return fmt.Errorf("%s: state: table %d: %w", w.env.Name, table, err)
	}
	return nil
}

// savedTypes are the columns of a table's batches; nil if there is no such table.
func (w *window) savedTypes(table int) []vec.Type {
	switch {
	case table == savedTimes:
		return intTypes(3)
	case table == savedCells, table == savedShown && w.revises:
		return w.savedColumns(1, true)
	case table == savedChanged && w.revises:
		return w.savedColumns(1, false)
	}
	return nil
}

func (w *window) load(table int, b *vec.Batch) error {
	if table == savedTimes { // all that came before is no more
		w.loadTimes(b)
		w.closed, w.freed = w.grid.endedBy(w.mark), w.grid.endedBy(earlier(w.mark, w.node.Lateness))
		w.late = w.grid.lateBefore(w.freed)
		for i := range w.parts {
			w.parts[i] = newWindowPart(w, i)
		}
		return nil
	}
	return w.loadKeyed(b, 1, func(p *windowPart, ints [][]int64, keys []uint32, states []*vec.Vec) error {
		switch table {
		case savedCells:
			return p.load(ints[0], keys, states)
		case savedShown:
			return p.shown.load(ints[0], keys, states)
		}
		for i, window := range ints[0] {
			p.shown.change(window, keys[i])
		}
		return nil
	})
}

// load takes cells.
func (p *windowPart) load(panes []int64, keys []uint32, states []*vec.Vec) error {
	codes, cells := make([]int64, len(keys)), make([]uint32, len(keys))
	for i, key := range keys {
		codes[i] = cellCode(p.node(nodeKey{0, panes[i]}).number, key)
	}
	p.cells.groups.Intern([]*vec.Vec{codeColumn(codes)}, len(codes), nil, cells)
	p.growCells()
	for i, cell := range cells {
		if p.owner[cell] == codes[i] {
			return errSavedTwice
		}
		p.own(cell, codes[i])
	}
	return p.cells.mergeStates(states, cells)
}

// load takes rows that are out. Those of a window come one after the other.
func (s *windowShown) load(windows []int64, keys []uint32, states []*vec.Vec) error {
	copies := make([]uint32, 0, len(keys))
	for from := 0; from < len(keys); {
		to := from + 1
		for to < len(keys) && windows[to] == windows[from] {
			to++
		}
		copies = append(copies, s.copiesOf(s.window(windows[from]), keys[from:to])...)
		from = to
	}
	for _, c := range copies {
		if s.there[c] {
			return errSavedTwice
		}
		s.there[c] = true
	}
	return s.table.mergeStates(states, copies)
}

// Loaded implements Durable.
func (w *window) Loaded() error {
	for _, p := range w.parts {
		p.sortPanes()
		p.makeBlocks(w.grid.wholeBy(w.mark))
	}
	w.charge()
	return overBudget(w.env)
}
