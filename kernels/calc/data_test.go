package calc_test

import (
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// newRand is a generator whose seed is in the log of a failing test; PWCOL_SEED repeats it.
func newRand(t *testing.T) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if s := os.Getenv("PWCOL_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("PWCOL_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

var (
	numbers = []vec.Type{
		vec.TInt8, vec.TInt16, vec.TInt32, vec.TInt64, vec.TUint8, vec.TUint16, vec.TUint32, vec.TUint64,
		vec.TFloat32, vec.TFloat64, vec.TDecimal(38, 4), vec.TDecimal(9, 2),
	}
	others = []vec.Type{
		vec.TBool, vec.TString, vec.TBinary, vec.TDate, vec.TTime(vec.Milli), vec.TTimestamp(vec.Micro),
		vec.TDuration(vec.Nano),
	}
	types = append(append([]vec.Type{}, numbers...), others...)
	lists = []vec.Type{vec.TList(vec.TInt64), vec.TList(vec.TString), vec.TList(vec.TBool)}
)

// value is a value of type t that isn't NULL, often one on an edge.
func value(r *rand.Rand, t vec.Type) vec.Scalar {
	s := vec.Scalar{Type: t}
	switch {
	case t.Kind == vec.Bool:
		s.I = r.Int64N(2)
	case t.IsFloat():
		s.F = floatValue(r)
		if t.Kind == vec.Float32 {
			s.F = float64(float32(s.F))
		}
	case t.Kind == vec.String:
		s.S = textValue(r)
	case t.Kind == vec.Binary:
		s.S = textValue(r) + "\xff"
	case t.Kind == vec.List:
		s = listValue(r, t.ElemType())
	case t.Kind == vec.Decimal:
		s.D = decimalValue(r, t)
	case t.Kind == vec.Time:
		s.I = r.Int64N(86400 * t.Unit.PerSecond())
	case t.Kind == vec.Date:
		s.I = narrow(intValue(r), vec.TInt32)
	default:
		s.I = narrow(intValue(r), t)
	}
	return s
}

// listValue is a list of up to three values, some of them NULL.
func listValue(r *rand.Rand, elem vec.Type) vec.Scalar {
	var elems []vec.Scalar
	for range r.IntN(4) {
		e := vec.Scalar{Type: elem, Null: true}
		if r.IntN(4) > 0 {
			e = value(r, elem)
		}
		elems = append(elems, e)
	}
	return vec.ListScalar(elem, elems...)
}

// intValue is of any size: small, or near a power of two.
func intValue(r *rand.Rand) int64 {
	switch r.IntN(3) {
	case 0:
		return r.Int64N(20) - 10
	case 1:
		return 1<<r.IntN(64) + r.Int64N(5) - 2
	default:
		return int64(r.Uint64()) >> r.IntN(64)
	}
}

// narrow is v cut to t's bytes.
func narrow(v int64, t vec.Type) int64 {
	shift := 64 - 8*t.Width()
	if t.IsUnsigned() {
		return int64(uint64(v) << shift >> shift)
	}
	return v << shift >> shift
}

func floatValue(r *rand.Rand) float64 {
	edges := []float64{
		0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 0.5, 1.5, 2.5, -0.5, -2.5, 0.285, 1,
		math.MaxFloat64, math.SmallestNonzeroFloat64, math.MaxFloat32, 1 << 63, -1 << 63, 1 << 64, 127.5, 255.5, -128.5,
	}
	switch r.IntN(4) {
	case 0:
		return edges[r.IntN(len(edges))]
	case 1:
		return float64(intValue(r))
	case 2:
		return math.Float64frombits(r.Uint64())
	default:
		return math.Round(r.NormFloat64()*1e6) / 1e3
	}
}

func decimalValue(r *rand.Rand, t vec.Type) vec.Int128 {
	digits := make([]byte, 1+r.IntN(int(t.Precision)))
	nines := r.IntN(3) == 0
	for i := range digits {
		digits[i] = '0' + byte(r.IntN(10))
		if nines {
			digits[i] = '9'
		}
	}
	v := bigInt(string(digits))
	if r.IntN(2) == 0 {
		v.Neg(v)
	}
	d, _ := vec.Int128FromBig(v)
	return d
}

// textValue is often a number or a time, so that parsing it works.
func textValue(r *rand.Rand) string {
	switch r.IntN(6) {
	case 0:
		return ""
	case 1:
		return strings.Repeat("long", r.IntN(50)) + strconv.Itoa(r.IntN(3))
	case 2:
		return string(calc.AppendScalar(nil, value(r, numbers[r.IntN(len(numbers))])))
	case 3:
		return string(calc.AppendScalar(nil, value(r, others[3+r.IntN(4)])))
	case 4:
		return []string{
			"true", "f", " 12 ", "1e3", "-", "+7", "x", "ab", "abc", `\x0a`, `\xzz`,
			"a\x00", "a\x00\x00", "longlong", "longlong\x00", "longlonh",
		}[r.IntN(16)]
	default:
		return string(rune('a' + r.IntN(3)))
	}
}

// shape says how a column lies in memory.
type shape struct {
	nulls string // none, some, all
	dict  bool
}

var shapes = []shape{{"none", false}, {"some", false}, {"all", false}, {"none", true}, {"some", true}, {"all", true}}

// randomColumn is n rows; NULLs stand on values like any other, so that taking those for the row's shows.
func randomColumn(r *rand.Rand, t vec.Type, n int, s shape) *vec.Vec {
	v := &vec.Vec{Type: t, N: n}
	rows := n
	if s.dict {
		rows = 1 + r.IntN(10)
		v.Codes = make([]uint32, n)
		for i := range v.Codes {
			v.Codes[i] = r.Uint32N(uint32(rows))
		}
	}
	b := vec.NewBuilder(t, rows)
	for range rows {
		b.AppendScalar(value(r, t))
	}
	plain := b.Finish()
	if s.dict {
		v.Dict = &vec.Dict{Values: *plain}
	} else {
		v = plain
	}
	if s.nulls != "none" {
		v.Valid = vec.Alloc(vec.BitmapLen(n))
		for i := range n {
			vec.PutBit(v.Valid, i, s.nulls == "some" && r.IntN(4) > 0)
		}
	}
	return v
}

// emptyDict is n NULLs over a dictionary without values.
func emptyDict(t vec.Type, n int) *vec.Vec {
	values := vec.NewBuilder(t, 0).Finish()
	return &vec.Vec{Type: t, N: n, Valid: vec.Alloc(vec.BitmapLen(n)), Codes: make([]uint32, n), Dict: &vec.Dict{Values: *values}}
}

// selections are nil, empty and some rows of n.
func selections(r *rand.Rand, n int) [][]uint32 {
	some := []uint32{}
	for i := range n {
		if r.IntN(3) == 0 {
			some = append(some, uint32(i))
		}
	}
	return [][]uint32{nil, {}, some}
}
