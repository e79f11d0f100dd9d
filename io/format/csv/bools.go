package csv

import "github.com/pwcol/pwcol/kernels/vec"

func (c *column) parseBools(f *fields, rows []uint32) {
	c.data = vec.Grow(c.data[:0], vec.BitmapLen(f.rows))
	clear(c.data)
	c.out.Data = c.data
	for _, r := range rows {
		i := int(r)*f.width + c.field
		value, ok := parseBool(f.text(i))
		if !ok {
			s, ok := c.other(f, r)
			if !ok {
				continue
			}
			value = s.I != 0
		}
		if value {
			vec.SetBit(c.data, int(r))
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
