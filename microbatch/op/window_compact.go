package op

import (
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// What a part of the state has had room for in a time of much to do it keeps: tables, and lists of numbers that are given away again. When
// that is past (see peak) the part is written anew, with what there is, and room for what there has been since. One part is looked at in an epoch, so that
// no epoch pays for all.

// liveKeys are the keys that something needs.
func (p *keyedPart) liveKeys() []uint32 {
	var live []uint32
	for k, n := range p.uses {
		if n > 0 {
			live = append(live, uint32(k))
		}
	}
	return live
}

// moveKeys numbers those keys anew and forgets the others: key k becomes to[k].
func (p *keyedPart) moveKeys(live []uint32) (to []uint32) {
	keys, moved := p.base.shape.newKeys(), make([]uint32, len(live))
	keys.Merge(p.keys, live, moved)
	to = make([]uint32, p.keys.Len())
	uses := make([]uint32, keys.Len())
	for i, k := range live {
		to[k] = moved[i]
		uses[moved[i]] = p.uses[k]
	}
	p.keys, p.uses = keys, uses
	p.out = windowOut{merged: newAggTable(p.base.shape.aggShape)}
	p.changes = p.newChanges()
	return to
}

// movedCells is a table of accumulators whose cell i is what cell src[i] of another is. It has room cells.
func (p *keyedPart) movedCells(from *aggTable, src []uint32, room int) *aggTable {
	t := newAggTable(p.base.shape.aggShape)
	all := numbers(max(room, len(src)))
	for i, a := range t.accs {
		a.Grow(len(all))
		a.Clear(all)
		a.Merge(from.accs[i], src, all[:len(src)])
	}
	return t
}

// compact writes the part anew.
func (p *windowPart) compact(room int) {
	to := p.moveKeys(p.liveKeys())
	var src []uint32
	var codes []int64
	nodes := make(map[nodeKey]*windowNode, len(p.nodes))
	for _, n := range p.byNumber {
		if n == nil {
			continue
		}
		nodes[n.key] = n
		src = append(src, n.cells...)
		n.keys, n.cells = moveKeysOf(n.keys, to), slices.Clone(n.cells)
		for i, k := range n.keys {
			n.cells[i] = uint32(len(codes))
			codes = append(codes, cellCode(n.number, k))
		}
	}
	p.nodes, p.panes = nodes, slices.Clone(p.panes)
	p.cells, p.owner = p.movedCells(p.cells, src, room), codes
	internCodes(p.cells, codes)
	p.makeRoom(room)
	p.merge, p.touched, p.touchedCells = mergeScratch{}, nil, nil
	p.shown.compact(to)
}

func moveKeysOf(keys, to []uint32) []uint32 {
	moved := make([]uint32, len(keys))
	for i, k := range keys {
		moved[i] = to[k]
	}
	return moved
}

// internCodes makes codes, each of which is there once, the groups 0, 1, 2 … of a table that has none.
func internCodes(t *aggTable, codes []int64) {
	for from := 0; from < len(codes); from += takeRows {
		some := codes[from:min(len(codes), from+takeRows)]
		t.groups.Intern([]*vec.Vec{codeColumn(some)}, len(some), nil, t.room(len(some)))
	}
}

// makeRoom makes a new table have so many cells, free ones.
func (p *windowPart) makeRoom(room int) {
	var spare []int64
	for len(p.owner) < room {
		spare = append(spare, cellCode(noNumber, uint32(len(spare)))) // of no node
		p.owner = append(p.owner, noCell)
	}
	internCodes(p.cells, spare)
	p.cells.groups.Remove(numbers(len(p.owner))[len(p.owner)-len(spare):])
}

// compact writes anew what has been emitted.
func (s *windowShown) compact(to []uint32) {
	var src []uint32
	var codes []int64
	var there []bool
	windows := make(map[int64]*shownWindow, len(s.windows))
	for _, w := range s.order {
		sw := s.windows[w]
		windows[w] = sw
		src = append(src, sw.copies...)
		sw.keys, sw.copies, sw.changed = moveKeysOf(sw.keys, to), slices.Clone(sw.copies), moveKeysOf(sw.changed, to)
		for i, k := range sw.keys {
			there = append(there, s.there[sw.copies[i]])
			sw.copies[i] = uint32(len(codes))
			codes = append(codes, cellCode(sw.number, k))
		}
	}
	s.windows, s.order, s.pending = windows, slices.Clone(s.order), slices.Clone(s.pending)
	s.table, s.owner, s.there = s.part.movedCells(s.table, src, 0), codes, there
	internCodes(s.table, codes)
}

// compact writes the part anew.
func (p *sessionPart) compact(room int) {
	var live []uint32
	for k := range p.state {
		if s := &p.state[k]; !s.isEmpty() {
			live = append(live, uint32(k))
		}
	}
	old, to := p.state, p.moveKeys(live)
	p.state = make([]sessionKey, len(live))
	moved := sessionMove{}
	for _, k := range live {
		p.state[to[k]] = moved.key(old[k])
	}
	p.cells, p.live = p.movedCells(p.cells, moved.cells, room), len(moved.cells)
	p.size = max(room, p.live)
	p.grown, p.free = p.size, numbers(p.size)[p.live:]
	p.shown = sessionShown{table: p.movedCells(p.shown.table, moved.copies, 0), size: len(moved.copies)}
	isLive := make([]bool, len(old))
	for _, k := range live {
		isLive[k] = true
	}
	p.timers, p.starts = p.timers.moved(isLive, to), p.starts.moved(isLive, to)
	p.changed = moveKeysOf(p.changed, to)
	p.dirty, p.incoming, p.joined, p.into, p.touched, p.dead, p.rows = nil, nil, nil, nil, nil, nil, sessionRows{}
}

// sessionMove numbers the cells of sessions anew: cell i was cells[i], copy i was copies[i].
type sessionMove struct{ cells, copies []uint32 }

func (m *sessionMove) cell(was uint32) uint32 {
	if was == noSlot {
		return noSlot
	}
	m.cells = append(m.cells, was)
	return uint32(len(m.cells) - 1)
}

// key is a key's sessions with the new numbers, in memory of their own.
func (m *sessionMove) key(k sessionKey) sessionKey {
	k.sessions, k.gone, k.shown = slices.Clone(k.sessions), slices.Clone(k.gone), slices.Clone(k.shown)
	for i := range k.sessions {
		k.sessions[i].cell = m.cell(k.sessions[i].cell)
	}
	k.times.chunks = slices.Clone(k.times.chunks)
	for i := range k.times.chunks {
		c := &k.times.chunks[i]
		c.at, c.cells, c.sum = slices.Clone(c.at), slices.Clone(c.cells), m.cell(c.sum)
		for n, cell := range c.cells {
			c.cells[n] = m.cell(cell)
		}
	}
	for i := range k.shown {
		m.copies = append(m.copies, k.shown[i].copy)
		k.shown[i].copy = uint32(len(m.copies) - 1)
	}
	return k
}

// moved is the timers of keys that are live, by their new numbers.
func (h *timers) moved(isLive []bool, to []uint32) timers {
	var out timers
	for _, t := range h.entries {
		if int(t.key) < len(isLive) && isLive[t.key] {
			out.push(t.at, to[t.key])
		}
	}
	return out
}
