package main

import (
	"context"
	"fmt"

	pw "github.com/pwcol/pwcol/arrowtab"
)

// headCmd prints the first rows of a file.
type headCmd struct {
	input
	Rows int `short:"n" default:"10" help:"How many rows."`
}

// Help is what --help says below the flags.
func (headCmd) Help() string {
	return `Examples:
  pwcol head sales.parquet
  pwcol head events.jsonl.gz
  pwcol head -n 3 flights.csv.gz --null NA
  zcat log.csv.gz | pwcol head -`
}

// Run prints them.
func (c *headCmd) Run(ctx context.Context, io console, s *Settings) error {
	if c.Rows < 0 {
		return fmt.Errorf("--rows=%d: there can't be less than none", c.Rows)
	}
	t, err := c.open(ctx)
	if err != nil {
		return err
	}
	config, err := s.config()
	if err != nil {
		return err
	}
	return s.profiled(func() error {
		defer watch(io.stderr, &config)()
		batches, err := config.Batches(ctx, t.Limit(c.Rows))
		if err != nil {
			return err
		}
		format := pw.Format{Rows: c.Rows, Width: terminalWidth(io.stdout)}
		return format.Table(io.stdout, t.Schema(), batches)
	})
}
