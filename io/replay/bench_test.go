package replay_test

import (
	"path/filepath"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/generate"
	"github.com/pwcol/pwcol/io/replay"
	"github.com/pwcol/pwcol/microbatch"
)

type bench struct {
	ID int64
	TS time.Time
}

// BenchmarkMax is a CSV file of a million rows, played as fast as it goes.
func BenchmarkMax(b *testing.B) {
	const rows = 1_000_000
	path := filepath.Join(b.TempDir(), "rows.csv")
	made := generate.Rows(func(n int64) bench { return bench{n, base.Add(time.Duration(n) * time.Millisecond)} }, generate.Limit(rows), generate.Bounded())
	if err := microbatch.Run(b.Context(), csv.Write(made, path)); err != nil {
		b.Fatal(err)
	}
	table := csv.Read(path, pw.NewSchema(pw.Int64("id"), pw.Timestamp("ts")))
	for b.Loop() {
		var a arrivals
		played := replay.Table(table, "ts", replay.Speed(replay.Max))
		if err := microbatch.Run(b.Context(), a.output(played.Filter(pw.Col("id").Lt(0)))); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
