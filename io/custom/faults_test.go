package custom_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/microbatch"
)

// TestRowsBeforeAFailureAreWritten: what was committed before a source fails is processed, also if the engine comes to it only afterwards.
func TestRowsBeforeAFailureAreWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		table := custom.Rows(func(_ context.Context, w *custom.Writer[event]) error {
			w.Append(event{1, "a"})
			if err := w.Commit(); err != nil {
				return err
			}
			return errors.New("plug pulled")
		}, custom.Name("sensor"))
		err := microbatch.Config{Autocommit: time.Second}.Run(t.Context(), l.sink(table))
		if err == nil || !strings.Contains(err.Error(), "plug pulled") {
			t.Errorf("got error %v", err)
		}
		if got, want := l.all(), []string{"+1:1a"}; !slices.Equal(got, want) {
			t.Errorf("written %q, want %q", got, want)
		}
	})
}

// TestAStalledBoundedSourceHidesNoError: a row that has failed ends the run also while the source has no more rows to give.
func TestAStalledBoundedSourceHidesNoError(t *testing.T) {
	table := custom.Rows(func(ctx context.Context, w *custom.Writer[event]) error {
		w.Append(event{1, "bad"})
		if err := w.Commit(); err != nil {
			return err
		}
		<-ctx.Done() // stalls
		return ctx.Err()
	}, custom.Bounded())
	fails := pw.Apply("fails", func(name string) (string, error) {
		time.Sleep(50 * time.Millisecond) // meanwhile the other worker asks for more
		return "", errors.New("out of luck")
	}, "name")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var l log
	err := microbatch.Config{Threads: 2}.Run(ctx, l.sink(table.With(fails.As("name"))))
	if err == nil || !strings.Contains(err.Error(), "out of luck") {
		t.Errorf("got error %v", err)
	}
}

// TestAFullQueueDoesNotWaitForAutocommit: Autocommit makes few and large epochs; it doesn't make a source wait that could go on.
func TestAFullQueueDoesNotWaitForAutocommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		table := custom.Rows(func(_ context.Context, w *custom.Writer[event]) error {
			for i := range int64(1000) {
				w.Append(event{i, ""})
				if err := w.Commit(); err != nil {
					return err
				}
			}
			return nil
		}, custom.Queue(10))
		began := time.Now()
		if err := (microbatch.Config{Autocommit: time.Second}).Run(t.Context(), l.sink(table)); err != nil {
			t.Error(err)
		}
		if d := time.Since(began); d > 2*time.Second {
			t.Errorf("1,000 rows through a queue of 10 took %s", d)
		}
		if got := strings.Count(strings.Join(l.all(), " "), ":"); got != 1000 {
			t.Errorf("%d rows of 1000", got)
		}
	})
}

// held is the heap's growth while a sink stands and a source fills its queue.
func held(t *testing.T, rows int, row func(i int) event, options ...custom.Option) (bytes int64, waiting bool) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	gate, full := make(chan struct{}), make(chan struct{})
	table := custom.Rows(func(_ context.Context, w *custom.Writer[event]) error {
		for i := range rows {
			w.Append(row(i))
			if err := w.Commit(); err != nil {
				return err
			}
		}
		close(full)
		return nil
	}, options...)
	h, err := microbatch.Config{MaxMemory: 64 << 20}.Start(t.Context(), custom.Write(table, func(ctx context.Context, _ custom.Changes) error {
		select {
		case <-gate:
		case <-ctx.Done():
		}
		return ctx.Err()
	}))
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-full:
	case <-time.After(2 * time.Second):
		waiting = true
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err := h.Cancel(); err != nil {
		t.Error(err)
	}
	return int64(after.HeapAlloc) - int64(before.HeapAlloc), waiting
}

// TestAQueueOfSingleRowsIsSmall: a commit takes about what its rows take.
func TestAQueueOfSingleRowsIsSmall(t *testing.T) {
	const rows = 100_000
	bytes, waiting := held(t, rows, func(i int) event { return event{ID: int64(i)} })
	if waiting {
		t.Error("the queue was full")
	}
	if each := bytes / rows; each > 400 {
		t.Errorf("a row that was committed alone takes %d bytes", each)
	}
}

// TestAQueueIsBoundedInBytes: a few huge rows fill a queue as many small ones do.
func TestAQueueIsBoundedInBytes(t *testing.T) {
	const rows, size = 1000, 1 << 20
	bytes, waiting := held(t, rows, func(int) event { return event{Name: strings.Repeat("x", size)} })
	if !waiting || bytes > 64<<20 {
		t.Errorf("%d MB wait for the engine, of at most 64; the source was made to wait: %t", bytes>>20, waiting)
	}
}

// TestAppendAfterTheEnd: a function that never asks for an error takes no memory, and its error can be read.
func TestAppendAfterTheEnd(t *testing.T) {
	result := make(chan error, 1)
	table := custom.Rows(func(ctx context.Context, w *custom.Writer[event]) error {
		<-ctx.Done()
		for i := range int64(1_000_000) {
			w.Append(event{ID: i})
		}
		result <- w.Commit()
		return nil
	})
	var l log
	h, err := microbatch.Start(t.Context(), l.sink(table))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Stop(); err != nil {
		t.Error(err)
	}
	if err := <-result; err == nil || len(err.Error()) > 1000 {
		t.Error("Commit after the end has no readable error")
	}
}

// TestASinkOfABatchIsTriedAgain: as one of a stream is.
func TestASinkOfABatchIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := log{fail: func(call int) error {
			if call < 3 {
				return errors.New("busy")
			}
			return nil
		}}
		if err := microbatch.Run(t.Context(), l.sink(pw.FromRows([]event{{1, "a"}}))); err != nil {
			t.Error(err)
		}
		if got, want := l.all(), []string{"+1:1a"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// TestABatchBesideAStreamIsAcknowledged: Status says so of both.
func TestABatchBesideAStreamIsAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bounded, streaming log
		s := make(steps)
		h, err := microbatch.Start(t.Context(), bounded.sink(pw.FromRows([]event{{1, "a"}})), streaming.sink(s.table()))
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got, want := bounded.all(), []string{"+1:1a"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		for _, k := range h.Status().Sinks {
			if k.Acknowledged.IsZero() {
				t.Errorf("%s: nothing is acknowledged", k.Name)
			}
		}
		if err := h.Stop(); err != nil {
			t.Error(err)
		}
	})
}

// TestCancelWithoutRetries: what a sink says when it is cancelled is not an error of the run's.
func TestCancelWithoutRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := make(steps)
		h, err := microbatch.Config{SinkRetries: -1}.Start(t.Context(), custom.Write(s.table(), func(ctx context.Context, _ custom.Changes) error {
			<-ctx.Done()
			return ctx.Err()
		}))
		if err != nil {
			t.Fatal(err)
		}
		s <- []event{{1, "a"}}
		synctest.Wait()
		if err := h.Cancel(); err != nil {
			t.Errorf("Cancel: %v", err)
		}
	})
}

// TestCancelBetweenSinks: when the first sink's commit has seen the Cancel, the second isn't asked.
func TestCancelBetweenSinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var second log
		s := make(steps)
		table := s.table()
		first := custom.Write(table, func(ctx context.Context, _ custom.Changes) error {
			<-ctx.Done()
			return nil // it was written all the same
		})
		h, err := microbatch.Start(t.Context(), first, second.sink(table))
		if err != nil {
			t.Fatal(err)
		}
		s <- []event{{1, "a"}}
		synctest.Wait()
		if err := h.Cancel(); err != nil {
			t.Errorf("Cancel: %v", err)
		}
		if got := second.all(); len(got) > 0 {
			t.Errorf("written after Cancel: %q", got)
		}
	})
}

// TestAFunctionThatIgnoresItsContext: the run ends without it, and says so.
func TestAFunctionThatIgnoresItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		free := make(chan struct{})
		table := custom.Rows(func(_ context.Context, w *custom.Writer[event]) error {
			w.Append(event{1, "a"})
			if err := w.Commit(); err != nil {
				return err
			}
			<-free
			return nil
		}, custom.Name("deaf"))
		h, err := microbatch.Start(t.Context(), l.sink(table))
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		began := time.Now()
		defer close(free)
		err = h.Stop()
		if err == nil || !strings.Contains(err.Error(), "deaf") || !strings.Contains(err.Error(), "context") {
			t.Errorf("got error %v", err)
		}
		if d := time.Since(began); d > time.Minute {
			t.Errorf("Stop took %s", d)
		}
		if got, want := l.all(), []string{"+1:1a"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// TestStopBesideAnIterator: an iterator knows no context; a run that ends doesn't wait for its next row.
func TestStopBesideAnIterator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		lines := make(chan event)
		var rows iter.Seq[event] = func(yield func(event) bool) {
			for e := range lines {
				if !yield(e) {
					return
				}
			}
		}
		h, err := microbatch.Start(t.Context(), l.sink(custom.Seq(rows)))
		if err != nil {
			t.Fatal(err)
		}
		lines <- event{1, "a"}
		synctest.Wait()
		began := time.Now()
		defer close(lines)
		if err := h.Stop(); err != nil {
			t.Error(err)
		}
		if d := time.Since(began); d > time.Minute {
			t.Errorf("Stop took %s", d)
		}
	})
}

// TestAFunctionThatEndsItsGoroutine, as t.Fatal does, has not ended its source well.
func TestAFunctionThatEndsItsGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var l log
		err := microbatch.Run(ctx, l.sink(custom.Rows(func(context.Context, *custom.Writer[event]) error {
			runtime.Goexit()
			return nil
		}, custom.Name("quitter"))))
		if err == nil || !strings.Contains(err.Error(), "quitter") {
			t.Errorf("got error %v", err)
		}
	})
}

// TestASinkHoldsNoMoreThanMayBe: a batch is one epoch, and a function gets it whole.
func TestASinkHoldsNoMoreThanMayBe(t *testing.T) {
	table := custom.Rows(func(_ context.Context, w *custom.Writer[event]) error {
		name := strings.Repeat("x", 1000)
		for i := range int64(100_000) {
			w.Append(event{i, name})
		}
		return w.Commit()
	}, custom.Bounded())
	calls := 0
	err := microbatch.Config{MaxMemory: 16 << 20}.Run(t.Context(), custom.Write(table, func(context.Context, custom.Changes) error {
		calls++
		return nil
	}))
	if err == nil || !strings.Contains(err.Error(), "max_memory") || calls > 0 {
		t.Errorf("%d calls, error %v", calls, err)
	}
}

// faulty stalls, fails and recovers: after each row it commits it may wait for long, panic behind a recover of its own, or
// be called anew by a loop that tries again.
func TestASourceThatStallsFailsAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		read := func(from int64) (rows []event, err error) { // a server that drops the line after every third row
			for i := from; i < from+3; i++ {
				rows = append(rows, event{i, "x"})
			}
			return rows, errors.New("connection lost")
		}
		table := custom.Rows(func(ctx context.Context, w *custom.Writer[event]) error {
			for next := int64(0); next < 30; {
				rows, err := read(next)
				for _, r := range rows {
					w.Append(r)
				}
				next += int64(len(rows))
				if err := w.Commit(); err != nil {
					return err
				}
				if err != nil {
					select { // back off, longer than anything in the engine waits
					case <-time.After(time.Hour):
					case <-ctx.Done():
						return ctx.Err()
					}
				}
			}
			return nil
		}, custom.Name("line"))
		steady := make(steps)
		h, err := microbatch.Start(t.Context(), l.sink(table.Union(steady.table())))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(90 * time.Minute)
		if s := h.Status().Sources; !s[0].Idle || s[0].Rows != 6 || s[0].Ended {
			t.Errorf("while it stalls: %+v", s[0])
		}
		steady <- []event{{100, "y"}}
		synctest.Wait()
		if got := l.all(); got[len(got)-1] != "+1:100y" {
			t.Errorf("the other source waits for the one that stalls: %q", got)
		}
		close(steady)
		if err := h.Wait(); err != nil {
			t.Error(err)
		}
		for i := range int64(30) {
			if n := strings.Count(" "+strings.Join(l.all(), " ")+" ", fmt.Sprintf(" +1:%dx ", i)); n != 1 {
				t.Errorf("row %d is there %d times", i, n)
			}
		}
	})
}

// TestWhatWaitsIsSeen: while a sink stands, Status says what has come since.
func TestWhatWaitsIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := make(steps)
		h, err := microbatch.Start(t.Context(), custom.Write(s.table(), func(ctx context.Context, _ custom.Changes) error {
			<-ctx.Done()
			return ctx.Err()
		}))
		if err != nil {
			t.Fatal(err)
		}
		s <- []event{{1, "a"}}
		synctest.Wait()
		s <- []event{{2, "b"}, {3, "c"}}
		time.Sleep(time.Minute)
		if lag := h.Status().Sources[0].Lag; lag.Rows != 2 || lag.Age != time.Minute || lag.Bytes < 2 {
			t.Errorf("two rows have waited for a minute: %+v", lag)
		}
		if err := h.Cancel(); err != nil {
			t.Error(err)
		}
		if err := h.Wait(); !errors.Is(err, context.Canceled) {
			t.Errorf("Wait after Cancel: %v", err)
		}
		_ = h.Status()
	})
}

// TestAStartThatFails leaves nothing behind: no function that goes on, whatever was opened before the mistake was found.
func TestAStartThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		s := make(steps)
		table := s.table()
		totals := table.GroupBy("name").Reduce(pw.Count().As("n"))
		for name, second := range map[string]pw.Output{
			"a folder that isn't there": csv.Write(table, t.TempDir()+"/none/out.csv"),
			"an edge that retracts":     csv.Write(totals, t.TempDir()+"/out.csv"),
		} {
			h, err := microbatch.Start(t.Context(), l.sink(table), second)
			if err == nil || h != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestAStreamThatOutgrowsItsMemory ends with an error that says where, and what was written stays acknowledged.
func TestAStreamThatOutgrowsItsMemory(t *testing.T) {
	var l log
	table := custom.Rows(func(ctx context.Context, w *custom.Writer[event]) error {
		for i := int64(0); ; i++ {
			w.Append(event{i, strings.Repeat("k", 200)})
			if i%1000 == 999 {
				if err := w.Commit(); err != nil {
					return err
				}
			}
		}
	})
	out := l.sink(table.GroupBy("id", "name").Reduce(pw.Count().As("n")).Select("id", "name"))
	err := microbatch.Config{MaxMemory: 32 << 20}.Run(t.Context(), out)
	if err == nil || !strings.Contains(err.Error(), "max_memory") || !strings.Contains(err.Error(), "aggregate by id") {
		t.Errorf("got error %v", err)
	}
	if len(l.all()) == 0 {
		t.Error("nothing was written before")
	}
}
