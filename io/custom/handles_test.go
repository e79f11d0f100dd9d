package custom_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/microbatch"
)

// item is a row of the random runs: its number in the input, and a key to sum by.
type item struct {
	N   int64
	Key int64
}

const keys = 5

type summed struct {
	Key int64
	Sum int64
	N   int64
}

// world is what lasts from run to run: the input, how much of it was written, and sums that a second sink keeps of it.
type world struct {
	t    *testing.T
	seed uint64
	rng  *rand.Rand

	mu        sync.Mutex
	input     int64 // rows there are in all
	written   int64 // rows of the input, from its start, that the first sink has taken
	committed int64 // rows that Commit has taken without an error
	limits    map[int64]bool
	refused   [2]int64 // by sink, the epoch that it has refused to take at last; 0: none
	sums      map[int64]summed
	base      int64 // rows written when the run began
}

func (w *world) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("seed %d: "+format, append([]any{w.seed}, args...)...)
}

// pick is a random number below n, from any goroutine.
func (w *world) pick(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rng.IntN(n)
}

// pause waits a random time, often none.
func (w *world) pause(ctx context.Context) {
	if d := w.pick(6); d > 0 && ctx.Err() == nil {
		select {
		case <-time.After(time.Duration(d*d) * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// source gives the rows that aren't written yet, in commits of random sizes. It may stall, and may fail.
func (w *world) source(fails bool) *pw.Table {
	options := []custom.Option{custom.Queue(1 + w.pick(40)), custom.Name("input")}
	return custom.Rows(func(ctx context.Context, out *custom.Writer[item]) error {
		for next := w.base; next < w.input; {
			w.pause(ctx)
			for range 1 + w.pick(9) {
				if next < w.input {
					out.Append(item{next, next % keys})
					next++
				}
			}
			w.mu.Lock()
			w.limits[next] = true
			w.mu.Unlock()
			if err := out.Commit(); err != nil {
				return err
			}
			w.mu.Lock()
			w.committed = next
			w.mu.Unlock()
			if fails && w.pick(20) == 0 {
				return errUnplugged
			}
		}
		return nil
	}, options...)
}

var (
	errUnplugged = errors.New("unplugged")
	errBusy      = errors.New("busy")
)

// refuses makes a sink's call fail, now and then.
func (w *world) refuses(ctx context.Context, sink int, c custom.Changes, oneOf int) error {
	w.pause(ctx)
	fails := oneOf > 0 && w.pick(oneOf) == 0
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refused[sink] = 0; !fails {
		return nil
	}
	w.refused[sink] = c.Epoch
	return errBusy
}

// rows is the first sink: every row once, in order, and whole commits.
func (w *world) rows(t *pw.Table, oneOf int) pw.Output {
	return custom.Write(t, func(ctx context.Context, c custom.Changes) error {
		if err := w.refuses(ctx, 0, c, oneOf); err != nil {
			return err
		}
		got, err := pw.RowsOf[item](c.Schema, c.Batches)
		if err != nil {
			return err
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, r := range got {
			if r.N != w.written {
				return fmt.Errorf("row %d comes where %d is next", r.N, w.written)
			}
			w.written++
		}
		if !w.limits[w.written] {
			return fmt.Errorf("an epoch ends at row %d, in the middle of a commit", w.written)
		}
		return nil
	})
}

// groups is the second sink: what has changed of the sums by key.
func (w *world) groups(t *pw.Table, oneOf int) pw.Output {
	sums := t.GroupBy("key").Reduce(pw.Sum("n").As("sum"), pw.Count().As("n"))
	return custom.Write(sums, func(ctx context.Context, c custom.Changes) error {
		if err := w.refuses(ctx, 1, c, oneOf); err != nil {
			return err
		}
		put, remove, err := c.Upserts()
		if err != nil || len(remove) > 0 {
			return fmt.Errorf("removed %v, %w", remove, err)
		}
		got, err := pw.RowsOf[summed](c.Schema, put)
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, s := range got {
			w.sums[s.Key] = s
		}
		return err
	})
}

// checkSums: the second sink has the sums of the rows of the run up to some commit.
func (w *world) checkSums() {
	upTo := w.base
	for _, s := range w.sums {
		upTo += s.N
	}
	if !w.limits[upTo] && upTo != w.base {
		w.fail("the sums are of %d rows, which is in the middle of a commit", upTo)
	}
	want := map[int64]summed{}
	for n := w.base; n < upTo; n++ {
		s := want[n%keys]
		want[n%keys] = summed{n % keys, s.Sum + n, s.N + 1}
	}
	for k, s := range w.sums {
		if s != want[k] {
			w.fail("key %d: %+v, want %+v", k, s, want[k])
		}
	}
}

// ending is how a run is ended.
type ending int

const (
	byItself ending = iota
	byStop
	byFinish
	byCancel
	byContext
	byAll // at once
	endings
)

// run is one run, from where the last one has come. It reports whether all input was written.
func (w *world) run() bool {
	w.base, w.sums, w.refused, w.committed = w.written, map[int64]summed{}, [2]int64{}, w.written
	w.limits = map[int64]bool{w.base: true}
	end := ending(w.pick(int(endings)))
	config := microbatch.Config{
		Threads: 1 + w.pick(3), Autocommit: time.Duration(w.pick(3)*w.pick(20)) * time.Millisecond,
		MaxEpochRows: int64(w.pick(3) * 10), SinkRetries: w.pick(4) - 1,
	}
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	fails := w.pick(4) == 0
	table := w.source(fails)
	refuses := []int{0, 0, 30, 5}[w.pick(4)]
	h, err := config.Start(ctx, w.rows(table, refuses), w.groups(table, refuses))
	if err != nil {
		w.fail("%v", err)
	}
	if end != byItself {
		time.Sleep(time.Duration(w.pick(400)) * time.Millisecond)
	}
	w.mu.Lock()
	before := w.committed
	w.mu.Unlock()
	early := w.end(h, end, cancel)
	err = h.Wait()
	w.check(h, end, err, before, early)
	return w.written == w.input
}

// end ends the run, or waits for its end. early is set if it was over before.
func (w *world) end(h *microbatch.Handle, end ending, cancel func()) (early bool) {
	select {
	case <-h.Done():
		early = true
	default:
	}
	calls := []func() error{byItself: h.Wait, byStop: h.Stop, byFinish: h.Finish, byCancel: h.Cancel, byContext: func() error { cancel(); return h.Wait() }}
	if end != byAll {
		err := calls[end]()
		if end == byCancel && err != nil && !early && !errors.Is(err, errBusy) && !errors.Is(err, errUnplugged) {
			w.fail("Cancel: %v", err)
		}
		return early
	}
	var wg sync.WaitGroup
	for _, call := range append(calls[1:], calls[1:]...) {
		wg.Go(func() { _ = call() })
		wg.Go(func() { _ = h.Status().String() })
	}
	wg.Wait()
	return early
}

func (w *world) check(h *microbatch.Handle, end ending, err error, before int64, early bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.checkSums()
	for i, k := range h.Status().Sinks {
		if refused := w.refused[i]; refused > 0 && !k.Acknowledged.IsZero() && k.Acknowledged.UnixMicro() >= refused {
			w.fail("%s: epoch %d is acknowledged, which it has refused", k.Name, refused)
		}
	}
	switch {
	case errors.Is(err, errBusy), errors.Is(err, errUnplugged):
	case err != nil && (end == byItself || end == byStop || end == byFinish):
		w.fail("ended by %d: %v", end, err)
	case err == nil && end == byFinish && w.written < before:
		w.fail("Finish has left rows behind: %d of %d", w.written, before)
	case err == nil && end == byItself && w.written != w.input:
		w.fail("%d of %d rows", w.written, w.input)
	case err == nil && end == byContext && !early && w.written != w.input:
		w.fail("no error, but the context had ended at row %d", w.written)
	}
	if held := h.Status().Held; held != 0 {
		w.fail("%d bytes are charged after the end", held)
	}
	if errors.Is(err, errUnplugged) && end == byItself && w.written != w.committed {
		w.fail("the source has failed behind row %d, but %d were written", w.committed, w.written)
	}
}

// TestRandomRuns: however runs are ended, what a sink has taken is the input up to a commit, each row once; when the next run goes on from there, in
// the end all is there. Nothing is left running: synctest and goleak look.
func TestRandomRuns(t *testing.T) {
	for seed := range uint64(200) {
		synctest.Test(t, func(t *testing.T) {
			w := &world{t: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 4)), input: 1000}
			for run := 0; !w.run(); run++ {
				if run > 1000 {
					w.fail("no end: %d of %d rows are written", w.written, w.input)
				}
			}
		})
	}
}
