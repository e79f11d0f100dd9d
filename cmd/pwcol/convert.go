package main

import (
	"context"
	"fmt"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/jsonlines"
	"github.com/pwcol/pwcol/io/parquet"
	"github.com/pwcol/pwcol/microbatch"
)

// convertCmd writes a table to another file.
type convertCmd struct {
	input
	Out          string `arg:"" help:"File to write; - is standard output (CSV)." placeholder:"FILE"`
	To           string `enum:",csv,jsonl,parquet" default:"" help:"Format of the output; by default what its ending says." placeholder:"FORMAT"`
	Codec        string `enum:"snappy,zstd,none" default:"snappy" help:"Compression of Parquet output: snappy, zstd, none." placeholder:"CODEC"`
	RowGroupSize int    `default:"0" help:"Rows of a row group of Parquet output; by default 122,880." placeholder:"N"`
}

// Help is what --help says below the flags.
func (convertCmd) Help() string {
	return `Examples:
  pwcol convert sales.csv sales.parquet
  pwcol convert --codec zstd --row-group-size 1000000 'logs/*.csv.gz' logs.parquet
  pwcol convert sales.parquet sales.csv
  pwcol convert --columns id,name events.jsonl.gz events.parquet
  pwcol convert --to jsonl sales.parquet - | jq .total
  pwcol convert --bad-rows reject:bad.csv --null NA flights.csv flights.parquet
  zcat flights.csv.gz | pwcol convert --null NA - flights.parquet
  pwcol convert sales.parquet - | head

The output appears under its name when all of it is written, or not at all.`
}

// Run converts.
func (c *convertCmd) Run(ctx context.Context, io console, s *Settings) error {
	t, err := c.open(ctx)
	if err != nil {
		return err
	}
	outputs, err := c.outputs(t)
	if err != nil {
		return err
	}
	config, err := s.config()
	if err != nil {
		return err
	}
	config.Stats = &microbatch.Stats{}
	err = s.profiled(func() error {
		defer watch(io.stderr, &config)()
		return config.Run(ctx, outputs...)
	})
	if n := config.Stats.RowsSkipped.Load(); err == nil && n > 0 {
		fmt.Fprintf(io.stderr, "pwcol: bad rows left out: %s\n", thousands(n))
	}
	return err
}

// outputs is the table in the new file and, if that was asked for, the bad rows in another.
func (c *convertCmd) outputs(t *pw.Table) ([]pw.Output, error) {
	to, err := formatOf(c.Out, c.To, "to")
	if err != nil {
		return nil, err
	}
	var outputs []pw.Output
	switch to {
	case formatCSV:
		outputs = append(outputs, csv.Write(t, c.Out, csv.Delimiter(delimiterOf(c.Out))))
	case formatJSON:
		outputs = append(outputs, jsonlines.Write(t, c.Out))
	case formatParquet:
		outputs = append(outputs, parquet.Write(t, c.Out, c.parquetOptions()...))
	}
	if file := c.BadRows.rejects; file != "" {
		outputs = append(outputs, csv.Write(t.Rejected(), file))
	}
	return outputs, nil
}

func (c *convertCmd) parquetOptions() []parquet.WriteOption {
	codecs := map[string]parquet.Compression{"snappy": parquet.Snappy, "zstd": parquet.Zstd, "none": parquet.Uncompressed}
	options := []parquet.WriteOption{parquet.Compress(codecs[c.Codec])}
	if c.RowGroupSize != 0 {
		options = append(options, parquet.RowGroupRows(c.RowGroupSize))
	}
	return options
}
