package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/pwcol/pwcol/bench"
)

// benchStreamCmd makes the table of the seed stream.
type benchStreamCmd struct {
	Rates    []int           `help:"Rows a second that are offered." placeholder:"N"`
	Ticks    []time.Duration `default:"100ms,1ms" help:"Times between the batches that are handed over; a table for each."`
	Duration time.Duration   `default:"30s" help:"Length of a run; those of the search take three seconds."`
	Search   bool            `default:"true" negatable:"" help:"Also search the highest rates that can be sustained."`
	Python   string          `help:"Python with Pathway, to run the same beside it." placeholder:"PROGRAM"`
	Out      string          `default:"performance_results.csv" help:"CSV file to write; by default performance_results.csv." type:"path" placeholder:"FILE"`
}

// Help is what --help says below the flags.
func (benchStreamCmd) Help() string {
	return `Examples:
  pwcol bench stream
  pwcol bench stream --duration 3s --rates 1000,100000 --ticks 1ms
  pwcol bench stream --python peers/bin/python

Each run is a process of its own. At every tick a batch is due; its latency counts from then, whether or not the engine is
ready, until what it changes is written. "own CPU" is beyond what the generator takes alone, for which there is another run.

Pathway is run beside it with --python, a Python in which it is installed (pip install pathway).`
}

// Run measures, prints the table and writes the file.
func (c *benchStreamCmd) Run(ctx context.Context, io console, s *Settings) error {
	self, err := ownCommand(s, "stream-case")
	if err != nil {
		return err
	}
	t := bench.StreamTable{Self: self, Rates: c.Rates, Ticks: c.Ticks, Duration: c.Duration, Search: c.Search, Log: logTo(io)}
	if t.Rates == nil {
		t.Rates = bench.StreamRates()
	}
	if c.Python != "" {
		dir, err := os.MkdirTemp("", "pwcol-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := bench.UnpackPeers(dir); err != nil {
			return err
		}
		t.Peers = map[string][]string{"pathway": {c.Python, filepath.Join(dir, "stream_pathway.py")}}
	}
	lines, err := t.Run(ctx)
	if len(lines) > 0 { // also those that were measured before an error or Ctrl-C
		err = errors.Join(err, bench.WriteStreamText(io.stdout, lines))
	}
	if err != nil {
		return err
	}
	return writeFile(c.Out, func(f *os.File) error { return bench.WriteStreamCSV(f, lines) })
}

// benchStreamCaseCmd runs one case.
type benchStreamCaseCmd struct {
	Case string `arg:"" help:"The case as JSON."`
}

// Run runs it and prints its figures as JSON.
func (c *benchStreamCaseCmd) Run(ctx context.Context, io console, s *Settings) error {
	var sc bench.StreamCase
	if err := json.Unmarshal([]byte(c.Case), &sc); err != nil {
		return fmt.Errorf("not a case: %w", err)
	}
	config, err := s.config()
	if err != nil {
		return err
	}
	return s.profiled(func() error {
		f, err := sc.Run(ctx, config)
		if err != nil {
			return err
		}
		return json.NewEncoder(io.stdout).Encode(f)
	})
}
