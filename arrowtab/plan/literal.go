package plan

import (
	"encoding/hex"
	"math/big"
	"strconv"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
)

// literalText is a constant as one would write it: 1.5, 'it”s', '2026-01-02 03:04:05', NULL.
func literalText(s vec.Scalar) string {
	if s.Null {
		return "NULL"
	}
	t := s.Type
	switch {
	case t.Kind == vec.Bool && s.I != 0:
		return "TRUE"
	case t.Kind == vec.Bool:
		return "FALSE"
	case t.Kind == vec.Uint64:
		return strconv.FormatUint(uint64(s.I), 10)
	case t.IsInteger():
		return strconv.FormatInt(s.I, 10)
	case t.Kind == vec.Float32:
		return strconv.FormatFloat(s.F, 'g', -1, 32)
	case t.Kind == vec.Float64:
		return strconv.FormatFloat(s.F, 'g', -1, 64)
	case t.Kind == vec.String:
		return quoted(s.S)
	case t.Kind == vec.Binary:
		return "x'" + hex.EncodeToString([]byte(s.S)) + "'"
	case t.Kind == vec.Decimal:
		return decimalText(s.D.Big(), int(t.Scale))
	}
	return quoted(timeText(s))
}

// timeText is a date, time, timestamp (in UTC) or duration.
func timeText(s vec.Scalar) string {
	perSecond := s.Type.Unit.PerSecond()
	ticks := func(n int64) time.Duration { return time.Duration(n) * time.Duration(1e9/perSecond) }
	seconds, rest := floorDiv(s.I, perSecond)
	switch s.Type.Kind {
	case vec.Date:
		return time.Unix(s.I*86400, 0).UTC().Format(time.DateOnly)
	case vec.Time:
		return time.Unix(seconds, int64(ticks(rest))).UTC().Format("15:04:05.999999999")
	case vec.Timestamp:
		return time.Unix(seconds, int64(ticks(rest))).UTC().Format("2006-01-02 15:04:05.999999999")
	default:
		return strconv.FormatInt(s.I, 10) + " " + s.Type.Unit.String()
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

// decimalText is v / 10^scale with all digits behind the point.
func decimalText(v *big.Int, scale int) string {
	if scale <= 0 {
		zeros := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-scale)), nil)
		return zeros.Mul(zeros, v).String()
	}
	pow := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	return new(big.Rat).SetFrac(v, pow).FloatString(scale)
}
