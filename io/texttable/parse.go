package texttable

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// parsed is a table that was read: its rows by time, in order of first mention within a time.
type parsed struct {
	schema  *pw.Schema
	stream  bool
	changes bool // it has a column diff
	times   []int64
	epochs  map[int64]*vec.Batch
}

// column is a column of the text: one of the table's, or time or diff.
type column struct {
	name  string
	typ   pw.Type
	build int // place in the schema, −1: time or diff
}

func parse(text string) (*parsed, error) {
	lines := linesOf(text)
	if len(lines) == 0 {
		return nil, errors.New("there is no line with the columns' names and types")
	}
	columns, schema, err := header(lines[0].text)
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", lines[0].number, err)
	}
	p := &parsed{schema: schema, epochs: map[int64]*vec.Batch{}}
	for _, c := range columns {
		p.stream = p.stream || c.name == "time" && c.build < 0
		p.changes = p.changes || c.name == "diff" && c.build < 0
	}
	rows := map[int64]*rowsOfTime{}
	for _, l := range lines[1:] {
		if err := p.row(l.text, columns, rows); err != nil {
			return nil, fmt.Errorf("line %d: %w", l.number, err)
		}
	}
	for time, r := range rows {
		p.epochs[time] = r.batch()
	}
	return p, nil
}

type line struct {
	number int
	text   string
}

// linesOf is the lines that are not empty and not comments (#).
func linesOf(text string) []line {
	var out []line
	for i, l := range strings.Split(text, "\n") {
		l = strings.TrimSpace(l)
		if l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, line{i + 1, l})
		}
	}
	return out
}

// header reads "id int64 | name string | time | diff".
func header(text string) ([]column, *pw.Schema, error) {
	var columns []column
	var fields []pw.Field
	for _, cell := range cells(text) {
		name, typeName, typed := strings.Cut(cell, " ")
		if !typed && (name == "time" || name == "diff") {
			c := column{name, pw.TInt64, -1}
			if slices.Contains(columns, c) {
				return nil, nil, fmt.Errorf("column %s is there twice", name)
			}
			columns = append(columns, c)
			continue
		}
		if !typed {
			return nil, nil, fmt.Errorf("column %q has no type: write %q, say", name, name+" int64")
		}
		notNull := strings.HasSuffix(typeName, " not null")
		t, err := pw.ParseType(strings.TrimSpace(strings.TrimSuffix(typeName, " not null")))
		if err != nil {
			return nil, nil, fmt.Errorf("column %q: %w", name, err)
		}
		columns = append(columns, column{name, t, len(fields)})
		fields = append(fields, pw.Field{Name: name, Type: t, Nullable: !notNull})
	}
	s := pw.NewSchema(fields...)
	return columns, s, s.Validate()
}

// cells cuts a line at its bars. Bars in quotes don't count.
func cells(text string) []string {
	var out []string
	from, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quoted: // what is behind it is no end of the quotes
			i++
		case text[i] == '"':
			quoted = !quoted
		case text[i] == '|' && !quoted:
			out = append(out, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(text[from:]))
}

// rowsOfTime builds the rows of one time.
type rowsOfTime struct {
	cols  []*vec.Builder
	diffs []int64
	n     int
}

func (r *rowsOfTime) batch() *vec.Batch {
	b := &vec.Batch{N: r.n, Diff: r.diffs}
	for _, c := range r.cols {
		b.Cols = append(b.Cols, c.Finish())
	}
	return b
}

func (p *parsed) row(text string, columns []column, rows map[int64]*rowsOfTime) error {
	found := cells(text)
	if len(found) != len(columns) {
		return fmt.Errorf("%d cells for %d columns", len(found), len(columns))
	}
	values := make([]vec.Scalar, p.schema.Len())
	time, diff := int64(1), int64(1)
	for i, c := range columns {
		v, err := value(c.typ, found[i])
		if err == nil {
			err = p.refuse(c, v)
		}
		switch {
		case err != nil:
			return fmt.Errorf("column %q: %w", c.name, err)
		case c.build >= 0:
			values[c.build] = v
		case c.name == "time":
			time = v.I
		default:
			diff = v.I
		}
	}
	r := rows[time]
	if r == nil {
		r = p.newTime(time)
		rows[time] = r
	}
	for i, v := range values {
		r.cols[i].AppendScalar(v)
	}
	if p.changes {
		r.diffs = append(r.diffs, diff)
	}
	r.n++
	return nil
}

// refuse says what is wrong with a value that is one of the column's type.
func (p *parsed) refuse(c column, v vec.Scalar) error {
	switch {
	case v.Null && (c.build < 0 || !p.schema.Field(c.build).Nullable):
		return errors.New("it can't be NULL")
	case c.build < 0 && c.name == "diff" && v.I == 0:
		return errors.New("a diff of 0 is no change; leave the line out")
	}
	return nil
}

func (p *parsed) newTime(time int64) *rowsOfTime {
	p.times = append(p.times, time)
	r := &rowsOfTime{}
	for _, f := range p.schema.Fields() {
		r.cols = append(r.cols, vec.NewBuilder(f.Type, 0))
	}
	return r
}

// value reads a cell: NULL, a quoted text, a list in brackets, or the value itself.
func value(t pw.Type, cell string) (vec.Scalar, error) {
	if cell == "NULL" {
		return vec.Scalar{Type: t, Null: true}, nil
	}
	if strings.HasPrefix(cell, `"`) {
		text, err := strconv.Unquote(cell)
		if err != nil {
			return vec.Scalar{}, fmt.Errorf("%s is no quoted text: %w", cell, err)
		}
		cell = text
	}
	return calc.ParseText(t, cell)
}

// appendCell writes a value so that value reads it.
func appendCell(dst []byte, v *vec.Vec, row int) []byte {
	if v.IsNull(row) {
		return append(dst, "NULL"...)
	}
	text := calc.AppendText(nil, v, row)
	if v.Type.IsVar() && needsQuotes(string(text)) {
		return strconv.AppendQuote(dst, string(text))
	}
	return append(dst, text...)
}

func needsQuotes(text string) bool {
	return text == "" || text == "NULL" || strings.TrimSpace(text) != text || strings.ContainsAny(text, "|\"\n\r#")
}
