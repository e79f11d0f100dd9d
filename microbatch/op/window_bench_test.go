package op_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// windowBids are batches like those of Nexmark: auction, bidder, price, time. Half of the bids are for the hot auction, the others for one of the
// last hundred; bidders likewise. perSecond is how many come in a second of event time.
func windowBids(batches, rows, perSecond int) []*vec.Batch {
	rng := rand.New(rand.NewPCG(1, 1))
	var out []*vec.Batch
	n := int64(0)
	for range batches {
		b := &vec.Batch{N: rows}
		cols := [4]*vec.Builder{}
		for i, t := range windowBidSchema.Fields() {
			cols[i] = vec.NewBuilder(t.Type, rows)
		}
		for range rows {
			auction, bidder := 1000+n/16, 1000+n/50
			if rng.IntN(2) == 0 {
				auction = auction / 100 * 100
			} else {
				auction -= rng.Int64N(100)
			}
			if rng.IntN(4) != 0 {
				bidder = bidder/100*100 + 1
			} else {
				bidder -= rng.Int64N(1000)
			}
			vec.AppendFixed(cols[0], auction)
			vec.AppendFixed(cols[1], bidder)
			vec.AppendFixed(cols[2], rng.Int64N(1e8))
			vec.AppendFixed(cols[3], 1_600_000_000_000_000+n*1_000_000/int64(perSecond))
			n++
		}
		for _, c := range cols {
			b.Cols = append(b.Cols, c.Finish())
		}
		out = append(out, b)
	}
	return out
}

var windowBidSchema = plan.NewSchema(
	plan.Field{Name: "auction", Type: vec.TInt64}, plan.Field{Name: "bidder", Type: vec.TInt64},
	plan.Field{Name: "price", Type: vec.TInt64}, plan.Field{Name: "ts", Type: vec.TTimestamp(vec.Micro)},
)

// bidWindow makes a window over bids.
func bidWindow(n plan.Window, aggs ...plan.Agg) *plan.Window {
	n.Input, n.Time = &plan.Read{Out: windowBidSchema}, 3
	if n.Processing {
		n.Time = -1
	}
	clock := vec.TTimestamp(vec.Micro)
	fields := []plan.Field{{Name: "window_start", Type: clock}, {Name: "window_end", Type: clock}}
	for _, k := range n.Keys {
		fields = append(fields, windowBidSchema.Field(k))
	}
	for i, a := range aggs {
		a.Name, a.Type = fmt.Sprint("agg", i), vec.TInt64
		n.Aggs = append(n.Aggs, a)
		fields = append(fields, plan.Field{Name: a.Name, Type: a.Type, Nullable: true})
	}
	n.Out = plan.NewSchema(fields...)
	return &n
}

// counted counts the rows that are emitted.
type counted struct{ rows int64 }

func (c *counted) Emit(_ op.OutPort, _ op.Seq, b *vec.Batch) error {
	c.rows += int64(b.N)
	return nil
}

// streamWindow runs batches through a window, an epoch for so many, with a delay of 4 s, as a stream or a batch of one epoch.
func streamWindow(tb testing.TB, n *plan.Window, batches []*vec.Batch, anEpoch int, bounded bool) int64 {
	w, err := op.NewWindow(n, op.Env{Workers: 1, Account: vec.NewBudget(0).Account("bench"), Stats: &op.Stats{}})
	if err != nil {
		tb.Fatal(err)
	}
	newLocal, err := w.Open([]op.Port{{Schema: windowBidSchema, Bounded: bounded, Time: 3}})
	if err != nil {
		tb.Fatal(err)
	}
	local, out := newLocal(), &counted{}
	for i, b := range batches {
		if err := local.Push(0, op.Seq{}, b, out); err != nil {
			tb.Fatal(err)
		}
		last := i == len(batches)-1
		if bounded && !last || (i+1)%anEpoch != 0 && !last {
			continue
		}
		times := vec.Of[int64](b.Cols[3])
		e := &op.Epoch{Now: times[b.N-1], Last: last, Watermarks: []int64{times[b.N-1] - 4_000_000}, Parallel: parallelOn(1, out)}
		if err := w.EndEpoch(e, out); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.rows
}

const second = 1_000_000

func BenchmarkWindow(b *testing.B) {
	count := plan.MakeAgg(plan.AggCount, -1)
	most := plan.MakeAgg(plan.AggMax, 2)
	batches := windowBids(100, vec.BatchRows, 10_000)
	for _, c := range []struct {
		name string
		node *plan.Window
	}{
		{"q5 hop 10s 2s count by auction", bidWindow(plan.Window{Kind: plan.Sliding, Size: 10 * second, Step: 2 * second, Keys: []int{0}}, count)},
		{"hop 100s 1s count by auction", bidWindow(plan.Window{Kind: plan.Sliding, Size: 100 * second, Step: second, Keys: []int{0}}, count)},
		{"hop 100s 1s max", bidWindow(plan.Window{Kind: plan.Sliding, Size: 100 * second, Step: second}, count, most)},
		{"q7 tumble 10s max", bidWindow(plan.Window{Kind: plan.Tumbling, Size: 10 * second}, most)},
		{"q8 tumble 10s by bidder", bidWindow(plan.Window{Kind: plan.Tumbling, Size: 10 * second, Keys: []int{1}}, count)},
		{"q11 session 10s by bidder", bidWindow(plan.Window{Kind: plan.Session, Size: 10 * second, Keys: []int{1}}, count)},
		{"q12 processing 10s by bidder", bidWindow(plan.Window{Kind: plan.Tumbling, Size: 10 * second, Keys: []int{1}, Processing: true}, count)},
		{"tumble 10s corrected", bidWindow(plan.Window{Kind: plan.Tumbling, Size: 10 * second, Keys: []int{0}, Lateness: 20 * second}, count)},
	} {
		for _, mode := range []struct {
			name    string
			anEpoch int
			bounded bool
		}{{"stream", 1, false}, {"batch", 1, true}} {
			b.Run(c.name+"/"+mode.name, func(b *testing.B) {
				rows := int64(0)
				for b.Loop() {
					rows = streamWindow(b, c.node, batches, mode.anEpoch, mode.bounded)
				}
				events := float64(len(batches) * vec.BatchRows)
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/events, "ns/event")
				b.ReportMetric(float64(rows)/events, "rows/event")
			})
		}
	}
}

// BenchmarkWindowSmallEpochs is what an epoch of few rows costs.
func BenchmarkWindowSmallEpochs(b *testing.B) {
	count := plan.MakeAgg(plan.AggCount, -1)
	for _, rows := range []int{1, 100} {
		batches := windowBids(2000, rows, 10_000)
		for name, n := range map[string]*plan.Window{
			"sliding": bidWindow(plan.Window{Kind: plan.Sliding, Size: 10 * second, Step: 2 * second, Keys: []int{0}}, count),
			"session": bidWindow(plan.Window{Kind: plan.Session, Size: 10 * second, Keys: []int{1}}, count),
			"early":   bidWindow(plan.Window{Kind: plan.Tumbling, Size: 10 * second, Keys: []int{0}, Early: 1}, count),
		} {
			b.Run(fmt.Sprintf("%s/%d", name, rows), func(b *testing.B) {
				for b.Loop() {
					streamWindow(b, n, batches, 1, false)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(batches)), "ns/epoch")
			})
		}
	}
}
