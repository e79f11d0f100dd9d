package op_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// benchRows is how many rows a benchmark pushes in an epoch, times its rounds. The batches are few and used again and
// again, so that the input takes little of the caches, as a reader's buffers do.
const (
	benchRows    = 1 << 20
	benchBatches = 32
)

// discard takes what is emitted.
type discard struct{}

func (discard) Emit(op.OutPort, op.Seq, *vec.Batch) error { return nil }

// benchmarkAggregate runs an aggregate of one worker over batches made by column, and reports the ns a row of all, and of the fastest
// stretch of pushes. rounds is how many times the million rows are pushed in an epoch.
func benchmarkAggregate(b *testing.B, keys int, aggs []plan.Agg, columns []plan.Field, make func(rng *rand.Rand, column, n int) *vec.Vec, rounds int) {
	rng := rand.New(rand.NewPCG(1, 1))
	keyColumns := []int{}
	for k := range keys {
		keyColumns = append(keyColumns, k)
	}
	node := aggregateNode(input(columns...), keyColumns, aggs...)
	var batches []*vec.Batch
	for range benchBatches {
		batch := &vec.Batch{N: vec.BatchRows}
		for c := range columns {
			batch.Cols = append(batch.Cols, make(rng, c, vec.BatchRows))
		}
		batches = append(batches, batch)
	}
	least := time.Duration(math.MaxInt64) // of benchBatches, once the groups are there
	for b.Loop() {
		a, err := op.NewAggregate(node, op.Env{Workers: 1, Account: vec.NewBudget(0).Account("bench")})
		if err != nil {
			b.Fatal(err)
		}
		newLocal, _ := a.Open([]op.Port{{Final: true, Bounded: true}})
		local := newLocal()
		for range rounds * benchRows / (benchBatches * vec.BatchRows) {
			start := time.Now()
			for _, batch := range batches {
				if err := local.Push(0, op.Seq{}, batch, discard{}); err != nil {
					b.Fatal(err)
				}
			}
			least = min(least, time.Since(start))
		}
		if err := a.EndEpoch(&op.Epoch{Parallel: parallelOn(1, discard{})}, discard{}); err != nil {
			b.Fatal(err)
		}
		if err := a.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(benchRows*rounds), "ns/row")
	b.ReportMetric(float64(least.Nanoseconds())/float64(benchBatches*vec.BatchRows), "least-ns/row")
}

func randomInts(rng *rand.Rand, n, distinct int) *vec.Vec {
	b := vec.NewBuilder(vec.TInt64, n)
	for range n {
		vec.AppendFixed(b, int64(rng.IntN(distinct))+1)
	}
	return b.Finish()
}

func randomFloats(rng *rand.Rand, n int) *vec.Vec {
	b := vec.NewBuilder(vec.TFloat64, n)
	for range n {
		vec.AppendFixed(b, float64(int(rng.Float64()*1e8))/1e6)
	}
	return b.Finish()
}

// randomStrings are as in the group-by benchmark of h2o: "id001" or "id0000000001".
func randomStrings(rng *rand.Rand, n, distinct int) *vec.Vec {
	format := "id%03d"
	if distinct > 1000 {
		format = "id%010d"
	}
	b := vec.NewBuilder(vec.TString, n)
	for range n {
		b.AppendString(fmt.Sprintf(format, rng.IntN(distinct)+1))
	}
	return b.Finish()
}

// dictionaryOf is a dictionary that all batches share, as the pages of a column chunk do.
func dictionaryOf(distinct int) *vec.Dict {
	b := vec.NewBuilder(vec.TString, distinct)
	for i := range distinct {
		b.AppendString(fmt.Sprintf("id%03d", i+1))
	}
	return &vec.Dict{Values: *b.Finish()}
}

func randomCodes(rng *rand.Rand, n int, d *vec.Dict) *vec.Vec {
	v := &vec.Vec{Type: vec.TString, N: n, Dict: d, Codes: make([]uint32, n)}
	for i := range v.Codes {
		v.Codes[i] = uint32(rng.IntN(d.Values.N))
	}
	return v
}

// BenchmarkAggregate has the group-by questions that set the goals, and the seed job's reduction.
func BenchmarkAggregate(b *testing.B) {
	dict100, dict5 := dictionaryOf(100), dictionaryOf(5)
	str, i64, f64 := nullable("s", vec.TString), nullable("i", vec.TInt64), nullable("f", vec.TFloat64)
	sum := func(c int) plan.Agg { return plan.MakeAgg(plan.AggSum, c) }
	count := plan.MakeAgg(plan.AggCount, -1)
	b.Run("seed/dict", func(b *testing.B) {
		benchmarkAggregate(b, 1, []plan.Agg{count, sum(1), plan.MakeAgg(plan.AggAvg, 1)}, []plan.Field{str, f64}, func(rng *rand.Rand, c, n int) *vec.Vec {
			return []func() *vec.Vec{func() *vec.Vec { return randomCodes(rng, n, dict5) }, func() *vec.Vec { return randomFloats(rng, n) }}[c]()
		}, 2)
	})
	b.Run("seed/plain", func(b *testing.B) {
		benchmarkAggregate(b, 1, []plan.Agg{count, sum(1), plan.MakeAgg(plan.AggAvg, 1)}, []plan.Field{str, f64}, func(rng *rand.Rand, c, n int) *vec.Vec {
			if c == 0 {
				return randomStrings(rng, n, 5)
			}
			return randomFloats(rng, n)
		}, 2)
	})
	b.Run("q1", func(b *testing.B) {
		benchmarkAggregate(b, 1, []plan.Agg{sum(1)}, []plan.Field{str, i64}, func(rng *rand.Rand, c, n int) *vec.Vec {
			if c == 0 {
				return randomCodes(rng, n, dict100)
			}
			return randomInts(rng, n, 5)
		}, 2)
	})
	b.Run("q2", func(b *testing.B) {
		benchmarkAggregate(b, 2, []plan.Agg{sum(2)}, []plan.Field{str, str, i64}, func(rng *rand.Rand, c, n int) *vec.Vec {
			if c < 2 {
				return randomCodes(rng, n, dict100)
			}
			return randomInts(rng, n, 5)
		}, 2)
	})
	b.Run("q3", func(b *testing.B) {
		benchmarkAggregate(b, 1, []plan.Agg{sum(1), plan.MakeAgg(plan.AggAvg, 2)}, []plan.Field{str, i64, f64}, func(rng *rand.Rand, c, n int) *vec.Vec {
			return []func() *vec.Vec{func() *vec.Vec { return randomStrings(rng, n, 100_000) }, func() *vec.Vec { return randomInts(rng, n, 5) }, func() *vec.Vec { return randomFloats(rng, n) }}[c]()
		}, 4)
	})
	b.Run("q4", func(b *testing.B) {
		benchmarkAggregate(b, 1, []plan.Agg{plan.MakeAgg(plan.AggAvg, 1), plan.MakeAgg(plan.AggAvg, 2), plan.MakeAgg(plan.AggAvg, 3)}, []plan.Field{i64, i64, i64, f64}, func(rng *rand.Rand, c, n int) *vec.Vec {
			if c == 3 {
				return randomFloats(rng, n)
			}
			return randomInts(rng, n, 100)
		}, 2)
	})
	b.Run("q5", func(b *testing.B) {
		benchmarkAggregate(b, 1, []plan.Agg{sum(1), sum(2), sum(3)}, []plan.Field{i64, i64, i64, f64}, func(rng *rand.Rand, c, n int) *vec.Vec {
			return []func() *vec.Vec{func() *vec.Vec { return randomInts(rng, n, 100_000) }, func() *vec.Vec { return randomInts(rng, n, 5) }, func() *vec.Vec { return randomInts(rng, n, 15) }, func() *vec.Vec { return randomFloats(rng, n) }}[c]()
		}, 4)
	})
	b.Run("q7", func(b *testing.B) {
		benchmarkAggregate(b, 1, []plan.Agg{plan.MakeAgg(plan.AggMax, 1), plan.MakeAgg(plan.AggMin, 2)}, []plan.Field{str, i64, i64}, func(rng *rand.Rand, c, n int) *vec.Vec {
			if c == 0 {
				return randomStrings(rng, n, 100_000)
			}
			return randomInts(rng, n, 5)
		}, 4)
	})
	b.Run("whole", func(b *testing.B) {
		benchmarkAggregate(b, 0, []plan.Agg{count, sum(0), sum(1)}, []plan.Field{i64, f64}, func(rng *rand.Rand, c, n int) *vec.Vec {
			return []func() *vec.Vec{func() *vec.Vec { return randomInts(rng, n, 100) }, func() *vec.Vec { return randomFloats(rng, n) }}[c]()
		}, 2)
	})
	b.Run("distinct", func(b *testing.B) { // a quarter of a million groups, four rows each, far apart
		next := int64(0)
		benchmarkAggregate(b, 1, []plan.Agg{count, sum(1)}, []plan.Field{i64, f64}, func(rng *rand.Rand, c, n int) *vec.Vec {
			if c == 1 {
				return randomFloats(rng, n)
			}
			k := vec.NewBuilder(vec.TInt64, n)
			for range n {
				next++
				vec.AppendFixed(k, next*7919)
			}
			return k.Finish()
		}, 1)
	})
}
