package csv

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// column parses the fields of one column, a block at a time.
type column struct {
	Column
	field int // place in the row
	quote byte
	nulls nullTexts
	// nullsFirst says that a null text would pass as a value ("-999"), so that NULLs are looked for before parsing and
	// not only where it fails.
	nullsFirst bool
	layout     *layout // nil: what calc.ParseText reads

	out   vec.Vec // lent: over the memory below
	data  []byte
	valid []byte
	ends  []int32 // offsets

	rows []uint32 // scratch: rows that aren't NULL
	text []byte   // scratch: a field without its doubled quotes
	day  dayCache
	bad  []badField
}

// badField is a row with a field that can't be parsed; rows ascend.
type badField struct {
	row    uint32
	reason string
}

func newColumn(field int, c Column, quote byte, nulls nullTexts) (*column, error) {
	out := &column{Column: c, field: field, quote: quote, nulls: nulls}
	out.out.Type = c.Type
	if c.Layout != "" {
		l, err := newLayout(c.Layout)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.Name, err)
		}
		out.layout = l
	}
	for _, text := range nulls.texts {
		if _, err := out.value([]byte(text)); err == nil {
			out.nullsFirst = true
		}
	}
	return out, nil
}

// parse parses the fields of rows, which ascend, of block f into c.out, and lists those that can't be
// parsed in c.bad.
func (c *column) parse(f *fields, rows []uint32) {
	c.bad = c.bad[:0]
	c.out.N, c.out.Valid = f.rows, nil
	if w := c.Type.Width(); w > 0 {
		c.data = vec.Grow(c.data[:0], f.rows*w)
		c.out.Data = c.data
	}
	if c.nullsFirst {
		rows = c.withoutNulls(f, rows)
	}
	switch c.Type.Kind {
	case vec.Bool:
		c.parseBools(f, rows)
	case vec.Int8:
		parseSigned(c, f, rows, vec.Cast[int8](c.data))
	case vec.Int16:
		parseSigned(c, f, rows, vec.Cast[int16](c.data))
	case vec.Int32:
		parseSigned(c, f, rows, vec.Cast[int32](c.data))
	case vec.Int64:
		parseSigned(c, f, rows, vec.Cast[int64](c.data))
	case vec.Uint8:
		parseUnsigned(c, f, rows, vec.Cast[uint8](c.data))
	case vec.Uint16:
		parseUnsigned(c, f, rows, vec.Cast[uint16](c.data))
	case vec.Uint32:
		parseUnsigned(c, f, rows, vec.Cast[uint32](c.data))
	case vec.Uint64:
		parseUnsigned(c, f, rows, vec.Cast[uint64](c.data))
	case vec.Float32:
		c.parseFloat32s(f, rows)
	case vec.Float64:
		c.parseFloat64s(f, rows)
	case vec.String:
		c.parseStrings(f, rows)
	case vec.Timestamp:
		c.parseTimestamps(f, rows)
	case vec.Date:
		c.parseDates(f, rows)
	case vec.Decimal:
		c.parseDecimals(f, rows)
	case vec.Binary:
		c.parseBinaries(f, rows)
	default: // Time, Duration
		c.parseSlowly(f, rows)
	}
}

// isNull reports whether field i is NULL.
func (c *column) isNull(f *fields, i int) bool {
	text := f.text(i)
	if f.isQuoted(i, c.quote) {
		return len(text) == 0 && !c.Type.IsVar()
	}
	return len(text) == 0 || c.nulls.has(text)
}

// withoutNulls is the rows whose field isn't NULL; the others are made NULL.
func (c *column) withoutNulls(f *fields, rows []uint32) []uint32 {
	c.rows = c.rows[:0]
	for _, r := range rows {
		if c.isNull(f, int(r)*f.width+c.field) {
			c.setNull(r)
			continue
		}
		c.rows = append(c.rows, r)
	}
	return c.rows
}

// setNull makes row r NULL, or bad if the column has no NULLs.
func (c *column) setNull(r uint32) {
	if !c.Nullable {
		c.bad = append(c.bad, badField{r, reasonNull})
		return
	}
	if c.out.Valid == nil {
		n := vec.BitmapLen(c.out.N)
		c.valid = vec.Grow(c.valid[:0], n)
		vec.SetBits(c.valid, 0, c.out.N)
		c.out.Valid = c.valid
	}
	vec.ClearBit(c.out.Valid, int(r))
}

// other deals with row r, whose field the fast way of its type could not parse: it is NULL, spelled in a
// way that is rare, or bad. ok is false but for the second, where s is the value.
func (c *column) other(f *fields, r uint32) (s vec.Scalar, ok bool) {
	i := int(r)*f.width + c.field
	if c.isNull(f, i) {
		c.setNull(r)
		return s, false
	}
	text := c.unquoted(f, i)
	s, err := c.value(text)
	if err != nil {
		c.bad = append(c.bad, badField{r, show(text) + " " + err.Error()})
		return s, false
	}
	return s, true
}

// unquoted is field i with doubled quotes made single. It is valid until the next call.
func (c *column) unquoted(f *fields, i int) []byte {
	text := f.text(i)
	if !f.isQuoted(i, c.quote) {
		return text
	}
	c.text = appendUnquoted(c.text[:0], text, c.quote)
	return c.text
}

// parseSlowly parses columns of fixed width value by value.
func (c *column) parseSlowly(f *fields, rows []uint32) {
	out := vec.Cast[int64](c.data)
	for _, r := range rows {
		if s, ok := c.other(f, r); ok {
			out[r] = s.I
		}
	}
}

// fault is why a text is no value of a type, to be put behind the text.
type fault string

func (e fault) Error() string { return string(e) }

// value parses one text, by the layout or as calc.ParseText does.
func (c *column) value(text []byte) (vec.Scalar, error) {
	if c.layout != nil && c.layout.covers(c.Type) {
		ticks, err := c.layout.ticks(c.Type, text)
		return vec.Scalar{Type: c.Type, I: ticks}, err
	}
	s, err := calc.ParseText(c.Type, string(text))
	if err != nil {
		return s, c.faultOf(text)
	}
	return s, nil
}

// faultOf says what keeps a text from being a value of the column's type: its size or its form.
func (c *column) faultOf(text []byte) error {
	t := c.Type
	if isTooLarge(t, strings.Trim(string(text), " ")) {
		return fault("is out of range for " + t.String())
	}
	return fault("is not " + article(t.String()) + t.String())
}

// isTooLarge reports whether text, which is no value of t, is a number of t's form.
func isTooLarge(t vec.Type, text string) bool {
	switch {
	case t.IsInteger():
		digits := strings.TrimLeft(text, "+-")
		return digits != "" && len(text)-len(digits) <= 1 && strings.Trim(digits, "0123456789") == ""
	case t.IsFloat():
		_, err := strconv.ParseFloat(text, 8*t.Width())
		return errors.Is(err, strconv.ErrRange)
	case t.Kind == vec.Decimal:
		x, err := strconv.ParseFloat(text, 64)
		return errors.Is(err, strconv.ErrRange) || err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
	}
	return false
}

func article(name string) string {
	switch name[0] {
	case 'a', 'e', 'i', 'o':
		return "an "
	}
	return "a "
}
