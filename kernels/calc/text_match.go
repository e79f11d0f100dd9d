package calc

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// count is what a text function that yields a number makes of s.
func (m *textMaker) count(s []byte) int {
	switch {
	case m.op == Length:
		return utf8.RuneCount(s)
	case m.args.A == "":
		return 0
	}
	return strings.Count(lentString(s), m.args.A)
}

// test is what a text function that yields a bool makes of s.
func (m *textMaker) test(s []byte) bool {
	switch m.op {
	case Contains:
		return strings.Contains(lentString(s), m.args.A)
	case StartsWith:
		return strings.HasPrefix(lentString(s), m.args.A)
	case EndsWith:
		return strings.HasSuffix(lentString(s), m.args.A)
	case Like:
		return m.like.match(s)
	default:
		return m.args.Pattern.Match(s)
	}
}

// likePattern is a LIKE pattern cut at its %: "a_c%d%" is the parts "a_c", "d", "".
// The first stands at the start of the text, the last at its end, those between anywhere in that order; taking the leftmost
// place of each finds a match if there is one. A pattern without % has one part, which is all of the text.
type likePattern struct {
	parts [][]likeChar
}

// likeChar is a character of the pattern, or any one.
type likeChar struct {
	char []byte // nil: any
}

func parseLike(pattern string) *likePattern {
	p := &likePattern{}
	var part []likeChar
	for len(pattern) > 0 {
		_, n := utf8.DecodeRuneInString(pattern)
		c := pattern[:n]
		pattern = pattern[n:]
		switch {
		case c == "%":
			p.parts = append(p.parts, part)
			part = nil
			continue
		case c == "_":
			part = append(part, likeChar{})
			continue
		case c == `\` && pattern != "":
			_, n = utf8.DecodeRuneInString(pattern)
			c, pattern = pattern[:n], pattern[n:]
		}
		part = append(part, likeChar{[]byte(c)})
	}
	p.parts = append(p.parts, part)
	return p
}

func (p *likePattern) match(s []byte) bool {
	first, rest := p.parts[0], p.parts[1:]
	n, ok := startsLike(s, first)
	if !ok || len(rest) == 0 {
		return ok && n == len(s)
	}
	s = s[n:]
	for _, part := range rest[:len(rest)-1] {
		if s, ok = behindLike(s, part); !ok {
			return false
		}
	}
	return endsLike(s, rest[len(rest)-1])
}

// startsLike reports whether s starts with the part, and with how many bytes.
func startsLike(s []byte, part []likeChar) (int, bool) {
	n := 0
	for _, c := range part {
		switch {
		case n == len(s):
			return 0, false
		case c.char == nil:
			_, size := utf8.DecodeRune(s[n:])
			n += size
		case !bytes.HasPrefix(s[n:], c.char):
			return 0, false
		default:
			n += len(c.char)
		}
	}
	return n, true
}

// behindLike is what is left of s behind the leftmost place of the part.
func behindLike(s []byte, part []likeChar) ([]byte, bool) {
	for {
		if n, ok := startsLike(s, part); ok {
			return s[n:], true
		}
		if len(s) == 0 {
			return nil, false
		}
		_, size := utf8.DecodeRune(s)
		s = s[size:]
	}
}

// endsLike reports whether the last characters of s, as many as the part has, are like it.
func endsLike(s []byte, part []likeChar) bool {
	from := len(s)
	for range part {
		if from == 0 {
			return false
		}
		_, size := utf8.DecodeLastRune(s[:from])
		from -= size
	}
	_, ok := startsLike(s[from:], part)
	return ok
}
