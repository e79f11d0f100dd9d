package microbatch_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	pwcsv "github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/generate"
	"github.com/pwcol/pwcol/microbatch"
)

// passing is a car that passes a gate: times are out of order by less than 50 ms.
type passing struct {
	At    time.Time
	Gate  string
	Speed int64
}

func passingOf(n int64) passing {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n+n*7919%50) * time.Millisecond)
	return passing{At: at, Gate: fmt.Sprint("gate ", n*n/300%13), Speed: 30 + n*104729%90}
}

// passed is what windows of each kind come to.
func passed(t *pw.Table, kind string) *pw.Table {
	window := map[string]pw.Window{
		"tumbling": pw.Tumbling(time.Second), "sliding": pw.Sliding(2*time.Second, 100*time.Millisecond), "session": pw.Session(60 * time.Millisecond),
	}[kind]
	options := []pw.WindowOption{pw.By("gate"), pw.Delay(50 * time.Millisecond), pw.Idle(0), pw.Ahead(0)}
	if kind != "tumbling" {
		options = append(options, pw.EmitEarly(20*time.Millisecond), pw.Lateness(time.Second))
	}
	return t.WindowBy("at", window, options...).
		Reduce(pw.Count().As("n"), pw.Sum("speed").As("sum"), pw.Max("speed").As("fastest"))
}

// windowed is a row of passed.
type windowed struct {
	WindowStart time.Time `pw:"window_start"`
	WindowEnd   time.Time `pw:"window_end"`
	Gate        string
	N           int64
	Sum         int64
	Fastest     int64
}

// TestWindowsGoOn ends streams of windows again and again, at any moment, and starts them again.
func TestWindowsGoOn(t *testing.T) {
	const rows = 60_000
	for _, kind := range []string{"tumbling", "sliding", "session"} {
		t.Run(kind, func(t *testing.T) {
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			rng := rand.New(rand.NewPCG(seed, 1))
			dir := t.TempDir()
			out := filepath.Join(dir, "out.csv")
			goesOn(t, rng, func(ctx context.Context) (*microbatch.Handle, error) {
				c := microbatch.Config{
					Threads: 1 + rng.IntN(2), MaxEpochRows: int64(100 + rng.IntN(2000)),
					State: microbatch.State{Path: filepath.Join(dir, "state"), CheckpointInterval: time.Duration(1+rng.IntN(30)) * time.Millisecond},
				}
				source := generate.Rows(passingOf, generate.Limit(rows), generate.Rate(200_000), generate.Tick(time.Millisecond))
				return c.Start(ctx, pwcsv.WriteChanges(passed(source, kind), out))
			})
			want, err := microbatch.CollectRows[windowed](t.Context(), passed(generate.Rows(passingOf, generate.Limit(rows), generate.Bounded()), kind))
			if err != nil {
				t.Fatal(err)
			}
			got := addedUp(t, out)
			for _, w := range want {
				row := fmt.Sprintf("%s,%s,%s,%d,%d,%d", csvTime(w.WindowStart), csvTime(w.WindowEnd), w.Gate, w.N, w.Sum, w.Fastest)
				if got[row] != 1 {
					t.Errorf("the row %s is there %d times", row, got[row])
				}
				delete(got, row)
			}
			for row, n := range got {
				t.Errorf("the row %s is there %d times, and not in the batch", row, n)
			}
		})
	}
}

// csvTime is a time as a log of changes has it.
func csvTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.999999") }
