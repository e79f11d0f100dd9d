package custom_test

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// TestUpsertsKeepAStore: a map that takes what Changes.Upserts says holds the table after every epoch.
func TestUpsertsKeepAStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table := map[string]int64{}
		s := make(chan []event)
		source := custom.Rows(func(ctx context.Context, w *custom.Writer[event]) error {
			for rows := range s {
				for _, r := range rows {
					if r.ID < 0 {
						w.Retract(event{-r.ID, r.Name})
					} else {
						w.Append(r)
					}
				}
				if err := w.Commit(); err != nil {
					return err
				}
			}
			return nil
		}, custom.Revisions())
		out := custom.Write(source.GroupBy("name").Reduce(pw.Count().As("n")), func(_ context.Context, c custom.Changes) error {
			put, remove, err := c.Upserts()
			if err != nil {
				return err
			}
			for _, b := range remove {
				for i := range b.N {
					delete(table, string(b.Cols[0].Str(i)))
				}
			}
			for _, b := range put {
				for i := range b.N {
					table[string(b.Cols[0].Str(i))] = vec.Of[int64](b.Cols[1])[i]
				}
			}
			return nil
		})
		h, err := microbatch.Start(t.Context(), out)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			rows []event
			want map[string]int64
		}{
			{[]event{{1, "a"}, {2, "a"}, {3, "b"}}, map[string]int64{"a": 2, "b": 1}},
			{[]event{{-1, "a"}, {-3, "b"}, {4, ""}}, map[string]int64{"a": 1, "": 1}},
			{[]event{{-2, "a"}, {5, "a"}}, map[string]int64{"a": 1, "": 1}},
			{[]event{{-5, "a"}, {-4, ""}}, map[string]int64{}},
		} {
			s <- step.rows
			synctest.Wait()
			if !maps.Equal(table, step.want) {
				t.Errorf("after %v: got %v, want %v", step.rows, table, step.want)
			}
		}
		close(s)
		if err := h.Wait(); err != nil {
			t.Error(err)
		}
	})
}

func TestUpsertsNeedAKey(t *testing.T) {
	out := custom.Write(pw.FromRows([]event{{1, "a"}}), func(_ context.Context, c custom.Changes) error {
		_, _, err := c.Upserts()
		return err
	})
	err := microbatch.Config{SinkRetries: -1}.Run(t.Context(), out)
	if err == nil || !strings.Contains(err.Error(), "has no key") {
		t.Errorf("got %v", err)
	}
}

func TestALineIsLoggedEachInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text bytes.Buffer
		var l log
		s := make(steps)
		c := microbatch.Config{Log: slog.New(slog.NewTextHandler(&text, nil)), LogInterval: time.Minute}
		h, err := c.Start(t.Context(), l.sink(s.table()))
		if err != nil {
			t.Fatal(err)
		}
		s <- []event{{1, "a"}, {2, "b"}}
		time.Sleep(150 * time.Second)
		if err := h.Stop(); err != nil {
			t.Error(err)
		}
		lines := slices.Collect(strings.Lines(text.String()))
		if len(lines) != 3 || !strings.Contains(lines[0], "epochs=2 rows_in=2 ") || !strings.Contains(lines[2], "rows_out=2 ") {
			t.Errorf("two minutes and a half, want two lines and one at the end: %s", text.String())
		}
	})
}
