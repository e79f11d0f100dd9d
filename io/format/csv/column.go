package csv

import (
	"github.com/pwcol/pwcol/io/format/internal/fields"
	"github.com/pwcol/pwcol/kernels/vec"
)

// column parses the fields of one column, a block at a time.
type column struct {
	fields.Column
	quote byte
	nulls nullTexts
	// nullsFirst says that a null text would pass as a value ("-999"), so that NULLs are looked for before parsing and
	// not only where it fails.
	nullsFirst bool

	rows []uint32 // scratch: rows that aren't NULL
	text []byte   // scratch: a field without its doubled quotes
	// quotes says of the block being parsed that it may have quoted fields.
	quotes *bool
}

func newColumn(place int, c Column, p *Parser) (*column, error) {
	base, err := fields.NewColumn(c.Name, c.Type, c.Nullable, c.Layout)
	if err != nil {
		return nil, err
	}
	out := &column{Column: base, quote: p.opts.Dialect.Quote, nulls: p.nulls, quotes: &p.scanner.block.quotes}
	out.Place = place
	for _, text := range out.nulls.texts {
		if _, err := out.Value([]byte(text)); err == nil {
			out.nullsFirst = true
		}
	}
	return out, nil
}

// Base is the column that is filled.
func (c *column) Base() *fields.Column { return &c.Column }

// ParseBlock parses the fields of rows.
func (c *column) ParseBlock(f *fields.Fields, rows []uint32) {
	c.Start(f.Rows)
	if c.nullsFirst {
		rows = c.withoutNulls(f, rows)
	}
	switch c.Type.Kind {
	case vec.Bool:
		c.parseBools(f, rows)
	case vec.String:
		c.parseStrings(f, rows)
	case vec.Binary:
		c.parseBinaries(f, rows)
	default:
		c.Parse(f, rows, c)
	}
}

// isNull reports whether field i is NULL.
func (c *column) isNull(f *fields.Fields, i int) bool {
	text := f.Text(i)
	if isQuoted(f, i, c.quote) {
		return len(text) == 0 && !c.Type.IsVar()
	}
	return len(text) == 0 || c.nulls.has(text)
}

// withoutNulls is the rows whose field isn't NULL; the others are made NULL.
func (c *column) withoutNulls(f *fields.Fields, rows []uint32) []uint32 {
	c.rows = c.rows[:0]
	for _, r := range rows {
		if c.isNull(f, int(r)*f.Width+c.Place) {
			c.SetNull(r)
			continue
		}
		c.rows = append(c.rows, r)
	}
	return c.rows
}

// Other deals with row r, whose field the fast way of its type could not parse.
func (c *column) Other(f *fields.Fields, r uint32) (s vec.Scalar, ok bool) {
	i := int(r)*f.Width + c.Place
	if c.isNull(f, i) {
		c.SetNull(r)
		return s, false
	}
	text := c.unquoted(f, i)
	s, err := c.Value(text)
	if err != nil {
		c.Refuse(r, fields.Show(text)+" "+err.Error())
		return s, false
	}
	return s, true
}

// unquoted is field i with doubled quotes made single. It is valid until the next call.
func (c *column) unquoted(f *fields.Fields, i int) []byte {
	text := f.Text(i)
	if !isQuoted(f, i, c.quote) {
		return text
	}
	c.text = appendUnquoted(c.text[:0], text, c.quote)
	return c.text
}
