package custom_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type event struct {
	ID   int64
	Name string
}

// log is what a sink was given, a line a call.
type log struct {
	mu    sync.Mutex
	calls []string
	fail  func(call int) error
	asked int
}

func (l *log) sink(t *pw.Table) pw.Output {
	return custom.WriteRows(t, func(_ context.Context, rows []event, diffs []int64) error {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.asked++
		if l.fail != nil {
			if err := l.fail(l.asked); err != nil {
				return err
			}
		}
		var parts []string
		for i, r := range rows {
			parts = append(parts, fmt.Sprintf("%+d:%d%s", diffs[i], r.ID, r.Name))
		}
		l.calls = append(l.calls, strings.Join(parts, " "))
		return nil
	})
}

func (l *log) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.calls)
}

// steps is a source that commits what it is told to.
type steps chan []event

func (s steps) table(options ...custom.Option) *pw.Table {
	return custom.Rows(func(ctx context.Context, w *custom.Writer[event]) error {
		for {
			select {
			case rows, ok := <-s:
				if !ok {
					return nil
				}
				for _, r := range rows {
					w.Append(r)
				}
				if err := w.Commit(); err != nil {
					return err
				}
			case <-ctx.Done():
				return nil
			}
		}
	}, options...)
}

func TestACommitIsAnEpoch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		s := make(steps)
		table := s.table().Filter(pw.Col("id").Gt(1))
		h, err := microbatch.Config{Threads: 2, Test: op.TestSettings{PoisonLent: true}}.Start(t.Context(), l.sink(table))
		if err != nil {
			t.Fatal(err)
		}
		s <- []event{{1, "a"}, {2, "b"}}
		synctest.Wait()
		s <- []event{{3, "c"}}
		synctest.Wait()
		if got, want := l.all(), []string{"+1:2b", "+1:3c"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if st := h.Status(); st.Epochs != 3 || st.Sources[0].Rows != 2 && st.Sources[0].Rows != 3 || st.Sinks[0].Rows != 2 {
			t.Errorf("status: %+v", st)
		}
		close(s)
		if err := h.Wait(); err != nil {
			t.Error(err)
		}
	})
}

func TestAutocommitGathersRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		s := make(steps)
		h, err := microbatch.Config{Autocommit: time.Second}.Start(t.Context(), l.sink(s.table()))
		if err != nil {
			t.Fatal(err)
		}
		for i := range int64(25) {
			s <- []event{{i, ""}}
			time.Sleep(100 * time.Millisecond)
		}
		synctest.Wait()
		if n := len(l.all()); n < 2 || n > 3 {
			t.Errorf("%d calls in 2.5 seconds, want one a second: %q", n, l.all())
		}
		if err := h.Finish(); err != nil {
			t.Error(err)
		}
		if got := strings.Count(strings.Join(l.all(), " "), ":"); got != 25 {
			t.Errorf("%d rows of 25 after Finish", got)
		}
	})
}

func TestEpochsAreBoundedAndOverlapNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		s := make(steps)
		h, err := microbatch.Config{MaxEpochRows: 10}.Start(t.Context(), l.sink(s.table()))
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for i := range int64(100) {
			s <- []event{{i, "x"}}
			want = append(want, fmt.Sprintf("+1:%dx", i))
		}
		close(s)
		if err := h.Wait(); err != nil {
			t.Error(err)
		}
		if got := strings.Join(l.all(), " "); got != strings.Join(want, " ") {
			t.Errorf("rows are lost, doubled or out of order: %s", got)
		}
		for _, c := range l.all() {
			if n := strings.Count(c, ":"); n > 10 {
				t.Errorf("an epoch of %d rows", n)
			}
		}
	})
}

func TestStopLeavesWhatWasNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		s := make(steps)
		h, err := microbatch.Start(t.Context(), l.sink(s.table()))
		if err != nil {
			t.Fatal(err)
		}
		s <- []event{{1, "a"}}
		synctest.Wait()
		if err := h.Stop(); err != nil {
			t.Error(err)
		}
		if got, want := l.all(), []string{"+1:1a"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestCancelWritesNothingMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := log{fail: func(int) error { return errors.New("busy") }}
		s := make(steps)
		h, err := microbatch.Start(t.Context(), l.sink(s.table()))
		if err != nil {
			t.Fatal(err)
		}
		s <- []event{{1, "a"}}
		synctest.Wait() // the sink waits to be tried again
		if err := h.Cancel(); err != nil {
			t.Errorf("Cancel: %v", err)
		}
		if got := l.all(); len(got) > 0 {
			t.Errorf("written after a Cancel: %q", got)
		}
	})
}

func TestASinkIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := log{fail: func(call int) error {
			if call < 4 {
				return errors.New("busy")
			}
			return nil
		}}
		s := make(steps)
		began := time.Now()
		h, err := microbatch.Start(t.Context(), l.sink(s.table()))
		if err != nil {
			t.Fatal(err)
		}
		s <- []event{{1, "a"}}
		close(s)
		if err := h.Wait(); err != nil {
			t.Error(err)
		}
		if got, want := l.all(), []string{"+1:1a"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if d := time.Since(began); d != 700*time.Millisecond {
			t.Errorf("waited %s for three retries, want 100 + 200 + 400 ms", d)
		}
	})
}

func TestASinkThatPanicsIsAskedOnce(t *testing.T) {
	l := log{fail: func(int) error { panic("out of luck") }}
	err := microbatch.Run(t.Context(), l.sink(custom.Seq(slices.Values([]event{{1, "a"}}))))
	if err == nil || !strings.Contains(err.Error(), "the function panicked: out of luck") {
		t.Errorf("got %v", err)
	}
	if l.asked != 1 {
		t.Errorf("asked %d times", l.asked)
	}
}

func TestASinkThatFailsForGoodEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := log{fail: func(call int) error {
			if call > 1 {
				return errors.New("disk on fire")
			}
			return nil
		}}
		s := make(steps)
		h, err := microbatch.Config{SinkRetries: 2}.Start(t.Context(), l.sink(s.table()))
		if err != nil {
			t.Fatal(err)
		}
		s <- []event{{1, "a"}}
		synctest.Wait()
		acked := h.Status().Sinks[0].Acknowledged
		s <- []event{{2, "b"}}
		err = h.Wait()
		if err == nil || !strings.Contains(err.Error(), "disk on fire") || !strings.Contains(err.Error(), "tried 3 times") {
			t.Errorf("got error %v", err)
		}
		if now := h.Status().Sinks[0].Acknowledged; !now.Equal(acked) {
			t.Errorf("acknowledged %s, but only %s was written", now, acked)
		}
	})
}

func TestASourceThatFailsIsNamed(t *testing.T) {
	for name, run := range map[string]func(context.Context, *custom.Writer[event]) error{
		"error": func(_ context.Context, w *custom.Writer[event]) error {
			w.Append(event{1, "a"})
			if err := w.Commit(); err != nil {
				return err
			}
			return errors.New("plug pulled")
		},
		"panic": func(context.Context, *custom.Writer[event]) error { panic("plug pulled") },
		"retracts": func(_ context.Context, w *custom.Writer[event]) error {
			w.Retract(event{1, "plug pulled"})
			return w.Commit()
		},
	} {
		t.Run(name, func(t *testing.T) {
			var l log
			err := microbatch.Run(t.Context(), l.sink(custom.Rows(run, custom.Name("sensor"))))
			if err == nil || !strings.Contains(err.Error(), "sensor") || name != "retracts" && !strings.Contains(err.Error(), "plug pulled") {
				t.Errorf("got error %v", err)
			}
		})
	}
}

func TestAStalledSourceDoesNotHoldOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		stalled, live := make(steps), make(steps)
		h, err := microbatch.Start(t.Context(), l.sink(stalled.table().Union(live.table())))
		if err != nil {
			t.Fatal(err)
		}
		live <- []event{{1, "a"}}
		synctest.Wait()
		if got, want := l.all(), []string{"+1:1a"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		stalled <- []event{{2, "b"}} // recovers
		close(live)
		close(stalled)
		if err := h.Wait(); err != nil {
			t.Error(err)
		}
		if got, want := l.all(), []string{"+1:1a", "+1:2b"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestBoundedSourcesComeFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		s := make(steps, 1)
		s <- []event{{9, "stream"}}
		memory := pw.FromRows([]event{{1, "a"}, {2, "b"}})
		h, err := microbatch.Start(t.Context(), l.sink(s.table().Union(memory)))
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got, want := l.all(), []string{"+1:1a +1:2b", "+1:9stream"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		close(s)
		if err := h.Wait(); err != nil {
			t.Error(err)
		}
	})
}

func TestAFullQueueMakesTheSourceWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		l := log{fail: func(int) error { <-gate; return nil }}
		committed := 0
		table := custom.Rows(func(_ context.Context, w *custom.Writer[event]) error {
			for i := range int64(100) {
				w.Append(event{i, ""})
				if err := w.Commit(); err != nil {
					return err
				}
				committed++
			}
			return nil
		}, custom.Queue(5))
		h, err := microbatch.Start(t.Context(), l.sink(table))
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if committed > 12 {
			t.Errorf("%d commits went through a queue of 5 rows while the sink stood", committed)
		}
		close(gate)
		if err := h.Wait(); err != nil {
			t.Error(err)
		}
		if got := strings.Count(strings.Join(l.all(), " "), ":"); got != 100 {
			t.Errorf("%d rows of 100", got)
		}
	})
}

func TestBoundedIsABatch(t *testing.T) {
	table := custom.Seq(slices.Values([]event{{1, "a"}, {2, "b"}, {3, "a"}}), custom.Bounded()).
		GroupBy("name").Reduce(pw.Sum("id").As("id"))
	rows, err := microbatch.CollectRows[event](t.Context(), table)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(rows, func(x, y event) int { return strings.Compare(x.Name, y.Name) })
	if want := []event{{4, "a"}, {2, "b"}}; !slices.Equal(rows, want) {
		t.Errorf("got %v, want %v", rows, want)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var l log
		err := microbatch.Run(ctx, l.sink(make(steps).table()))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}
