package bench

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/bench/nexmark"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// NexmarkCase is a run of a query of Nexmark over events that are made before, in memory, as columns. They are one stream, as
// published, of which each query takes what it needs: also a query of people alone is handed all bids.
type NexmarkCase struct {
	Query     string `json:"query"`
	Events    int64  `json:"events"`     // of all kinds
	EventRate int64  `json:"event_rate"` // events in a second of event time
	Commit    int64  `json:"commit"`     // events that are handed over together
	Queue     int    `json:"queue"`      // events that may wait for the engine, which makes an epoch of them
	// Offered is how many events are due in a second; 0 is as many as the engine takes.
	Offered int64 `json:"offered"`
}

// The usual NexmarkCase: epochs of about 100,000 events. Flink's published figures are for mini-batches of 50,000.
const (
	nexmarkCommit = 50_000
	nexmarkQueue  = 100_000
)

// NexmarkFigures is what a NexmarkCase found.
type NexmarkFigures struct {
	Seconds float64 `json:"seconds"` // from the start until the last result was written
	CPU     float64 `json:"cpu"`     // seconds of the process in that time; the events were made before
	Rows    int64   `json:"rows"`    // written, those taken back included
	Sum     uint64  `json:"sum"`     // of what they add up to: see readingSink
	Epochs  int64   `json:"epochs"`
	Events  int64   `json:"events"` // bytes of the events
	Peak    int64   `json:"peak"`   // bytes of memory beyond those, at most; Go lets garbage grow by what is live, events too
	State   int64   `json:"state"`  // bytes of state, at most
	Latencies
}

// Run makes the events and runs the case. around, if not nil, is called with what is measured, for a profile of that alone.
func (c NexmarkCase) Run(ctx context.Context, config microbatch.Config, around func(run func() error) error) (NexmarkFigures, error) {
	c = c.withDefaults()
	query, err := nexmark.QueryOf(c.Query)
	if err != nil {
		return NexmarkFigures{}, err
	}
	feed, err := newNexmarkFeed(c)
	if err != nil {
		return NexmarkFigures{}, err
	}
	if around == nil {
		around = func(run func() error) error { return run() }
	}
	var f NexmarkFigures
	err = around(func() error {
		f, err = c.measure(ctx, config, query, feed)
		return err
	})
	return f, err
}

func (c NexmarkCase) measure(ctx context.Context, config microbatch.Config, query nexmark.Query, feed *nexmarkFeed) (NexmarkFigures, error) {
	f := NexmarkFigures{Events: heldMemory()}
	config.Stats = &microbatch.Stats{}
	sink := &readingSink{stats: config.Stats, due: &feed.due}
	cpu, start := cpuSeconds(), time.Now()
	h, err := config.Start(ctx, pw.NewOutput(query.Table(nexmark.StreamOf(feed.table())), sink, nil))
	if err != nil {
		return f, fmt.Errorf("%s: %w", query.Name, err)
	}
	f.State = mostState(h)
	if err := h.Wait(); err != nil {
		return f, fmt.Errorf("%s: %w", query.Name, err)
	}
	f.Seconds, f.CPU = time.Since(start).Seconds(), cpuSeconds()-cpu
	f.Peak = max(0, peakMemory()-f.Events)
	f.Rows, f.Sum, f.Epochs, f.Latencies = sink.rows, sink.sum, sink.epochs, latenciesOf(sink.latencies)
	if read := config.Stats.RowsRead.Load(); read != c.Events {
		return f, fmt.Errorf("%s: of %d events %d were processed", query.Name, c.Events, read)
	}
	return f, nil
}

// heldMemory is the bytes of Go's heap that are in use, after what isn't was given back.
func heldMemory() int64 {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func (c NexmarkCase) withDefaults() NexmarkCase {
	if c.EventRate == 0 {
		c.EventRate = nexmark.DefaultRate
	}
	if c.Commit == 0 {
		c.Commit = nexmarkCommit
	}
	if c.Queue == 0 {
		c.Queue = nexmarkQueue
	}
	return c
}

// mostState waits for the end of a run and is the most state that its operators had meanwhile, in bytes.
func mostState(h *microbatch.Handle) int64 {
	most := int64(0)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-h.Done():
			return most
		case <-tick.C:
			now := int64(0)
			for _, o := range h.Status().Operators {
				now += o.Bytes
			}
			most = max(most, now)
		}
	}
}

// nexmarkFeed hands over events that are in memory.
type nexmarkFeed struct {
	c       NexmarkCase
	commits [][]*vec.Batch
	due     dueRows
}

func newNexmarkFeed(c NexmarkCase) (*nexmarkFeed, error) {
	g, err := nexmark.New(nexmark.Config{Seed: 1, Rate: c.EventRate})
	if err != nil {
		return nil, err
	}
	f := &nexmarkFeed{c: c}
	for from := int64(0); from < c.Events; from += c.Commit {
		f.commits = append(f.commits, g.Events(from, min(from+c.Commit, c.Events)))
	}
	return f, nil
}

// table is the events as a stream.
func (f *nexmarkFeed) table() *pw.Table {
	return custom.Records(nexmark.Schema(), f.run, custom.Name("nexmark"), custom.Replays(), custom.Queue(f.c.Queue))
}

// run hands over a commit when it is due, or when the engine takes it.
func (f *nexmarkFeed) run(ctx context.Context, w *custom.RecordWriter) error {
	start := time.Now()
	given := int64(0)
	for _, batches := range f.commits {
		due := time.Now()
		if f.c.Offered > 0 {
			due = start.Add(time.Duration(float64(given) / float64(f.c.Offered) * 1e9))
			if err := sleepUntil(ctx, due); err != nil {
				return err
			}
		}
		for _, b := range batches {
			if err := w.AppendBatch(b, nil); err != nil {
				return err
			}
			given += int64(b.N)
		}
		f.due.add(due, given)
		if err := w.Commit(); err != nil {
			return err
		}
	}
	return nil
}
