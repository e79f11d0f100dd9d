package replay_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/io/jsonlines"
	"github.com/pwcol/pwcol/io/parquet"
	"github.com/pwcol/pwcol/io/replay"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type event struct {
	ID int64
	TS *time.Time
}

var base = time.Date(2024, 5, 2, 9, 0, 0, 0, time.UTC)

// events are rows with those times, in seconds after base; NaN is NULL.
func events(seconds ...float64) []event {
	out := make([]event, len(seconds))
	for i, s := range seconds {
		out[i].ID = int64(i)
		if !math.IsNaN(s) {
			at := base.Add(time.Duration(s * float64(time.Second)))
			out[i].TS = &at
		}
	}
	return out
}

// arrivals is when the rows of a table came, after the start.
type arrivals struct {
	mu    sync.Mutex
	start time.Time
	came  []string
	rows  int
	wait  func()
}

func (a *arrivals) output(t *pw.Table) pw.Output {
	return custom.WriteRows(t, func(_ context.Context, rows []event, _ []int64) error {
		if a.wait != nil {
			a.wait()
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, r := range rows {
			a.came = append(a.came, fmt.Sprintf("%d at %s", r.ID, time.Since(a.start)))
		}
		a.rows += len(rows)
		return nil
	})
}

// play runs a table to its end on a bubble's clock.
func play(t *testing.T, table *pw.Table) (came []string, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a := arrivals{start: time.Now()}
		c := microbatch.Config{Threads: 2, Test: op.TestSettings{PoisonLent: true}}
		err = c.Run(t.Context(), a.output(table))
		came = a.came
	})
	return came, err
}

func TestRowsComeWhenTheirTimesSay(t *testing.T) {
	for _, test := range []struct {
		name    string
		times   []float64
		options []replay.Option
		want    []string
	}{
		{"as it was", []float64{0, 0, 2, 3.5}, nil, []string{"0 at 0s", "1 at 0s", "2 at 2s", "3 at 3.5s"}},
		{"faster", []float64{0, 60, 3600}, []replay.Option{replay.Speed(60)}, []string{"0 at 0s", "1 at 1s", "2 at 1m0s"}},
		{"slower", []float64{0, 1}, []replay.Option{replay.Speed(0.1)}, []string{"0 at 0s", "1 at 10s"}},
		{"at once", []float64{0, 60, 3600}, []replay.Option{replay.Speed(replay.Max)}, []string{"0 at 0s", "1 at 0s", "2 at 0s"}},
		{
			"late rows",
			[]float64{0, 2, 1, 5},
			[]replay.Option{replay.Disorder(time.Second)},
			[]string{"0 at 0s", "1 at 2s", "2 at 2s", "3 at 5s"},
		},
		{
			"from a time",
			[]float64{0, 5, 12},
			[]replay.Option{replay.From(base.Add(10 * time.Second))},
			[]string{"0 at 0s", "1 at 0s", "2 at 2s"},
		},
		{"before it began", []float64{3, 4}, []replay.Option{replay.From(base)}, []string{"0 at 3s", "1 at 4s"}},
		{"without times", []float64{math.NaN(), 0, math.NaN(), 2, math.NaN()}, nil, []string{"0 at 0s", "1 at 0s", "2 at 0s", "3 at 2s", "4 at 2s"}},
		{"nothing", nil, nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := play(t, replay.Table(pw.FromRows(events(test.times...)), "ts", test.options...))
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("%v, %v; want %v", got, err, test.want)
			}
		})
	}
}

// TestAllKindsOfFilesArePlayed plays the same rows from files of every format, of several batches.
func TestAllKindsOfFilesArePlayed(t *testing.T) {
	const rows = 20_000
	var seconds []float64
	for i := range rows {
		seconds = append(seconds, float64(i/1000))
	}
	dir := t.TempDir()
	table := pw.FromRows(events(seconds...))
	path := func(ending string) string { return filepath.Join(dir, "events."+ending) }
	if err := microbatch.Run(t.Context(), csv.Write(table, path("csv")), jsonlines.Write(table, path("jsonl")), parquet.Write(table, path("parquet"))); err != nil {
		t.Fatal(err)
	}
	schema := pw.NewSchema(pw.Int64("id"), pw.Timestamp("ts"))
	for name, file := range map[string]*pw.Table{
		"csv": csv.Read(path("csv"), schema), "jsonl": jsonlines.Read(path("jsonl"), schema), "parquet": parquet.Read(path("parquet")), "memory": table,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := play(t, replay.Table(file, "ts", replay.Speed(10)))
			if err != nil || len(got) != rows {
				t.Fatalf("%d rows, %v", len(got), err)
			}
			for i, s := range got {
				if want := fmt.Sprintf("%d at %s", i, time.Duration(i/1000)*100*time.Millisecond); s != want {
					t.Fatalf("row %d: %s, not %s", i, s, want)
				}
			}
		})
	}
}

// TestAFilterDoesNotChangeWhenRowsCome: neither do the columns that the plan wants.
func TestAFilterDoesNotChangeWhenRowsCome(t *testing.T) {
	none := pw.Lit("2024-05-02 09:00:00").Cast(pw.TimestampType(vec.Micro)).As("ts")
	table := replay.Table(pw.FromRows(events(0, 1, 5, 7)), "ts").Filter(pw.Col("id").Ge(2)).Select("id", none)
	got, err := play(t, table)
	if want := []string{"2 at 5s", "3 at 7s"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
}

func TestARowTooFarBackEndsTheRun(t *testing.T) {
	for _, policy := range []pw.BadRows{pw.Fail, pw.Skip} {
		table := replay.Table(pw.FromRows(events(0, 10, 8, 7)).OnBadRow(policy), "ts", replay.Disorder(2*time.Second))
		got, err := play(t, table)
		if err == nil || !strings.Contains(err.Error(), "replay: row 4 of memory 4 rows: ts is 2024-05-02 09:00:07, but a row before it has 2024-05-02 09:00:10 (UTC), 3s later") {
			t.Errorf("error %v", err)
		}
		if len(got) > 3 {
			t.Errorf("rows came behind the bad one: %v", got)
		}
	}
}

func TestNoTimeIsTooFarAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble's clock is at 2000, the rows are of 2024
		a := arrivals{start: time.Now()}
		table := replay.Table(pw.FromRows(events(0, 1)), "ts").Watermark("ts", 0)
		if err := microbatch.Run(t.Context(), a.output(table)); err != nil || a.rows != 2 {
			t.Errorf("%d rows, %v", a.rows, err)
		}
	})
}

func TestASlowEngineIsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seconds []float64
		for i := range 100 {
			seconds = append(seconds, float64(i))
		}
		a := arrivals{start: time.Now(), wait: func() { time.Sleep(10 * time.Second) }}
		c := microbatch.Config{MaxEpochRows: 1}
		h, err := c.Start(t.Context(), a.output(replay.Table(pw.FromRows(events(seconds...)), "ts")))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(51 * time.Second)
		synctest.Wait()
		// Epochs are cut at 0, 10 … 50 s with a row each; a second later the rows of 6 s to 51 s wait, or to 50 s.
		if lag := h.Status().Sources[0].Lag; lag.Rows < 45 || lag.Rows > 46 || lag.Age != 45*time.Second {
			t.Errorf("lag: %+v", lag)
		}
		if err := h.Cancel(); err != nil {
			t.Error(err)
		}
		time.Sleep(10 * time.Second) // the sink heeds no context, and is left behind
	})
}

func TestBadRowsFollowTheTablesPolicy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.csv")
	const text = "id,ts\n1,2024-05-02 09:00:00\nx,2024-05-02 09:00:01\n3,2024-05-02 09:00:02\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	schema := pw.NewSchema(pw.Int64("id"), pw.Timestamp("ts"))
	got, err := play(t, replay.Table(csv.Read(path, schema), "ts"))
	var row *csv.RowError
	if !errors.As(err, &row) || row.Line != 3 {
		t.Errorf("%v, %v", got, err)
	}
	want := []string{"1 at 0s", "3 at 2s"}
	if got, err = play(t, replay.Table(csv.Read(path, schema, csv.OnBadRow(pw.Skip)), "ts")); err != nil || !slices.Equal(got, want) {
		t.Errorf("skip: %v, %v", got, err)
	}
	type rejected struct{ Reason string }
	var reasons []string
	table := replay.Table(csv.Read(path, schema, csv.OnBadRow(pw.Reject)), "ts")
	out := custom.WriteRows(table.Rejected().Select("reason"), func(_ context.Context, rows []rejected, _ []int64) error {
		for _, r := range rows {
			reasons = append(reasons, r.Reason)
		}
		return nil
	})
	a := arrivals{}
	if err := microbatch.Run(t.Context(), out, a.output(table)); err != nil || a.rows != 2 || len(reasons) != 1 {
		t.Errorf("reject: %d rows, reasons %q, %v", a.rows, reasons, err)
	}
}

// TestStopDoesNotWaitForRowsToCome: the next row would be due in an hour.
func TestStopDoesNotWaitForRowsToCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := arrivals{start: time.Now()}
		h, err := microbatch.Start(t.Context(), a.output(replay.Table(pw.FromRows(events(0, 3600)), "ts")))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if err := h.Stop(); err != nil || a.rows != 1 || time.Since(a.start) != time.Second {
			t.Errorf("%d rows after %s, %v", a.rows, time.Since(a.start), err)
		}
	})
}

// TestHostileTimes plays the least and the largest times that there are.
func TestHostileTimes(t *testing.T) {
	for _, unit := range []vec.Unit{vec.Second, vec.Micro, vec.Nano} {
		typ := pw.TimestampType(unit)
		ids, times := vec.NewBuilder(vec.TInt64, 4), vec.NewBuilder(typ, 4)
		for i, at := range []int64{math.MinInt64, math.MinInt64, 0, math.MaxInt64} {
			vec.AppendFixed(ids, int64(i))
			vec.AppendFixed(times, at)
		}
		schema := pw.NewSchema(pw.Int64("id"), pw.Field{Name: "ts", Type: typ})
		memory := pw.NewMemory(schema, []*vec.Batch{{N: 4, Cols: []*vec.Vec{ids.Finish(), times.Finish()}}})
		table := pw.NewSource(memory, pw.SourceOptions{})
		for _, options := range [][]replay.Option{
			{replay.Speed(replay.Max)},
			{replay.Speed(1e-300)},
			{replay.Speed(1e300)},
			{replay.From(time.Unix(0, 0)), replay.Disorder(math.MaxInt64 / 1000 * 1000)},
		} {
			if got, err := play(t, replay.Table(table, "ts", options...)); err != nil || len(got) != 4 {
				t.Errorf("%s: %v, %v", typ, got, err)
			}
		}
	}
}

func TestMistakesAreErrorsOfThePlan(t *testing.T) {
	table := pw.FromRows(events(0, 1))
	for want, replayed := range map[string]*pw.Table{
		"more than what a source gives": replay.Table(table.Filter(pw.Col("id").Gt(1)), "ts"),
		"is a stream already":           replay.Table(replay.Table(table, "ts"), "ts"),
		`unknown column "tss"`:          replay.Table(table, "tss"),
		"is int64, but what rows":       replay.Table(table, "id"),
		"a speed of -1":                 replay.Table(table, "ts", replay.Speed(-1)),
		"a disorder of -1s":             replay.Table(table, "ts", replay.Disorder(-time.Second)),
		`unknown column "none"`:         replay.Table(table.Select("none"), "ts"),
	} {
		_, err := replayed.Plan()
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "replay_test.go:") {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestItIsExplained(t *testing.T) {
	got := replay.Table(pw.FromRows(events(0, 1)), "ts", replay.Speed(60)).Explain()
	if !strings.Contains(got, "replay memory 2 rows") || !strings.Contains(got, "60") {
		t.Errorf("explained as\n%s", got)
	}
}
