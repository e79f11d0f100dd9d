package op_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

var bidFields = []plan.Field{
	{Name: "auction", Type: vec.TInt64},
	{Name: "bidder", Type: vec.TInt64},
	{Name: "price", Type: vec.TInt64},
	{Name: "channel", Type: vec.TString},
	{Name: "url", Type: vec.TString},
	{Name: "ts", Type: vec.TTimestamp(vec.Milli)},
	{Name: "extra", Type: vec.TString},
}

// bids makes n bids as Nexmark has them, about: on the last hundred auctions, half of them on one; of the last thousand bidders.
func bids(rng *rand.Rand, first, n int) *vec.Batch {
	cols := make([]*vec.Builder, len(bidFields))
	for i, f := range bidFields {
		cols[i] = vec.NewBuilder(f.Type, n)
	}
	extra := make([]byte, 60)
	for i := first; i < first+n; i++ {
		newest := int64(i / 15)
		auction := max(0, newest-rng.Int64N(100))
		if rng.IntN(2) == 0 {
			auction = newest / 100 * 100
		}
		vec.AppendFixed(cols[0], auction)
		vec.AppendFixed(cols[1], max(0, newest/3-rng.Int64N(1000)))
		vec.AppendFixed(cols[2], rng.Int64N(10_000_000))
		channel := rng.IntN(10_000)
		cols[3].AppendString(fmt.Sprint("channel-", channel))
		cols[4].AppendString(fmt.Sprint("https://www.nexmark.com/a/b/c/item.htm?query=1&channel_id=", channel))
		vec.AppendFixed(cols[5], int64(i/10))
		for k := range extra {
			extra[k] = 'a' + byte(rng.IntN(26))
		}
		cols[6].AppendBytes(extra)
	}
	b := &vec.Batch{N: n}
	for _, c := range cols {
		b.Cols = append(b.Cols, c.Finish())
	}
	return b
}

// BenchmarkTop ranks bids on one worker, in epochs of a thousand and of a hundred thousand: the last bid of each bidder on each auction (Nexmark's
// q18), the ten highest of each auction, numbered (q19), the highest of each auction (as in q9), and the same where bids can go.
func BenchmarkTop(b *testing.B) {
	const events, batch = 400_000, 1000
	rng := rand.New(rand.NewPCG(1, 1))
	var batches []*vec.Batch
	for first := 0; first < events; first += batch {
		batches = append(batches, bids(rng, first, batch))
	}
	price := []plan.SortKey{{Column: 2, Desc: true}}
	for _, c := range []struct {
		name string
		node plan.Top
		kind plan.Changelog
	}{
		{"last a bidder and auction", plan.Top{Keys: []int{1, 0}, Order: []plan.SortKey{{Column: 5, Desc: true}}, Last: true, N: 1}, plan.Append},
		{"ten an auction", plan.Top{Keys: []int{0}, Order: price, N: 10, Number: true}, plan.Append},
		{"first an auction", plan.Top{Keys: []int{0}, Order: price, N: 1}, plan.Append},
		{"ten an auction, retract", plan.Top{Keys: []int{0}, Order: price, N: 10, Number: true}, plan.Retract},
		{"first an auction, retract", plan.Top{Keys: []int{0}, Order: price, N: 1}, plan.Retract},
	} {
		for _, epoch := range []int{1, 100} {
			b.Run(fmt.Sprintf("%s/epochs of %d", c.name, epoch*batch), func(b *testing.B) {
				for range b.N {
					c.node.Input = input(bidFields...)
					in := retractPort(nil, bidFields...)
					in.Kind, in.Ordered = c.kind, true
					o := op.NewTop(&c.node, op.Env{Workers: 1, Account: vec.NewBudget(0).Account("top"), Stats: &op.Stats{}})
					newLocal, err := o.Open([]op.Port{in})
					if err != nil {
						b.Fatal(err)
					}
					local, out := newLocal(), discard{}
					for i, batch := range batches {
						if err := local.Push(0, op.Seq{Offset: int64(i)}, batch, out); err != nil {
							b.Fatal(err)
						}
						if (i+1)%epoch == 0 {
							if err := o.EndEpoch(&op.Epoch{Number: int64(i), Parallel: parallelOn(1, out)}, out); err != nil {
								b.Fatal(err)
							}
						}
					}
					if err := o.Close(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*events), "ns/event")
			})
		}
	}
}
