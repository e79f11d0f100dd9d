package csv

import (
	"fmt"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/text"
)

// endings are those of the files that a directory stands for.
var endings = []string{
	".csv", ".csv.gz", ".csv.zst", ".tsv", ".tsv.gz", ".tsv.zst", ".txt", ".txt.gz", ".txt.zst",
}

// Read is the table of the rows in the files at path: a file, a glob, a directory, or "-" for standard input.
// opts are a *pw.Schema and the options of this package; without a schema, one is found as Infer does, which
// reads the beginning of the first file at once: of standard input, it waits for it, whatever becomes of Run's context. What is
// wrong with path or options is reported by Run.
func Read(path string, opts ...pw.ReadOption) *pw.Table {
	s, err := newSettings(opts)
	if err != nil {
		return pw.NewSource(nil, pw.SourceOptions{Bad: s.bad, Err: err})
	}
	src, err := newSource(path, s)
	if err != nil {
		return pw.NewSource(nil, pw.SourceOptions{Bad: s.bad, Err: err})
	}
	return pw.NewSource(src, pw.SourceOptions{Bad: s.bad})
}

// source is what Read reads, as a leaf of a plan.
type source struct {
	files    text.Files
	settings *settings
	schema   *plan.Schema
	inferred bool
}

var _ plan.Source = (*source)(nil)

func newSource(path string, s *settings) (*source, error) {
	src := &source{files: text.Files{Path: path, Endings: endings}, settings: s, inferred: s.schema == nil}
	var err error
	if src.inferred {
		src.schema, err = src.files.Infer(s.infer)
	} else {
		src.schema, err = s.applyColumns(s.schema, false)
	}
	if err != nil {
		return nil, err
	}
	if err := s.check(src.schema); err != nil {
		return nil, fmt.Errorf("csv.Read(%q): %w", path, err)
	}
	return src, nil
}

// Schema is all the files' columns.
func (src *source) Schema() *plan.Schema { return src.schema }

// Describe is the source for Explain: the path, and what isn't as usual.
func (src *source) Describe() plan.Description {
	d := plan.Description{Kind: "csv", Target: src.files.Path}
	s := src.settings
	add := func(key, value string) { d.Options = append(d.Options, plan.Option{Key: key, Value: value}) }
	if s.noHeader {
		add("header", "false")
	}
	if s.dialect.Delimiter != ',' {
		add("delimiter", fmt.Sprintf("%q", s.dialect.Delimiter))
	}
	if s.dialect.Quote != '"' {
		add("quote", fmt.Sprintf("%q", s.dialect.Quote))
	}
	if s.dialect.Comment != 0 {
		add("comment", fmt.Sprintf("%q", s.dialect.Comment))
	}
	for _, n := range s.nullTexts {
		add("null", fmt.Sprintf("%q", n))
	}
	return d
}
