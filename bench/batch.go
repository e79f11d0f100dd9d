package bench

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"text/tabwriter"
)

// BatchSizes are the sizes of the throughput table.
func BatchSizes() []int { return []int{1_000, 10_000, 100_000, 1_000_000, 10_000_000} }

// Batch measures the seed batch job, CSV to CSV, at several sizes.
type Batch struct {
	Self   Command // pwcol itself
	Sizes  []int
	Rounds int // runs of each size, every one in a fresh process; the median one counts
	Cores  int // of the machine, for the CPU share
	Data   *Data
	Log    func(format string, args ...any)
}

// BatchLine is a line of the throughput table.
type BatchLine struct {
	Size       int
	Duration   float64 // seconds inside the engine, from the name of the file to the written result
	Throughput float64 // rows a second
	Processed  int64   // rows, as the engine counted them
	CPUPercent float64 // of all cores
	Peak       int64   // bytes
}

// Run measures all sizes. That an engine processed other rows than it was given is an error.
func (b *Batch) Run(ctx context.Context) ([]BatchLine, error) {
	dir, err := os.MkdirTemp("", "pwcol-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var lines []BatchLine
	for _, size := range b.Sizes {
		file, err := b.Data.Seed(ctx, size)
		if err != nil {
			return lines, err
		}
		line, err := b.measure(ctx, size, Request{Query: "seed_csv", File: file, Out: filepath.Join(dir, "out.csv")})
		if err != nil {
			return lines, err
		}
		b.Log("%s rows: %.4f s", thousands(size), line.Duration)
		lines = append(lines, line)
	}
	return lines, nil
}

func (b *Batch) measure(ctx context.Context, size int, r Request) (BatchLine, error) {
	answers := make([]Answer, b.Rounds)
	for i := range answers {
		var err error
		if answers[i], err = b.Self.askOnce(ctx, r); err != nil {
			return BatchLine{}, err
		}
		if answers[i].Processed != int64(size) {
			return BatchLine{}, fmt.Errorf("%d rows were given, but %d processed", size, answers[i].Processed)
		}
	}
	slices.SortFunc(answers, func(x, y Answer) int {
		if x.Seconds < y.Seconds {
			return -1
		}
		return 1
	})
	a := answers[len(answers)/2]
	return BatchLine{
		Size: size, Duration: a.Seconds, Throughput: float64(size) / a.Seconds, Processed: a.Processed,
		CPUPercent: 100 * a.CPU / (a.Seconds * float64(b.Cores)), Peak: a.Peak,
	}, nil
}

// WriteBatchCSV writes the lines as performance_results.csv.
func WriteBatchCSV(w io.Writer, lines []BatchLine) error {
	out := csv.NewWriter(w)
	records := [][]string{{"mode", "size", "duration", "throughput", "processed_records", "cpu_percent", "peak_memory_mb"}}
	for _, l := range lines {
		records = append(records, []string{
			"batch", strconv.Itoa(l.Size), fmt.Sprintf("%.6f", l.Duration), fmt.Sprintf("%.0f", l.Throughput),
			strconv.FormatInt(l.Processed, 10), fmt.Sprintf("%.1f", l.CPUPercent), fmt.Sprintf("%.1f", float64(l.Peak)/1e6),
		})
	}
	return out.WriteAll(records)
}

// WriteBatchText writes the lines as an aligned table.
func WriteBatchText(w io.Writer, lines []BatchLine) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "mode\trows\tduration s\trows/s\tprocessed\tCPU %\tpeak MB\t\n")
	for _, l := range lines {
		fmt.Fprintf(t, "batch\t%s\t%.4f\t%s\t%s\t%.0f\t%.0f\t\n", thousands(l.Size), l.Duration, thousands(int(l.Throughput)),
			thousands(int(l.Processed)), l.CPUPercent, float64(l.Peak)/1e6)
	}
	return t.Flush()
}
