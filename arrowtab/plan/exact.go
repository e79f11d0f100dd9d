package plan

import (
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Exactly is the constant v as a value of type t, or an error that says why t doesn't have that value. Floats count as
// the number that one writes for them: 0.1 is a tenth, so it is a decimal(3, 1), a float32 and a float64, but no
// integer. Strings are read as times and decimals where one of those is wanted.
func Exactly(v vec.Scalar, t vec.Type) (vec.Scalar, error) {
	switch {
	case v.Null:
		return vec.Scalar{Type: t, Null: true}, nil
	case v.Type == t:
		return v, nil
	case t.IsNumeric():
		return exactNumber(v, t)
	case t.IsVar():
		return exactBytes(v, t)
	case t.Kind == vec.Date || t.Kind == vec.Timestamp:
		return exactDay(v, t)
	case t.Kind == vec.Time:
		return exactClock(v, t)
	case t.Kind == vec.Duration && v.Type.Kind == vec.Duration:
		return exactTicks(v, v.I, v.Type.Unit, t)
	}
	return vec.Scalar{}, isNot(v, t)
}

// isNot is the error for a constant of another family.
func isNot(v vec.Scalar, t vec.Type) error {
	want := t.Kind.String()
	switch {
	case t.IsInteger():
		want = "whole number"
	case t.IsNumeric():
		want = "number"
	case t.Kind == vec.Date && v.Type.Kind == vec.String:
		want = "date such as '2006-01-02'"
	case t.Kind == vec.Timestamp && v.Type.Kind == vec.String:
		want = "timestamp such as '2006-01-02 15:04:05'"
	case t.Kind == vec.Time && v.Type.Kind == vec.String:
		want = "time such as '15:04:05'"
	}
	return fmt.Errorf("%s is not a %s", literalText(v), want)
}

func exactNumber(v vec.Scalar, t vec.Type) (vec.Scalar, error) {
	if v.Type.IsFloat() && t.IsFloat() && (v.F-v.F != 0) { // NaN, ±Inf
		return vec.Scalar{Type: t, F: v.F}, nil
	}
	r, ok := rational(v)
	if !ok || v.Type.Kind == vec.String && t.Kind != vec.Decimal {
		return vec.Scalar{}, isNot(v, t)
	}
	switch {
	case t.IsInteger():
		return exactInteger(v, r, t)
	case t.IsFloat():
		return exactFloat(v, r, t)
	}
	return exactDecimal(v, r, t)
}

// rational is the number that one writes for v.
func rational(v vec.Scalar) (*big.Rat, bool) {
	switch {
	case v.Type.Kind == vec.Uint64:
		return new(big.Rat).SetUint64(uint64(v.I)), true
	case v.Type.IsInteger():
		return new(big.Rat).SetInt64(v.I), true
	case v.Type.IsFloat():
		return new(big.Rat).SetString(literalText(v))
	case v.Type.Kind == vec.Decimal:
		return new(big.Rat).SetString(literalText(v))
	case v.Type.Kind == vec.String && isPlainNumber(v.S):
		return new(big.Rat).SetString(v.S)
	}
	return nil, false
}

// isPlainNumber reports whether s is digits with at most a sign and a point. Exponents are not for
// decimals: 1e999999999 is short, its digits are not.
func isPlainNumber(s string) bool {
	s = strings.TrimLeft(s, "+-")
	whole, behind, _ := strings.Cut(s, ".")
	digits := whole + behind
	return digits != "" && len(digits) <= 2*maxDigits && strings.Trim(digits, "0123456789") == ""
}

func exactInteger(v vec.Scalar, r *big.Rat, t vec.Type) (vec.Scalar, error) {
	if !r.IsInt() {
		return vec.Scalar{}, fmt.Errorf("%s is not a whole number", literalText(v))
	}
	n, bits := r.Num(), 8*t.Width()
	fits := n.IsInt64() && n.Int64()>>(bits-1) == n.Int64()>>63
	value := n.Int64()
	if t.IsUnsigned() {
		fits = n.Sign() >= 0 && n.BitLen() <= bits
		value = int64(n.Uint64())
	}
	if !fits {
		return vec.Scalar{}, outOfRange(v, t)
	}
	return vec.Scalar{Type: t, I: value}, nil
}

func outOfRange(v vec.Scalar, t vec.Type) error {
	return fmt.Errorf("%s is out of range for %s", literalText(v), t)
}

func exactFloat(v vec.Scalar, r *big.Rat, t vec.Type) (vec.Scalar, error) {
	out := vec.Scalar{Type: t}
	var exact bool
	if t.Kind == vec.Float32 {
		var f float32
		f, exact = r.Float32()
		out.F = float64(f)
	} else {
		out.F, exact = r.Float64()
	}
	if !exact {
		written, ok := rational(out)
		exact = ok && written.Cmp(r) == 0
	}
	if !exact {
		return vec.Scalar{}, fmt.Errorf("%s has more digits than a %s holds", literalText(v), t)
	}
	return out, nil
}

func exactDecimal(v vec.Scalar, r *big.Rat, t vec.Type) (vec.Scalar, error) {
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(pow10(int(t.Scale))))
	if !scaled.IsInt() {
		return vec.Scalar{}, fmt.Errorf("%s has more digits behind the point than %s", literalText(v), t)
	}
	if new(big.Int).Abs(scaled.Num()).Cmp(pow10(int(t.Precision))) >= 0 {
		return vec.Scalar{}, outOfRange(v, t)
	}
	d, _ := vec.Int128FromBig(scaled.Num()) // fits: less than 10^38
	return vec.Scalar{Type: t, D: d}, nil
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func exactBytes(v vec.Scalar, t vec.Type) (vec.Scalar, error) {
	if !v.Type.IsVar() {
		return vec.Scalar{}, isNot(v, t)
	}
	if t.Kind == vec.String && !utf8.ValidString(v.S) {
		return vec.Scalar{}, fmt.Errorf("%s is not UTF-8", literalText(v))
	}
	return vec.Scalar{Type: t, S: v.S}, nil
}

// exactDay is v as a Date or Timestamp.
func exactDay(v vec.Scalar, t vec.Type) (vec.Scalar, error) {
	if v.Type.Kind == vec.Date && t.Zone != "" || t.Kind == vec.Date && v.Type.Zone != "" {
		return vec.Scalar{}, fmt.Errorf("%s can't be had from %s without regard to the time zone; cast it", t, literalText(v))
	}
	seconds, nanos := int64(0), int64(0)
	switch v.Type.Kind {
	case vec.Date:
		seconds = v.I * 86400
	case vec.Timestamp:
		var rest int64
		seconds, rest = floorDiv(v.I, v.Type.Unit.PerSecond())
		nanos = rest * (1e9 / v.Type.Unit.PerSecond())
	case vec.String:
		at, ok := parseTime(v.S, timestampLayouts)
		if !ok {
			return vec.Scalar{}, isNot(v, t)
		}
		seconds, nanos = at.Unix(), int64(at.Nanosecond())
	default:
		return vec.Scalar{}, isNot(v, t)
	}
	if t.Kind == vec.Timestamp {
		return ticksOf(v, seconds, nanos, t)
	}
	days, rest := floorDiv(seconds, 86400)
	if rest != 0 || nanos != 0 {
		return vec.Scalar{}, fmt.Errorf("%s is not the start of a day in UTC", literalText(v))
	}
	if days != int64(int32(days)) {
		return vec.Scalar{}, outOfRange(v, t)
	}
	return vec.Scalar{Type: t, I: days}, nil
}

// exactClock is v as a Time.
func exactClock(v vec.Scalar, t vec.Type) (vec.Scalar, error) {
	switch v.Type.Kind {
	case vec.Time:
		return exactTicks(v, v.I, v.Type.Unit, t)
	case vec.String:
		if at, ok := parseTime(v.S, clockLayouts); ok {
			return ticksOf(v, int64(at.Hour()*3600+at.Minute()*60+at.Second()), int64(at.Nanosecond()), t)
		}
	}
	return vec.Scalar{}, isNot(v, t)
}

func exactTicks(v vec.Scalar, ticks int64, from vec.Unit, t vec.Type) (vec.Scalar, error) {
	seconds, rest := floorDiv(ticks, from.PerSecond())
	return ticksOf(v, seconds, rest*(1e9/from.PerSecond()), t)
}

// ticksOf is seconds and nanoseconds in t's unit. v is only for the message.
func ticksOf(v vec.Scalar, seconds, nanos int64, t vec.Type) (vec.Scalar, error) {
	perSecond := t.Unit.PerSecond()
	perTick := 1e9 / perSecond
	if nanos%perTick != 0 {
		return vec.Scalar{}, fmt.Errorf("%s is finer than %s", literalText(v), t)
	}
	n := new(big.Int).Mul(big.NewInt(seconds), big.NewInt(perSecond))
	n.Add(n, big.NewInt(nanos/perTick))
	if !n.IsInt64() {
		return vec.Scalar{}, outOfRange(v, t)
	}
	return vec.Scalar{Type: t, I: n.Int64()}, nil
}

// The ways to write a time as a constant; seconds may have a fraction. Without a zone it is UTC.
var (
	timestampLayouts = []string{
		"2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00",
		"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00",
	}
	clockLayouts = []string{"15:04", "15:04:05"}
)

func parseTime(s string, layouts []string) (time.Time, bool) {
	for _, l := range layouts {
		if at, err := time.Parse(l, s); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
