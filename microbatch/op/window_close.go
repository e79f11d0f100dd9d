package op

import (
	"slices"
)

// endEpoch takes what the workers have and does what is due.
func (p *windowPart) endEpoch(s windowStep, out Out) error {
	p.offset = 0
	for _, l := range p.of.locals {
		p.take(l.cells, l.all, l.part)
	}
	p.noteHigh()
	p.sortPanes()
	err := p.check()
	if err == nil {
		p.makeBlocks(s.whole)
		if p.of.revises {
			err = p.revise(s, out)
		} else {
			err = p.close(s.closed, out)
		}
	}
	if err != nil {
		return err
	}
	p.touched, p.touchedCells = p.touched[:0], p.touchedCells[:0]
	if s.freed > p.of.freed {
		p.freeUpTo(s.freed)
	}
	return nil
}

// close emits the windows that have closed now.
func (p *windowPart) close(upto int64, out Out) error {
	var nodes []*windowNode
	for w := p.nextWindow(p.of.closed); w <= upto && w != allWindows; w = p.nextWindow(w) {
		nodes = p.cover(w, nodes[:0])
		if err := p.addWindow(w, nodes, out); err != nil {
			return err
		}
	}
	return p.flush(out)
}

// addWindow adds a window's rows to those that are to be emitted, one for each key that its nodes have.
func (p *windowPart) addWindow(w int64, nodes []*windowNode, out Out) error {
	table := p.out.merged
	if len(nodes) == 1 {
		table = p.cells
	}
	if err := p.use(table, out); err != nil {
		return err
	}
	keys, cells := nodes[0].keys, nodes[0].cells
	if len(nodes) > 1 {
		keys, cells = p.mergeNodes(nodes)
	}
	start, end := p.of.grid.bounds(w)
	for k, key := range keys {
		p.out.addRow(start, end, key, cells[k])
	}
	if p.out.isFull() {
		return p.flush(out)
	}
	return nil
}

// nextWindow is the first window behind w that has a pane with cells; allWindows if there is none. Windows without any may be many: times
// can lie centuries apart.
func (p *windowPart) nextWindow(w int64) int64 {
	g := &p.of.grid
	i := 0
	if w == allWindows {
		return w
	}
	if w != noWindow {
		from, _ := g.panesOf(w + 1)
		i, _ = slices.BinarySearch(p.panes, from)
	}
	if i == len(p.panes) {
		return allWindows
	}
	first := g.firstOf(p.panes[i])
	if w != noWindow {
		first = max(first, w+1)
	}
	return first
}

// nextEnd is when the first window that is open ends, of those that have cells.
func (p *windowPart) nextEnd() int64 {
	w := p.nextWindow(p.of.closed)
	if w == allWindows {
		return EndOfTime
	}
	_, end := p.of.grid.bounds(w)
	return end
}

// check is an error if a cell that this epoch has changed holds something that went more often than it came. Where that is only counted,
// each such cell counts.
func (p *windowPart) check() error {
	if !p.of.retract {
		return nil
	}
	for _, c := range p.wrong(slices.Compact(slices.Sorted(slices.Values(p.touchedCells)))) {
		code := p.owner[c]
		start, end := p.of.grid.bounds(p.of.grid.firstOf(p.byNumber[code>>32].key.at))
		if err := p.inconsistency(start, end, uint32(code)); err != nil {
			return err
		}
	}
	return nil
}
