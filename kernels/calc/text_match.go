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
	parts []likePart
}

// likePart is a stretch of a pattern without %.
type likePart struct {
	chars []likeChar
	text  []byte // the same, if no character is any: then it is looked for as a whole
	plain bool
}

// likeChar is a character of the pattern, or any one.
type likeChar struct {
	char []byte // nil: any
}

func parseLike(pattern string) *likePattern {
	p := &likePattern{}
	part := likePart{plain: true}
	for len(pattern) > 0 {
		_, n := utf8.DecodeRuneInString(pattern)
		c := pattern[:n]
		pattern = pattern[n:]
		switch {
		case c == "%":
			p.parts = append(p.parts, part)
			part = likePart{plain: true}
			continue
		case c == "_":
			part.chars, part.plain = append(part.chars, likeChar{}), false
			continue
		case c == `\` && pattern != "":
			_, n = utf8.DecodeRuneInString(pattern)
			c, pattern = pattern[:n], pattern[n:]
		}
		part.chars, part.text = append(part.chars, likeChar{[]byte(c)}), append(part.text, c...)
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
func startsLike(s []byte, part likePart) (int, bool) {
	if part.plain {
		return len(part.text), bytes.HasPrefix(s, part.text)
	}
	n := 0
	for _, c := range part.chars {
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
func behindLike(s []byte, part likePart) ([]byte, bool) {
	if part.plain {
		i := bytes.Index(s, part.text)
		if i < 0 {
			return nil, false
		}
		return s[i+len(part.text):], true
	}
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
func endsLike(s []byte, part likePart) bool {
	if part.plain {
		return bytes.HasSuffix(s, part.text)
	}
	from := len(s)
	for range part.chars {
		if from == 0 {
			return false
		}
		_, size := utf8.DecodeLastRune(s[:from])
		from -= size
	}
	_, ok := startsLike(s[from:], part)
	return ok
}
