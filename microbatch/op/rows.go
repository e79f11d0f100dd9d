package op

import (
	"bytes"
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// rowStore keeps a row at each of the places 0, 1, 2 …: what belongs to a key lies at the key's number. It has no pointers that
// the garbage collector would follow. −0 is kept as 0, and all NaNs as one, so that rows that are equal are kept alike.
type rowStore struct {
	cols []storeColumn
	n    int
}

// storeColumn is a column of a rowStore. Texts of the values "ab", NULL, "c", of which the first was "x" before:
//
//	valid   0b101
//	arena   x c a b                 in chunks, so that it grows without a copy
//	texts   {2, 2} {0, 0} {1, 1}    where a text begins (its chunk, its place there) and its length
//	garbage 1
type storeColumn struct {
	typ     vec.Type
	valid   []byte // nil: no NULL so far
	data    []byte // fixed width; Bool: a byte each
	texts   []span // String, Binary; List: its elements as vec.AppendListKey has them
	arena   [][]byte
	used    int // bytes of the chunks' texts
	garbage int // of those, what is no longer meant
	longest int
}

type span struct {
	chunk, at, n uint32
}

// arenaChunk is how many bytes a chunk has, at least. The first chunks are smaller.
const arenaChunk = 1 << 20

func newRowStore(types []vec.Type) *rowStore {
	s := &rowStore{cols: make([]storeColumn, len(types))}
	for i, t := range types {
		s.cols[i].typ = t
	}
	return s
}

// grow makes places up to n. What is new holds anything.
func (s *rowStore) grow(n int) {
	if n <= s.n {
		return
	}
	for i := range s.cols {
		s.cols[i].grow(s.n, n)
	}
	s.n = n
}

func (c *storeColumn) grow(from, n int) {
	if c.valid != nil {
		c.valid = vec.Grow(c.valid, vec.BitmapLen(n))
		vec.SetBits(c.valid, from, n)
	}
	if c.isText() {
		c.texts = append(c.texts, make([]span, n-from)...)
		return
	}
	c.data = vec.Grow(c.data, n*c.width())
}

func (c *storeColumn) isText() bool { return c.typ.IsVar() || c.typ.Kind == vec.List }

func (c *storeColumn) width() int { return max(1, c.typ.Width()) }

// set puts rows into places: the k-th of rows (nil: the k-th row) of the columns becomes what places[k] has. A place that comes twice has the later.
func (s *rowStore) set(places []uint32, cols []*vec.Vec, rows []uint32) {
	for i := range s.cols {
		s.cols[i].set(places, cols[i], rows, s.n)
	}
}

func (c *storeColumn) set(places []uint32, v *vec.Vec, rows []uint32, n int) {
	if v.Valid != nil || c.valid != nil {
		c.setValid(places, v, rows, n)
	}
	if c.isText() {
		c.setTexts(places, v, rows)
		return
	}
	if v.Dict != nil {
		v, rows = v.Take(rows).Plain(), nil
	}
	if c.typ.Kind == vec.Bool {
		for k, p := range places {
			r := rowAt(rows, k)
			c.data[p] = v.Data[r>>3] >> (r & 7) & 1
		}
		return
	}
	c.setFixed(places, v, rows)
}

func rowAt(rows []uint32, k int) int {
	if rows == nil {
		return k
	}
	return int(rows[k])
}

func (c *storeColumn) setValid(places []uint32, v *vec.Vec, rows []uint32, n int) {
	if c.valid == nil {
		c.valid = vec.Alloc(vec.BitmapLen(n))
		vec.SetBits(c.valid, 0, n)
	}
	for k, p := range places {
		vec.PutBit(c.valid, int(p), !v.IsNull(rowAt(rows, k)))
	}
}

func (c *storeColumn) setFixed(places []uint32, v *vec.Vec, rows []uint32) {
	switch {
	case c.typ.Kind == vec.Float32:
		setFloats(vec.Cast[float32](c.data), places, vec.Of[float32](v), rows)
	case c.typ.Kind == vec.Float64:
		setFloats(vec.Cast[float64](c.data), places, vec.Of[float64](v), rows)
	case c.width() == 1:
		setValues(c.data, places, vec.Of[uint8](v), rows)
	case c.width() == 2:
		setValues(vec.Cast[uint16](c.data), places, vec.Of[uint16](v), rows)
	case c.width() == 4:
		setValues(vec.Cast[uint32](c.data), places, vec.Of[uint32](v), rows)
	case c.width() == 8:
		setValues(vec.Cast[uint64](c.data), places, vec.Of[uint64](v), rows)
	default:
		setValues(vec.Cast[vec.Int128](c.data), places, vec.Of[vec.Int128](v), rows)
	}
}

func setValues[T vec.Fixed](dst []T, places []uint32, src []T, rows []uint32) {
	if rows == nil {
		for k, p := range places {
			dst[p] = src[k]
		}
		return
	}
	for k, p := range places {
		dst[p] = src[rows[k]]
	}
}

func setFloats[T float32 | float64](dst []T, places []uint32, src []T, rows []uint32) {
	nan := T(math.NaN())
	for k, p := range places {
		f := src[rowAt(rows, k)]
		if f != f {
			f = nan
		}
		dst[p] = f + 0 // −0 becomes 0
	}
}

// setTexts writes a text over the one that was there if there is room, else behind all others.
func (c *storeColumn) setTexts(places []uint32, v *vec.Vec, rows []uint32) {
	var list []byte
	for k, p := range places {
		r := rowAt(rows, k)
		var text []byte
		switch {
		case v.IsNull(r):
		case c.typ.Kind == vec.List:
			list = v.AppendListKey(list[:0], r)
			text = list
		default:
			text = v.Str(r)
		}
		c.setText(p, text)
	}
	c.tidy()
}

func (c *storeColumn) setText(place uint32, text []byte) {
	at := c.texts[place]
	c.longest = max(c.longest, len(text))
	if len(text) > int(at.n) {
		c.garbage += int(at.n)
		c.texts[place] = c.add(text)
		return
	}
	c.garbage += int(at.n) - len(text)
	if len(text) > 0 {
		copy(c.arena[at.chunk][at.at:], text)
	}
	c.texts[place].n = uint32(len(text))
}

// add writes a text behind all others, whole in one chunk.
func (c *storeColumn) add(text []byte) span {
	last := len(c.arena) - 1
	if last < 0 || cap(c.arena[last])-len(c.arena[last]) < len(text) {
		c.arena = append(c.arena, make([]byte, 0, max(len(text), min(arenaChunk, max(1<<10, c.used)))))
		last++
	}
	at := span{uint32(last), uint32(len(c.arena[last])), uint32(len(text))}
	c.arena[last] = append(c.arena[last], text...)
	c.used += len(text)
	return at
}

func (c *storeColumn) text(place uint32) []byte {
	at := c.texts[place]
	if at.n == 0 {
		return nil
	}
	return c.arena[at.chunk][at.at : at.at+at.n]
}

// minGarbage keeps small arenas from being written anew again and again.
const minGarbage = 64 << 10

// tidy writes the arena anew if most of it is garbage.
func (c *storeColumn) tidy() {
	if c.garbage < minGarbage || c.garbage < c.used/2 {
		return
	}
	from := *c
	c.arena, c.used, c.garbage = nil, 0, 0
	for place := range c.texts {
		c.texts[place] = c.add(from.text(uint32(place)))
	}
}

// clear empties places: their texts are garbage from now on.
func (s *rowStore) clear(places []uint32) {
	for i := range s.cols {
		c := &s.cols[i]
		if !c.isText() {
			continue
		}
		for _, p := range places {
			c.garbage += int(c.texts[p].n)
			c.texts[p] = span{}
		}
		c.tidy()
	}
}

// gather is the rows at places as columns of their own.
func (s *rowStore) gather(places []uint32) []*vec.Vec {
	out := make([]*vec.Vec, len(s.cols))
	for i := range s.cols {
		out[i] = s.cols[i].gather(places)
	}
	return out
}

func (c *storeColumn) gather(places []uint32) *vec.Vec {
	if c.typ.Kind == vec.List {
		return c.gatherLists(places)
	}
	out := &vec.Vec{Type: c.typ, N: len(places)}
	if c.valid != nil {
		out.Valid = vec.Alloc(vec.BitmapLen(len(places)))
		for k, p := range places {
			if vec.Bit(c.valid, int(p)) {
				vec.SetBit(out.Valid, k)
			}
		}
	}
	switch {
	case c.typ.IsVar():
		c.gatherTexts(out, places)
	case c.typ.Kind == vec.Bool:
		out.Data = vec.Alloc(vec.BitmapLen(len(places)))
		for k, p := range places {
			out.Data[k>>3] |= c.data[p] << (k & 7)
		}
	default:
		out.Data = vec.Alloc(len(places) * c.width())
		c.gatherFixed(out, places)
	}
	return out
}

func (c *storeColumn) gatherFixed(out *vec.Vec, places []uint32) {
	switch c.width() {
	case 1:
		setGathered(vec.Of[uint8](out), c.data, places)
	case 2:
		setGathered(vec.Of[uint16](out), vec.Cast[uint16](c.data), places)
	case 4:
		setGathered(vec.Of[uint32](out), vec.Cast[uint32](c.data), places)
	case 8:
		setGathered(vec.Of[uint64](out), vec.Cast[uint64](c.data), places)
	default:
		setGathered(vec.Of[vec.Int128](out), vec.Cast[vec.Int128](c.data), places)
	}
}

func setGathered[T vec.Fixed](dst, src []T, places []uint32) {
	dst = dst[:len(places)]
	for k, p := range places {
		dst[k] = src[p]
	}
}

func (c *storeColumn) gatherTexts(out *vec.Vec, places []uint32) {
	out.Offsets = make([]int32, len(places)+1)
	total := 0
	for k, p := range places {
		total += int(c.texts[p].n)
		out.Offsets[k+1] = int32(total)
	}
	out.Data = vec.Alloc(total)
	for k, p := range places {
		copy(out.Data[out.Offsets[k]:], c.text(p))
	}
}

func (c *storeColumn) gatherLists(places []uint32) *vec.Vec {
	b := vec.NewBuilder(c.typ, len(places))
	for _, p := range places {
		if c.valid != nil && !vec.Bit(c.valid, int(p)) {
			b.AppendNull()
			continue
		}
		b.AppendListKey(c.text(p))
	}
	return b.Finish()
}

// same sets same[k] to whether the row at places[k] equals that of another store at others[k].
func (s *rowStore) same(places []uint32, other *rowStore, others []uint32, same []bool) {
	for k := range same {
		same[k] = true
	}
	for i := range s.cols {
		s.cols[i].same(places, &other.cols[i], others, same)
	}
}

func (c *storeColumn) same(places []uint32, other *storeColumn, others []uint32, same []bool) {
	w := c.width()
	for k, p := range places {
		if !same[k] {
			continue
		}
		q := others[k]
		null, otherNull := c.isNull(p), other.isNull(q)
		switch {
		case null || otherNull:
			same[k] = null == otherNull
		case c.isText():
			same[k] = bytes.Equal(c.text(p), other.text(q))
		default:
			same[k] = bytes.Equal(c.data[int(p)*w:int(p)*w+w], other.data[int(q)*w:int(q)*w+w])
		}
	}
}

func (c *storeColumn) isNull(place uint32) bool {
	return c.valid != nil && !vec.Bit(c.valid, int(place))
}

// maxRows is how many rows a batch may have so that none of its columns exceeds maxColumnBytes.
func (s *rowStore) maxRows() int {
	longest := 1
	for i := range s.cols {
		longest = max(longest, s.cols[i].longest)
	}
	return min(vec.BatchRows, max(1, maxColumnBytes/longest))
}

func (s *rowStore) bytes() int64 {
	n := int64(0)
	for i := range s.cols {
		c := &s.cols[i]
		n += int64(cap(c.valid) + cap(c.data) + 12*cap(c.texts))
		for _, chunk := range c.arena {
			n += int64(cap(chunk))
		}
	}
	return n
}

// reset forgets all rows and keeps the memory.
func (s *rowStore) reset() {
	s.n = 0
	for i := range s.cols {
		c := &s.cols[i]
		c.valid, c.data, c.texts, c.used, c.garbage = nil, c.data[:0], c.texts[:0], 0, 0
		if len(c.arena) > 0 { // the last is one of the largest
			c.arena = append(c.arena[:0], c.arena[len(c.arena)-1][:0])
		}
	}
}
