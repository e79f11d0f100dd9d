package csv

// fields is where the fields of a block of rows lie. Field f of row r is number i = r·width + f: its text is
// buf[starts[i]+1:ends[i]], and buf[starts[i]] is the quote if it is quoted. For two rows of a clean file, "1,ab" and
// "2,c", starts and ends are the same list of marks, shifted by one:
//
//	\n 1 , a b \n 2 , c \n
//	0  1 2 3 4 5  6 7 8 9      starts 0 2 5 7, ends 2 5 7 9
type fields struct {
	buf    []byte
	width  int
	rows   int
	starts []uint32
	ends   []uint32
	ascii  bool // all bytes are below 0x80
	quotes bool // there may be quoted fields
}

// isQuoted reports whether field i is. The place before an unquoted field never holds the quote: it is a delimiter,
// a line break or the buffer's lead.
func (f *fields) isQuoted(i int, quote byte) bool { return quote != 0 && f.buf[f.starts[i]] == quote }

// text is field i without its quotes; doubled quotes are still doubled.
func (f *fields) text(i int) []byte { return f.buf[f.starts[i]+1 : f.ends[i]] }

// rowStart is the place of row r's first byte, its quote included.
func (f *fields) rowStart(r int, quote byte) int {
	i := r * f.width
	if f.isQuoted(i, quote) {
		return int(f.starts[i])
	}
	return int(f.starts[i]) + 1
}

// rowEnd is the place behind row r's last byte, its line break not included.
func (f *fields) rowEnd(r int, quote byte) int {
	i := (r+1)*f.width - 1
	if f.isQuoted(i, quote) {
		return int(f.ends[i]) + 1
	}
	return int(f.ends[i])
}
