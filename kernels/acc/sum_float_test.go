package acc

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// adversary draws floats that are hard to sum: any exponent, subnormals, limits, and values that cancel or sit on a rounding tie.
func adversary(rng *rand.Rand) float64 {
	switch rng.IntN(8) {
	case 0:
		return math.Float64frombits(rng.Uint64() &^ (1 << 62)) // below 2
	case 1:
		return math.Float64frombits(rng.Uint64N(1 << 52)) // subnormal
	case 2:
		return math.Copysign(math.MaxFloat64, float64(rng.IntN(2))-0.5)
	case 3:
		return math.Copysign(math.SmallestNonzeroFloat64, float64(rng.IntN(2))-0.5)
	case 4:
		return math.Ldexp(float64(rng.IntN(7)-3), rng.IntN(250)-125)
	case 5:
		return math.Copysign(0, -1)
	default:
		return (rng.Float64() - 0.5) * 1e6
	}
}

func TestFloatSumIsExact(t *testing.T) {
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 7))
		vals := make([]float64, 1+rng.IntN(60))
		for i := range vals {
			vals[i] = adversary(rng)
			if i > 0 && rng.IntN(4) == 0 {
				vals[i] = -vals[rng.IntN(i)]
			}
		}
		want := referenceFloatSum(vals)
		for range 3 {
			rng.Shuffle(len(vals), func(i, j int) { vals[i], vals[j] = vals[j], vals[i] })
			if got := sumSpread(t, rng, vals); got != want {
				t.Fatalf("seed %d: the sum of %v is %g (%x), want %g (%x)", seed, vals, got, math.Float64bits(got), want, math.Float64bits(want))
			}
		}
	}
}

// sumSpread sums values in up to three accumulators, not all of the same origin, that are merged in different ways.
func sumSpread(t *testing.T, rng *rand.Rand, vals []float64) float64 {
	t.Helper()
	total := newSumFloat(false)
	parts := []Accumulator{total.Fresh(), total.Fresh(), newSumFloat(false)}
	for len(vals) > 0 {
		n := 1 + rng.IntN(len(vals))
		p := parts[rng.IntN(len(parts))]
		b := vec.NewBuilder(vec.TFloat64, n)
		for _, v := range vals[:n] {
			vec.AppendFixed(b, v)
		}
		var ids []uint32
		if rng.IntN(2) == 0 {
			ids = make([]uint32, n)
		}
		p.Grow(1)
		p.Update(Input{Col: b.Vec(), IDs: ids, N: n})
		vals = vals[n:]
	}
	total.Grow(1)
	for i, p := range parts {
		p.Grow(1)
		if i == 0 {
			total.Merge(p, []uint32{0}, []uint32{0})
			continue
		}
		if err := total.MergeStates(p.States([]uint32{0}), []uint32{0}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := total.Result([]uint32{0})
	if err != nil {
		t.Fatal(err)
	}
	return r.Scalar(0).F
}

func TestFloatSumRounding(t *testing.T) {
	ulp := math.Ldexp(1, -52)
	for _, c := range []struct {
		name string
		vals []float64
		want float64
	}{
		{"a tie goes to even, down", []float64{1, ulp / 2}, 1},
		{"a tie goes to even, up", []float64{1 + ulp, ulp / 2}, 1 + 2*ulp},
		{"just above a tie", []float64{1, ulp / 2, 1e-300}, 1 + ulp},
		{"just below a tie", []float64{1, ulp / 2, -1e-300}, 1},
		{"carry into the next exponent", []float64{2 - ulp, ulp / 2}, 2},
		{"overflow", []float64{math.MaxFloat64, math.MaxFloat64}, math.Inf(1)},
		{"overflow on the way only", []float64{math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64}, math.MaxFloat64},
		{"half an ulp above the largest", []float64{math.MaxFloat64, math.Ldexp(1, 970)}, math.Inf(1)},
		{"less than that", []float64{math.MaxFloat64, math.Ldexp(1, 969)}, math.MaxFloat64},
		{"subnormals", []float64{5e-324, 5e-324, -1.5e-323}, -5e-324},
		{"negative zeros", []float64{math.Copysign(0, -1), math.Copysign(0, -1)}, 0},
		{"cancellation", []float64{1e300, 1, -1e300}, 1},
		{"infinity", []float64{math.Inf(-1), 1e308}, math.Inf(-1)},
	} {
		if got := sumSpread(t, rand.New(rand.NewPCG(1, 1)), c.vals); got != c.want {
			t.Errorf("%s: %g, want %g", c.name, got, c.want)
		}
	}
	if got := sumSpread(t, rand.New(rand.NewPCG(1, 1)), []float64{math.Inf(1), math.Inf(-1)}); got == got {
		t.Errorf("Inf − Inf: %g, want NaN", got)
	}
}

// A window whose sum comes near its end goes to the wide integer before a carry can reach the sign.
func TestFloatSumManyMerges(t *testing.T) {
	total := newSumFloat(false)
	total.Grow(1)
	b := vec.NewBuilder(vec.TFloat64, 2)
	vec.AppendFixed(b, 1.0)
	vec.AppendFixed(b, math.Ldexp(1, 48))
	total.Update(Input{Col: b.Vec(), IDs: []uint32{0, 0}, N: 2})
	want := 1 + math.Ldexp(1, 48)
	for range 80 { // doubles each time: 2^128 rows
		if err := total.MergeStates(total.States([]uint32{0}), []uint32{0}); err != nil {
			t.Fatal(err)
		}
		want *= 2
	}
	r, _ := total.Result([]uint32{0})
	if got := r.Scalar(0).F; got != want {
		t.Errorf("%g, want %g", got, want)
	}
	if len(total.rest.wides) == 0 {
		t.Error("the wide integer was not used")
	}
}

func TestFloatSumRefusesBadStates(t *testing.T) {
	s := newSumFloat(false)
	s.Grow(1)
	good := s.States([]uint32{0})
	base := *good[3]
	base.Data = vec.Bytes([]int16{0})
	rest := *good[4]
	rest.Offsets, rest.Data = []int32{0, 5}, []byte("abcde")
	for name, cols := range map[string][]*vec.Vec{
		"base":    {good[0], good[1], good[2], &base, good[4]},
		"rest":    {good[0], good[1], good[2], good[3], &rest},
		"columns": good[:4],
		"types":   {good[0], good[1], good[2], good[2], good[4]},
	} {
		if err := s.MergeStates(cols, []uint32{0}); err == nil {
			t.Errorf("states with bad %s were taken", name)
		}
	}
}
