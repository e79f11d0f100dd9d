package fields

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Column parses the fields of one column, a block at a time. A format embeds it in columns of its own.
type Column struct {
	Type     vec.Type
	Nullable bool // false: a NULL makes the row bad
	Place    int  // of the field in the row

	Out  vec.Vec    // the block's column; lent: over the memory below
	Data []byte     // its values, or the bytes of its strings so far
	Bad  []BadField // the fields that can't be parsed, in any order

	layout *layout // nil: what calc.ParseText reads
	valid  []byte
	ends   []int32 // offsets
	day    dayCache
}

// BadField is a field that can't be parsed.
type BadField struct {
	Row    uint32
	Place  int // of the field in the row
	Reason string
}

// Other deals with fields that a column's fast way could not parse. It is called for each, so their loops make a call for
// what is rare.
type Other interface {
	// Other takes the field of row r: it is NULL, spelled in a way that is rare, or bad. It calls SetNull or
	// Refuse and reports false but for the second, where s is the value.
	Other(f *Fields, r uint32) (s vec.Scalar, ok bool)
}

// NewColumn is a column of that type. layout is strftime's or Go's, for Timestamp, Date and Time; "" is what calc.ParseText reads.
func NewColumn(name string, t vec.Type, nullable bool, layout string) (Column, error) {
	c := Column{Type: t, Nullable: nullable}
	c.Out.Type = t
	if layout == "" {
		return c, nil
	}
	l, err := newLayout(layout)
	if err != nil {
		return c, fmt.Errorf("column %q: %w", name, err)
	}
	c.layout = l
	return c, nil
}

// HasLayout reports whether the column's values are spelled by a layout.
func (c *Column) HasLayout() bool { return c.layout != nil && c.layout.covers(c.Type) }

// Start begins a block of n rows.
func (c *Column) Start(n int) {
	c.Bad = c.Bad[:0]
	c.Out.N, c.Out.Valid = n, nil
	if w := c.Type.Width(); w > 0 {
		c.Data = vec.Grow(c.Data[:0], n*w)
		c.Out.Data = c.Data
	}
}

// StartBools begins a block of n rows of a Bool column, all false.
func (c *Column) StartBools(n int) {
	c.Data = vec.Grow(c.Data[:0], vec.BitmapLen(n))
	clear(c.Data)
	c.Out.Data = c.Data
}

// Parse parses the fields of rows, which ascend, into c.Out, and lists those that can't be parsed in c.Bad. It knows
// all types that have a width.
func (c *Column) Parse(f *Fields, rows []uint32, other Other) {
	switch c.Type.Kind {
	case vec.Int8:
		parseSigned(c, f, rows, other, vec.Cast[int8](c.Data))
	case vec.Int16:
		parseSigned(c, f, rows, other, vec.Cast[int16](c.Data))
	case vec.Int32:
		parseSigned(c, f, rows, other, vec.Cast[int32](c.Data))
	case vec.Int64:
		parseSigned(c, f, rows, other, vec.Cast[int64](c.Data))
	case vec.Uint8:
		parseUnsigned(c, f, rows, other, vec.Cast[uint8](c.Data))
	case vec.Uint16:
		parseUnsigned(c, f, rows, other, vec.Cast[uint16](c.Data))
	case vec.Uint32:
		parseUnsigned(c, f, rows, other, vec.Cast[uint32](c.Data))
	case vec.Uint64:
		parseUnsigned(c, f, rows, other, vec.Cast[uint64](c.Data))
	case vec.Float32:
		c.parseFloat32s(f, rows, other)
	case vec.Float64:
		c.parseFloat64s(f, rows, other)
	case vec.Timestamp:
		c.parseTimestamps(f, rows, other)
	case vec.Date:
		c.parseDates(f, rows, other)
	case vec.Decimal:
		c.parseDecimals(f, rows, other)
	default: // Time, Duration
		c.parseSlowly(f, rows, other)
	}
}

// parseSlowly parses columns of int64s value by value.
func (c *Column) parseSlowly(f *Fields, rows []uint32, other Other) {
	out := vec.Cast[int64](c.Data)
	for _, r := range rows {
		if s, ok := other.Other(f, r); ok {
			out[r] = s.I
		}
	}
}

// SetNull makes row r NULL, or bad if the column has no NULLs.
func (c *Column) SetNull(r uint32) {
	if !c.Nullable {
		c.Refuse(r, ReasonNull)
		return
	}
	if c.Out.Valid == nil {
		n := vec.BitmapLen(c.Out.N)
		c.valid = vec.Grow(c.valid[:0], n)
		vec.SetBits(c.valid, 0, c.Out.N)
		c.Out.Valid = c.valid
	}
	vec.ClearBit(c.Out.Valid, int(r))
}

// Refuse makes row r bad.
func (c *Column) Refuse(r uint32, reason string) {
	c.Bad = append(c.Bad, BadField{r, c.Place, reason})
}

// Value is the value that text spells, by the layout or as calc.ParseText has it; or the Fault that it has.
func (c *Column) Value(text []byte) (vec.Scalar, error) {
	if c.HasLayout() {
		ticks, err := c.layout.ticks(c.Type, text)
		return vec.Scalar{Type: c.Type, I: ticks}, err
	}
	s, err := calc.ParseText(c.Type, string(text))
	if err != nil {
		return s, NoValue(c.Type, text)
	}
	return s, nil
}
