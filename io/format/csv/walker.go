package csv

// walker takes rows one at a time, from mark to mark: the exact grammar, for text with quotes and for whatever is not
// regular.
type walker struct {
	dialect   Dialect
	width     int  // fields of a row that are stored
	anyWidth  bool // rows may have any number of them
	maxRow    int
	blockRows int

	buf   []byte
	to    int
	at    int // start of the row
	quote int // the quote, or −1 if there are none

	marks []uint32 // a stretch of the index of buf
	i, n  int      // next mark, number of marks
	upTo  int      // the index covers what is before
	high  bool     // it came upon bytes above 0x7f

	open int // where the quote opened that row couldn't close; −1: none

	rows         int // good rows so far, with width starts and ends each
	starts, ends []uint32
	bad          []Bad
}

// outcome is what became of a row.
type outcome uint8

const (
	good       outcome = iota // its fields were stored
	skipped                   // a comment or blank line
	isBad                     // it was added to bad
	unfinished                // the text ends before it does
)

// start puts the walker at place from of b, the start of a row.
func (w *walker) start(b *Buffer, from int) {
	w.buf, w.to, w.at = b.Data, b.To, from
	w.quote = -1
	if w.dialect.Quote != 0 && !b.NoQuotes {
		w.quote = int(w.dialect.Quote)
	}
	w.rows, w.starts, w.ends = 0, w.starts[:0], w.ends[:0]
	w.high = false
	w.seek(from)
}

// seek makes the next mark be the first at or behind place from.
func (w *walker) seek(from int) { w.i, w.n, w.upTo = 0, 0, from }

// mark is the place of the next mark, or −1 at the end of the text.
func (w *walker) mark() int {
	if w.i == w.n && !w.refill() {
		return -1
	}
	w.i++
	return int(w.marks[w.i-1])
}

func (w *walker) refill() bool {
	quote := w.dialect.Delimiter
	if w.quote >= 0 {
		quote = byte(w.quote)
	}
	x := index(w.marks, w.buf, w.upTo, w.to, w.dialect.Delimiter, quote)
	w.i, w.n, w.upTo = 0, x.marks, x.upTo
	w.high = w.high || x.high
	return w.n > 0
}

// row takes the row at w.at and moves w.at behind it, unless it is unfinished.
func (w *walker) row() outcome {
	w.open = -1
	if w.dialect.Comment != 0 && w.at < w.to && w.buf[w.at] == w.dialect.Comment {
		return w.skipLine(skipped)
	}
	base := len(w.starts)
	start, found := w.at, 0
	for {
		end, next := 0, 0 // of the field's text; of the delimiter or line break behind it
		switch {
		case start < w.to && int(w.buf[start]) == w.quote && start-w.at < w.maxRow:
			var result outcome
			if end, next, result = w.quoted(start); result != good {
				return w.undo(base, result)
			}
		default:
			next = w.mark()
			end = next
			start--
		}
		switch {
		case next < 0:
			return w.undo(base, unfinished)
		case next-w.at > w.maxRow:
			w.i--
			return w.undo(base, w.fail(w.at, tooLong(w.maxRow)))
		case int(w.buf[next]) == w.quote:
			return w.undo(base, w.fail(w.at, reasonInside))
		}
		if found < w.width {
			w.starts, w.ends = append(w.starts, uint32(start)), append(w.ends, uint32(end))
		}
		found++
		if w.buf[next] == '\n' {
			return w.endRow(base, found, next)
		}
		start = next + 1
	}
}

// endRow ends a row of found fields at the line break at place next.
func (w *walker) endRow(base, found, next int) outcome {
	end := next
	if end > w.at && w.buf[end-1] == '\r' {
		end--
	}
	switch {
	case found == 1 && end == w.at && (w.width > 1 || w.anyWidth):
		w.undo(base, skipped)
		w.at = next + 1
		return skipped
	case w.anyWidth && w.width == 0:
		w.at = next + 1
		return good
	case found != w.width && !w.anyWidth:
		w.undo(base, isBad)
		w.bad = append(w.bad, Bad{Start: w.at, End: end, At: w.at, Column: -1, Reason: wrongCount(w.width, found)})
		w.at = next + 1
		return isBad
	}
	if last := len(w.ends) - 1; int(w.ends[last]) == next { // not quoted
		w.ends[last] = uint32(end)
	}
	w.rows++
	w.at = next + 1
	return good
}

// quoted takes the quoted field whose quote is at place start: its text's end and the place of the delimiter
// or line break behind it. The next mark is the opening quote.
func (w *walker) quoted(start int) (end, next int, result outcome) {
	w.mark()
	for {
		end = w.mark()
		for end >= 0 && int(w.buf[end]) != w.quote {
			end = w.mark()
		}
		switch {
		case end < 0:
			w.open = start
			return 0, 0, unfinished
		case end-w.at > w.maxRow:
			w.open = start
			return 0, 0, w.unclosed()
		case end+1 >= w.to:
			w.open = start
			return 0, 0, unfinished
		case int(w.buf[end+1]) == w.quote:
			w.mark() // doubled
			continue
		}
		return w.closed(end)
	}
}

// closed looks at what is behind the closing quote at place end.
func (w *walker) closed(end int) (_, next int, result outcome) {
	next = end + 1
	if w.buf[next] == '\r' {
		next++
	}
	switch {
	case next >= w.to:
		return 0, 0, unfinished
	case w.buf[next] == '\n' || w.buf[next] == w.dialect.Delimiter && next == end+1:
		w.mark()
		return end, next, good
	}
	return 0, 0, w.fail(end+1, reasonBehind)
}

// undo takes the unfinished row's fields back.
func (w *walker) undo(base int, result outcome) outcome {
	w.starts, w.ends = w.starts[:base], w.ends[:base]
	return result
}

// fail makes the row bad because of what is at place at, and ends it at the next line break.
func (w *walker) fail(at int, reason string) outcome {
	start := w.at
	result := w.skipLine(isBad)
	if result == unfinished {
		return unfinished
	}
	end := w.lineEnd(start)
	if w.at-1-start > w.maxRow && reason != reasonUnclosed {
		at, reason = start, tooLong(w.maxRow)
	}
	w.bad = append(w.bad, Bad{Start: start, End: min(end, start+w.maxRow), At: at, Column: -1, Reason: reason})
	return isBad
}

// unclosed makes the row bad because the quote at w.open is not closed, and ends it at the first line break
// behind that quote.
func (w *walker) unclosed() outcome {
	open := w.open
	w.seek(open)
	return w.fail(open, reasonUnclosed)
}

// skipLine moves behind the next line break among the marks.
func (w *walker) skipLine(result outcome) outcome {
	for {
		switch p := w.mark(); {
		case p < 0:
			return unfinished
		case w.buf[p] == '\n':
			w.at = p + 1
			return result
		}
	}
}

// lineEnd is the end of the row that started at start and that w.at stands behind, without its line break.
func (w *walker) lineEnd(start int) int {
	end := w.at - 1
	if end > start && w.buf[end-1] == '\r' {
		end--
	}
	return end
}
