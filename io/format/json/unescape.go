package json

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// appendUnescaped appends the text of a string, whose escapes the scan has found to be of the right form, without them. It
// reports false if one is half a surrogate pair without the other.
func appendUnescaped(dst, text []byte) ([]byte, bool) {
	for {
		n := bytes.IndexByte(text, '\\')
		if n < 0 {
			return append(dst, text...), true
		}
		dst = append(dst, text[:n]...)
		c := text[n+1]
		text = text[n+2:]
		if c != 'u' {
			dst = append(dst, escapes[c])
			continue
		}
		r, _ := hex4(text)
		text = text[4:]
		if utf16.IsSurrogate(r) {
			if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
				return dst, false
			}
			low, _ := hex4(text[2:])
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				return dst, false
			}
			text = text[6:]
		}
		dst = utf8.AppendRune(dst, r)
	}
}

// escapes are what the letters behind a backslash stand for.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}
