package csv

import (
	"bytes"
	"unicode/utf8"

	"github.com/pwcol/pwcol/io/format/internal/fields"
)

// parseStrings copies the fields.
func (c *column) parseStrings(f *fields.Fields, rows []uint32) {
	out := c.StartStrings(f.Rows)
	plain := f.ASCII && !*c.quotes
	for _, r := range rows {
		out.Row(r)
		i := int(r)*f.Width + c.Place
		p, end := int(f.Starts[i])+1, int(f.Ends[i])
		if p == end || !plain {
			c.appendOdd(f, r, &out)
			continue
		}
		out.AppendPlace(f.Buf, p, end)
	}
	out.Finish()
}

// appendOdd appends a field that is quoted, empty or has bytes outside of ASCII.
func (c *column) appendOdd(f *fields.Fields, r uint32, out *fields.Strings) {
	i := int(r)*f.Width + c.Place
	text := f.Text(i)
	if len(text) == 0 {
		if !isQuoted(f, i, c.quote) {
			c.SetNull(r)
		}
		return
	}
	if isQuoted(f, i, c.quote) {
		text = c.unquoted(f, i)
	}
	if !f.ASCII && !utf8.Valid(text) {
		c.Refuse(r, fields.Show(text)+" "+fields.ReasonNotUTF8)
		return
	}
	out.Append(text)
}

// parseBinaries copies the fields, of which those that begin with \x are hexadecimal.
func (c *column) parseBinaries(f *fields.Fields, rows []uint32) {
	out := c.StartStrings(f.Rows)
	for _, r := range rows {
		out.Row(r)
		if s, ok := c.Other(f, r); ok {
			out.Append([]byte(s.S))
		}
	}
	out.Finish()
}

// appendUnquoted appends text with doubled quotes made single.
func appendUnquoted(dst, text []byte, quote byte) []byte {
	for {
		n := bytes.IndexByte(text, quote)
		if n < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:n+1]...)
		text = text[n+2:]
	}
}
