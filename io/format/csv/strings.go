package csv

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"github.com/pwcol/pwcol/kernels/vec"
)

// stringSlack is room behind a string column's bytes, so that short strings can be copied in whole words.
const stringSlack = 16

// parseStrings copies the fields. Rows that are not in rows are empty, so that the offsets rise.
func (c *column) parseStrings(f *fields, rows []uint32) {
	offsets := c.offsets(f.rows)
	size, row := 0, 0 // bytes so far; first row whose start isn't set
	plain := f.ascii && !f.quotes
	for _, r := range rows {
		for ; row <= int(r); row++ {
			offsets[row] = int32(size)
		}
		i := int(r)*f.width + c.field
		p, end := int(f.starts[i])+1, int(f.ends[i])
		n := end - p
		if n == 0 || !plain {
			size = c.appendOdd(f, r, size)
			continue
		}
		if size+n+stringSlack > len(c.data) {
			c.data = vec.Grow(c.data, size+n+stringSlack)
			c.data = c.data[:cap(c.data)]
		}
		if n <= stringSlack {
			binary.LittleEndian.PutUint64(c.data[size:], load(f.buf, p))
			binary.LittleEndian.PutUint64(c.data[size+8:], load(f.buf, p+8))
		} else {
			copy(c.data[size:], f.buf[p:end])
		}
		size += n
	}
	c.finish(offsets, row, size)
}

// appendOdd appends a field that is quoted, empty or has bytes outside of ASCII, and returns the new size.
func (c *column) appendOdd(f *fields, r uint32, size int) int {
	i := int(r)*f.width + c.field
	text := f.text(i)
	if len(text) == 0 {
		if !f.isQuoted(i, c.quote) {
			c.setNull(r)
		}
		return size
	}
	if f.isQuoted(i, c.quote) {
		text = c.unquoted(f, i)
	}
	if !f.ascii && !utf8.Valid(text) {
		c.bad = append(c.bad, badField{r, show(text) + " " + reasonNotUTF8})
		return size
	}
	return c.appendBytes(text, size)
}

func (c *column) appendBytes(text []byte, size int) int {
	if size+len(text)+stringSlack > len(c.data) {
		c.data = vec.Grow(c.data, size+len(text)+stringSlack)
		c.data = c.data[:cap(c.data)]
	}
	return size + copy(c.data[size:], text)
}

// parseBinaries copies the fields, of which those that begin with \x are hexadecimal.
func (c *column) parseBinaries(f *fields, rows []uint32) {
	offsets := c.offsets(f.rows)
	size, row := 0, 0
	for _, r := range rows {
		for ; row <= int(r); row++ {
			offsets[row] = int32(size)
		}
		if s, ok := c.other(f, r); ok {
			size = c.appendBytes([]byte(s.S), size)
		}
	}
	c.finish(offsets, row, size)
}

// offsets is room for the offsets of n rows.
func (c *column) offsets(n int) []int32 {
	if cap(c.ends) < n+1 {
		c.ends = make([]int32, n+1)
	}
	return c.ends[:n+1]
}

// finish sets the offsets from row on, all to the end of the bytes.
func (c *column) finish(offsets []int32, row, size int) {
	for ; row < len(offsets); row++ {
		offsets[row] = int32(size)
	}
	c.out.Offsets, c.out.Data = offsets, c.data[:size]
}

// appendUnquoted appends text with doubled quotes made single.
func appendUnquoted(dst, text []byte, quote byte) []byte {
	for {
		n := bytes.IndexByte(text, quote)
		if n < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:n+1]...)
		text = text[n+2:]
	}
}
