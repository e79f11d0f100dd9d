package generate_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/generate"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

var soak = flag.Duration("soak", 10*time.Second, "how long TestWindowsFreeTheirState runs")

type click struct {
	User int64
	At   time.Time
}

// TestWindowsFreeTheirState runs sliding and session windows over a stream in which half an hour of event time goes by every second: what is
// held, and the heap, stay within a tenth of what they are after a fifth of the time; in the short form, which state that isn't freed would exceed tenfold,
// they may double. For the long form:
//
//	go test ./io/generate -run TestWindowsFreeTheirState -soak 10m -timeout 15m -v
func TestWindowsFreeTheirState(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes ten seconds of the clock")
	}
	const rate, eventTime = 50_000, 1800 // rows and seconds of event time a second
	began := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	clicks := generate.Rows(func(n int64) click {
		rng := rand.New(rand.NewPCG(1, uint64(n)))
		late := time.Duration(rng.Int64N(int64(time.Minute)))
		return click{rng.Int64N(5000), began.Add(time.Duration(n)*(eventTime*time.Second/rate) - late)}
	}, generate.Rate(rate), generate.Tick(20*time.Millisecond))
	sliding := clicks.WindowBy("at", pw.Sliding(10*time.Minute, time.Minute), pw.By("user"), pw.Delay(time.Minute)).Reduce(pw.Count(), pw.Max("at"))
	sessions := clicks.WindowBy("at", pw.Session(2*time.Minute), pw.By("user"), pw.Delay(time.Minute)).Reduce(pw.Count())
	var out counter
	stats := &microbatch.Stats{}
	h, err := microbatch.Config{Stats: stats}.Start(t.Context(), pw.NewOutput(sliding, &out, nil), pw.NewOutput(sessions, &out, nil))
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(*soak / 5)
	held, heap := level(h, *soak/5)
	t.Logf("after %s: %d bytes held, a heap of %d", *soak/5, held, heap)
	time.Sleep(*soak * 2 / 5)
	heldNow, heapNow := level(h, *soak/5)
	t.Logf("after %s: %d bytes held, a heap of %d; %d rows in, %d late, %d out", *soak, heldNow, heapNow, stats.RowsRead.Load(), stats.RowsLate.Load(), stats.RowsWritten.Load())
	if err := h.Cancel(); err != nil {
		t.Fatal(err)
	}
	limit := 1.1
	if *soak < time.Minute { // tables have the size of the largest epoch so far, and on a busy machine that grows at first
		limit = 2
	}
	if float64(heldNow) > limit*float64(held) || float64(heapNow) > limit*float64(heap)+4e6 {
		t.Errorf("state grows: %d bytes held after %s, %d after %s; heap %d and %d", held, *soak/5, heldNow, *soak, heap, heapNow)
	}
	if stats.RowsWritten.Load() == 0 || stats.RowsLate.Load() > 0 {
		t.Errorf("%d rows of windows have come out, and %d rows were late", stats.RowsWritten.Load(), stats.RowsLate.Load())
	}
}

// level is what was held and the heap after a collection, over a while: the median of several looks, for an epoch that
// was cut late on a busy machine has more rows.
func level(h *microbatch.Handle, d time.Duration) (held int64, heap uint64) {
	const looks = 21
	var helds []int64
	var heaps []uint64
	for range looks {
		time.Sleep(d / looks)
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		helds, heaps = append(helds, h.Status().Held), append(heaps, m.HeapAlloc)
	}
	slices.Sort(helds)
	slices.Sort(heaps)
	return helds[looks/2], heaps[looks/2]
}

// counter is a sink that lets rows go.
type counter struct{}

func (*counter) Describe() plan.Description   { return plan.Description{Kind: "counter"} }
func (*counter) NewWriter() microbatch.Writer { return &counter{} }
func (*counter) OpenSink(context.Context, *microbatch.Env, op.Port) (microbatch.Sink, error) {
	return &counter{}, nil
}
func (*counter) Push(microbatch.Seq, *vec.Batch) error { return nil }
func (*counter) EndMorsel(int64) error                 { return nil }
func (*counter) EndEpoch(*op.Epoch) error              { return nil }
func (*counter) Commit(context.Context) error          { return nil }
func (*counter) Publish() error                        { return nil }
func (*counter) Close() error                          { return nil }
