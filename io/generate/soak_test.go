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

var soak = flag.Duration("soak", 20*time.Second, "how long TestWindowsFreeTheirState runs")

type click struct {
	User int64
	At   time.Time
}

// TestWindowsFreeTheirState runs sliding and session windows over a stream in which half an hour of event time goes by every second: what is
// held, and the heap, stay within a tenth of what they are after a fifth of the time. That is the long form:
//
//	go test ./io/generate -run TestWindowsFreeTheirState -soak 10m -timeout 15m -v
//
// By itself the rows of twenty seconds come as fast as they are taken, in epochs of a fiftieth of a second each: how much is held depends on how large epochs are,
// and that, on a busy machine, on what else it does.
func TestWindowsFreeTheirState(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds")
	}
	const rate, eventTime = 50_000, 1800 // rows and seconds of event time a second
	const users = 7000                   // of two workers' tables none is near the size where it doubles
	began := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	stats := &microbatch.Stats{}
	config, options := microbatch.Config{Stats: stats, Threads: 2}, []generate.Option{generate.Rate(rate), generate.Tick(20 * time.Millisecond)}
	if *soak < time.Minute {
		config.MaxEpochRows, options = rate/50, nil
	}
	clicks := generate.Rows(func(n int64) click {
		rng := rand.New(rand.NewPCG(1, uint64(n)))
		late := time.Duration(rng.Int64N(int64(time.Minute)))
		return click{rng.Int64N(users), began.Add(time.Duration(n)*(eventTime*time.Second/rate) - late)}
	}, options...)
	sliding := clicks.WindowBy("at", pw.Sliding(10*time.Minute, time.Minute), pw.By("user"), pw.Delay(time.Minute)).Reduce(pw.Count(), pw.Max("at"))
	sessions := clicks.WindowBy("at", pw.Session(2*time.Minute), pw.By("user"), pw.Delay(time.Minute)).Reduce(pw.Count())
	var out counter
	h, err := config.Start(t.Context(), pw.NewOutput(sliding, &out, nil), pw.NewOutput(sessions, &out, nil))
	if err != nil {
		t.Fatal(err)
	}
	rows := int64(soak.Seconds() * rate)
	held, heap := level(t, h, rows/5, rows*2/5)
	t.Logf("after %d rows: %d bytes held, a heap of %d", rows/5, held, heap)
	heldNow, heapNow := level(t, h, rows*4/5, rows)
	t.Logf("after %d rows: %d bytes held, a heap of %d; %d late, %d out", rows, heldNow, heapNow, stats.RowsLate.Load(), stats.RowsWritten.Load())
	if err := h.Cancel(); err != nil {
		t.Fatal(err)
	}
	if float64(heldNow) > 1.1*float64(held) || float64(heapNow) > 1.1*float64(heap)+4e6 {
		t.Errorf("state grows: %d bytes held after %d rows, %d after %d; heap %d and %d", held, rows/5, heldNow, rows, heap, heapNow)
	}
	if stats.RowsWritten.Load() == 0 || stats.RowsLate.Load() > 0 {
		t.Errorf("%d rows of windows have come out, and %d rows were late", stats.RowsWritten.Load(), stats.RowsLate.Load())
	}
}

// level is what was held and the heap after a collection, while the rows from one number to another came: the median of many looks.
func level(t *testing.T, h *microbatch.Handle, from, to int64) (held int64, heap uint64) {
	var helds []int64
	var heaps []uint64
	each := min(*soak/500, time.Second)
	for {
		s := h.Status()
		if rows := s.Sources[0].Rows; rows >= to {
			break
		} else if rows < from {
			time.Sleep(each)
			continue
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		helds, heaps = append(helds, s.Held), append(heaps, m.HeapAlloc)
		time.Sleep(each)
	}
	if len(helds) == 0 {
		t.Fatal("the rows came between two looks")
	}
	slices.Sort(helds)
	slices.Sort(heaps)
	return helds[len(helds)/2], heaps[len(heaps)/2]
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
