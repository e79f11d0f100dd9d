package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/pwcol/pwcol/bench"
	"github.com/pwcol/pwcol/bench/nexmark"
)

// benchNexmarkCmd makes the table of Nexmark.
type benchNexmarkCmd struct {
	Events  int64    `default:"10000000" help:"Events of each query, of all kinds; by default 10,000,000." placeholder:"N"`
	Rate    int64    `default:"100000" help:"Events in a second of event time, up to the published 10,000,000: the fewer, the more windows." placeholder:"N"`
	Commit  int64    `default:"50000" help:"Events that are handed over together." placeholder:"N"`
	Queue   int      `default:"100000" help:"Events that may wait for the engine: the size of an epoch." placeholder:"N"`
	Queries []string `help:"Queries; by default all." placeholder:"QUERY"`
	Latency bool     `default:"true" negatable:"" help:"Also measure latencies, at half the rate that was reached."`
	Out     string   `help:"Write the table as CSV, too." type:"path" placeholder:"FILE"`
}

// Help is what --help says below the flags.
func (benchNexmarkCmd) Help() string {
	text := `Examples:
  pwcol bench nexmark
  pwcol bench nexmark --events 1000000 --queries q0,q5 --no-latency

Each run is a process of its own, which makes its events in memory before it begins: 10,000,000 take 2.5 GB. A latency counts from when
events are due, whether or not the engine is ready, until what they change is written. (What they add to a window comes out
when that closes; of such a query the latency is how long an epoch takes.)

Queries:`
	for _, q := range nexmark.Queries() {
		text += fmt.Sprintf("\n  %-4s %s", q.Name, q.Summary)
	}
	return text
}

// Run measures and prints the table.
func (c *benchNexmarkCmd) Run(ctx context.Context, io console, s *Settings) error {
	if c.Events < 1 || c.Rate < 1 || c.Commit < 1 || c.Queue < 1 {
		return errors.New("--events, --rate, --commit and --queue are 1 or more")
	}
	if c.Queries == nil {
		for _, q := range nexmark.Queries() {
			c.Queries = append(c.Queries, q.Name)
		}
	}
	self, err := ownCommand(s, "nexmark-case")
	if err != nil {
		return err
	}
	t := bench.NexmarkTable{
		Self: self, Queries: c.Queries, Latency: c.Latency, Log: logTo(io),
		Case: bench.NexmarkCase{Events: c.Events, EventRate: c.Rate, Commit: c.Commit, Queue: c.Queue},
	}
	lines, err := t.Run(ctx)
	if len(lines) > 0 { // also those that were measured before an error or Ctrl-C
		err = errors.Join(err, bench.WriteNexmarkText(io.stdout, lines))
	}
	if err != nil || c.Out == "" {
		return err
	}
	return writeFile(c.Out, func(f *os.File) error { return bench.WriteNexmarkCSV(f, lines) })
}

// benchNexmarkCaseCmd runs one case.
type benchNexmarkCaseCmd struct {
	Case string `arg:"" help:"The case as JSON."`
}

// Run runs it and prints its figures as JSON.
func (c *benchNexmarkCaseCmd) Run(ctx context.Context, io console, s *Settings) error {
	var nc bench.NexmarkCase
	if err := json.Unmarshal([]byte(c.Case), &nc); err != nil {
		return fmt.Errorf("not a case: %w", err)
	}
	config, err := s.config()
	if err != nil {
		return err
	}
	f, err := nc.Run(ctx, config, s.profiled)
	if err != nil {
		return err
	}
	return json.NewEncoder(io.stdout).Encode(f)
}
