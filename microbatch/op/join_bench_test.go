package op_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// counting takes rows and counts them.
type counting struct{ rows int64 }

func (c *counting) Emit(_ op.OutPort, _ op.Seq, b *vec.Batch) error {
	c.rows += int64(b.Rows())
	return nil
}

// benchJoin opens an inner join on the first columns of two schemas.
func benchJoin(b *testing.B, left, right *plan.Schema, n plan.Node, bounded bool) (op.Operator, op.Local, *op.Epoch, *counting) {
	env := op.Env{Name: "join", Workers: 1, Account: vec.NewBudget(0).Account("join"), Stats: &op.Stats{}, Seed: 42}
	var o op.Operator
	var err error
	switch n := n.(type) {
	case *plan.Join:
		o, err = op.NewJoin(n, env)
	case *plan.AsOf:
		o, err = op.NewAsOf(n, env)
	}
	if err != nil {
		b.Fatal(err)
	}
	newLocal, err := o.Open([]op.Port{{Schema: left, Bounded: bounded, Final: bounded, Time: -1}, {Schema: right, Bounded: bounded, Final: bounded, Time: -1}})
	if err != nil {
		b.Fatal(err)
	}
	out := &counting{}
	e := &op.Epoch{Number: 1, Watermarks: []int64{op.NoWatermark, op.NoWatermark}, Parallel: func(n int, part func(int, op.Out) error) error {
		for i := range n {
			if err := part(i, out); err != nil {
				return err
			}
		}
		return nil
	}}
	return o, newLocal(), e, out
}

// intBatches are batches of an int64 key that key makes of the row's number, and n−1 other int64 columns.
func intBatches(rows, columns int, key func(i int) int64) []*vec.Batch {
	var out []*vec.Batch
	for from := 0; from < rows; from += vec.BatchRows {
		b := &vec.Batch{N: min(vec.BatchRows, rows-from)}
		for c := range columns {
			v := &vec.Vec{Type: vec.TInt64, N: b.N, Data: vec.Alloc(8 * b.N)}
			for i := range b.N {
				vec.Of[int64](v)[i] = int64(from + i)
				if c == 0 {
					vec.Of[int64](v)[i] = key(from + i)
				}
			}
			b.Cols = append(b.Cols, v)
		}
		out = append(out, b)
	}
	return out
}

func intSchema(columns int) *plan.Schema {
	var fields []plan.Field
	for c := range columns {
		fields = append(fields, plan.Field{Name: fmt.Sprint("c", c), Type: vec.TInt64})
	}
	return plan.NewSchema(fields...)
}

// BenchmarkJoinBatch joins tables of two int64 columns on one core: a row is a row of the left side.
func BenchmarkJoinBatch(b *testing.B) {
	for _, c := range []struct {
		name        string
		build, keys int
		hits        float64
	}{
		{"1k", 1000, 1000, 1}, {"100k", 100_000, 100_000, 1}, {"1M", 1_000_000, 1_000_000, 1}, {"1M/few", 1_000_000, 1_000_000, 0.1}, {"1M/4each", 1_000_000, 250_000, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := intSchema(2)
			n := &plan.Join{Left: &plan.Read{Out: s}, Right: &plan.Read{Out: s}, LeftKeys: []int{0}, RightKeys: []int{0}}
			rng := rand.New(rand.NewPCG(1, 1))
			o, local, e, out := benchJoin(b, s, s, n, true)
			for _, batch := range intBatches(c.build, 2, func(i int) int64 { return int64(i % c.keys) }) {
				if err := local.Push(1, op.Seq{}, batch, out); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			if err := o.(op.PortEnder).EndPort(1, e, out); err != nil {
				b.Fatal(err)
			}
			probes := intBatches(1<<20, 2, func(int) int64 { return rng.Int64N(int64(float64(c.keys) / c.hits)) })
			rows := 0
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				batch := probes[i%len(probes)]
				if err := local.Push(0, op.Seq{}, batch, out); err != nil {
					b.Fatal(err)
				}
				rows += batch.N
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
			b.ReportMetric(float64(out.rows)/float64(rows), "out/row")
		})
	}
}

// BenchmarkJoinBuild makes the table of 1 M rows.
func BenchmarkJoinBuild(b *testing.B) {
	s := intSchema(2)
	n := &plan.Join{Left: &plan.Read{Out: s}, Right: &plan.Read{Out: s}, LeftKeys: []int{0}, RightKeys: []int{0}}
	const rows = 1_000_000
	batches := intBatches(rows, 2, func(i int) int64 { return int64(i) * 7919 })
	for b.Loop() {
		o, local, e, out := benchJoin(b, s, s, n, true)
		for _, batch := range batches {
			if err := local.Push(1, op.Seq{}, batch, out); err != nil {
				b.Fatal(err)
			}
		}
		if err := o.(op.PortEnder).EndPort(1, e, out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
}

// BenchmarkJoinStream joins streams in epochs of some rows on one core: of 49 rows, 3 are new auctions on the right and 46 bids on the
// left for one of the last thousand auctions, as in Nexmark's q20. The state grows all the while.
func BenchmarkJoinStream(b *testing.B) {
	for _, each := range []int{10, 1000, 100_000} {
		b.Run(fmt.Sprint(each), func(b *testing.B) {
			ls := plan.NewSchema(append(intSchema(5).Fields(), plan.Field{Name: "channel", Type: vec.TString}, plan.Field{Name: "url", Type: vec.TString})...)
			rs := plan.NewSchema(append(intSchema(7).Fields(), plan.Field{Name: "item", Type: vec.TString})...)
			n := &plan.Join{Left: &plan.Read{Out: ls}, Right: &plan.Read{Out: rs}, LeftKeys: []int{0}, RightKeys: []int{0}}
			o, local, e, out := benchJoin(b, ls, rs, n, false)
			defer o.Close()
			rng := rand.New(rand.NewPCG(1, 1))
			auctions, rows := 0, 0
			for b.Loop() {
				b.StopTimer()
				right := max(1, each*3/49)
				bids := withText(intBatches(each-right, 5, func(int) int64 { return int64(max(0, auctions-rng.IntN(1000))) }), 2)
				added := withText(intBatches(right, 7, func(i int) int64 { return int64(auctions + i) }), 1)
				auctions += right
				b.StartTimer()
				for port, batches := range [][]*vec.Batch{bids, added} {
					for _, batch := range batches {
						if err := local.Push(port, op.Seq{}, batch, out); err != nil {
							b.Fatal(err)
						}
					}
				}
				if err := o.EndEpoch(e, out); err != nil {
					b.Fatal(err)
				}
				rows += each
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
			b.ReportMetric(float64(out.rows)/float64(rows), "out/row")
		})
	}
}

func withText(batches []*vec.Batch, columns int) []*vec.Batch {
	for _, b := range batches {
		for range columns {
			v := vec.NewBuilder(vec.TString, b.N)
			for i := range b.N {
				v.AppendString(fmt.Sprint("https://www.nexmark.com/item?id=", i))
			}
			b.Cols = append(b.Cols, v.Finish())
		}
	}
	return batches
}

// BenchmarkAsOf revises answers: each epoch brings some left rows and a tenth as many right rows of 100 keys, in order of time but for some.
func BenchmarkAsOf(b *testing.B) {
	for _, each := range []int{10, 10_000} {
		b.Run(fmt.Sprint(each), func(b *testing.B) {
			s := intSchema(2)
			n := &plan.AsOf{Left: &plan.Read{Out: s}, Right: &plan.Read{Out: s}, LeftKeys: []int{0}, RightKeys: []int{0}, LeftTime: 1, RightTime: 1, Tolerance: -1}
			o, local, e, out := benchJoin(b, s, s, n, false)
			defer o.Close()
			rng := rand.New(rand.NewPCG(1, 1))
			rows, clock := 0, int64(0)
			for b.Loop() {
				b.StopTimer()
				sides := [][]*vec.Batch{intBatches(each, 2, func(int) int64 { return rng.Int64N(100) }), intBatches(each/10+1, 2, func(int) int64 { return rng.Int64N(100) })}
				for _, batches := range sides {
					for _, batch := range batches {
						for i := range batch.N {
							clock += 10
							vec.Of[int64](batch.Cols[1])[i] = clock - rng.Int64N(10_000)
						}
					}
				}
				b.StartTimer()
				for port, batches := range sides {
					for _, batch := range batches {
						if err := local.Push(port, op.Seq{}, batch, out); err != nil {
							b.Fatal(err)
						}
					}
				}
				if err := o.EndEpoch(e, out); err != nil {
					b.Fatal(err)
				}
				rows += each + each/10 + 1
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
			b.ReportMetric(float64(out.rows)/float64(rows), "out/row")
		})
	}
}

// BenchmarkJoinIntervalAnyOrder joins rows of one key whose times come in any order, nearly all of them in different buckets: a row is one of either side.
func BenchmarkJoinIntervalAnyOrder(b *testing.B) {
	for _, n := range []int{20_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := plan.NewSchema(plan.Field{Name: "key", Type: vec.TInt64}, plan.Field{Name: "at", Type: vec.TTimestamp(vec.Micro)})
			rng := rand.New(rand.NewPCG(1, 1))
			rows := intBatches(n, 2, func(int) int64 { return 0 })
			for _, batch := range rows {
				for i := range batch.N {
					vec.Of[int64](batch.Cols[1])[i] = rng.Int64N(100 * int64(n))
				}
			}
			node := &plan.Join{
				Left: &plan.Read{Out: s}, Right: &plan.Read{Out: s}, LeftKeys: []int{0}, RightKeys: []int{0}, Within: &plan.Interval{LeftTime: 1, RightTime: 1, Hi: 10},
			}
			for b.Loop() {
				o, local, e, out := benchJoin(b, s, s, node, false)
				for _, batch := range rows {
					for side := range 2 {
						if err := local.Push(side, op.Seq{}, batch, out); err != nil {
							b.Fatal(err)
						}
					}
					if err := o.EndEpoch(e, out); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(2*n*b.N), "ns/row")
		})
	}
}
