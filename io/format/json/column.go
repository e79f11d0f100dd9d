package json

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/pwcol/pwcol/io/format/internal/fields"
	"github.com/pwcol/pwcol/kernels/vec"
)

// column makes one column of the fields that the walker has found.
type column struct {
	fields.Column
	epoch  *vec.Unit
	walker *walker
	lists  *lists // of a List
	text   []byte // scratch: a string without escapes
}

func newColumn(p *Parser, slot int, c Column) (*column, error) {
	base, err := fields.NewColumn(c.Name, c.Type, c.Nullable, c.Layout)
	if err != nil {
		return nil, err
	}
	if c.Epoch != nil && !isTemporal(c.Type) {
		return nil, fmt.Errorf("column %q: a number of a %s counts nothing: Epoch is for times", c.Name, c.Type)
	}
	base.Place = slot
	out := &column{Column: base, epoch: c.Epoch, walker: &p.walker}
	if c.Type.Kind == vec.List {
		out.lists, err = newLists(p, c)
	}
	return out, err
}

// Base is the column that is filled.
func (c *column) Base() *fields.Column { return &c.Column }

// ParseBlock converts the fields of rows.
func (c *column) ParseBlock(f *fields.Fields, rows []uint32) {
	c.Start(f.Rows)
	switch {
	case c.Type.Kind == vec.Bool:
		c.parseBools(f, rows)
	case c.Type.Kind == vec.String:
		c.parseStrings(f, rows)
	case c.Type.Kind == vec.Binary:
		c.parseBinaries(f, rows)
	case c.Type.Kind == vec.List:
		c.parseLists(f, rows)
	case c.epoch != nil && c.Type.Kind == vec.Timestamp:
		c.parseEpochs(f, rows)
	default:
		c.Parse(f, rows, c)
	}
}

// isString reports whether field i is a string: what lies in front of other values is a colon or a space.
func isString(f *fields.Fields, i int) bool { return f.Buf[f.Starts[i]] == '"' }

// isNull reports whether text, which isn't that of a string, stands for NULL: the key is missing, or its value null.
func isNull(text []byte) bool { return len(text) == 0 || text[0] == 'n' }

// Other deals with row r, whose field the fast way of its type could not parse.
func (c *column) Other(f *fields.Fields, r uint32) (s vec.Scalar, ok bool) {
	i := int(r)*f.Width + c.Place
	text := f.Text(i)
	var err error
	switch {
	case isString(f, i):
		if text, ok = c.unescaped(r, text); !ok {
			return s, false
		}
		s, err = c.Value(text)
	case isNull(text):
		c.SetNull(r)
		return s, false
	case isNumber(text):
		s, err = c.number(text)
	case c.Type.Kind == vec.Bool: // true, false
		s, err = c.Value(text)
	default:
		err = fields.Fault("is not " + fields.WithArticle(c.Type.String()))
	}
	if err != nil {
		c.Refuse(r, show(f, i)+" "+err.Error())
		return s, false
	}
	return s, true
}

// show is field i for a message, as it is written: a string in quotes, other values without.
func show(f *fields.Fields, i int) string {
	if text := fields.Show(f.Text(i)); isString(f, i) {
		return text
	} else if plain, err := strconv.Unquote(text); err == nil {
		return plain
	} else {
		return text
	}
}

// unescaped is a string's text without escapes; if that can't be, row r is bad. It is valid until the next call.
func (c *column) unescaped(r uint32, text []byte) ([]byte, bool) {
	if !c.walker.escaped {
		return text, true
	}
	out, ok := appendUnescaped(c.text[:0], text)
	c.text = out
	if !ok {
		c.Refuse(r, fields.Show(text)+" has one half of a surrogate pair without the other: there is no such character")
	}
	return out, ok
}

func (c *column) parseBools(f *fields.Fields, rows []uint32) {
	c.StartBools(f.Rows)
	for _, r := range rows {
		i := int(r)*f.Width + c.Place
		value := false
		switch text := f.Text(i); {
		case isString(f, i) || len(text) < len("true") || text[0] != 't' && text[0] != 'f':
			s, ok := c.Other(f, r)
			if !ok {
				continue
			}
			value = s.I != 0
		default:
			value = text[0] == 't'
		}
		if value {
			vec.SetBit(c.Data, int(r))
		}
	}
}

// parseStrings copies the fields. What is no string is kept as it is written.
func (c *column) parseStrings(f *fields.Fields, rows []uint32) {
	out := c.StartStrings(f.Rows)
	plain := f.ASCII && !c.walker.escaped
	for _, r := range rows {
		out.Row(r)
		i := int(r)*f.Width + c.Place
		if plain && isString(f, i) {
			out.AppendPlace(f.Buf, int(f.Starts[i])+1, int(f.Ends[i]))
			continue
		}
		c.appendOdd(f, r, &out)
	}
	out.Finish()
}

// appendOdd appends a field that is no string, or may have escapes or bytes outside of ASCII.
func (c *column) appendOdd(f *fields.Fields, r uint32, out *fields.Strings) {
	i := int(r)*f.Width + c.Place
	text := f.Text(i)
	switch {
	case isString(f, i):
		var ok bool
		if text, ok = c.unescaped(r, text); !ok {
			return
		}
	case isNull(text):
		c.SetNull(r)
		return
	}
	if !f.ASCII && !utf8.Valid(text) {
		c.Refuse(r, fields.Show(text)+" "+fields.ReasonNotUTF8)
		return
	}
	out.Append(text)
}

// parseBinaries decodes base64.
func (c *column) parseBinaries(f *fields.Fields, rows []uint32) {
	out := c.StartStrings(f.Rows)
	var decoded []byte
	for _, r := range rows {
		out.Row(r)
		i := int(r)*f.Width + c.Place
		text := f.Text(i)
		if !isString(f, i) && isNull(text) {
			c.SetNull(r)
			continue
		}
		text, ok := c.unescaped(r, text)
		if !ok {
			continue
		}
		var err error
		decoded, err = base64.StdEncoding.AppendDecode(decoded[:0], text)
		if err != nil || !isString(f, i) {
			c.Refuse(r, show(f, i)+" is not base64, in which bytes are written")
			continue
		}
		out.Append(decoded)
	}
	out.Finish()
}
