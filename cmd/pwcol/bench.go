package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"

	"github.com/pwcol/pwcol/bench"
)

// benchCmd measures the engine.
type benchCmd struct {
	Batch   benchBatchCmd   `cmd:"" help:"The throughput table: the seed batch job at 1,000 to 10,000,000 rows."`
	Compare benchCompareCmd `cmd:"" help:"Side by side with DuckDB, Polars and DataFusion."`
	Stream  benchStreamCmd  `cmd:"" help:"The table of streams: the seed stream at 100 to 1,000,000 rows a second and as fast as it goes."`
	Nexmark benchNexmarkCmd `cmd:"" help:"Queries of Nexmark, an auction site's events, beside what others have published."`
	Serve   benchServeCmd   `cmd:"" hidden:"" help:"Answer queries on standard input, as an engine of bench compare."`
	Job     benchJobCmd     `cmd:"" hidden:"" help:"Run one query and end."`

	StreamCase  benchStreamCaseCmd  `cmd:"" hidden:"" help:"Run one case of bench stream."`
	NexmarkCase benchNexmarkCaseCmd `cmd:"" hidden:"" help:"Run one case of bench nexmark."`
}

// Help is what --help says below the flags.
func (benchCmd) Help() string {
	return `Examples:
  pwcol bench batch
  pwcol bench compare --only seed_csv
  pwcol bench stream --duration 5s
  pwcol bench nexmark --events 1000000`
}

// dataFlag is where inputs are generated.
type dataFlag struct {
	Data string `help:"Folder for generated inputs, which are kept there; by default one in the user's cache." placeholder:"DIR" type:"path"`
}

func (d dataFlag) data(io console) *bench.Data {
	dir := d.Data
	if dir == "" {
		dir = bench.DefaultDataDir()
	}
	return &bench.Data{Dir: dir, Log: logTo(io)}
}

// logTo writes lines to standard error.
func logTo(io console) func(string, ...any) {
	return func(format string, args ...any) { fmt.Fprintf(io.stderr, format+"\n", args...) }
}

// benchBatchCmd makes the throughput table.
type benchBatchCmd struct {
	dataFlag
	MaxRows int    `default:"10000000" help:"Sizes above this are left out; by default 10,000,000 rows." placeholder:"N"`
	Rounds  int    `default:"5" help:"Runs of each size; the median counts."`
	Out     string `default:"performance_results.csv" help:"CSV file to write; by default performance_results.csv." type:"path" placeholder:"FILE"`
}

// Help is what --help says below the flags.
func (benchBatchCmd) Help() string {
	return `Examples:
  pwcol bench batch
  pwcol bench batch --max-rows 1000000 --rounds 3 --out results.csv

Each run is a process of its own. Duration is the time inside the engine, from the name of the input file to the
written result; files are in the page cache.`
}

// Run measures, prints the table and writes the file.
func (c *benchBatchCmd) Run(ctx context.Context, io console, s *Settings) error {
	if c.Rounds < 1 {
		return fmt.Errorf("--rounds=%d: there is at least one", c.Rounds)
	}
	self, err := selfCommand(s)
	if err != nil {
		return err
	}
	sizes := slices.DeleteFunc(bench.BatchSizes(), func(rows int) bool { return rows > c.MaxRows })
	if len(sizes) == 0 {
		return fmt.Errorf("--max-rows=%d: the least size is %d", c.MaxRows, bench.BatchSizes()[0])
	}
	b := bench.Batch{Self: self, Sizes: sizes, Rounds: c.Rounds, Cores: runtime.NumCPU(), Data: c.data(io), Log: logTo(io)}
	lines, err := b.Run(ctx)
	if err != nil {
		return err
	}
	if err := bench.WriteBatchText(io.stdout, lines); err != nil {
		return err
	}
	return writeFile(c.Out, func(f *os.File) error { return bench.WriteBatchCSV(f, lines) })
}

// selfCommand starts this program as an engine.
func selfCommand(s *Settings) (bench.Command, error) {
	args, err := ownCommand(s, "serve")
	return bench.Command{Name: "pwcol", Args: args}, err
}

// ownCommand starts this program, with the same settings, to do that part of a benchmark.
func ownCommand(s *Settings, part string) ([]string, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{program, "bench", part}
	if s.Threads > 0 {
		args = append(args, "--threads", strconv.Itoa(s.Threads))
	}
	if s.MaxMemory > 0 {
		args = append(args, "--max-memory", strconv.FormatInt(int64(s.MaxMemory), 10))
	}
	return args, nil
}

// writeFile writes a small file.
func writeFile(path string, write func(*os.File) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// writeJSON writes a report as JSON.
func writeJSON(path string, report *bench.Report) error {
	return writeFile(path, func(f *os.File) error {
		out := json.NewEncoder(f)
		out.SetIndent("", "  ")
		return out.Encode(report)
	})
}

// benchServeCmd is pwcol as an engine that is compared.
type benchServeCmd struct{}

// Run answers queries until standard input ends.
func (benchServeCmd) Run(ctx context.Context, io console, s *Settings) error {
	config, err := s.config()
	if err != nil {
		return err
	}
	return s.profiled(func() error { return bench.Serve(ctx, config, version(), io.stdin, io.stdout) })
}

// benchJobCmd runs one query.
type benchJobCmd struct {
	Query string `arg:"" help:"Such as seed_csv."`
	File  string `arg:"" help:"Input."`
	Out   string `arg:"" optional:"" help:"Output."`
}

// Run runs it.
func (c *benchJobCmd) Run(ctx context.Context, io console, s *Settings) error {
	config, err := s.config()
	if err != nil {
		return err
	}
	return s.profiled(func() error {
		defer watch(io.stderr, &config)()
		return bench.RunJob(ctx, config, bench.Request{Query: c.Query, File: c.File, Out: c.Out})
	})
}
