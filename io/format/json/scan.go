package json

import (
	"math/bits"

	"github.com/pwcol/pwcol/io/format/internal/fields"
)

// MaxDepth is how deep objects and arrays may be nested in one another.
const MaxDepth = 512

// scan checks the grammar of values. Every value lies in a line that ends with a line feed, which no value holds: so whatever
// the text is, a scan stops there at the latest.
//
// Its methods take the place where something begins and return the place behind it, or −1 if it is not what it should be: then fault says why.
type scan struct {
	buf     []byte
	high    uint64 // some byte of it has the highest bit set if a string so far has bytes above 0x7f (or what lies behind it)
	escaped bool   // a string so far has a backslash
	fault   fault
}

// fault is where a text leaves the grammar.
type fault struct {
	at       int
	expected string
}

func (s *scan) fail(at int, expected string) int {
	s.fault = fault{at, expected}
	return -1
}

// space is the place of the first byte from p on that is no space.
func (s *scan) space(p int) int {
	for isSpace(s.buf[p]) {
		p++
	}
	return p
}

// isSpace reports the spaces that may stand between tokens. A line feed ends the row.
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

const (
	quotes      = '"' * fields.Ones
	backslashes = '\\' * fields.Ones
	controls    = 0x20 * fields.Ones // bytes below are not allowed in strings
)

// special has the high bit set of the lowest byte of w that is a quote, a backslash or a control character, and bits only
// above it: a subtraction of bytes finds zeros exactly up to the first one, from where it borrows.
func special(w uint64) uint64 {
	q, b := w^quotes, w^backslashes
	return ((q-fields.Ones)&^q | (b-fields.Ones)&^b | (w-controls)&^w) & fields.HighBits
}

// str is the place of the quote that ends the string whose first byte is at p.
func (s *scan) str(p int) int {
	for {
		w := fields.Load(s.buf, p)
		s.high |= w
		m := special(w)
		if m == 0 {
			p += 8
			continue
		}
		p += bits.TrailingZeros64(m) >> 3
		switch s.buf[p] {
		case '"':
			return p
		case '\\':
			if p = s.escape(p); p < 0 {
				return p
			}
		case '\n':
			return s.fail(p, `a quote (") that ends the string`)
		default:
			return s.fail(p, "no control character in a string (written as \\u00 and two digits)")
		}
	}
}

// escape is the place behind the escape whose backslash is at p.
func (s *scan) escape(p int) int {
	s.escaped = true
	switch s.buf[p+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return p + 2
	case 'u':
		if _, ok := hex4(s.buf[p+2:]); ok {
			return p + 6
		}
		return s.fail(p, `four hexadecimal digits behind \u`)
	}
	return s.fail(p+1, `one of " \ / b f n r t u behind a backslash`)
}

// hex4 is the number that 4 hexadecimal digits spell.
func hex4(text []byte) (n rune, ok bool) {
	if len(text) < 4 {
		return 0, false
	}
	for _, c := range text[:4] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		n = n<<4 | rune(c)
	}
	return n, true
}

// number is the place behind the number at p.
func (s *scan) number(p int) int {
	if s.buf[p] == '-' {
		p++
	}
	n := fields.Digits(s.buf, p)
	switch {
	case n == 0:
		return s.fail(p, "a digit")
	case n > 1 && s.buf[p] == '0':
		return s.fail(p, "a number without leading zeros")
	}
	p += n
	if s.buf[p] == '.' {
		if n = fields.Digits(s.buf, p+1); n == 0 {
			return s.fail(p+1, "a digit behind the point")
		}
		p += 1 + n
	}
	if s.buf[p]|0x20 != 'e' {
		return p
	}
	p++
	if s.buf[p] == '+' || s.buf[p] == '-' {
		p++
	}
	if n = fields.Digits(s.buf, p); n == 0 {
		return s.fail(p, "a digit of the exponent")
	}
	return p + n
}

// value is the place behind the value at p, at that depth.
func (s *scan) value(p, depth int) int {
	switch c := s.buf[p]; {
	case c == '"':
		if p = s.str(p + 1); p < 0 {
			return p
		}
		return p + 1
	case c == '-' || c-'0' <= 9:
		return s.number(p)
	case c == '{':
		return s.object(p, depth+1)
	case c == '[':
		return s.array(p, depth+1)
	}
	return s.literal(p)
}

// literal is the place behind the true, false or null at p.
func (s *scan) literal(p int) int {
	const (
		null  = 'n' | 'u'<<8 | 'l'<<16 | 'l'<<24
		truth = 't' | 'r'<<8 | 'u'<<16 | 'e'<<24
		alse  = 'a' | 'l'<<8 | 's'<<16 | 'e'<<24
	)
	w := fields.Load(s.buf, p)
	switch {
	case uint32(w) == null || uint32(w) == truth:
		return p + 4
	case byte(w) == 'f' && uint32(w>>8) == alse:
		return p + 5
	}
	return s.fail(p, "a value")
}

// array is the place behind the array at p.
func (s *scan) array(p, depth int) int {
	if depth > MaxDepth {
		return s.fail(p, tooDeep)
	}
	p = s.space(p + 1)
	if s.buf[p] == ']' {
		return p + 1
	}
	for {
		if p = s.value(s.space(p), depth); p < 0 {
			return p
		}
		p = s.space(p)
		switch s.buf[p] {
		case ',':
			p++
		case ']':
			return p + 1
		default:
			return s.fail(p, "a comma or ] behind a value")
		}
	}
}

// object is the place behind the object at p.
func (s *scan) object(p, depth int) int {
	if depth > MaxDepth {
		return s.fail(p, tooDeep)
	}
	p = s.space(p + 1)
	if s.buf[p] == '}' {
		return p + 1
	}
	for {
		if _, p = s.key(p); p < 0 {
			return p
		}
		if p = s.value(p, depth); p < 0 {
			return p
		}
		p = s.space(p)
		switch s.buf[p] {
		case ',':
			p++
		case '}':
			return p + 1
		default:
			return s.fail(p, "a comma or } behind a value")
		}
	}
}

// tooDeep is what is expected where the depth ends.
const tooDeep = "no more than 512 objects and arrays in one another"

// key takes the key at p, spaces around it and the colon: end is the place of the quote that ends it, value where its value
// begins.
func (s *scan) key(p int) (end, value int) {
	p = s.space(p)
	if s.buf[p] != '"' {
		return -1, s.fail(p, `a key in quotes (")`)
	}
	if end = s.str(p + 1); end < 0 {
		return end, end
	}
	p = s.space(end + 1)
	if s.buf[p] != ':' {
		return -1, s.fail(p, "a colon behind a key")
	}
	return end, s.space(p + 1)
}
