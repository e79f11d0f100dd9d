package csv

import (
	"github.com/pwcol/pwcol/io/format/internal/fields"
	"github.com/pwcol/pwcol/kernels/vec"
)

func (c *column) parseBools(f *fields.Fields, rows []uint32) {
	c.StartBools(f.Rows)
	for _, r := range rows {
		i := int(r)*f.Width + c.Place
		value, ok := parseBool(f.Text(i))
		if !ok {
			s, ok := c.Other(f, r)
			if !ok {
				continue
			}
			value = s.I != 0
		}
		if value {
			vec.SetBit(c.Data, int(r))
		}
	}
}

// parseBool knows the usual spellings.
func parseBool(text []byte) (value, ok bool) {
	switch string(text) {
	case "true", "True", "TRUE", "t", "1":
		return true, true
	case "false", "False", "FALSE", "f", "0":
		return false, true
	}
	return false, false
}
