package op

import (
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// windowPart is the state of one part of the keys, by their hash: all cells that open windows need. A node is a pane, or a
// block of panes (see window_blocks.go), and holds the cells of its keys.
//
//	node 12:00   keys 0 1 4    cells  0 1 2
//	node 12:10   keys 0 2      cells  3 4
//
// Cells and keys are freed with the last node that has them, and their numbers are given away again.
type windowPart struct {
	keyedPart
	of          *window
	owner       []int64 // by cell: its code; noCell: free
	nodes       map[nodeKey]*windowNode
	byNumber    []*windowNode
	freeNumbers []uint32
	panes       []int64 // that have a node, ascending from sortPanes on
	unsorted    bool
	whole       int64 // panes before it are complete, and in blocks where that pays
	blocks      int   // how many nodes are blocks

	touched      []cellRef // panes and keys that got rows in this epoch, where that has to be known
	touchedCells []uint32
	shown        windowShown
	merge        mergeScratch
}

// nodeKey is where a node lies: at level 0 the pane at, at level n the 2^n panes from at·2^n.
type nodeKey struct {
	level uint8
	at    int64
}

type windowNode struct {
	key    nodeKey
	number uint32
	keys   []uint32
	cells  []uint32
}

// cellRef is a pane and a key.
type cellRef struct {
	pane int64
	key  uint32
}

func newWindowPart(w *window, number int) *windowPart {
	p := &windowPart{keyedPart: newKeyedPart(&w.windowBase, number), of: w, nodes: map[nodeKey]*windowNode{}, whole: noWindow}
	p.shown = newWindowShown(p)
	return p
}

// takeRows is how many cells are taken at a time.
const takeRows = 4096

// take adds the cells of a worker whose keys are of this part; see takeKeys.
func (p *windowPart) take(l *paneCells, cells []int64, of []uint8) {
	if len(cells) == 0 {
		return
	}
	keys := p.takeKeys(l.keys, of)
	numbers := slices.Repeat([]uint32{noNumber}, len(l.panes)) // of their nodes
	for from := 0; from < len(cells); from += takeRows {
		m := &p.merge
		m.src, m.codes = m.src[:0], m.codes[:0]
		for i, code := range cells[from:min(len(cells), from+takeRows)] {
			pane, key := uint32(code>>32), uint32(code)
			if of != nil && of[key] != uint8(p.number) {
				continue
			}
			if numbers[pane] == noNumber {
				numbers[pane] = p.node(nodeKey{0, p.of.paneTaken(l.panes[pane])}).number
			}
			m.src = append(m.src, uint32(from+i))
			m.codes = append(m.codes, cellCode(numbers[pane], keys[key]))
		}
		p.add(l.table, m.src, m.codes)
		p.noteTouched(m.codes)
		if p.blocks > 0 {
			p.addToBlocks(l.table, m.src, m.codes)
		}
	}
}

const noNumber = ^uint32(0)

// node finds or makes a node.
func (p *windowPart) node(key nodeKey) *windowNode {
	if n := p.nodes[key]; n != nil {
		return n
	}
	n := &windowNode{key: key, number: uint32(len(p.byNumber))}
	if k := len(p.freeNumbers); k > 0 {
		n.number, p.freeNumbers = p.freeNumbers[k-1], p.freeNumbers[:k-1]
		p.byNumber[n.number] = n
	} else {
		p.byNumber = append(p.byNumber, n)
	}
	p.nodes[key] = n
	if key.level > 0 {
		p.blocks++
		return n
	}
	p.unsorted = p.unsorted || len(p.panes) > 0 && p.panes[len(p.panes)-1] > key.at
	p.panes = append(p.panes, key.at)
	return n
}

// sortPanes comes behind the last take of an epoch.
func (p *windowPart) sortPanes() {
	if p.unsorted {
		slices.Sort(p.panes)
		p.unsorted = false
	}
}

// add merges cells of another table into those of codes.
func (p *windowPart) add(from *aggTable, src []uint32, codes []int64) {
	if len(src) == 0 {
		return
	}
	p.merge.dst = sized(p.merge.dst, len(src))
	dst := p.merge.dst
	p.cells.groups.Intern([]*vec.Vec{codeColumn(codes)}, len(codes), nil, dst)
	p.growCells()
	for k, cell := range dst {
		if p.owner[cell] != codes[k] {
			p.own(cell, codes[k])
		}
	}
	for i, a := range p.cells.accs {
		a.Merge(from.accs[i], src, dst)
	}
}

const noCell = -1

// growCells makes room for the cells that have been made.
func (p *windowPart) growCells() {
	p.cells.grow()
	for len(p.owner) < p.cells.groups.Len() {
		p.owner = append(p.owner, noCell)
	}
}

// own gives a new cell to its node.
func (p *windowPart) own(cell uint32, code int64) {
	p.owner[cell] = code
	p.live++
	key := uint32(code)
	p.uses[key]++
	n := p.byNumber[code>>32]
	n.keys = append(n.keys, key)
	n.cells = append(n.cells, cell)
}

func codeColumn(codes []int64) *vec.Vec {
	return &vec.Vec{Type: vec.TInt64, N: len(codes), Data: vec.Bytes(codes)}
}

// noteTouched remembers which panes' keys got rows.
func (p *windowPart) noteTouched(codes []int64) {
	if !p.of.revises && !p.of.retract {
		return
	}
	p.touchedCells = append(p.touchedCells, p.merge.dst[:len(codes)]...)
	for _, code := range codes {
		p.touched = append(p.touched, cellRef{p.byNumber[code>>32].key.at, uint32(code)})
	}
}

// free gives back nodes and what only they needed.
func (p *windowPart) free(nodes []*windowNode) {
	var dead []uint32
	for _, n := range nodes {
		delete(p.nodes, n.key)
		p.byNumber[n.number] = nil
		p.freeNumbers = append(p.freeNumbers, n.number)
		if n.key.level > 0 {
			p.blocks--
		}
		p.freeCells(n.cells)
		dead = p.unuse(n.keys, dead)
	}
	p.dropKeys(dead)
}

func (p *windowPart) freeCells(cells []uint32) {
	p.live -= len(cells)
	p.cells.groups.Remove(cells)
	clearCells(p.cells, cells)
	for _, c := range cells {
		p.owner[c] = noCell
	}
}

// freeUpTo frees the panes that no window behind w needs, and the blocks that lie whole in none: a window that begins behind the first pane of
// a block doesn't take it, so a block goes with its first pane.
func (p *windowPart) freeUpTo(w int64) {
	g := &p.of.grid
	var gone []*windowNode
	n := 0
	for n < len(p.panes) && g.lastOf(p.panes[n]) <= w {
		pane := p.panes[n]
		n++
		for level := uint8(0); pane>>level<<level == pane && level <= g.topLevel(); level++ {
			if node := p.nodes[nodeKey{level, pane >> level}]; node != nil {
				gone = append(gone, node)
			}
		}
	}
	p.panes = slices.Delete(p.panes, 0, n)
	p.free(gone)
}

func (p *windowPart) bytes() int64 {
	m := &p.merge
	scratch := 4*(cap(m.src)+cap(m.dst)+cap(m.keys)+cap(m.slot)+cap(m.stamp)) + 8*cap(m.codes) + 16*cap(p.touched) + 4*cap(p.touchedCells)
	lists := 8*cap(p.owner) + 8*len(p.owner) + 8*cap(p.panes) + nodeBytes*len(p.nodes)
	return p.keyedPart.bytes() + int64(scratch+lists) + p.shown.bytes()
}

// nodeBytes is about what a node takes beside its lists.
const nodeBytes = 160
