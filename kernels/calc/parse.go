package calc

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/pwcol/pwcol/kernels/vec"
)

// ParseText reads text as a value of type t: what AppendText prints and the usual other spellings. Spaces
// around it are left out, but for strings. It costs time and memory linear in the text.
//
//	bool       true false t f yes no y n on off 1 0, in any case
//	integers   42, +42, -42
//	floats     1.5, 1e-3, NaN, Infinity, -inf
//	decimal    12.345, 1.2345e1: rounded to the scale, half away from zero
//	string     anything
//	binary     \x0aff, or the bytes themselves when it doesn't begin with \x
//	date       2006-01-02, 0044-03-15 BC
//	time       15:04, 15:04:05, 15:04:05.25
//	timestamp  2006-01-02, 2006-01-02 15:04, 2006-01-02T15:04:05.25, with Z, +01 or +01:00; without one it is UTC
//	duration   76:05:06.5, -00:00:01
//
// Digits of a second that are finer than the type's unit are cut off. The error says what was
// expected, or which range was left.
func ParseText(t vec.Type, text string) (vec.Scalar, error) {
	s := vec.Scalar{Type: t}
	if t.IsVar() {
		var err error
		s.S, err = parseBytes(t, text)
		return s, err
	}
	text = strings.Trim(text, " \t\r\n\v\f")
	var err error
	switch {
	case t.Kind == vec.Bool:
		var b bool
		if b, err = parseBool(text); b {
			s.I = 1
		}
	case t.IsSigned():
		s.I, err = parseSigned(t, text)
	case t.IsUnsigned():
		var u uint64
		u, err = parseUnsigned(t, text)
		s.I = int64(u)
	case t.IsFloat():
		s.F, err = parseFloat(t, text)
	case t.Kind == vec.Decimal:
		s.D, err = parseDecimal(t, text)
	default:
		s.I, err = parseTemporal(t, text)
	}
	if err != nil {
		return vec.Scalar{}, err
	}
	return s, nil
}

// quoteLimit is how many bytes of a text a message shows.
const quoteLimit = 60

// quote is the text for a message: quoted, long ones cut.
func quote(text string) string {
	if len(text) <= quoteLimit {
		return strconv.Quote(text)
	}
	return fmt.Sprintf("%q… (%d bytes)", text[:quoteLimit], len(text))
}

func unreadable(t vec.Type, text, expected string) error {
	return fmt.Errorf("%s can't be read as %s: expected %s", quote(text), t, expected)
}

func outOfRange(t vec.Type, text string) error {
	return fmt.Errorf("%s is out of range for %s", quote(text), t)
}

func parseBytes(t vec.Type, text string) (string, error) {
	digits, isHex := strings.CutPrefix(text, `\x`)
	if t.Kind == vec.String || !isHex {
		return text, nil
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return "", unreadable(t, text, `pairs of hexadecimal digits behind \x`)
	}
	return string(b), nil
}

func parseBool(text string) (bool, error) {
	if len(text) <= len("false") {
		switch strings.ToLower(text) {
		case "true", "t", "yes", "y", "on", "1":
			return true, nil
		case "false", "f", "no", "n", "off", "0":
			return false, nil
		}
	}
	return false, unreadable(vec.TBool, text, "true or false")
}

func parseSigned(t vec.Type, text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 8*t.Width())
	if err == nil {
		return n, nil
	}
	return 0, badInteger(t, text, err)
}

func parseUnsigned(t vec.Type, text string) (uint64, error) {
	digits := strings.TrimPrefix(text, "+")
	n, err := strconv.ParseUint(digits, 10, 8*t.Width())
	if err == nil {
		return n, nil
	}
	if signed, signedErr := strconv.ParseInt(text, 10, 64); signedErr == nil && signed <= 0 {
		if signed == 0 {
			return 0, nil // "-0"
		}
		return 0, outOfRange(t, text)
	}
	return 0, badInteger(t, text, err)
}

func badInteger(t vec.Type, text string, err error) error {
	if errors.Is(err, strconv.ErrRange) {
		return outOfRange(t, text)
	}
	return unreadable(t, text, "a whole number such as 42")
}

func parseFloat(t vec.Type, text string) (float64, error) {
	if strings.ContainsAny(text, "xX_") { // Go's hexadecimal floats and digit separators
		return 0, unreadable(t, text, "a number such as 1.5")
	}
	x, err := strconv.ParseFloat(text, 8*t.Width())
	switch {
	case err == nil:
		return x, nil
	case errors.Is(err, strconv.ErrRange):
		return 0, outOfRange(t, text)
	default:
		return 0, unreadable(t, text, "a number such as 1.5")
	}
}

// digitLimit is how many digits of a decimal are looked at: those of the largest value and one to round by.
const digitLimit = maxDigits + 1

// parseDecimal reads digits, point and exponent as 0.ddd…·10^point, and cuts that at the type's scale.
func parseDecimal(t vec.Type, text string) (vec.Int128, error) {
	var digits [digitLimit]byte
	n, point, negative, ok := splitDecimal(text, &digits)
	if !ok {
		return vec.Int128{}, unreadable(t, text, "a number such as 12.50")
	}
	keep := point + int(t.Scale)
	if n == 0 || keep < 0 {
		return vec.Int128{}, nil
	}
	if keep > maxDigits {
		return vec.Int128{}, outOfRange(t, text)
	}
	d := vec.Int128{}
	for _, digit := range digits[:keep] {
		hi, lo := bits.Mul64(d.Lo, 10)
		lo, carry := bits.Add64(lo, uint64(digit), 0)
		d = vec.Int128{Lo: lo, Hi: d.Hi*10 + int64(hi+carry)}
	}
	if digits[keep] >= 5 {
		d, _ = d.Add(vec.Int128{Lo: 1})
	}
	if !fitsDigits(d, t.Precision) {
		return vec.Int128{}, outOfRange(t, text)
	}
	if negative {
		d, _ = d.Neg()
	}
	return d, nil
}

// splitDecimal takes a number's text apart: "-0.0125e3" is −0.125·10^2, digits 1 2 5, point 2. n is the number
// of digits from the first that isn't 0, at most digitLimit; the rest of digits is 0.
func splitDecimal(text string, digits *[digitLimit]byte) (n, point int, negative, ok bool) {
	i := 0
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		negative = text[i] == '-'
		i++
	}
	seen, behind := false, false
	for ; i < len(text); i++ {
		c := text[i]
		if c == '.' && !behind {
			behind = true
			continue
		}
		if c -= '0'; c > 9 {
			break
		}
		seen = true
		switch {
		case n == 0 && c == 0: // a leading zero
			if behind {
				point--
			}
			continue
		case !behind:
			point++
		}
		if n < digitLimit {
			digits[n] = c
			n++
		}
	}
	if i == len(text) {
		return n, point, negative, seen
	}
	exponent, ok := parseExponent(text[i:])
	return n, point + exponent, negative, seen && ok
}

// parseExponent reads "e-12". Exponents past a million are as good as a million.
func parseExponent(text string) (int, bool) {
	if text[0] != 'e' && text[0] != 'E' {
		return 0, false
	}
	e, err := strconv.ParseInt(text[1:], 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	const limit = 1_000_000
	return int(max(-limit, min(limit, e))), true
}
