// Command windows computes averages of readings over windows of five minutes, from a file that is played again as a stream. Run it at the top of
// the project:
//
//	go run ./examples/windows
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/replay"
	"github.com/pwcol/pwcol/microbatch"
)

// reading is the columns of the input.
var reading = pw.NewSchema(pw.Int64("id"), pw.Float64("value"), pw.Timestamp("timestamp"))

// averages is, of each five minutes, when the first and the last reading was, their average and their number. A window closes when a
// reading comes that is a minute younger than its end; what comes for it after that is in Late.
func averages(readings *pw.Table) *pw.Table {
	return readings.
		WindowBy("timestamp", pw.Tumbling(5*time.Minute), pw.Delay(time.Minute)).
		Reduce(
			pw.Min("timestamp").As("first_ts"), pw.Max("timestamp").As("last_ts"),
			pw.Avg("value").As("avg_value"), pw.Count().As("count"))
}

// files is what the program reads and writes.
type files struct{ in, windows, late string }

func main() {
	var f files
	flag.StringVar(&f.in, "in", "examples/windows/testdata/readings.csv", "CSV file of readings, in the order in which they came")
	flag.StringVar(&f.windows, "out", "windows.csv", "file for the windows")
	flag.StringVar(&f.late, "late", "late.csv", "file for the readings that came too late")
	speed := flag.Float64("speed", 600, "how many times faster than it was")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, f, *speed); err != nil {
		fmt.Fprintln(os.Stderr, "windows:", err)
		os.Exit(1)
	}
}

// run writes windows and late readings until the file has been played, or ctx is done: then what has been written stays, and open windows don't
// come out.
func run(ctx context.Context, f files, speed float64) error {
	readings := replay.Table(csv.Read(f.in, reading), "timestamp", replay.Speed(speed), replay.Disorder(time.Hour))
	windows := averages(readings)
	h, err := microbatch.Start(context.WithoutCancel(ctx),
		csv.Write(windows, f.windows, csv.Overwrite()), csv.Write(windows.Late(), f.late, csv.Overwrite()))
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return h.Stop()
	case <-h.Done():
		return h.Wait()
	}
}
