package plan

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// TestExactIntegers compares with arithmetic on big integers: a value is taken if it is in the type's range.
func TestExactIntegers(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	types := []vec.Type{vec.TInt8, vec.TInt16, vec.TInt32, vec.TInt64, vec.TUint8, vec.TUint16, vec.TUint32, vec.TUint64}
	for range 20_000 {
		from, to := types[r.IntN(8)], types[r.IntN(8)]
		n := interesting(r, from)
		v := vec.Scalar{Type: from, I: n.Int64()}
		if from.Kind == vec.Uint64 {
			v.I = int64(n.Uint64())
		}
		got, err := Exactly(v, to)
		low, high := rangeOf(to)
		if fits := n.Cmp(low) >= 0 && n.Cmp(high) <= 0; fits != (err == nil) {
			t.Fatalf("%s as %s: %v", n, to, err)
		}
		if err == nil && literalText(got) != n.String() {
			t.Fatalf("%s as %s: got %s", n, to, literalText(got))
		}
	}
}

func rangeOf(t vec.Type) (low, high *big.Int) {
	bits := uint(8 * t.Width())
	one := big.NewInt(1)
	if t.IsUnsigned() {
		return big.NewInt(0), new(big.Int).Sub(new(big.Int).Lsh(one, bits), one)
	}
	half := new(big.Int).Lsh(one, bits-1)
	return new(big.Int).Neg(half), new(big.Int).Sub(half, one)
}

// interesting is a value of an integer type near a power of two, where ranges end.
func interesting(r *rand.Rand, t vec.Type) *big.Int {
	low, high := rangeOf(t)
	for {
		n := new(big.Int).Lsh(big.NewInt(1), uint(r.IntN(65)))
		n.Add(n, big.NewInt(r.Int64N(5)-2))
		if r.IntN(2) == 0 {
			n.Neg(n)
		}
		if n.Cmp(low) >= 0 && n.Cmp(high) <= 0 {
			return n
		}
	}
}

func TestExactly(t *testing.T) {
	float := func(f float64) vec.Scalar { return vec.Scalar{Type: vec.TFloat64, F: f} }
	text := func(s string) vec.Scalar { return vec.Scalar{Type: vec.TString, S: s} }
	for _, c := range []struct {
		v    vec.Scalar
		t    vec.Type
		want string // or the error
	}{
		{float(0.1), vec.TFloat32, "0.1"},
		{float(math.Pi), vec.TFloat32, "3.141592653589793 has more digits than a float32 holds"},
		{float(1e300), vec.TFloat32, "1e+300 has more digits than a float32 holds"},
		{float(math.NaN()), vec.TFloat32, "NaN"},
		{float(math.Inf(1)), vec.TInt64, "Infinity is not a whole number"},
		{float(1e15), vec.TInt64, "1000000000000000"},
		{float(0.07), vec.TDecimal(3, 2), "0.07"},
		{float(-9.99), vec.TDecimal(3, 2), "-9.99"},
		{float(10), vec.TDecimal(3, 2), "10 is out of range for decimal(3, 2)"},
		{scalar(1<<53 + 1), vec.TFloat64, "9007199254740993 has more digits than a float64 holds"},
		{scalar(1 << 60), vec.TFloat64, "1.152921504606847e+18"},
		{text("12345678901234567890.12"), vec.TDecimal(38, 2), "12345678901234567890.12"},
		{text("1e5"), vec.TDecimal(38, 2), "'1e5' is not a number"},
		{text("1/2"), vec.TDecimal(38, 2), "'1/2' is not a number"},
		{text("0x10"), vec.TDecimal(38, 2), "'0x10' is not a number"},
		{text("--1"), vec.TDecimal(38, 2), "'--1' is not a number"},
		{text("."), vec.TDecimal(38, 2), "'.' is not a number"},
		{text("2026-13-01"), vec.TDate, "'2026-13-01' is not a date such as '2006-01-02'"},
		{text("2026-01-02 00:00:01"), vec.TDate, "'2026-01-02 00:00:01' is not the start of a day in UTC"},
		{text("9999-12-31"), vec.TTimestamp(vec.Nano), "'9999-12-31' is out of range for timestamp[ns]"},
		{text("25:00"), vec.TTime(vec.Second), "'25:00' is not a time such as '15:04:05'"},
		{vec.Scalar{Type: vec.TTimestamp(vec.Nano), I: -1}, vec.TTimestamp(vec.Micro), "'1969-12-31 23:59:59.999999999' is finer than timestamp[us]"},
		{vec.Scalar{Type: vec.TTimestamp(vec.Nano), I: -1000}, vec.TTimestamp(vec.Micro), "'1969-12-31 23:59:59.999999'"},
		{vec.Scalar{Type: vec.TTimestamp(vec.Micro), I: -86400e6}, vec.TDate, "'1969-12-31'"},
		{vec.Scalar{Type: vec.TDate, I: -1}, vec.TTimestamp(vec.Second), "'1969-12-31 00:00:00'"},
		{vec.Scalar{Type: vec.TDuration(vec.Second), I: 90}, vec.TDuration(vec.Milli), "'00:01:30'"},
		{vec.Scalar{Type: vec.TBinary, S: "\xff"}, vec.TString, `'\xff' is not UTF-8`},
		{scalar(true), vec.TInt64, "TRUE is not a whole number"},
		{scalar(1), vec.TBool, "1 is not a bool"},
		{scalar(nil), vec.TDate, "NULL"},
	} {
		got, err := Exactly(c.v, c.t)
		text := literalText(got)
		if err != nil {
			text = err.Error()
		} else if got.Type != c.t {
			t.Errorf("%s as %s has type %s", literalText(c.v), c.t, got.Type)
		}
		if text != c.want {
			t.Errorf("%s as %s: got %s, want %s", literalText(c.v), c.t, text, c.want)
		}
	}
}
