// Command modes runs one program in two modes: over a file as a batch, or over a folder that is watched as a stream. Run it at the top of the project:
//
//	go run ./examples/modes -mode batch  -in examples/modes/testdata/sales.csv -out totals.csv
//	go run ./examples/modes -mode stream -in examples/modes/testdata           -out changes.csv
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/microbatch"
)

// sale is the columns of the input.
var sale = pw.NewSchema(pw.Int64("id"), pw.Float64("value"), pw.String("category"))

// process is, for each category, the number, the sum and the average of the sales above 50. It doesn't know in which mode it runs.
func process(t *pw.Table) *pw.Table {
	return t.
		Filter(pw.Col("value").Gt(50)).
		GroupBy("category").
		Reduce(pw.Count().As("count"), pw.Sum("value").As("sum_value"), pw.Avg("value").As("avg_value"))
}

// output chooses source and sink, and nothing else. The stream's table changes with every sale, so what is written is the log of its changes.
func output(mode, in, out string) (pw.Output, error) {
	switch mode {
	case "batch":
		return csv.Write(process(csv.Read(in, sale)), out), nil
	case "stream":
		return csv.WriteChanges(process(csv.Watch(in, sale)), out, csv.Overwrite()), nil
	}
	return pw.Output{}, fmt.Errorf("there is no mode %q; it is batch or stream", mode)
}

func main() {
	mode := flag.String("mode", "batch", "batch or stream")
	in := flag.String("in", "examples/modes/testdata/sales.csv", "CSV file, or in a stream a folder of such files")
	out := flag.String("out", "totals.csv", "file to write")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *mode, *in, *out); err != nil {
		fmt.Fprintln(os.Stderr, "modes:", err)
		os.Exit(1)
	}
}

// run ends by itself in a batch, in a stream when ctx is done.
func run(ctx context.Context, mode, in, out string) error {
	o, err := output(mode, in, out)
	if err != nil {
		return err
	}
	if mode == "batch" {
		return microbatch.Run(ctx, o)
	}
	h, err := microbatch.Start(context.WithoutCancel(ctx), o)
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
