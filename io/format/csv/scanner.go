package csv

import "github.com/pwcol/pwcol/io/format/internal/fields"

// scanner cuts a buffer into blocks of rows.
type scanner struct {
	walker
	block block
}

// init prepares a scanner of rows with width fields, none larger than maxRow bytes, about blockRows to a block.
func (s *scanner) init(d Dialect, width, blockRows, maxRow int) {
	s.walker = walker{dialect: d, width: width, maxRow: maxRow, blockRows: blockRows}
	s.marks = make([]uint32, blockRows*width+indexSlack+1)
}

// next finds the fields of the rows of b from place from on, a row's start: some thousands of rows, and bad rows among
// them. It returns the start of the row behind them. The block and the bad rows are valid until the next call.
// b ends with a line break.
func (s *scanner) next(b *Buffer, from int) int {
	s.bad = s.bad[:0]
	s.block = block{Fields: fields.Fields{Buf: b.Data, Width: s.width}}
	if b.NoQuotes || s.dialect.Quote == 0 {
		// The place before the first row is the mark that its first field starts behind.
		s.marks[0] = uint32(from - 1)
		x := index(s.marks[1:], b.Data, from, b.To, s.dialect.Delimiter, s.dialect.Delimiter)
		if s.isRegular(x) {
			return s.takeMarks(x)
		}
	}
	return s.walkBlock(b, from)
}

// isRegular reports whether the marks of a text without quotes are whole rows, each of width fields, none of
// them blank, a comment or too long: the last of every width marks is a line break, and no other is.
func (s *scanner) isRegular(x indexed) bool {
	rows := x.marks / s.width
	if rows == 0 || x.newlines != rows {
		return false
	}
	buf := s.block.Buf
	before := int(s.marks[0])
	for i := s.width; i <= rows*s.width; i += s.width {
		end := int(s.marks[i])
		if buf[end] != '\n' || end-before-1 > s.maxRow {
			return false
		}
		before = end
	}
	return s.dialect.Comment == 0 || !s.hasComments(rows)
}

func (s *scanner) hasComments(rows int) bool {
	for i := range rows {
		if s.block.Buf[s.marks[i*s.width]+1] == s.dialect.Comment {
			return true
		}
	}
	return false
}

// takeMarks makes regular marks the block's fields.
func (s *scanner) takeMarks(x indexed) int {
	f := &s.block
	f.Rows = x.marks / s.width
	n := f.Rows * s.width
	f.Starts, f.Ends = s.marks[:n], s.marks[1:n+1]
	f.ASCII = !x.high
	upTo := int(s.marks[n]) + 1
	if hasReturns(f) {
		s.cutReturns()
	}
	return upTo
}

// hasReturns reports whether any row's line break has a carriage return.
func hasReturns(f *block) bool {
	for i := f.Width - 1; i < len(f.Ends); i += f.Width {
		if f.Buf[f.Ends[i]-1] == '\r' {
			return true
		}
	}
	return false
}

// cutReturns takes the carriage returns off the rows' last fields. Starts and ends are lists of their own after it.
func (s *scanner) cutReturns() {
	f := &s.block
	s.ends = append(s.ends[:0], f.Ends...)
	f.Ends = s.ends
	for i := f.Width - 1; i < len(f.Ends); i += f.Width {
		if f.Buf[f.Ends[i]-1] == '\r' {
			f.Ends[i]--
		}
	}
}

// walkBlock takes a block row by row. Bad rows count, too: a text of nothing else must not become a list of them all.
func (s *scanner) walkBlock(b *Buffer, from int) int {
	s.start(b, from)
	for s.rows+len(s.bad) < s.blockRows && s.at < b.To {
		if s.row() == unfinished {
			// b holds whole rows: if the quote were closed behind it, the row would not end in it.
			s.unclosed()
		}
	}
	f := &s.block
	f.Rows, f.Starts, f.Ends, f.ASCII, f.quotes = s.rows, s.starts, s.ends, !s.high, s.quote >= 0
	return s.at
}
