package fields

import (
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// AppendFloat appends row row of v, a column of floats, as calc.AppendText has it, but whole numbers as 1.0, so that who infers types from the file
// doesn't take a column of them for one of integers.
func AppendFloat(dst []byte, v *vec.Vec, row int) []byte {
	from := len(dst)
	dst = calc.AppendText(dst, v, row)
	for _, c := range dst[from:] {
		if c > '9' || c == '.' { // it has a point, an exponent, or is no number
			return dst
		}
	}
	return append(dst, ".0"...)
}
