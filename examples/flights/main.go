// Command flights shows how late the airlines were: delays by carrier of the flights that left New York in January 2013,
// computed from CSV and, once more, from Parquet. Run it at the top of the project:
//
//	go run ./examples/flights
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/parquet"
	"github.com/pwcol/pwcol/microbatch"
)

// flight is the columns of the input. NA stands for a missing value; the job reads four of them, and no other is parsed.
var flight = pw.NewSchema(
	pw.Int64("year"), pw.Int64("month"), pw.Int64("day"),
	pw.Int64("dep_time"), pw.Int64("sched_dep_time"), pw.Int64("dep_delay"),
	pw.Int64("arr_time"), pw.Int64("sched_arr_time"), pw.Int64("arr_delay"),
	pw.String("carrier"), pw.Int64("flight"), pw.String("tailnum"), pw.String("origin"), pw.String("dest"),
	pw.Int64("air_time"), pw.Int64("distance"), pw.Int64("hour"), pw.Int64("minute"), pw.Timestamp("time_hour"))

// delays is, for each carrier, the flights that took off and how late they were, in minutes; the latest carrier first.
func delays(flights *pw.Table) *pw.Table {
	return flights.
		Filter(pw.Col("dep_time").IsNotNull()). // the others were cancelled
		GroupBy("carrier").
		Reduce(
			pw.Count().As("flights"),
			pw.Avg("dep_delay").As("avg_dep_delay"),
			pw.Avg("arr_delay").As("avg_arr_delay"),
			pw.Max("arr_delay").As("worst_arr_delay")).
		Sort(pw.Desc("avg_arr_delay"))
}

func main() {
	in := flag.String("in", "testdata/flights/flights-2013-01.csv.gz", "CSV file of flights")
	out := flag.String("out", "delays.csv", "file to write")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *in, *out); err != nil {
		fmt.Fprintln(os.Stderr, "flights:", err)
		os.Exit(1)
	}
}

// run prints the delays from the CSV file and from a Parquet file that it makes of it, and writes them to out.
func run(ctx context.Context, w io.Writer, in, out string) error {
	fromCSV := delays(csv.Read(in, flight, csv.NullTexts("NA")))
	fmt.Fprintln(w, "From CSV:")
	if err := microbatch.Print(ctx, w, fromCSV); err != nil {
		return err
	}

	dir, err := os.MkdirTemp("", "flights-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "flights.parquet")
	if err := microbatch.Run(ctx, parquet.Write(csv.Read(in, flight, csv.NullTexts("NA")), file)); err != nil {
		return err
	}
	fromParquet := delays(parquet.Read(file))
	fmt.Fprintln(w, "\nFrom Parquet:")
	if err := microbatch.Print(ctx, w, fromParquet); err != nil {
		return err
	}

	if err := microbatch.Run(ctx, csv.Write(fromCSV, out)); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nWritten to %s.\n", out)
	return nil
}
