package csv

import "github.com/pwcol/pwcol/io/format/internal/fields"

// Row is a row as text.
type Row struct {
	Fields []Field
	End    int // place in the buffer behind its line break
}

// Field is a field as text, without its quotes.
type Field struct {
	Text   string
	Quoted bool
}

// RowReader takes a text apart row by row, whatever their number of fields: for headers and samples. It costs a string
// a field.
type RowReader struct {
	walker walker
	b      *Buffer
}

// NewRowReader makes a reader of the rows in b, none larger than maxRow bytes.
func NewRowReader(d Dialect, maxRow int, b *Buffer) *RowReader {
	r := &RowReader{b: b}
	r.walker = walker{dialect: d, width: maxRow, anyWidth: true, maxRow: maxRow, marks: make([]uint32, surveyMarks)}
	r.walker.start(b, b.From)
	return r
}

// Next is the next row that isn't a blank line or a comment. ok is false if b doesn't hold a whole one any more; a
// row without a line break is not whole. bad is not nil if the row is bad.
func (r *RowReader) Next() (row Row, bad *Bad, ok bool) {
	w := &r.walker
	for {
		w.rows, w.bad, w.starts, w.ends = 0, w.bad[:0], w.starts[:0], w.ends[:0]
		switch w.row() {
		case unfinished:
			return Row{}, nil, false
		case isBad:
			return Row{End: w.at}, &w.bad[0], true
		case good:
			return Row{Fields: r.row(), End: w.at}, nil, true
		}
	}
}

func (r *RowReader) row() []Field {
	w := &r.walker
	f := fields.Fields{Buf: w.buf, Width: len(w.starts), Rows: 1, Starts: w.starts, Ends: w.ends}
	out := make([]Field, f.Width)
	for i := range out {
		text := f.Text(i)
		out[i].Quoted = isQuoted(&f, i, w.dialect.Quote)
		if out[i].Quoted {
			text = appendUnquoted(nil, text, w.dialect.Quote)
		}
		out[i].Text = string(text)
	}
	return out
}
