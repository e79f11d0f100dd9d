// Command seed generates the seed workload's input and runs the seed batch job on it: a CSV file in, a CSV file out.
//
//	go run ./examples/seed -rows 1000000
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/bench"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/microbatch"
)

// job computes from the rows of in with a value above 500 the number, sum and average of the values in each category.
func job(ctx context.Context, in, out string) error {
	table := csv.Read(in, pw.NewSchema(
		pw.Int64("id"), pw.Float64("value"), pw.String("category"),
		pw.Timestamp("timestamp", pw.Layout("%Y-%m-%d %H:%M:%S.%f"))))
	result := table.
		Filter(pw.Col("value").Gt(500)).
		GroupBy("category").
		Reduce(pw.Count().As("count"), pw.Sum("value").As("sum_value"), pw.Avg("value").As("avg_value")).
		Sort("category")
	return microbatch.Run(ctx, csv.Write(result, out))
}

func main() {
	rows := flag.Int("rows", 1_000_000, "rows to generate")
	out := flag.String("out", "seed_result.csv", "file to write")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *rows, *out); err != nil {
		fmt.Fprintln(os.Stderr, "seed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rows int, out string) error {
	dir, err := os.MkdirTemp("", "seed-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	in := filepath.Join(dir, "input.csv")
	if err := generate(in, rows); err != nil {
		return err
	}
	start := time.Now()
	if err := job(ctx, in, out); err != nil {
		return err
	}
	passed := time.Since(start)
	result, err := os.ReadFile(out)
	if err != nil {
		return err
	}
	fmt.Printf("%s%d rows in %v: %.0f rows a second. Written to %s.\n",
		result, rows, passed.Round(time.Microsecond), float64(rows)/passed.Seconds(), out)
	return nil
}

func generate(path string, rows int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := bench.WriteSeed(f, rows); err != nil {
		return err
	}
	return f.Close()
}
