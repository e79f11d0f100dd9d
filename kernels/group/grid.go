package group

import "math/bits"

// grid is a cache in front of the index of keys that are strings only: while the columns have few different
// values, the numbers of a row's values together are short enough to be an index themselves, and no hash
// is needed. Of two columns of 100 values each
//
//	number of the first 37, of the second 4   →   ids[4<<7 | 37] is the id + 1, or 0 if it isn't known yet
type grid struct {
	ids    []uint32
	widths []uint // bits of each column's numbers
	places []uint32
}

// maxGridBits is the longest index: 65,536 ids of 4 bytes fit the second-level cache.
const maxGridBits = 16

// fit makes the grid suit the number of values of each column, and reports whether it can.
func (g *grid) fit(strings []*values) bool {
	total, same := uint(0), len(g.widths) == len(strings)
	g.widths = resize(g.widths, len(strings))
	for i, s := range strings {
		width := uint(bits.Len(uint(s.len())))
		same = same && g.widths[i] == width
		g.widths[i] = width
		total += width
	}
	if total > maxGridBits {
		g.widths, g.ids = g.widths[:0], nil
		return false
	}
	if !same {
		g.ids = resize(g.ids, 1<<total)
		clear(g.ids)
	}
	return true
}

// locate is the places of rows in the grid. numbers are the rows' numbers, column by column.
func (g *grid) locate(numbers [][]uint32, n int) []uint32 {
	g.places = resize(g.places, n)
	copy(g.places, numbers[0])
	shift := g.widths[0]
	for i, column := range numbers[1:] {
		column = column[:len(g.places)]
		for k := range g.places {
			g.places[k] |= column[k] << (shift & 31)
		}
		shift += g.widths[i+1]
	}
	return g.places
}

// internGrid is Intern of columns of strings that the grid fits.
func (t *Packed) internGrid(ids []uint32) {
	places, known := t.grid.locate(t.numbers, len(ids)), t.grid.ids
	for k, place := range places {
		id := known[place]
		if id == 0 {
			id = t.internRow(k) + 1
			known[place] = id
		}
		ids[k] = id - 1
	}
}

// internRow is Intern of row k, whose numbers are there.
func (t *Packed) internRow(k int) uint32 {
	key := t.cleared(1)
	for i, p := range t.values {
		key[p.word] |= uint64(t.numbers[i][k]) << p.shift
	}
	var id [1]uint32
	t.index.intern(t, key, t.hashBatch(key), id[:])
	return id[0]
}

func (g *grid) bytes() int64 { return int64(4*cap(g.ids) + 4*cap(g.places)) }

func (g *grid) reset() { g.widths = g.widths[:0] }
