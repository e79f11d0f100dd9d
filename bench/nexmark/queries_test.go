package nexmark

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/io/texttable"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// The tests' events are 20 s long and out of order by up to a second, so that windows open and close, and nothing is late.
const (
	testRate = 1_000
	shuffled = 1_000
)

// testEvents is how many events a query is tested with. Bidders of q23 come a thousand people after their bids: see the package's doc.
func testEvents(q Query) int64 {
	if q.Name == "q23" {
		return 60_000
	}
	return 20_000
}

// table is the first events as a source: a batch's, or a stream's whose commits end at cuts.
func table(t *testing.T, cuts []int64, options ...custom.Option) *pw.Table {
	t.Helper()
	g, err := New(Config{Seed: 7, Rate: testRate, Shuffle: shuffled})
	if err != nil {
		t.Fatal(err)
	}
	return custom.Records(Schema(), func(_ context.Context, w *custom.RecordWriter) error {
		from := int64(0)
		for _, to := range cuts {
			for _, b := range g.Events(from, to) {
				if err := w.AppendBatch(b, nil); err != nil {
					return err
				}
			}
			if err := w.Commit(); err != nil {
				return err
			}
			from = to
		}
		return nil
	}, append(options, custom.Replays(), custom.Queue(1))...)
}

// result is what the query's output adds up to.
func result(t *testing.T, q Query, c microbatch.Config, events *pw.Table) string {
	t.Helper()
	r := &texttable.Recorder{}
	if err := c.Run(t.Context(), r.Output(q.Table(StreamOf(events)))); err != nil {
		t.Fatalf("%s: %v", q.Name, err)
	}
	return r.Table(-1)
}

// cutsOf is where commits of at most so many of all events end.
func cutsOf(rng *rand.Rand, events, most int64) []int64 {
	var cuts []int64
	for at := int64(0); at < events; {
		at = min(at+1+rng.Int64N(most), events)
		cuts = append(cuts, at)
	}
	return cuts
}

// TestStreamsAddUpToBatches: what a query yields as a stream, all changes added up, is what it yields as a batch, however the events
// are cut into epochs, and with one worker or two.
func TestStreamsAddUpToBatches(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, q := range Queries() {
		if q.Clock {
			continue
		}
		t.Run(q.Name, func(t *testing.T) {
			events := testEvents(q)
			want := result(t, q, microbatch.Config{Threads: 1}, table(t, []int64{events}, custom.Bounded()))
			if strings.Count(want, "\n") < 2 {
				t.Errorf("hardly any result:\n%s", want)
			}
			for _, most := range []int64{events / 40, events / 4, 2 * events} {
				cuts := cutsOf(rng, events, most)
				for threads := range 2 {
					c := microbatch.Config{Threads: threads + 1, Test: op.TestSettings{PoisonLent: true, EpochRows: 1}}
					if got := result(t, q, c, table(t, cuts)); got != want {
						t.Errorf("seed %d, cuts %v, %d workers: the stream has\n%s\nthe batch\n%s", seed, cuts, c.Threads, head(got), head(want))
					}
				}
			}
		})
	}
}

// TestClockWindows: what q12 counts is, added up over the windows, what a batch counts, and each window is ten seconds of the clock.
func TestClockWindows(t *testing.T) {
	q, err := QueryOf("q12")
	if err != nil {
		t.Fatal(err)
	}
	perBidder := func(s Stream) *pw.Table {
		return q.Table(s).
			With(pw.Col("endtime").Epoch(pw.Micro).Sub(pw.Col("starttime").Epoch(pw.Micro)).As("length"), pw.Col("starttime").Epoch(pw.Milli).Rem(10_000).As("begins")).
			GroupBy("bidder", "length", "begins").Reduce(pw.Sum("bid_count").As("bids"))
	}
	counts := func(s Stream) *pw.Table {
		return s.Bid().With(pw.Lit(10_000_000).As("length"), pw.Lit(0).As("begins")).
			GroupBy("bidder", "length", "begins").Reduce(pw.Count().As("n")).
			GroupBy("bidder", "length", "begins").Reduce(pw.Sum("n").As("bids"))
	}
	events := testEvents(q)
	want := result(t, Query{Name: "counts", Table: counts}, microbatch.Config{}, table(t, []int64{events}, custom.Bounded()))
	got := result(t, Query{Name: "q12", Table: perBidder}, microbatch.Config{}, table(t, cutsOf(rand.New(rand.NewPCG(1, 1)), events, 1_000)))
	if got != want {
		t.Errorf("the stream has\n%s\nwant\n%s", head(got), head(want))
	}
}

func head(s string) string { return fmt.Sprintf("%.2000s", s) }
