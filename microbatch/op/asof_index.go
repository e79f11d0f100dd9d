package op

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// timeEntry is a row in the order of key and time.
type timeEntry struct {
	key  uint32
	row  uint32
	time int64
}

// timeIndex is rows sorted by key and time, in blocks of some hundred:
//
//	block 0   (3, 09:00) (3, 09:05) (3, 09:05)
//	block 1   (3, 09:07) (4, 08:00)
//
// A place is found by binary search of the blocks, then of one block; a row that comes moves half a block, which is a
// copy of some kilobytes at most. It is a B-tree of two levels: a partition's 10 M rows are 40,000 blocks, whose first
// level moves only when a block is split or emptied.
//
// Rows of one time are in the order of all their columns, if ties has them, so that the last is the largest.
type timeIndex struct {
	ties   *joinStore // nil: of one time they are in the order of their numbers
	blocks [][]timeEntry
	rows   int
}

const (
	fullBlock = 512
	thinBlock = 128
)

// place is a place in a timeIndex: an entry, or behind the last.
type place struct{ block, i int }

// The least and greatest of all times.
const (
	minOrderTime = math.MinInt64
	maxOrderTime = math.MaxInt64
)

func compareTimes(a, b timeEntry) int {
	if a.key != b.key {
		return cmp.Compare(a.key, b.key)
	}
	return cmp.Compare(a.time, b.time)
}

func sortByTime(entries []timeEntry) { slices.SortFunc(entries, compareTimes) }

// compare orders entries, rows of one time included.
func (x *timeIndex) compare(a, b timeEntry) int {
	if c := compareTimes(a, b); c != 0 || a.row == b.row {
		return c
	}
	if x.ties != nil {
		if c := x.ties.compareRows(a.row, b.row); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.row, b.row)
}

// compareRows orders two stored rows by all columns.
func (s *joinStore) compareRows(a, b uint32) int {
	x, y := s.rows[a].at, s.rows[b].at
	for _, chunks := range s.cols {
		if c := compareValues(chunks[x.Batch], int(x.Row), chunks[y.Batch], int(y.Row)); c != 0 {
			return c
		}
	}
	return 0
}

func (x *timeIndex) valid(p place) bool { return p.block >= 0 && p.block < len(x.blocks) }

func (x *timeIndex) at(p place) timeEntry { return x.blocks[p.block][p.i] }

// next is the place behind p.
func (x *timeIndex) next(p place) place {
	if p.i+1 < len(x.blocks[p.block]) {
		return place{p.block, p.i + 1}
	}
	return place{p.block + 1, 0}
}

// before is the place before p, which is not valid at the begin.
func (x *timeIndex) before(p place) place {
	if p.i > 0 {
		return place{p.block, p.i - 1}
	}
	if p.block == 0 {
		return place{-1, 0}
	}
	return place{p.block - 1, len(x.blocks[p.block-1]) - 1}
}

// bound is the first place that isn't before the key and time, or, with after, that is behind them.
func (x *timeIndex) bound(key uint32, time int64, after bool) place {
	want := timeEntry{key: key, time: time}
	behind := func(e timeEntry) bool {
		c := compareTimes(e, want)
		return c > 0 || c == 0 && !after
	}
	b := sort.Search(len(x.blocks), func(i int) bool { return behind(x.blocks[i][len(x.blocks[i])-1]) })
	if b == len(x.blocks) {
		return place{b, 0}
	}
	block := x.blocks[b]
	return place{b, sort.Search(len(block), func(i int) bool { return behind(block[i]) })}
}

// last is the entry before p if it is of that key.
func (x *timeIndex) last(p place, key uint32) (timeEntry, bool) {
	p = x.before(p)
	if !x.valid(p) || x.at(p).key != key {
		return timeEntry{}, false
	}
	return x.at(p), true
}

// search is where an entry is or belongs.
func (x *timeIndex) search(e timeEntry) place {
	b := sort.Search(len(x.blocks), func(i int) bool { return x.compare(x.blocks[i][len(x.blocks[i])-1], e) >= 0 })
	if b == len(x.blocks) {
		return place{b, 0}
	}
	i, _ := slices.BinarySearchFunc(x.blocks[b], e, x.compare)
	return place{b, i}
}

// insertAll adds entries, which it sorts. Many are merged with what is there in one pass.
func (x *timeIndex) insertAll(entries []timeEntry) {
	slices.SortFunc(entries, x.compare)
	if 8*len(entries) > x.rows {
		x.merge(entries)
		return
	}
	for _, e := range entries {
		x.insert(e)
	}
}

func (x *timeIndex) insert(e timeEntry) {
	if len(x.blocks) == 0 {
		x.blocks, x.rows = append(x.blocks, []timeEntry{e}), 1
		return
	}
	p := x.search(e)
	if p.block == len(x.blocks) { // behind all: into the last block
		p.block--
		p.i = len(x.blocks[p.block])
	}
	block := slices.Insert(x.blocks[p.block], p.i, e)
	x.rows++
	if len(block) < fullBlock {
		x.blocks[p.block] = block
		return
	}
	half := len(block) / 2
	x.blocks[p.block] = slices.Clone(block[:half])
	x.blocks = slices.Insert(x.blocks, p.block+1, slices.Clone(block[half:]))
}

// merge adds sorted entries in one pass over all.
func (x *timeIndex) merge(entries []timeEntry) {
	var blocks [][]timeEntry
	var open []timeEntry
	add := func(e timeEntry) {
		if len(open) == fullBlock/2 {
			blocks, open = append(blocks, open), nil
		}
		if open == nil {
			open = make([]timeEntry, 0, fullBlock/2)
		}
		open = append(open, e)
	}
	for _, block := range x.blocks {
		for _, e := range block {
			for len(entries) > 0 && x.compare(entries[0], e) < 0 {
				add(entries[0])
				entries, x.rows = entries[1:], x.rows+1
			}
			add(e)
		}
	}
	for _, e := range entries {
		add(e)
	}
	x.rows += len(entries)
	if len(open) > 0 {
		blocks = append(blocks, slices.Clip(slices.Clone(open)))
	}
	x.blocks = blocks
}

// removeAll takes entries out that are there.
func (x *timeIndex) removeAll(entries []timeEntry) {
	for _, e := range entries {
		x.remove(e)
	}
}

func (x *timeIndex) remove(e timeEntry) {
	p := x.search(e)
	block := slices.Delete(x.blocks[p.block], p.i, p.i+1)
	x.blocks[p.block] = block
	x.rows--
	switch {
	case len(block) == 0:
		if x.blocks = slices.Delete(x.blocks, p.block, p.block+1); x.rows == 0 {
			x.blocks = nil
		}
	case len(block) < thinBlock:
		if !x.join(p.block) {
			x.join(p.block - 1)
		}
	}
}

// join makes a block and the next one a single one, if together they are small, and reports whether it has.
func (x *timeIndex) join(b int) bool {
	if b < 0 || b+1 >= len(x.blocks) || len(x.blocks[b])+len(x.blocks[b+1]) >= fullBlock/2 {
		return false
	}
	x.blocks[b] = append(slices.Clip(x.blocks[b]), x.blocks[b+1]...)
	x.blocks = slices.Delete(x.blocks, b+1, b+2)
	return true
}

func (x *timeIndex) held() int64 {
	if x == nil {
		return 0
	}
	return int64(24*cap(x.blocks)) + int64(24*x.rows) // blocks are two thirds full, about
}
