package arrowtab

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Format says how large a printed table may be. Zeros are the usual sizes.
type Format struct {
	Rows      int // at most so many rows, half from the start and half from the end; 0: 20
	Width     int // characters of a line: columns in the middle are left out; 0: no limit
	CellWidth int // characters of a value: longer ones are cut; 0: 40
}

const (
	defaultRows      = 20
	defaultCellWidth = 40
	columnGap        = "  "
	ellipsis         = "…"
)

// FormatTable writes rows as text for people: names, types under them, numbers to the right, and how many rows there are.
//
//	name    count  sum_value
//	string  int64    float64
//	------  -----  ---------
//	ann         2       21.5
//	… 1,234 rows …
//	NULL        1       NULL
//	1,236 rows
//
// Line breaks and other control characters in values are written as \n, \x1b …, so a value stays on its line and can't
// do anything to a terminal. Only the rows that are shown are looked at.
func FormatTable(w io.Writer, s *Schema, batches []*vec.Batch) error {
	return Format{}.Table(w, s, batches)
}

// Table writes rows as FormatTable does, in this size.
func (f Format) Table(w io.Writer, s *Schema, batches []*vec.Batch) error {
	if f.Rows <= 0 {
		f.Rows = defaultRows
	}
	if f.CellWidth <= 0 {
		f.CellWidth = defaultCellWidth
	}
	total := 0
	for _, b := range batches {
		total += b.Rows()
	}
	first, last := total, 0 // rows shown from the start and from the end
	if total > f.Rows {
		last = f.Rows / 2
		first = f.Rows - last
	}
	t := newPrinted(s, f)
	t.addRows(batches, 0, first)
	t.addRows(batches, total-last, total)
	t.leaveOut(f.Width)

	out := bufio.NewWriter(w)
	t.write(out, first, total-first-last)
	fmt.Fprintln(out, t.summary(int64(total)))
	return out.Flush()
}

// printed is a table as text, column by column.
type printed struct {
	columns []printedColumn
	hidden  []string // names of the columns that are left out
	cut     int      // how many columns stand before those; only if there are any
	format  Format
}

type printedColumn struct {
	name, kind string
	right      bool
	cells      []string
	width      int
}

func newPrinted(s *Schema, f Format) *printed {
	t := &printed{format: f, columns: make([]printedColumn, s.Len())}
	for i, field := range s.Fields() {
		t.columns[i] = printedColumn{
			name:  t.cell(field.Name),
			kind:  field.Type.String(),
			right: field.Type.IsNumeric() || field.Type.Kind == vec.Duration,
		}
		t.columns[i].width = max(width(t.columns[i].name), width(t.columns[i].kind))
	}
	return t
}

func width(s string) int { return utf8.RuneCountInString(s) }

// addRows adds rows [from, to), counted over all batches.
func (t *printed) addRows(batches []*vec.Batch, from, to int) {
	at := 0
	for _, b := range batches {
		for i := max(from-at, 0); i < min(to-at, b.Rows()); i++ {
			t.addRow(b, b.Row(i))
		}
		at += b.Rows()
	}
}

func (t *printed) addRow(b *vec.Batch, row int) {
	for i := range t.columns {
		c := &t.columns[i]
		text := "NULL"
		if v := b.Cols[i]; !v.IsNull(row) {
			text = t.cell(string(calc.AppendText(nil, v, row)))
		}
		c.cells = append(c.cells, text)
		c.width = max(c.width, width(text))
	}
}

// cell is a value or name on one line, cut to the width of a cell.
func (t *printed) cell(s string) string {
	var sb strings.Builder
	n := 0
	for _, r := range s {
		part := string(r)
		if !unicode.IsPrint(r) {
			part = strings.Trim(fmt.Sprintf("%q", r), "'")
		}
		n += width(part)
		if n > t.format.CellWidth {
			return cutTo(sb.String(), t.format.CellWidth-1) + ellipsis
		}
		sb.WriteString(part)
	}
	return sb.String()
}

// cutTo is at most the first n characters of s.
func cutTo(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// leaveOut takes columns out of the middle until a line is at most limit characters, but for one that is left.
func (t *printed) leaveOut(limit int) {
	if limit <= 0 || t.lineWidth() <= limit {
		return
	}
	room := limit - width(columnGap+ellipsis)
	var left, right []printedColumn
	rest := t.columns
	for len(rest) > 0 {
		fromLeft := len(left) <= len(right)
		c := rest[0]
		if !fromLeft {
			c = rest[len(rest)-1]
		}
		room -= c.width + len(columnGap)
		if room < -len(columnGap) && len(left) > 0 {
			break
		}
		if fromLeft {
			left, rest = append(left, c), rest[1:]
		} else {
			right, rest = append(right, c), rest[:len(rest)-1]
		}
	}
	for _, c := range rest {
		t.hidden = append(t.hidden, c.name)
	}
	slices.Reverse(right)
	t.cut, t.columns = len(left), append(left, right...)
}

func (t *printed) lineWidth() int {
	n := -len(columnGap)
	for _, c := range t.columns {
		n += c.width + len(columnGap)
	}
	return n
}

// write writes the heading and the rows; behind the first of them, how many are missing.
func (t *printed) write(out *bufio.Writer, first, missing int) {
	t.line(out, func(c *printedColumn) string { return c.name })
	t.line(out, func(c *printedColumn) string { return c.kind })
	t.line(out, func(c *printedColumn) string { return strings.Repeat("-", c.width) })
	if len(t.columns) == 0 {
		return
	}
	for i := range t.columns[0].cells {
		if i == first {
			fmt.Fprintf(out, "%s %s %s\n", ellipsis, count(int64(missing), "row"), ellipsis)
		}
		t.line(out, func(c *printedColumn) string { return c.cells[i] })
	}
}

// line writes one line, without spaces at its end.
func (t *printed) line(out *bufio.Writer, text func(*printedColumn) string) {
	var sb strings.Builder
	for i := range t.columns {
		if len(t.hidden) > 0 && i == t.cut {
			sb.WriteString(columnGap + ellipsis)
		}
		c := &t.columns[i]
		if i > 0 {
			sb.WriteString(columnGap)
		}
		s := text(c)
		padding := strings.Repeat(" ", c.width-width(s))
		if c.right {
			sb.WriteString(padding + s)
		} else {
			sb.WriteString(s + padding)
		}
	}
	if len(t.hidden) > 0 && t.cut == len(t.columns) {
		sb.WriteString(columnGap + ellipsis)
	}
	out.WriteString(strings.TrimRight(sb.String(), " "))
	out.WriteByte('\n')
}

// summary is the last line: "20 rows", and the columns that are missing.
func (t *printed) summary(rows int64) string {
	text := count(rows, "row")
	if n := len(t.hidden); n > 0 {
		names := strings.Join(t.hidden, ", ")
		text += fmt.Sprintf("; %s not shown: %s", count(int64(n), "column"), names)
	}
	return text
}
