package custom_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/microbatch"
)

// TestASinkThatIgnoresItsContext: the log says which it is that a run waits for, and Cancel doesn't wait for ever.
func TestASinkThatIgnoresItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		defer close(free)
		s := make(steps)
		var lines bytes.Buffer
		config := microbatch.Config{Log: slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelWarn}))}
		h, err := config.Start(t.Context(), custom.Write(s.table(), func(context.Context, custom.Changes) error {
			<-free
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		s <- []event{{1, "a"}}
		time.Sleep(time.Minute)
		began := time.Now()
		if err := h.Cancel(); err != nil {
			t.Errorf("Cancel: %v", err)
		}
		if d := time.Since(began); d > time.Minute {
			t.Errorf("Cancel took %s", d)
		}
		if err := h.Wait(); err == nil || !strings.Contains(err.Error(), "left behind") || !errors.Is(err, context.Canceled) {
			t.Errorf("Wait: %v", err)
		}
		synctest.Wait() // for the log's goroutine
		if !strings.Contains(lines.String(), "has not taken its changes") || !strings.Contains(lines.String(), "custom") {
			t.Errorf("the log is %q", &lines)
		}
	})
}

// TestASinkThatEndsItsGoroutine, as t.Fatal does, has not taken its changes, and doesn't end the engine's.
func TestASinkThatEndsItsGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		one := custom.Seq(slices.Values([]event{{1, "a"}}))
		err := microbatch.Config{SinkRetries: -1}.Run(ctx, custom.Write(one, func(context.Context, custom.Changes) error {
			runtime.Goexit()
			return nil
		}))
		if err == nil || !strings.Contains(err.Error(), "ended its goroutine") {
			t.Errorf("got error %v", err)
		}
	})
}

// TestStructsThatDoNotFit: WriteRows says so before any row comes.
func TestStructsThatDoNotFit(t *testing.T) {
	type other struct{ Missing int64 }
	table := custom.Seq(slices.Values([]event(nil)))
	err := microbatch.Run(t.Context(), custom.WriteRows(table, func(context.Context, []other, []int64) error { return nil }))
	if err == nil || !strings.Contains(err.Error(), "Missing") {
		t.Errorf("got error %v", err)
	}
}

// TestRowsOfAnIteratorAreNotKeptWaiting: those that come while the engine is busy are processed when it is free, also if no other comes behind.
func TestRowsOfAnIteratorAreNotKeptWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		goOn := make(chan struct{})
		var rows iter.Seq[event] = func(yield func(event) bool) {
			for i := range int64(10) {
				if !yield(event{ID: i}) {
					return
				}
			}
			<-goOn
		}
		var seen atomic.Int64
		h, err := microbatch.Start(t.Context(), custom.WriteRows(custom.Seq(rows), func(_ context.Context, rows []event, _ []int64) error {
			time.Sleep(time.Second) // busy
			seen.Add(int64(len(rows)))
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if n := seen.Load(); n != 10 {
			t.Errorf("%d rows of 10 after a minute", n)
		}
		close(goOn)
		if err := h.Wait(); err != nil {
			t.Error(err)
		}
	})
}

// BenchmarkSingleRows is a source that commits each row by itself.
func BenchmarkSingleRows(b *testing.B) {
	rows := func(yield func(event) bool) {
		for i := range int64(b.N) {
			if !yield(event{ID: i % 100}) {
				return
			}
		}
	}
	b.ReportAllocs()
	counts := custom.Seq(rows).GroupBy("id").Reduce(pw.Count().As("n"))
	if err := microbatch.Run(b.Context(), custom.Write(counts, func(context.Context, custom.Changes) error { return nil })); err != nil {
		b.Fatal(err)
	}
}
