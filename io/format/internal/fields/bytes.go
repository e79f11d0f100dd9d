package fields

import (
	"encoding/binary"

	"github.com/pwcol/pwcol/kernels/vec"
)

// bytesSlack is room behind a string column's bytes, so that short strings can be copied in whole words.
const bytesSlack = 16

// Strings are the bytes and offsets of a String or Binary column while it is filled, row by row:
//
//	s := c.StartStrings(f.Rows)
//	for _, r := range rows {
//		s.Row(r)              // rows that are left out are empty
//		s.Append(text)        // or nothing, for a NULL
//	}
//	s.Finish()
type Strings struct {
	c       *Column
	offsets []int32
	size    int // bytes so far
	row     int // first row whose start isn't set
}

// StartStrings begins a block of n rows.
func (c *Column) StartStrings(n int) Strings {
	if cap(c.ends) < n+1 {
		c.ends = make([]int32, n+1)
	}
	return Strings{c: c, offsets: c.ends[:n+1]}
}

// Row goes on to row r; those before it that were not filled are empty, so that the offsets rise.
func (s *Strings) Row(r uint32) {
	for ; s.row <= int(r); s.row++ {
		s.offsets[s.row] = int32(s.size)
	}
}

// Append appends text to the row.
func (s *Strings) Append(text []byte) {
	s.grow(len(text))
	s.size += copy(s.c.Data[s.size:], text)
}

// AppendPlace appends buf[p:end]; behind end there are Pad bytes.
func (s *Strings) AppendPlace(buf []byte, p, end int) {
	n := end - p
	s.grow(n)
	if n <= bytesSlack {
		binary.LittleEndian.PutUint64(s.c.Data[s.size:], Load(buf, p))
		binary.LittleEndian.PutUint64(s.c.Data[s.size+8:], Load(buf, p+8))
	} else {
		copy(s.c.Data[s.size:], buf[p:end])
	}
	s.size += n
}

// grow makes room for n bytes and the slack.
func (s *Strings) grow(n int) {
	if n += s.size + bytesSlack; n > len(s.c.Data) {
		s.c.Data = vec.Grow(s.c.Data, n)
		s.c.Data = s.c.Data[:cap(s.c.Data)]
	}
}

// Finish makes them the column's.
func (s *Strings) Finish() {
	for ; s.row < len(s.offsets); s.row++ {
		s.offsets[s.row] = int32(s.size)
	}
	s.c.Out.Offsets, s.c.Out.Data = s.offsets, s.c.Data[:s.size]
}
