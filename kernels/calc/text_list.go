package calc

import (
	"strings"

	"github.com/pwcol/pwcol/kernels/vec"
)

// appendList appends a list as DuckDB prints it: [1, NULL, 2], [a b, ”, 'it\'s'], ['2026-01-02 03:04:05'].
func appendList(dst []byte, v *vec.Vec, row int) []byte {
	child, from, to := v.List(row)
	dst = append(dst, '[')
	for i := from; i < to; i++ {
		if i > from {
			dst = append(dst, ", "...)
		}
		if child.IsNull(i) {
			dst = append(dst, "NULL"...)
			continue
		}
		start := len(dst)
		dst = quoteElement(AppendText(dst, child, i), start)
	}
	return append(dst, ']')
}

// quoteElement puts the text from start on in quotes, if without them it could be taken for something else.
func quoteElement(dst []byte, start int) []byte {
	text := string(dst[start:])
	plain := text != "" && !isSpace(text[0]) && !isSpace(text[len(text)-1]) && !strings.EqualFold(text, "NULL") &&
		!strings.ContainsAny(text, `[](){},:='"\`)
	if plain {
		return dst
	}
	dst = append(dst[:start], '\'')
	for i := range len(text) {
		if text[i] == '\'' || text[i] == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, text[i])
	}
	return append(dst, '\'')
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// listText is a single list as text.
func listText(dst []byte, s vec.Scalar) []byte {
	b := vec.NewBuilder(s.Type, 1)
	b.AppendScalar(s)
	return appendList(dst, b.Vec(), 0)
}
