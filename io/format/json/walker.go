package json

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/pwcol/pwcol/io/format/internal/fields"
)

// walker finds the wanted fields of lines, one after the other, and checks all else.
type walker struct {
	scan
	root   *keys
	width  int // wanted fields of a row
	maxRow int
	rows   int // good rows so far, with width starts and ends each
	base   int // where those of the row begin

	starts, ends []uint32
	rowStarts    []uint32
	name         []byte // scratch: a key without escapes
	bad          []Bad
}

// A missing field lies at the start of the buffer: it has no text, and what is in front of it is no quote.
const missingStart, missingEnd = 0, 1

// block walks the lines of b from place from on until there are blockRows rows, good or bad. It returns the place behind
// them.
func (w *walker) block(b *Buffer, from, blockRows int) int {
	w.buf, w.high, w.escaped = b.Data, 0, false
	w.rows, w.bad = 0, w.bad[:0]
	w.rowStarts = w.rowStarts[:0]
	if n := blockRows * w.width; len(w.starts) < n {
		w.starts, w.ends = make([]uint32, n), make([]uint32, n)
	}
	for at := from; ; {
		if at >= b.To || w.rows+len(w.bad) == blockRows {
			return at
		}
		start := w.space(at)
		if w.buf[start] == '\n' {
			at = start + 1
			continue
		}
		if next := w.row(start); next >= 0 && next-1-at <= w.maxRow {
			w.rowStarts = append(w.rowStarts, uint32(at))
			w.rows++
			at = next
			continue
		}
		at = w.refuse(at)
	}
}

// row walks the row at place p and returns the place behind its line.
func (w *walker) row(p int) int {
	w.base = w.rows * w.width
	for i := w.base; i < w.base+w.width; i++ {
		w.starts[i], w.ends[i] = missingStart, missingEnd
	}
	switch w.buf[p] {
	case '{':
	case '[':
		return w.fail(p, "an object ({) on each line and not an array (jq -c '.[]' writes its objects a line each)")
	default:
		return w.fail(p, "an object ({)")
	}
	if p = w.members(w.root, p, 1); p < 0 {
		return p
	}
	p = w.space(p)
	if w.buf[p] != '\n' {
		return w.fail(p, "the end of the line behind the object")
	}
	return p + 1
}

// members walks the object at place p, of which k is wanted.
func (w *walker) members(k *keys, p, depth int) int {
	if depth > MaxDepth {
		return w.fail(p, tooDeep)
	}
	for n := 0; ; n++ { // p is at the { or at a comma
		var m member
		var known *knownKey
		if n < len(k.shape) {
			known = k.shape[n].match(w.buf, p)
		}
		if known != nil {
			m, p = known.member, p+len(known.text)
		} else {
			if m, p = w.lookUp(k, n, p); p < 0 || m.slot == emptyObject {
				return p
			}
		}
		if p = w.field(m, p, depth); p < 0 {
			return p
		}
		c := w.buf[p]
		if isSpace(c) {
			p = w.space(p)
			c = w.buf[p]
		}
		switch c {
		case ',':
		case '}':
			return p + 1
		default:
			return w.fail(p, "a comma or } behind a value")
		}
	}
}

// emptyObject is the slot of a member that isn't there: the object has none.
const emptyObject = -2

// lookUp takes the n-th key of an object, behind the { or comma at place p, and remembers it. It returns what is wanted of its value
// and the value's place; of an object without keys emptyObject and the place behind it.
func (w *walker) lookUp(k *keys, n, p int) (member, int) {
	from := w.space(p + 1)
	if w.buf[p] == '{' && w.buf[from] == '}' {
		return member{slot: emptyObject}, from + 1
	}
	end, value := w.key(from)
	if value < 0 {
		return unknown, value
	}
	name, isText := w.buf[from+1:end], true
	if bytes.IndexByte(name, '\\') >= 0 {
		w.name, isText = appendUnescaped(w.name[:0], name)
		name = w.name
	}
	m := unknown
	if isText { // no column's name has half a character
		m = k.find(name)
	}
	k.learn(n, w.buf[p:value], m)
	return m, value
}

// field walks the value at place p and notes where it is if it is wanted. Of a key that comes twice the last value counts, so the first one's are
// forgotten.
func (w *walker) field(m member, p, depth int) int {
	if m.below != nil {
		w.forget(m.below)
	}
	start, end := p-1, 0
	switch c := w.buf[p]; {
	case c == '"':
		start = p
		if end = w.str(p + 1); end < 0 {
			return end
		}
		p = end + 1
	case c == '-' || c-'0' <= 9:
		if p = w.number(p); p < 0 {
			return p
		}
		end = p
	case isSpace(c): // more of them than the known key had that was before it
		return w.field(m, w.space(p), depth)
	default:
		if p = w.other(m, p, depth); p < 0 {
			return p
		}
		end = p
	}
	if m.slot >= 0 {
		w.starts[w.base+m.slot], w.ends[w.base+m.slot] = uint32(start), uint32(end)
	}
	return p
}

// other walks a value that is neither a string nor a number.
func (w *walker) other(m member, p, depth int) int {
	if m.below != nil && w.buf[p] == '{' {
		return w.members(m.below, p, depth+1)
	}
	return w.value(p, depth)
}

// forget makes the fields of k missing.
func (w *walker) forget(k *keys) {
	for _, slot := range k.slots {
		w.starts[w.base+slot], w.ends[w.base+slot] = missingStart, missingEnd
	}
}

// refuse makes the line that begins at place start bad and returns the place behind it.
func (w *walker) refuse(start int) int {
	end := w.lineEnd(start)
	b := Bad{Start: start, End: end, At: w.fault.at, Column: -1}
	if end-start > w.maxRow {
		b.End, b.At, b.Reason = start+w.maxRow, start, tooLong(w.maxRow)
	} else {
		b.Reason = w.describe(end)
	}
	w.bad = append(w.bad, b)
	return end + 1
}

// lineEnd is the place of the line break of the line that begins at place start.
func (w *walker) lineEnd(start int) int { return start + bytes.IndexByte(w.buf[start:], '\n') }

// describe says what was expected where the row that ends at place end leaves the grammar, and what is there.
func (w *walker) describe(end int) string {
	return fmt.Sprintf("expected %s, found %s", w.fault.expected, w.found(w.fault.at, end))
}

// found describes what is at place p of a line that ends at place end.
func (w *walker) found(p, end int) string {
	if p >= end || w.buf[p] == '\r' && p+1 == end {
		return "the end of the line"
	}
	if c := w.buf[p]; c < utf8.RuneSelf {
		return fmt.Sprintf("%q", c)
	}
	r, size := utf8.DecodeRune(w.buf[p:end])
	if r == utf8.RuneError && size <= 1 {
		return fmt.Sprintf("the byte %#x", w.buf[p])
	}
	return fmt.Sprintf("%q", r)
}

// fields is the fields of the block's rows.
func (w *walker) fields() fields.Fields {
	n := w.rows * w.width
	return fields.Fields{
		Buf: w.buf, Width: w.width, Rows: w.rows, Starts: w.starts[:n], Ends: w.ends[:n], ASCII: w.high&fields.HighBits == 0,
	}
}
