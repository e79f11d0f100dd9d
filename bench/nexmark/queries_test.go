package nexmark

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
	return paced(t, cuts, 0, options...)
}

// paced is table with a pause after each commit.
func paced(t *testing.T, cuts []int64, pause time.Duration, options ...custom.Option) *pw.Table {
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
			time.Sleep(pause)
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
// are cut into epochs, and with one worker or two. A short test tries one of all that.
func TestStreamsAddUpToBatches(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	parts, workers := []float64{1.0 / 40, 1.0 / 4, 2}, []int{1, 2} // the longest epochs, of all events
	if testing.Short() {
		one := rng.IntN(len(parts))
		parts, workers = parts[one:one+1], workers[1:]
	}
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
			for _, part := range parts {
				cuts := cutsOf(rng, events, int64(part*float64(events)))
				for _, threads := range workers {
					c := microbatch.Config{Threads: threads, Test: op.TestSettings{PoisonLent: true, EpochRows: 1}}
					if got := result(t, q, c, table(t, cuts)); got != want {
						t.Errorf("seed %d, cuts %v, %d workers: the stream has\n%s\nthe batch\n%s", seed, cuts, c.Threads, head(got), head(want))
					}
				}
			}
		})
	}
}

// TestClockWindows: the same cuts at the same times give q12 the same changes, epoch by epoch; what it counts adds up to what a batch counts, and each
// window is ten seconds of the clock.
func TestClockWindows(t *testing.T) {
	q, err := QueryOf("q12")
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	cuts := cutsOf(rand.New(rand.NewPCG(seed, 0)), testEvents(q), 1_000)
	first := changesByClock(t, q, cuts, 1)
	for _, threads := range []int{1, 2, 3} {
		if got := changesByClock(t, q, cuts, threads); got != first {
			t.Errorf("seed %d, %d workers: the changes are\n%s\nwith one\n%s", seed, threads, head(got), head(first))
		}
	}
	bids, windows := map[string]int{}, map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(first), "\n")[1:] {
		cells := strings.Split(line, " | ")
		n, err := strconv.Atoi(strings.TrimSpace(cells[1]))
		if err != nil {
			t.Fatal(err)
		}
		bids[strings.TrimSpace(cells[0])] += n
		windows[cells[2]+" to "+cells[3]] = true
	}
	if len(windows) < 3 || !windows["2000-01-01 00:00:10 to 2000-01-01 00:00:20"] {
		t.Errorf("the windows are %v", windows)
	}
	want := result(t, Query{Name: "counts", Table: func(s Stream) *pw.Table { return s.Bid().GroupBy("bidder").Reduce(pw.Count()) }},
		microbatch.Config{}, table(t, cuts, custom.Bounded()))
	for _, line := range strings.Split(strings.TrimSpace(want), "\n")[1:] {
		cells := strings.Split(line, " | ")
		if got := bids[strings.TrimSpace(cells[0])]; strconv.Itoa(got) != strings.TrimSpace(cells[1]) {
			t.Errorf("seed %d: bidder %s has %d bids in all windows, in a batch %s", seed, cells[0], got, cells[1])
		}
	}
}

// changesByClock is the query's log of changes where the clock stands still while an epoch runs, and a commit comes every 700 ms.
func changesByClock(t *testing.T, q Query, cuts []int64, threads int) (out string) {
	synctest.Test(t, func(t *testing.T) {
		r := &texttable.Recorder{}
		events := paced(t, cuts, 700*time.Millisecond)
		if err := (microbatch.Config{Threads: threads}).Run(t.Context(), r.Output(q.Table(StreamOf(events)))); err != nil {
			t.Fatal(err)
		}
		out = r.Changes()
	})
	return out
}

func head(s string) string { return fmt.Sprintf("%.2000s", s) }
