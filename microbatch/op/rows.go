package op

import (
	"bytes"

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
