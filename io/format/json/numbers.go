package json

import (
	"math"
	"math/bits"
	"strconv"

	"github.com/pwcol/pwcol/io/format/internal/fields"
	"github.com/pwcol/pwcol/kernels/vec"
)

// isNumber reports whether text, a value that is no string, is a number.
func isNumber(text []byte) bool { return text[0] == '-' || text[0]-'0' <= 9 }

// number is the value of a number that the fast way of the column's type could not parse.
func (c *column) number(text []byte) (s vec.Scalar, err error) {
	s.Type = c.Type
	switch {
	case c.Type.IsInteger():
		return c.integer(text)
	case c.Type.IsFloat():
		if s.F, err = strconv.ParseFloat(string(text), 8*c.Type.Width()); err != nil {
			return s, outOfRange(c.Type)
		}
		return s, nil
	case isTemporal(c.Type) && !c.HasLayout():
		return c.count(text)
	}
	return c.Value(text)
}

func outOfRange(t vec.Type) error { return fields.Fault("is out of range for " + t.String()) }

// integer is the whole number that text spells, if it is one and in range: 12, 1e3, 1.0.
func (c *column) integer(text []byte) (vec.Scalar, error) {
	s := vec.Scalar{Type: c.Type}
	n := takeApart(text)
	if n.exp < 0 {
		return s, fields.Fault("is not a whole number, as " + fields.WithArticle(c.Type.String()) + " is")
	}
	u, ok := n.shifted(n.exp)
	width := 8 * c.Type.Width()
	switch {
	case !ok:
		return s, outOfRange(c.Type)
	case c.Type.IsUnsigned():
		if n.negative && u > 0 || u > math.MaxUint64>>(64-width) {
			return s, outOfRange(c.Type)
		}
		s.I = int64(u)
		return s, nil
	}
	limit := uint64(1) << (width - 1)
	if u > limit || u == limit && !n.negative {
		return s, outOfRange(c.Type)
	}
	s.I = int64(u)
	if n.negative {
		s.I = -s.I
	}
	return s, nil
}

// parts are a number taken apart: ± mantissa · 10^exp, where the mantissa doesn't end in a zero. more says that it has more digits than
// a uint64 holds; the mantissa is the first ones then, and exp of those.
type parts struct {
	negative bool
	mantissa uint64
	exp      int
	more     bool
}

// takeApart takes a number apart that the scan has found to be one: 0.0125e3 is 125 · 10^-1.
func takeApart(text []byte) (n parts) {
	if text[0] == '-' {
		n.negative = true
		text = text[1:]
	}
	zeros, behind := 0, false // zeros that a later digit will make count; whether the point was passed
	for i, c := range text {
		if c == '.' {
			behind = true
			continue
		}
		if c|0x20 == 'e' {
			n.exp += exponent(text[i+1:])
			break
		}
		if behind {
			n.exp--
		}
		zeros++
		if c == '0' || n.more {
			continue
		}
		n.more = !n.push(zeros, c-'0')
		if !n.more {
			zeros = 0
		}
	}
	n.exp += zeros
	if n.mantissa == 0 && !n.more {
		n.exp = 0
	}
	return n
}

// push makes the mantissa be itself with that many digits more, all zeros but the last. It reports false, and changes nothing, if it
// would be too large.
func (n *parts) push(digits int, last byte) bool {
	if n.mantissa == 0 {
		n.mantissa = uint64(last)
		return true
	}
	if digits >= len(fields.Pow10) {
		return false
	}
	hi, lo := bits.Mul64(n.mantissa, fields.Pow10[digits])
	sum, carry := bits.Add64(lo, uint64(last), 0)
	if hi != 0 || carry != 0 {
		return false
	}
	n.mantissa = sum
	return true
}

// maxExponent is as good as all above it.
const maxExponent = 1 << 30

// exponent is the number behind an e.
func exponent(text []byte) int {
	negative := text[0] == '-'
	if negative || text[0] == '+' {
		text = text[1:]
	}
	e := 0
	for _, c := range text {
		e = min(maxExponent, 10*e+int(c-'0'))
	}
	if negative {
		return -e
	}
	return e
}

// shifted is the mantissa times 10^by, by at least 0, if a uint64 holds it.
func (n *parts) shifted(by int) (u uint64, ok bool) {
	switch {
	case n.more:
		return 0, false
	case n.mantissa == 0:
		return 0, true
	case by >= len(fields.Pow10):
		return 0, false
	}
	hi, lo := bits.Mul64(n.mantissa, fields.Pow10[by])
	return lo, hi == 0
}
