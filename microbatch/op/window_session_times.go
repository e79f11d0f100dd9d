package op

import "slices"

// sessionTimes is the times at which a key has rows, where rows also go: ascending, each with the cell of its rows. They lie in chunks, so that one
// more or less moves a chunk's at most. The rows of a whole chunk are added up in a cell of its own when they are asked for again and again, as
// they are by early results and corrections; it is good until one of the chunk's times changes.
//
//	chunk 0   3 7 12 25       cells 0 4 1 2     sum 9
//	chunk 1   31 32           cells 3 5         sum –
type sessionTimes struct{ chunks []timeChunk }

type timeChunk struct {
	at    []int64
	cells []uint32
	sum   uint32 // noSlot: not added up
}

// chunkTimes is how many times a chunk has at most. One that is full is cut in two, but for the last, in which times mostly come: it stays full.
const chunkTimes = 256

// leastSummed is how many times a chunk has at least for its rows to be added up.
const leastSummed = 16

// timePlace is a place among a key's times: in a chunk.
type timePlace struct{ chunk, at int }

// find is the place of a time, or where it would be.
func (t *sessionTimes) find(time int64) (timePlace, bool) {
	c, _ := slices.BinarySearchFunc(t.chunks, time, func(c timeChunk, time int64) int {
		if c.at[len(c.at)-1] < time {
			return -1
		}
		return 1
	})
	if c == len(t.chunks) {
		if c == 0 {
			return timePlace{}, false
		}
		return timePlace{c - 1, len(t.chunks[c-1].at)}, false
	}
	at, ok := slices.BinarySearch(t.chunks[c].at, time)
	return timePlace{c, at}, ok
}

// insert puts a time with its cell where find has said.
func (t *sessionTimes) insert(p timePlace, time int64, cell uint32) {
	if len(t.chunks) == 0 {
		t.chunks = append(t.chunks, timeChunk{sum: noSlot})
	}
	if len(t.chunks[p.chunk].at) == chunkTimes {
		p = t.cut(p)
	}
	c := &t.chunks[p.chunk]
	c.at, c.cells = slices.Insert(c.at, p.at, time), slices.Insert(c.cells, p.at, cell)
}

// cut makes room in a full chunk, whose rows are not added up, and returns where the place is then.
func (t *sessionTimes) cut(p timePlace) timePlace {
	n := chunkTimes / 2
	if p.chunk == len(t.chunks)-1 && p.at == chunkTimes {
		n = chunkTimes
	}
	c := &t.chunks[p.chunk]
	rest := timeChunk{at: slices.Clone(c.at[n:]), cells: slices.Clone(c.cells[n:]), sum: noSlot}
	c.at, c.cells = c.at[:n], c.cells[:n]
	t.chunks = slices.Insert(t.chunks, p.chunk+1, rest)
	if p.at > n || n == chunkTimes {
		return timePlace{p.chunk + 1, p.at - n}
	}
	return p
}

// remove takes out the time at a place.
func (t *sessionTimes) remove(p timePlace) {
	c := &t.chunks[p.chunk]
	c.at, c.cells = slices.Delete(c.at, p.at, p.at+1), slices.Delete(c.cells, p.at, p.at+1)
	if len(c.at) == 0 {
		t.chunks = slices.Delete(t.chunks, p.chunk, p.chunk+1)
	}
}

// around are the times before and behind the one at a place; never: there is none.
func (t *sessionTimes) around(p timePlace) (before, behind int64) {
	before, behind = never, never
	c := &t.chunks[p.chunk]
	switch {
	case p.at > 0:
		before = c.at[p.at-1]
	case p.chunk > 0:
		b := t.chunks[p.chunk-1].at
		before = b[len(b)-1]
	}
	switch {
	case p.at+1 < len(c.at):
		behind = c.at[p.at+1]
	case p.chunk+1 < len(t.chunks):
		behind = t.chunks[p.chunk+1].at[0]
	}
	return before, behind
}

// drop takes out the times up to one, and appends their cells, and those of sums, to cells.
func (t *sessionTimes) drop(upto int64, cells []uint32) []uint32 {
	whole := 0
	for whole < len(t.chunks) && t.chunks[whole].at[0] <= upto {
		c := &t.chunks[whole]
		if c.sum != noSlot {
			cells = append(cells, c.sum)
			c.sum = noSlot
		}
		n, _ := slices.BinarySearch(c.at, upto+1)
		cells = append(cells, c.cells[:n]...)
		if n < len(c.at) {
			c.at, c.cells = slices.Delete(c.at, 0, n), slices.Delete(c.cells, 0, n)
			break
		}
		whole++
	}
	t.chunks = slices.Delete(t.chunks, 0, whole)
	return cells
}

// cellsOf appends the cells whose rows are those of a stretch of time. A chunk that lies in it whole may have one: sum makes it; nil: it has none.
func (t *sessionTimes) cellsOf(s timeSpan, cells []uint32, sum func(c *timeChunk) uint32) []uint32 {
	p, _ := t.find(s.first)
	for i := p.chunk; i < len(t.chunks) && t.chunks[i].at[0] <= s.last; i++ {
		c := &t.chunks[i]
		from, _ := slices.BinarySearch(c.at, s.first)
		to, _ := slices.BinarySearch(c.at, s.last+1)
		if sum != nil && to-from == len(c.at) && to-from >= leastSummed {
			cells = append(cells, sum(c))
			continue
		}
		cells = append(cells, c.cells[from:to]...)
	}
	return cells
}
