package acc

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
)

// BenchmarkUpdate adds batches of random values to so many groups; 0 is the one without keys.
func BenchmarkUpdate(b *testing.B) {
	for _, groups := range []int{0, 5, 1000, 100_000} {
		for _, name := range []string{"rows", "sum int64", "sum int32", "sum float64", "max int64", "min float64"} {
			b.Run(fmt.Sprintf("%s/%d", name, groups), func(b *testing.B) { benchmarkUpdate(b, name, groups) })
		}
	}
}

func benchmarkUpdate(b *testing.B, name string, groups int) {
	rng := rand.New(rand.NewPCG(1, 1))
	typ := vec.TInt64
	switch name {
	case "sum int32":
		typ = vec.TInt32
	case "sum float64", "min float64":
		typ = vec.TFloat64
	}
	a := map[string]func() Accumulator{
		"rows":        func() Accumulator { return NewRows() },
		"sum int64":   func() Accumulator { return newSumInt(typ, false) },
		"sum int32":   func() Accumulator { return newSumInt(typ, false) },
		"sum float64": func() Accumulator { return newSumFloat(false) },
		"max int64":   func() Accumulator { e, _ := NewMax(typ); return e },
		"min float64": func() Accumulator { e, _ := NewMin(typ); return e },
	}[name]()
	a.Grow(max(1, groups))
	var inputs []Input
	for range 16 {
		inputs = append(inputs, randomInput(rng, typ, groups))
	}
	least := time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		for _, in := range inputs {
			a.Update(in)
		}
		least = min(least, time.Since(start))
	}
	b.ReportMetric(float64(least.Nanoseconds())/float64(len(inputs)*vec.BatchRows), "least-ns/row")
}

func randomInput(rng *rand.Rand, t vec.Type, groups int) Input {
	col := vec.NewBuilder(t, vec.BatchRows)
	in := Input{N: vec.BatchRows}
	for range vec.BatchRows {
		s := vec.Scalar{Type: t, I: rng.Int64N(1000), F: math.Round(rng.Float64()*1e8) / 1e6}
		col.AppendScalar(s)
		if groups > 0 {
			in.IDs = append(in.IDs, uint32(rng.IntN(groups)))
		}
	}
	in.Col = col.Finish()
	return in
}
