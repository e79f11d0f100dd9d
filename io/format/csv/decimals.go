package csv

import (
	"github.com/pwcol/pwcol/kernels/vec"
)

// parseDecimals parses numbers whose digits fit an int64 at once, and leaves longer ones and those that have to
// be rounded to other.
func (c *column) parseDecimals(f *fields, rows []uint32) {
	const maxDigits = 18 // that an int64 holds, whatever they are
	out := vec.Cast[vec.Int128](c.data)
	scale := int(c.Type.Scale)
	below := pow10[min(maxDigits, c.Type.Precision)]
	for _, r := range rows {
		i := int(r)*f.width + c.field
		d, ok := scanDecimal(f.buf, int(f.starts[i])+1, int(f.ends[i]))
		up := scale + d.exp // zeros to put behind the digits
		if ok && uint(up) <= maxDigits && d.mantissa < pow10[maxDigits-up] && d.mantissa*pow10[up] < below {
			v := int64(d.mantissa * pow10[up])
			out[r] = vec.Int128From((v ^ -int64(d.sign)) + int64(d.sign))
			continue
		}
		if s, ok := c.other(f, r); ok {
			out[r] = s.D
		}
	}
}
