package group

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
)

// BenchmarkIntern finds the groups of batches whose keys are there already, of so many groups.
func BenchmarkIntern(b *testing.B) {
	for _, groups := range []int{100, 100_000, 1_000_000} {
		for name, key := range map[string]func(rng *rand.Rand) []*vec.Vec{
			"int64":   func(rng *rand.Rand) []*vec.Vec { return []*vec.Vec{randomInts(rng, groups)} },
			"2xint64": func(rng *rand.Rand) []*vec.Vec { return randomPairs(rng, groups) },
			"string":  func(rng *rand.Rand) []*vec.Vec { return []*vec.Vec{randomStrings(rng, groups)} },
		} {
			b.Run(fmt.Sprintf("%s/%d", name, groups), func(b *testing.B) { benchmarkIntern(b, key) })
		}
	}
}

func benchmarkIntern(b *testing.B, key func(rng *rand.Rand) []*vec.Vec) {
	rng := rand.New(rand.NewPCG(1, 1))
	var keys []Key
	var batches [][]*vec.Vec
	for range 32 {
		cols := key(rng)
		keys = keys[:0]
		for _, v := range cols {
			keys = append(keys, Key{Type: v.Type})
		}
		batches = append(batches, cols)
	}
	groups := New(keys, Options{Seed: 1})
	ids := make([]uint32, vec.BatchRows)
	for _, cols := range batches {
		groups.Intern(cols, vec.BatchRows, nil, ids)
	}
	least := time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		for _, cols := range batches {
			groups.Intern(cols, vec.BatchRows, nil, ids)
		}
		least = min(least, time.Since(start))
	}
	b.ReportMetric(float64(least.Nanoseconds())/float64(len(batches)*vec.BatchRows), "least-ns/row")
}

func randomInts(rng *rand.Rand, distinct int) *vec.Vec {
	b := vec.NewBuilder(vec.TInt64, vec.BatchRows)
	for range vec.BatchRows {
		vec.AppendFixed(b, int64(rng.IntN(distinct)))
	}
	return b.Finish()
}

// randomPairs are two columns that have so many different pairs of values.
func randomPairs(rng *rand.Rand, distinct int) []*vec.Vec {
	x, y := vec.NewBuilder(vec.TInt64, vec.BatchRows), vec.NewBuilder(vec.TInt64, vec.BatchRows)
	for range vec.BatchRows {
		i := rng.IntN(distinct)
		vec.AppendFixed(x, int64(i%100))
		vec.AppendFixed(y, int64(i/100))
	}
	return []*vec.Vec{x.Finish(), y.Finish()}
}

func randomStrings(rng *rand.Rand, distinct int) *vec.Vec {
	b := vec.NewBuilder(vec.TString, vec.BatchRows)
	for range vec.BatchRows {
		b.AppendString(fmt.Sprintf("id%010d", rng.IntN(distinct)))
	}
	return b.Finish()
}
