package plan

import (
	"strings"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// literalText is a constant as one would write it: 1.5, 'it”s', '2026-01-02 03:04:05', TRUE, NULL.
func literalText(s vec.Scalar) string {
	if s.Null {
		return "NULL"
	}
	text := string(calc.AppendScalar(nil, s))
	switch {
	case s.Type.Kind == vec.Bool:
		return strings.ToUpper(text)
	case s.Type.IsNumeric():
		return text
	default:
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
}

// floorDiv is the quotient rounded down and the remainder, 0 ≤ remainder < b.
func floorDiv(a, b int64) (quotient, remainder int64) {
	quotient, remainder = a/b, a%b
	if remainder < 0 {
		return quotient - 1, remainder + b
	}
	return quotient, remainder
}
