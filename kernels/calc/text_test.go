package calc_test

import (
	"math"
	"testing"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// column is a column of those values, which have type t.
func column(t vec.Type, values ...vec.Scalar) *vec.Vec {
	b := vec.NewBuilder(t, len(values))
	for _, v := range values {
		b.AppendScalar(v)
	}
	return b.Finish()
}

func zoned(u vec.Unit, zone string) vec.Type {
	return vec.Type{Kind: vec.Timestamp, Unit: u, Zone: zone}
}

var (
	micros  = vec.TTimestamp(vec.Micro)
	bigD, _ = vec.Int128FromBig(bigInt("99999999999999999999999999999999999999"))
	lowD, _ = bigD.Neg()
)

// texts are values with the text that PostgreSQL 16 prints for them.
var texts = []struct {
	value vec.Scalar
	text  string
}{
	{vec.Scalar{Type: vec.TBool, I: 1}, "true"},
	{vec.Scalar{Type: vec.TBool}, "false"},
	{vec.Scalar{Type: vec.TInt8, I: math.MinInt8}, "-128"},
	{vec.Scalar{Type: vec.TInt16, I: math.MaxInt16}, "32767"},
	{vec.Scalar{Type: vec.TInt32, I: math.MinInt32}, "-2147483648"},
	{vec.Scalar{Type: vec.TInt64, I: math.MinInt64}, "-9223372036854775808"},
	{vec.Scalar{Type: vec.TUint8, I: 255}, "255"},
	{vec.Scalar{Type: vec.TUint16, I: 65535}, "65535"},
	{vec.Scalar{Type: vec.TUint32, I: math.MaxUint32}, "4294967295"},
	{vec.Scalar{Type: vec.TUint64, I: -1}, "18446744073709551615"},
	{vec.Scalar{Type: vec.TFloat64, F: 0}, "0"},
	{vec.Scalar{Type: vec.TFloat64, F: math.Copysign(0, -1)}, "-0"},
	{vec.Scalar{Type: vec.TFloat64, F: 100}, "100"},
	{vec.Scalar{Type: vec.TFloat64, F: 0.1}, "0.1"},
	{vec.Scalar{Type: vec.TFloat64, F: 0.0001}, "0.0001"},
	{vec.Scalar{Type: vec.TFloat64, F: 0.00001}, "1e-05"},
	{vec.Scalar{Type: vec.TFloat64, F: 999999999999999}, "999999999999999"},
	{vec.Scalar{Type: vec.TFloat64, F: 1e15}, "1e+15"},
	{vec.Scalar{Type: vec.TFloat64, F: -1.2345678901234568e17}, "-1.2345678901234568e+17"},
	{vec.Scalar{Type: vec.TFloat64, F: math.MaxFloat64}, "1.7976931348623157e+308"},
	{vec.Scalar{Type: vec.TFloat64, F: 5e-324}, "5e-324"},
	{vec.Scalar{Type: vec.TFloat64, F: math.Inf(1)}, "Infinity"},
	{vec.Scalar{Type: vec.TFloat64, F: math.Inf(-1)}, "-Infinity"},
	{vec.Scalar{Type: vec.TFloat32, F: float64(float32(0.1))}, "0.1"},
	{vec.Scalar{Type: vec.TFloat32, F: 999999}, "999999"},
	{vec.Scalar{Type: vec.TFloat32, F: 16777216}, "1.6777216e+07"},
	{vec.Scalar{Type: vec.TString, S: "grüß\x00 \t"}, "grüß\x00 \t"},
	{vec.Scalar{Type: vec.TString}, ""},
	{vec.Scalar{Type: vec.TBinary, S: "\x00\x0a\xff"}, `\x000aff`},
	{vec.Scalar{Type: vec.TBinary}, `\x`},
	{vec.Scalar{Type: vec.TDate}, "1970-01-01"},
	{vec.Scalar{Type: vec.TDate, I: -1}, "1969-12-31"},
	{vec.Scalar{Type: vec.TDate, I: 19782}, "2024-02-29"},
	{vec.Scalar{Type: vec.TDate, I: -719162}, "0001-01-01"},
	{vec.Scalar{Type: vec.TDate, I: -719163}, "0001-12-31 BC"},
	{vec.Scalar{Type: vec.TDate, I: 2932897}, "10000-01-01"},
	{vec.Scalar{Type: vec.TDate, I: math.MaxInt32}, "5881580-07-11"},
	{vec.Scalar{Type: vec.TDate, I: math.MinInt32}, "5877642-06-23 BC"},
	{vec.Scalar{Type: vec.TTime(vec.Micro), I: 86399_999999}, "23:59:59.999999"},
	{vec.Scalar{Type: vec.TTime(vec.Second), I: 3661}, "01:01:01"},
	{vec.Scalar{Type: micros, I: 0}, "1970-01-01 00:00:00"},
	{vec.Scalar{Type: micros, I: 1136214245_123456}, "2006-01-02 15:04:05.123456"},
	{vec.Scalar{Type: micros, I: 1136214245_120000}, "2006-01-02 15:04:05.12"},
	{vec.Scalar{Type: micros, I: -1}, "1969-12-31 23:59:59.999999"},
	{vec.Scalar{Type: micros, I: -62135596800_000001}, "0001-12-31 23:59:59.999999 BC"},
	{vec.Scalar{Type: vec.TTimestamp(vec.Nano), I: math.MaxInt64}, "2262-04-11 23:47:16.854775807"},
	{vec.Scalar{Type: vec.TTimestamp(vec.Nano), I: math.MinInt64}, "1677-09-21 00:12:43.145224192"},
	{vec.Scalar{Type: zoned(vec.Micro, "Europe/Vienna"), I: 1136214245_000000}, "2006-01-02 16:04:05+01"},
	{vec.Scalar{Type: zoned(vec.Micro, "Europe/Vienna"), I: 1151712000_500000}, "2006-07-01 02:00:00.5+02"},
	{vec.Scalar{Type: zoned(vec.Second, "+05:30"), I: -1}, "1970-01-01 05:29:59+05:30"},
	{vec.Scalar{Type: zoned(vec.Second, "America/St_Johns"), I: 0}, "1969-12-31 20:30:00-03:30"},
	{vec.Scalar{Type: zoned(vec.Second, "UTC"), I: 0}, "1970-01-01 00:00:00+00"},
	{vec.Scalar{Type: vec.TDuration(vec.Milli), I: 273906_500}, "76:05:06.5"},
	{vec.Scalar{Type: vec.TDuration(vec.Milli), I: -1}, "-00:00:00.001"},
	{vec.Scalar{Type: vec.TDuration(vec.Nano), I: math.MinInt64}, "-2562047:47:16.854775808"},
	{vec.Scalar{Type: vec.TDuration(vec.Second), I: math.MaxInt64}, "2562047788015215:30:07"},
	{vec.Scalar{Type: vec.TDecimal(38, 0), D: bigD}, "99999999999999999999999999999999999999"},
	{vec.Scalar{Type: vec.TDecimal(38, 38), D: lowD}, "-0.99999999999999999999999999999999999999"},
	{vec.Scalar{Type: vec.TDecimal(38, 10), D: lowD}, "-9999999999999999999999999999.9999999999"},
	{vec.Scalar{Type: vec.TDecimal(10, 2), D: vec.Int128From(1250)}, "12.50"},
	{vec.Scalar{Type: vec.TDecimal(10, 2), D: vec.Int128From(-5)}, "-0.05"},
	{vec.Scalar{Type: vec.TDecimal(10, 2)}, "0.00"},
	{vec.Scalar{Type: vec.TDecimal(10, -3), D: vec.Int128From(12)}, "12000"},
	{vec.Scalar{Type: vec.TDecimal(10, -3)}, "0"},
}

func TestTextOfValuesAndBack(t *testing.T) {
	for _, c := range texts {
		v := column(c.value.Type, c.value)
		if got := string(calc.AppendText([]byte("<"), v, 0)); got != "<"+c.text {
			t.Errorf("%s: AppendText %q, want %q", c.value.Type, got[1:], c.text)
		}
		if got := string(calc.AppendScalar(nil, c.value)); got != c.text {
			t.Errorf("%s: AppendScalar %q, want %q", c.value.Type, got, c.text)
		}
		back, err := calc.ParseText(c.value.Type, c.text)
		if err != nil || back != c.value {
			t.Errorf("%s: ParseText(%q) = %+v, %v; want %+v", c.value.Type, c.text, back, err, c.value)
		}
	}
}

// TestListText: as DuckDB casts them to VARCHAR.
func TestListText(t *testing.T) {
	str := func(s string) vec.Scalar { return vec.Scalar{Type: vec.TString, S: s} }
	for want, s := range map[string]vec.Scalar{
		"[]":           vec.ListScalar(vec.TInt64),
		"[1, 2, NULL]": vec.ListScalar(vec.TInt64, vec.Scalar{I: 1}, vec.Scalar{I: 2}, vec.Scalar{Null: true}),
		`[a, 'b, c', 'it\'s', '', NULL, 'NULL', 'null', ' x', 'x ', a b]`: vec.ListScalar(vec.TString, str("a"), str("b, c"), str("it's"),
			str(""), vec.Scalar{Null: true}, str("NULL"), str("null"), str(" x"), str("x "), str("a b")),
		`['[x]', '{x}', 'a\\b', 'x:y', 'a"b', é, '(x)', 'a=b', a;b]`: vec.ListScalar(vec.TString, str("[x]"), str("{x}"), str(`a\b`),
			str("x:y"), str(`a"b`), str("é"), str("(x)"), str("a=b"), str("a;b")),
		"['2020-01-02 03:04:05.5']": vec.ListScalar(vec.TTimestamp(vec.Milli), vec.Scalar{I: 1577934245500}),
		"[true, false]":             vec.ListScalar(vec.TBool, vec.Scalar{I: 1}, vec.Scalar{}),
	} {
		if got := string(calc.AppendScalar(nil, s)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
