package text

import (
	"fmt"
	"strings"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// RowError is a row that can't be read. Connectors show it as a type of theirs.
type RowError struct {
	File   string
	Line   int64  // of the row's first byte, or of the quote that is never closed
	Byte   int    // of the line, counted from 1, at which it can't be read; 0: the format doesn't say
	Column string // "" if it is the whole row
	Value  string // the field's text, "" if it is the whole row
	Reason string // `"abc" is not a float64`, "expected 4 fields, found 3"
	// Inferred says that the column's type is the one that was found from the first rows, and the value is of another.
	Inferred bool
}

// Error is "a.csv:12: column "id": "x" is not an int64", with what may help behind.
func (e *RowError) Error() string {
	s := fmt.Sprintf("%s:%d: ", e.File, e.Line)
	if e.Byte > 0 {
		s = fmt.Sprintf("%s:%d:%d: ", e.File, e.Line, e.Byte)
	}
	if e.Column != "" {
		s += fmt.Sprintf("column %q: ", e.Column)
	}
	s += e.Reason
	if e.Inferred {
		s += " (the type was found from the first rows: give a schema, or more SampleRows)"
	}
	return s
}

// Bad does with a bad row what the policy says. One that is taken back goes from the rejected rows, and is counted no longer.
func (r *reader) Bad(b *Bad) error {
	stats, comes := r.open.env.Stats, int64(1)
	if r.goes {
		comes = -1
	}
	if r.open.env.Bad == plan.Skip {
		stats.RowsSkipped.Add(comes)
		return nil
	}
	line, err := r.line(b.At)
	if err != nil {
		return err
	}
	e := &RowError{File: r.in.Name, Line: line, Byte: b.Byte, Value: b.Value, Reason: b.Reason}
	if b.Column >= 0 {
		e.Column, e.Inferred = r.open.opts.Format.Column(r.in, b.Column)
	}
	if r.open.env.Bad == plan.Reject {
		stats.RowsRejected.Add(comes)
		r.rejected.add(r.open.opts.Step, e, r.buf.Data[b.Start:b.End], r.at(b.Start))
		return r.rejected.flushIfFull(r)
	}
	return e
}

// rejected collects rejected rows for plan.RejectedSchema.
type rejected struct {
	cols []*vec.Builder
	rows int
	size int
	at   op.Seq // of the first one
}

// maxRejectedText is how much of a row's or field's text is kept, rejectedRows and rejectedBytes how many
// are collected before they are handed on.
const (
	maxRejectedText = 64 << 10
	rejectedRows    = 1024
	rejectedBytes   = 1 << 20
)

func (j *rejected) add(step string, e *RowError, row []byte, at op.Seq) {
	if j.cols == nil {
		for _, f := range plan.RejectedSchema.Fields() {
			j.cols = append(j.cols, vec.NewBuilder(f.Type, 0))
		}
	}
	if j.rows == 0 {
		j.at = at
	}
	j.rows++
	text := validText(row)
	j.size += len(text)
	j.cols[0].AppendString(step)
	j.cols[1].AppendString(validText([]byte(e.File)))
	vec.AppendFixed(j.cols[2], e.Line)
	if e.Column == "" {
		j.cols[3].AppendNull()
		j.cols[4].AppendNull()
	} else {
		j.cols[3].AppendString(e.Column)
		j.cols[4].AppendString(validText([]byte(e.Value)))
	}
	j.cols[5].AppendString(e.Reason)
	j.cols[6].AppendString(text)
}

// validText is text as UTF-8, the end of a very long one cut off.
func validText(text []byte) string {
	if len(text) > maxRejectedText {
		text = text[:maxRejectedText]
	}
	return strings.ToValidUTF8(string(text), "\uFFFD")
}

func (j *rejected) flushIfFull(r *reader) error {
	if j.rows < rejectedRows && j.size < rejectedBytes {
		return nil
	}
	return r.flushRejected()
}

// flushRejected hands the collected rows on, which all come or all go.
func (r *reader) flushRejected() error {
	j := &r.rejected
	if j.rows == 0 {
		return nil
	}
	b := &vec.Batch{N: j.rows}
	for _, c := range j.cols {
		b.Cols = append(b.Cols, c.Vec())
	}
	if r.goes {
		b.Diff = r.minusOnes(b.N)
	}
	err := r.out.Emit(op.Rejected, j.at, b)
	for _, c := range j.cols {
		c.Reset()
	}
	j.rows, j.size = 0, 0
	return err
}
