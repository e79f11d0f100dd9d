package csv

import "github.com/pwcol/pwcol/io/format/internal/fields"

// block is the fields of a block of rows. What lies in front of a field is the quote if it is quoted.
type block struct {
	fields.Fields
	quotes bool // there may be quoted fields
}

// isQuoted reports whether field i of f is. The place before an unquoted field never holds the quote: it is a delimiter,
// a line break or the buffer's lead.
func isQuoted(f *fields.Fields, i int, quote byte) bool {
	return quote != 0 && f.Buf[f.Starts[i]] == quote
}

// rowStart is the place of row r's first byte, its quote included.
func (f *block) rowStart(r int, quote byte) int {
	i := r * f.Width
	if isQuoted(&f.Fields, i, quote) {
		return int(f.Starts[i])
	}
	return int(f.Starts[i]) + 1
}

// rowEnd is the place behind row r's last byte, its line break not included.
func (f *block) rowEnd(r int, quote byte) int {
	i := (r+1)*f.Width - 1
	if isQuoted(&f.Fields, i, quote) {
		return int(f.Ends[i]) + 1
	}
	return int(f.Ends[i])
}
