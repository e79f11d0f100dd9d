package parquet

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// everyType is a column type of each kind that can be written and comes back the same.
var everyType = []vec.Type{
	vec.TBool, vec.TInt8, vec.TInt16, vec.TInt32, vec.TInt64, vec.TUint8, vec.TUint16, vec.TUint32, vec.TUint64,
	vec.TFloat32, vec.TFloat64, vec.TString, vec.TBinary, vec.TDate,
	vec.TTime(vec.Milli), vec.TTime(vec.Micro), vec.TTime(vec.Nano),
	vec.TTimestamp(vec.Milli), vec.TTimestamp(vec.Micro), vec.TTimestamp(vec.Nano),
	{Kind: vec.Timestamp, Unit: vec.Micro, Zone: "UTC"},
	vec.TDecimal(9, 2), vec.TDecimal(18, 0), vec.TDecimal(38, 38),
}

// randomTable makes a column of every type, with that share of NULLs.
func randomTable(r *rand.Rand, rows int, nulls float64) (*plan.Schema, []*vec.Vec) {
	var fields []plan.Field
	var cols []*vec.Vec
	for i, t := range everyType {
		fields = append(fields, plan.Field{Name: fmt.Sprintf("c%d_%s", i, t), Type: t, Nullable: nulls > 0 || i%2 == 0})
		cols = append(cols, randomColumn(r, t, rows, nulls))
	}
	return plan.NewSchema(fields...), cols
}

// randomColumn makes values in runs, of few or many different ones.
func randomColumn(r *rand.Rand, t vec.Type, rows int, nulls float64) *vec.Vec {
	b := vec.NewBuilder(t, rows)
	few := 1 + r.IntN(20)
	distinct := r.IntN(3)
	for b.Len() < rows {
		s := randomScalar(r, t)
		if distinct > 0 {
			s = randomScalar(rand.New(rand.NewPCG(uint64(r.IntN(few)), 1)), t)
		}
		for range 1 + r.IntN(1+10*distinct) {
			if b.Len() == rows {
				break
			}
			if r.Float64() < nulls {
				b.AppendNull()
			} else {
				b.AppendScalar(s)
			}
		}
	}
	return b.Finish()
}

func randomScalar(r *rand.Rand, t vec.Type) vec.Scalar {
	s := vec.Scalar{Type: t}
	bits := func(n int) int64 { return int64(r.Uint64()) >> (64 - n) >> r.IntN(n) }
	switch t.Kind {
	case vec.Bool:
		s.I = int64(r.IntN(2))
	case vec.Int8:
		s.I = bits(8)
	case vec.Int16:
		s.I = bits(16)
	case vec.Int32, vec.Date:
		s.I = bits(32)
	case vec.Uint8:
		s.I = int64(uint8(r.Uint32()))
	case vec.Uint16:
		s.I = int64(uint16(r.Uint32()))
	case vec.Uint32:
		s.I = int64(r.Uint32())
	case vec.Time:
		s.I = r.Int64N(86400 * t.Unit.PerSecond())
	case vec.Int64, vec.Uint64, vec.Timestamp:
		s.I = bits(64)
	case vec.Float32:
		s.F = float64(float32(randomFloat(r)))
	case vec.Float64:
		s.F = randomFloat(r)
	case vec.String:
		s.S = []string{"", "é", "日本語", "abc", "🙂"}[r.IntN(5)] + fmt.Sprintf("%0*d", r.IntN(30), r.IntN(1000))
	case vec.Binary:
		s.S = string([]byte{0xff, byte(r.Uint32())}[:r.IntN(3)])
	case vec.Decimal:
		s.D = randomDecimal(r, t)
	}
	return s
}

func randomFloat(r *rand.Rand) float64 {
	switch r.IntN(20) {
	case 0:
		return math.Inf(1)
	case 1:
		return math.Inf(-1)
	case 2:
		return math.NaN()
	case 3:
		return math.Copysign(0, -1)
	case 4:
		return 0
	}
	return r.NormFloat64() * math.Pow(10, float64(r.IntN(30)))
}

func randomDecimal(r *rand.Rand, t vec.Type) vec.Int128 {
	if t.Precision <= 18 {
		limit := int64(math.Pow10(int(t.Precision)))
		return vec.Int128From(r.Int64N(2*limit-1) - limit + 1)
	}
	d := vec.Int128{Lo: r.Uint64(), Hi: r.Int64() >> (2 + r.IntN(60))} // below 2^125 < 10^38
	if r.IntN(2) == 0 {
		d, _ = d.Neg()
	}
	return d
}

// coded is v with a dictionary that has all its values, some of them twice.
func coded(r *rand.Rand, v *vec.Vec) *vec.Vec {
	if !v.Type.IsVar() {
		return v
	}
	b := vec.NewBuilder(v.Type, 0)
	at := map[string]uint32{}
	out := &vec.Vec{Type: v.Type, N: v.N, Valid: v.Valid, Codes: make([]uint32, v.N)}
	b.AppendString("not used")
	for i := range v.N {
		if v.IsNull(i) {
			continue
		}
		s := string(v.Str(i))
		code, there := at[s]
		if !there || r.IntN(50) == 0 {
			code = uint32(b.Len())
			b.AppendString(s)
			at[s] = code
		}
		out.Codes[i] = code
	}
	out.Dict = &vec.Dict{Values: *b.Finish()}
	return out
}

// scatter puts rows of v at the places sel of a column of n rows, of which the others are garbage.
func scatter(v *vec.Vec, sel []uint32, n int) *vec.Vec {
	from := make([]uint32, n)
	for i := range from {
		from[i] = uint32(i % max(v.N, 1))
	}
	for i, s := range sel {
		from[s] = uint32(i)
	}
	return v.Take(from)
}

// equalColumns says where two columns differ, or nothing.
func equalColumns(got, want *vec.Vec) string {
	if got.N != want.N || got.Type != want.Type {
		return fmt.Sprintf("%d rows of %s, want %d of %s", got.N, got.Type, want.N, want.Type)
	}
	for i := range got.N {
		g, w := got.Scalar(i), want.Scalar(i)
		same := g == w || math.Float64bits(g.F) == math.Float64bits(w.F) && g.Type.IsFloat() && g.Null == w.Null
		if g.Null && w.Null {
			same = true
		}
		if !same {
			return fmt.Sprintf("row %d is %s, want %s", i, scalarText(g), scalarText(w))
		}
	}
	return ""
}
