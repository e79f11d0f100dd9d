package csv

import "bytes"

// Splitter finds where rows begin in a piece of text, without parsing it: what it takes to read one text from
// several places at once. Its answers are exact, whatever the text holds. It owns a buffer: one goroutine
// at a time may use it.
//
// A text is read in chunks. Where a chunk's first row begins is known once the chunk before it has found its end; until
// then, Survey gathers what can be known about the quotes in the chunk:
//
//	chunk          1,"a,"\n2,"b|\nc"\n3,x\n4|,y\n…
//	first row      ^                          given
//	next chunk's                   ^          the rows up to the chunk's end are not walked through: as quotes stand only
//	                                          around fields, counting them tells which line breaks end rows
type Splitter struct {
	walker  walker
	dialect Dialect
	maxRow  int
	quotes  []uint32 // scratch of Survey
}

// NewSplitter makes a splitter of text in that dialect with rows of at most maxRow bytes.
func NewSplitter(d Dialect, maxRow int) *Splitter {
	s := &Splitter{dialect: d, maxRow: maxRow, quotes: make([]uint32, surveyMarks)}
	s.walker = walker{dialect: d, anyWidth: true, maxRow: maxRow, marks: make([]uint32, surveyMarks)}
	return s
}

const surveyMarks = 4 << 10

// Survey is what a chunk's quotes tell.
type Survey struct {
	Quotes int // how many there are
	// regular says, for a chunk that begins outside (0) or inside (1) of a quoted field, whether every quote stands where
	// the grammar wants one: opening ones behind a delimiter or line break, closing ones before one, others doubled.
	regular [2]bool
}

// Survey looks at the quotes in b's text, a chunk that may begin and end anywhere.
func (s *Splitter) Survey(b *Buffer) Survey {
	v := Survey{regular: [2]bool{true, true}}
	quote := s.dialect.Quote
	if quote == 0 || bytes.IndexByte(b.Data[b.From:b.To], quote) < 0 {
		return v
	}
	// With the quote for a delimiter, the index is of quotes and line breaks.
	for at := b.From; at < b.To; {
		x := index(s.quotes, b.Data, at, b.To, quote, quote)
		for _, p := range s.quotes[:x.marks] {
			if b.Data[p] != quote {
				continue
			}
			opens := v.Quotes & 1 // under which hypothesis this quote opens a field
			v.regular[opens] = v.regular[opens] && s.mayOpen(b, int(p))
			v.regular[1-opens] = v.regular[1-opens] && s.mayClose(b, int(p))
			v.Quotes++
		}
		at = x.upTo
	}
	return v
}

func (s *Splitter) mayOpen(b *Buffer, p int) bool {
	if p == b.From {
		return true
	}
	c := b.Data[p-1]
	return c == s.dialect.Delimiter || c == '\n' || c == s.dialect.Quote
}

func (s *Splitter) mayClose(b *Buffer, p int) bool {
	if p+1 == b.To {
		return true
	}
	c := b.Data[p+1]
	if c == '\r' {
		return p+2 == b.To || b.Data[p+2] == '\n'
	}
	return c == s.dialect.Delimiter || c == '\n' || c == s.dialect.Quote
}

// LastRow is a place where a row begins, given that one begins at place at of b, whose survey is v: the last one that the
// survey tells, which may well be at itself. What is behind it in b may hold whole rows all the same.
func (s *Splitter) LastRow(b *Buffer, v Survey, at int) int {
	text := b.Data[at:b.To]
	if v.Quotes == 0 {
		return at + bytes.LastIndexByte(text, '\n') + 1
	}
	before := 0 // quotes of the row that the chunk begins in
	if at > b.From {
		before = bytes.Count(b.Data[b.From:at], []byte{s.dialect.Quote})
	}
	// Quotes in comments are no quotes, and a field larger than a row may be counts as not closed.
	if s.dialect.Comment != 0 || len(text) > s.maxRow || !v.regular[before&1] {
		return at
	}
	inside := (v.Quotes-before)&1 == 1
	for end := len(text); ; inside = !inside {
		quote := bytes.LastIndexByte(text[:end], s.dialect.Quote)
		if !inside {
			if line := bytes.LastIndexByte(text[quote+1:end], '\n'); line >= 0 {
				return at + quote + 1 + line + 1
			}
		}
		if quote < 0 {
			return at
		}
		end = quote
	}
}

// Cut is what NextRow has found.
type Cut struct {
	At   int  // a row begins here: the one looked for, or if More or Long is set, one that b holds only a part of
	More bool // b ends too early
	Long bool // the row at At is too large, or has a quote that isn't closed, and ends at the next line break behind b
	Bad  *Bad // what is wrong with a Long row; nil: it is a comment
}

// NextRow walks from place at of b, where a row begins, to the first row that begins at or behind place target. last says
// that nothing comes behind b, which then is given a line break if it ends without. When there is more, it takes up to
// MaxRowSize bytes of the last row before it is told to be too large.
func (s *Splitter) NextRow(b *Buffer, at, target int, last bool) Cut {
	if last {
		b.EndLine()
	}
	w := &s.walker
	w.start(b, at)
	for w.at < target {
		w.bad = w.bad[:0]
		if w.row() != unfinished {
			continue
		}
		const lookAhead = 2 // bytes that tell what a quote is, behind the last one that may be a row's
		if !last && b.To-w.at <= s.maxRow+lookAhead {
			return Cut{At: w.at, More: true}
		}
		if w.open >= 0 && w.unclosed() != unfinished {
			continue
		}
		if last {
			return Cut{At: b.To}
		}
		return Cut{At: w.at, Long: true, Bad: s.long(b)}
	}
	return Cut{At: w.at}
}

// long describes the unfinished row, unless it is a comment.
func (s *Splitter) long(b *Buffer) *Bad {
	w := &s.walker
	if s.dialect.Comment != 0 && w.buf[w.at] == s.dialect.Comment {
		return nil
	}
	bad := &Bad{Start: w.at, End: min(b.To, w.at+s.maxRow), At: w.at, Column: -1, Reason: tooLong(s.maxRow)}
	if w.open >= 0 {
		bad.At, bad.Reason = w.open, reasonUnclosed
	}
	return bad
}
