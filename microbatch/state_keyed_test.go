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

// keyed is what some operators that keep rows by key, or count them, make of readings: readings.
var keyed = map[string]func(t *pw.Table) *pw.Table{
	"best of each":  func(t *pw.Table) *pw.Table { return t.TopK(3, pw.PerKey("name"), pw.Desc("value")) },
	"last of each":  func(t *pw.Table) *pw.Table { return t.Deduplicate([]string{"name"}, pw.KeepLast()) },
	"first of each": func(t *pw.Table) *pw.Table { return t.Deduplicate([]string{"name"}, pw.KeepFirst()) },
	"accepted": func(t *pw.Table) *pw.Table {
		return t.Deduplicate([]string{"name"}, pw.AcceptIf("value", func(now, kept float64) bool { return now > kept+1 || now < kept-60 }))
	},
	"limit": func(t *pw.Table) *pw.Table { return t.Limit(20_000) },
	"best groups": func(t *pw.Table) *pw.Table {
		return t.GroupBy("name").Reduce(pw.Max("id").As("id"), pw.Min("value").As("value")).Select("id", "name", "value").TopK(5, pw.Desc("id"))
	},
}

// TestKeyedGoesOn ends streams of such operators again and again, at any moment, and starts them again.
func TestKeyedGoesOn(t *testing.T) {
	const rows = 40_000
	for kind, of := range keyed {
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
				source := generate.Rows(readingOf, generate.Limit(rows), generate.Rate(400_000), generate.Tick(time.Millisecond))
				return c.Start(ctx, pwcsv.WriteChanges(of(source), out))
			})
			want, err := microbatch.CollectRows[reading](t.Context(), of(generate.Rows(readingOf, generate.Limit(rows), generate.Bounded())))
			if err != nil {
				t.Fatal(err)
			}
			got := addedUp(t, out)
			for _, w := range want {
				row := fmt.Sprintf("%d,%s,%v", w.ID, w.Name, w.Value)
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
