package op

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/optimize"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

var foldTypes = []vec.Type{
	vec.TBool, vec.TInt8, vec.TInt16, vec.TInt32, vec.TInt64, vec.TUint8, vec.TUint16, vec.TUint32, vec.TUint64, vec.TFloat32, vec.TFloat64,
	vec.TString, vec.TBinary, vec.TDate, vec.TTime(vec.Milli), vec.TTimestamp(vec.Second), vec.TTimestamp(vec.Nano),
	{Kind: vec.Timestamp, Unit: vec.Micro, Zone: "Europe/Vienna"},
	vec.TDuration(vec.Micro),
	vec.TDecimal(5, 2), vec.TDecimal(20, 10), vec.TDecimal(38, 0), vec.TDecimal(38, 38),
}

// constant is a random literal, often one at the end of its type's range.
func constant(r *rand.Rand, t vec.Type) *plan.Literal {
	v := vec.Scalar{Type: t}
	edges := []int64{0, 1, -1, 2, -2, 10, math.MaxInt64, math.MinInt64, math.MaxInt32, math.MinInt32, 127, -128, 86399}
	n := edges[r.IntN(len(edges))]
	switch bits := 8 * t.Width(); {
	case r.IntN(8) == 0:
		v.Null = true
	case t.Kind == vec.Bool:
		v.I = n & 1
	case t.IsFloat():
		v.F = []float64{0, 1, -2.5, 0.1, 1e300, 3e38, math.Inf(1), math.NaN(), math.Copysign(0, -1)}[r.IntN(9)]
		if t.Kind == vec.Float32 {
			v.F = float64(float32(v.F))
		}
	case t.IsVar():
		v.S = []string{"", "a", "ab", "1", "1.5", "2026-01-02", "true"}[r.IntN(7)]
	case t.Kind == vec.Decimal:
		v.D = vec.Int128From(n % int64(math.Pow10(min(int(t.Precision), 18))))
	case t.IsUnsigned() && bits < 64:
		v.I = n & (1<<bits - 1)
	case t.IsInteger() || t.Kind == vec.Date:
		v.I = n << (64 - bits) >> (64 - bits)
	case t.Kind == vec.Time:
		v.I = n & 0xffff
	default:
		v.I = n
	}
	return &plan.Literal{Value: v}
}

// TestFoldingAgreesWithTheKernels: what the optimizer computes of constants is what the kernels would have, and what
// fails in them it leaves alone.
func TestFoldingAgreesWithTheKernels(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	none := plan.NewSchema()
	folded, failed := 0, 0
	for range 50_000 {
		a := foldTypes[r.IntN(len(foldTypes))]
		b := a
		if r.IntN(2) == 0 {
			b = foldTypes[r.IntN(len(foldTypes))]
		}
		c := &plan.Call{Op: plan.OpAdd + plan.Op(r.IntN(int(plan.OpIf-plan.OpAdd)+1)), Args: []plan.Expr{constant(r, a), constant(r, b)}}
		switch c.Op {
		case plan.OpNeg, plan.OpNot, plan.OpIsNull, plan.OpIsNotNull:
			c.Args = c.Args[:1]
		case plan.OpCast:
			c.Args, c.Type = c.Args[:1], b
		case plan.OpIf:
			c.Args = append([]plan.Expr{constant(r, vec.TBool)}, c.Args...)
		}
		e, err := plan.Bind(c, none)
		if err != nil {
			continue
		}
		after := optimize.Expr(e)
		want, wantBad := evalOnce(e)
		got, gotBad := evalOnce(after)
		if wantBad != gotBad || !wantBad && !sameScalar(got, want) {
			t.Fatalf("seed %d: %s is %+v (bad: %v), folded %s is %+v (bad: %v)", seed, e, want, wantBad, after, got, gotBad)
		}
		if _, constant := after.(*plan.Literal); constant {
			folded++
		}
		if wantBad {
			failed++
		}
	}
	if folded < 5_000 || failed < 500 {
		t.Errorf("only %d were folded and %d failed: the test shows little", folded, failed)
	}
}

func evalOnce(e plan.Expr) (v vec.Scalar, bad bool) {
	var failures calc.Bad
	out := Compile(e).Eval(&vec.Batch{N: 1}, nil, &failures)
	return out.Scalar(0), len(failures.Rows) > 0
}

func sameScalar(a, b vec.Scalar) bool {
	if a.F != a.F && b.F != b.F {
		a.F, b.F = 0, 0
	}
	return a == b && (a.F != 0 || math.Signbit(a.F) == math.Signbit(b.F))
}
