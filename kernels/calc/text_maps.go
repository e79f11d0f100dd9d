package calc

import (
	"bytes"
	"math"
	"unicode"
	"unicode/utf8"
)

// appendString appends what a text function that yields a string makes of s.
func (m *textMaker) appendString(dst, s []byte) []byte {
	switch m.op {
	case Lower:
		return appendLower(dst, s)
	case Upper:
		return appendUpper(dst, s)
	case Trim:
		return append(dst, bytes.Trim(s, " ")...)
	case Replace:
		return appendReplaced(dst, s, m.args.A, m.args.B)
	case Substring:
		return append(dst, substring(s, m.args.M, m.args.N)...)
	case SplitPart:
		return append(dst, splitPart(s, m.args.A, m.args.N)...)
	default:
		return append(dst, m.extract(s)...)
	}
}

// appendLower goes byte by byte while it can; from the first other character on, character by character.
func appendLower(dst, s []byte) []byte {
	for i, c := range s {
		if c >= utf8.RuneSelf {
			return appendMapped(dst, s[i:], unicode.ToLower)
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

func appendUpper(dst, s []byte) []byte {
	for i, c := range s {
		if c >= utf8.RuneSelf {
			return appendMapped(dst, s[i:], unicode.ToUpper)
		}
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// appendMapped leaves bytes that are no UTF-8 as they are.
func appendMapped(dst, s []byte, mapped func(rune) rune) []byte {
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		if r == utf8.RuneError && n == 1 {
			dst = append(dst, s[0])
		} else {
			dst = utf8.AppendRune(dst, mapped(r))
		}
		s = s[n:]
	}
	return dst
}

func appendReplaced(dst, s []byte, from, to string) []byte {
	if from == "" {
		return append(dst, s...)
	}
	old := []byte(from)
	for {
		i := bytes.Index(s, old)
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(append(dst, s[:i]...), to...)
		s = s[i+len(old):]
	}
}

// substring is the characters of s at the places [first, first + length), which may lie outside.
func substring(s []byte, first, length int64) []byte {
	end := int64(math.MaxInt64)
	if first <= math.MaxInt64-length {
		end = first + length
	}
	if first = max(first, 1); end <= first {
		return nil
	}
	s = s[bytesOfRunes(s, first-1):]
	return s[:bytesOfRunes(s, end-first)]
}

// bytesOfRunes is how many bytes the first n characters of s have; all, if it has fewer.
func bytesOfRunes(s []byte, n int64) int {
	if n >= int64(len(s)) {
		return len(s)
	}
	i := 0
	for ; n > 0 && i < len(s); n-- {
		_, size := utf8.DecodeRune(s[i:])
		i += size
	}
	return i
}

// splitPart is the n-th part of s between seps, from the end if n is below 0.
func splitPart(s []byte, sep string, n int64) []byte {
	by := []byte(sep)
	if n < 0 {
		for ; n < -1; n++ {
			i := bytes.LastIndex(s, by)
			if i < 0 {
				return nil
			}
			s = s[:i]
		}
		if i := bytes.LastIndex(s, by); i >= 0 {
			return s[i+len(by):]
		}
		return s
	}
	for ; n > 1; n-- {
		i := bytes.Index(s, by)
		if i < 0 {
			return nil
		}
		s = s[i+len(by):]
	}
	if i := bytes.Index(s, by); i >= 0 {
		return s[:i]
	}
	return s
}

// extract is the group of the first match.
func (m *textMaker) extract(s []byte) []byte {
	at, g := m.args.Pattern.FindSubmatchIndex(s), 2*int(m.args.N)
	if at == nil || at[g] < 0 {
		return nil
	}
	return s[at[g]:at[g+1]]
}

// appendParts appends the parts of s between seps; if there is no sep, its characters.
func appendParts(dst [][]byte, s []byte, sep string) [][]byte {
	if sep == "" && len(s) > 0 {
		for len(s) > 0 {
			_, n := utf8.DecodeRune(s)
			dst, s = append(dst, s[:n]), s[n:]
		}
		return dst
	}
	by := []byte(sep)
	for sep != "" {
		i := bytes.Index(s, by)
		if i < 0 {
			break
		}
		dst, s = append(dst, s[:i]), s[i+len(by):]
	}
	return append(dst, s)
}
