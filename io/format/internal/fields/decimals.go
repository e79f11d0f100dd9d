package fields

import (
	"github.com/pwcol/pwcol/kernels/vec"
)

// parseDecimals parses numbers whose digits fit an int64 at once, and leaves longer ones and those that have to
// be rounded to other.
func (c *Column) parseDecimals(f *Fields, rows []uint32, other Other) {
	const maxDigits = 18 // that an int64 holds, whatever they are
	out := vec.Cast[vec.Int128](c.Data)
	scale := int(c.Type.Scale)
	below := Pow10[min(maxDigits, c.Type.Precision)]
	for _, r := range rows {
		i := int(r)*f.Width + c.Place
		d, ok := scanDecimal(f.Buf, int(f.Starts[i])+1, int(f.Ends[i]))
		up := scale + d.exp // zeros to put behind the digits
		if ok && uint(up) <= maxDigits && d.mantissa < Pow10[maxDigits-up] && d.mantissa*Pow10[up] < below {
			v := int64(d.mantissa * Pow10[up])
			out[r] = vec.Int128From((v ^ -int64(d.sign)) + int64(d.sign))
			continue
		}
		if s, ok := other.Other(f, r); ok {
			out[r] = s.D
		}
	}
}
