package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/jsonlines"
	"github.com/pwcol/pwcol/io/parquet"
)

// input is the flags of commands that read a file.
type input struct {
	File       string            `arg:"" help:"File to read, glob or folder; - is standard input (CSV)." placeholder:"FILE"`
	From       string            `enum:",csv,jsonl,parquet" default:"" help:"Format of the input; by default what its ending says." placeholder:"FORMAT"`
	Columns    []string          `help:"Columns to read, in this order; by default all." placeholder:"COLUMN"`
	Delimiter  string            `help:"Character between the fields of CSV; by default a comma, in .tsv files a tab." placeholder:"CHAR"`
	Null       []string          `sep:"none" help:"Text that stands for a missing value in CSV, besides nothing at all; may be given several times." placeholder:"TEXT"`
	Header     bool              `negatable:"" default:"true" help:"Whether the first line of CSV has the columns' names."`
	Type       map[string]string `mapsep:"none" help:"Type of a column of CSV or JSON lines, where the one that is found doesn't fit all rows; may be given several times." placeholder:"COLUMN=TYPE"`
	Layout     map[string]string `mapsep:"none" help:"How a column of CSV or JSON lines spells its times, such as '%d.%m.%Y %H:%M'; may be given several times." placeholder:"COLUMN=LAYOUT"`
	SampleRows int               `default:"0" help:"Rows of CSV or JSON lines that types are found from; by default 20,480." placeholder:"N"`
	BadRows    badRows           `default:"fail" help:"What becomes of rows of CSV or JSON lines that can't be read: fail, skip, or reject:FILE, which collects them." placeholder:"POLICY"`
}

// badRows is a policy for bad rows.
type badRows struct {
	policy  pw.BadRows
	rejects string // file of the rejected rows
}

// UnmarshalText reads "fail", "skip" or "reject:FILE".
func (b *badRows) UnmarshalText(text []byte) error {
	file, rejects := strings.CutPrefix(string(text), "reject:")
	switch {
	case string(text) == "fail":
		b.policy = pw.Fail
	case string(text) == "skip":
		b.policy = pw.Skip
	case rejects && file != "":
		b.policy, b.rejects = pw.Reject, file
	default:
		return fmt.Errorf("%q is none of fail, skip, reject:FILE", text)
	}
	return nil
}

// open is the table of the file. Finding its columns may mean to wait for standard input: it returns early when ctx is
// done.
func (in *input) open(ctx context.Context) (*pw.Table, error) {
	from, err := formatOf(in.File, in.From, "from")
	if err != nil {
		return nil, err
	}
	var read func() *pw.Table
	switch from {
	case formatParquet:
		read = func() *pw.Table { return parquet.Read(in.File, in.parquetOptions()...) }
	case formatJSON:
		options, err := in.jsonOptions()
		if err != nil {
			return nil, err
		}
		read = func() *pw.Table { return in.selected(jsonlines.Read(in.File, options...)) }
	case formatCSV:
		options, err := in.csvOptions()
		if err != nil {
			return nil, err
		}
		read = func() *pw.Table { return in.selected(csv.Read(in.File, options...)) }
	}
	opened := make(chan *pw.Table, 1)
	go func() { opened <- read() }()
	select {
	case t := <-opened:
		return t, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// parquetOptions has the columns to read: those that a Parquet file has besides are not looked at, and may be of any type.
func (in *input) parquetOptions() []pw.ReadOption {
	if len(in.Columns) == 0 {
		return nil
	}
	return []pw.ReadOption{parquet.Columns(in.Columns...)}
}

// selected is the table with the columns that were asked for.
func (in *input) selected(t *pw.Table) *pw.Table {
	if len(in.Columns) == 0 {
		return t
	}
	columns := make([]any, len(in.Columns))
	for i, name := range in.Columns {
		columns[i] = name
	}
	return t.Select(columns...)
}

func (in *input) csvOptions() ([]pw.ReadOption, error) {
	delimiter, err := in.delimiter()
	if err != nil {
		return nil, err
	}
	options := []pw.ReadOption{
		csv.Header(in.Header), csv.Delimiter(delimiter), csv.NullTexts(in.Null...), csv.OnBadRow(in.BadRows.policy),
	}
	if err := in.eachType(func(column string, t pw.Type) { options = append(options, csv.Type(column, t)) }); err != nil {
		return nil, err
	}
	for _, column := range slices.Sorted(maps.Keys(in.Layout)) {
		options = append(options, csv.Layout(column, in.Layout[column]))
	}
	if in.SampleRows != 0 {
		options = append(options, csv.SampleRows(in.SampleRows))
	}
	return options, nil
}

func (in *input) jsonOptions() ([]pw.ReadOption, error) {
	options := []pw.ReadOption{jsonlines.OnBadRow(in.BadRows.policy)}
	if err := in.eachType(func(column string, t pw.Type) { options = append(options, jsonlines.Type(column, t)) }); err != nil {
		return nil, err
	}
	for _, column := range slices.Sorted(maps.Keys(in.Layout)) {
		options = append(options, jsonlines.Layout(column, in.Layout[column]))
	}
	if in.SampleRows != 0 {
		options = append(options, jsonlines.SampleRows(in.SampleRows))
	}
	return options, nil
}

// eachType calls f with the types that were asked for.
func (in *input) eachType(f func(column string, t pw.Type)) error {
	for _, column := range slices.Sorted(maps.Keys(in.Type)) {
		t, err := pw.ParseType(in.Type[column])
		if err != nil {
			return fmt.Errorf("--type: column %q: %w", column, err)
		}
		f(column, t)
	}
	return nil
}

// delimiter is the one that was asked for or, if none was, that of the file's ending.
func (in *input) delimiter() (byte, error) {
	switch in.Delimiter {
	case "":
		return delimiterOf(in.File), nil
	case `\t`, "tab":
		return '\t', nil
	}
	if len(in.Delimiter) > 1 {
		return 0, fmt.Errorf("--delimiter=%s: it is one character, such as ; or \\t", in.Delimiter)
	}
	return in.Delimiter[0], nil
}

// delimiterOf is what stands between the fields of a CSV file of that name.
func delimiterOf(path string) byte {
	if endingOf(path) == ".tsv" {
		return '\t'
	}
	return ','
}
