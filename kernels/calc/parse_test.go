package calc_test

import (
	"math"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

func TestParseTextOtherSpellings(t *testing.T) {
	d := func(i int64) vec.Scalar { return vec.Scalar{Type: vec.TDecimal(6, 2), D: vec.Int128From(i)} }
	at := func(i int64) vec.Scalar { return vec.Scalar{Type: micros, I: i} }
	for _, c := range []struct {
		text string
		want vec.Scalar
	}{
		{" YES\t", boolean(true)},
		{"Off", boolean(false)},
		{"+42", vec.Scalar{Type: vec.TInt8, I: 42}},
		{" -007 ", vec.Scalar{Type: vec.TInt64, I: -7}},
		{"+7", vec.Scalar{Type: vec.TUint8, I: 7}},
		{"-0", vec.Scalar{Type: vec.TUint8}},
		{"1e3", vec.Scalar{Type: vec.TFloat64, F: 1000}},
		{"-inf", vec.Scalar{Type: vec.TFloat64, F: math.Inf(-1)}},
		{".5", vec.Scalar{Type: vec.TFloat32, F: 0.5}},
		{"12", d(1200)},
		{"+12.345", d(1235)},
		{"-12.345", d(-1235)},
		{"-12.3449999", d(-1234)},
		{".5", d(50)},
		{"5.", d(500)},
		{"0.005", d(1)},
		{"0.0049", d(0)},
		{"9999.994", d(999999)},
		{"1.2345e2", d(12345)},
		{"12345e-3", d(1235)},
		{"0e999999999999999999999", d(0)},
		{"1e-999999999999999999999", d(0)},
		{strings.Repeat("0", 1000) + "1", d(100)},
		{"0." + strings.Repeat("0", 1000) + "1", d(0)},
		{"2006-1-2", vec.Scalar{Type: vec.TDate, I: 13150}},
		{"2006-01-02", at(13150 * 86400_000000)},
		{"2006-01-02 15:04", at(1136214240_000000)},
		{"2006-01-02T15:04:05Z", at(1136214245_000000)},
		{"2006-01-02 15:04:05.1234569", at(1136214245_123456)},
		{"2006-01-02 15:04:05+01", at(1136210645_000000)},
		{"2006-01-02 15:04:05 -0330", at(1136226845_000000)},
		{"2006-01-02 15:04:05+00:19:32", at(1136213073_000000)},
		{"1969-12-31 23:59:59.9999999", at(-1)},
		{"15:04", vec.Scalar{Type: vec.TTime(vec.Second), I: 54240}},
		{"-00:00:01.5", vec.Scalar{Type: vec.TDuration(vec.Second), I: -1}},
		{"0:00:00.999", vec.Scalar{Type: vec.TDuration(vec.Second), I: 0}},
		{"abc", vec.Scalar{Type: vec.TBinary, S: "abc"}},
	} {
		if got, err := calc.ParseText(c.want.Type, c.text); err != nil || got != c.want {
			t.Errorf("%.40q as %s: got %+v, %v; want %+v", c.text, c.want.Type, got, err, c.want)
		}
	}
}

func TestParseTextRefuses(t *testing.T) {
	for typ, texts := range map[vec.Type][]string{
		vec.TBool:               {"", "2", "tru", "truely"},
		vec.TInt8:               {"", "128", "-129", "1.5", "0x1", "1_0", "--1", "٣"},
		vec.TUint64:             {"", "-1", "18446744073709551616", "+-1", "++1"},
		vec.TFloat32:            {"", "1e39", "0x1p-2", "1_0.5", "1,5"},
		vec.TFloat64:            {"1e309", "infinit", "NaN1"},
		vec.TDecimal(4, 2):      {"", ".", "-", "e5", "100", "99.995", "1e2", "1e999999999999999999", "1.2.3", "1e", "1e1.5", "NaN"},
		vec.TDate:               {"", "2023-02-29", "2023-13-01", "2023-00-01", "2023-1", "23-01-01", "2023-01-01x", "5881580-07-12", "2023-01-01 BC x"},
		vec.TTime(vec.Second):   {"", "24:00:00", "12", "12:60", "12:00:60", "12:00:00.", "1:00"},
		micros:                  {"x", "2023-01-01 12", "2023-01-01 12:00:00+", "2023-01-01 12:00:00+1", "2023-02-30 00:00:00", "294247-01-10 04:00:54.775808"},
		vec.TDuration(vec.Nano): {"", "1", "1:2:3", "00:60:00", "--01:00:00", "2562047:47:16.854775808", "9999999999999999:00:00"},
		vec.TBinary:             {`\x0`, `\xzz`},
	} {
		for _, text := range texts {
			if got, err := calc.ParseText(typ, text); err == nil {
				t.Errorf("%q as %s: %+v, want an error", text, typ, got)
			}
		}
	}
}

func TestParseErrorsAreShort(t *testing.T) {
	for _, typ := range append(types, vec.TTimestamp(vec.Nano)) {
		if typ.IsVar() {
			continue
		}
		_, err := calc.ParseText(typ, strings.Repeat("9", 1<<20)+"x")
		if err == nil || len(err.Error()) > 300 {
			t.Errorf("%s: %.400v", typ, err)
		}
	}
}

// TestTextRoundTrips: whatever AppendText prints is read back as the same value.
func TestTextRoundTrips(t *testing.T) {
	r := newRand(t)
	more := append(append([]vec.Type{}, types...), vec.TTimestamp(vec.Second), vec.TTimestamp(vec.Milli), vec.TTimestamp(vec.Nano),
		vec.TTime(vec.Second), vec.TTime(vec.Nano), vec.TDuration(vec.Second), zoned(vec.Micro, "Europe/Vienna"),
		zoned(vec.Nano, "-03:30"), vec.TDecimal(38, 38), vec.TDecimal(20, -5))
	for _, typ := range more {
		for range 3000 {
			v := value(r, typ)
			if typ.Kind == vec.Timestamp && typ.Unit == vec.Second {
				v.I >>= 8 // years that have at most twelve digits
			}
			text := string(calc.AppendScalar(nil, v))
			got, err := calc.ParseText(typ, text)
			if err != nil || !same(got, v) {
				t.Fatalf("%s %+v → %q → %+v, %v", typ, v, text, got, err)
			}
			if column := string(calc.AppendText(nil, column(typ, v), 0)); column != text {
				t.Fatalf("%s: AppendText %q, AppendScalar %q", typ, column, text)
			}
		}
	}
}

func FuzzParseText(f *testing.F) {
	for i, c := range texts {
		f.Add(uint8(i), c.text)
	}
	f.Add(uint8(10), "1e-999999999999999999999999")
	kinds := append(append([]vec.Type{}, types...), vec.TTimestamp(vec.Second), vec.TTimestamp(vec.Nano), vec.TDecimal(38, -20), vec.TDecimal(38, 38))
	f.Fuzz(func(t *testing.T, kind uint8, text string) {
		typ := kinds[int(kind)%len(kinds)]
		v, err := calc.ParseText(typ, text)
		if err != nil {
			return
		}
		printed := string(calc.AppendScalar(nil, v))
		again, err := calc.ParseText(typ, printed)
		if err != nil || !same(again, v) {
			t.Fatalf("%s: %q is %+v, printed %q, read as %+v, %v", typ, text, v, printed, again, err)
		}
	})
}
