package jsonlines

import (
	"errors"
	"fmt"
	"strings"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/files"
	"github.com/pwcol/pwcol/io/internal/text"
)

// endings are those of the files that a directory stands for.
var endings = []string{".jsonl", ".jsonl.gz", ".jsonl.zst", ".ndjson", ".ndjson.gz", ".ndjson.zst"}

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
	path     string
	settings *settings
	schema   *plan.Schema
	inferred bool
	stdin    *text.Text // standard input, of which a sample was read and put back
}

var _ plan.Source = (*source)(nil)

func newSource(path string, s *settings) (*source, error) {
	src := &source{path: path, settings: s, schema: s.schema}
	var err error
	if s.schema == nil {
		err = src.infer()
	} else {
		src.schema, err = s.applyColumns(s.schema, false)
	}
	if err != nil {
		return nil, err
	}
	if err := s.check(src.schema); err != nil {
		return nil, fmt.Errorf("jsonlines.Read(%q): %w", path, err)
	}
	return src, nil
}

// infer finds the schema. Of input that can't be read twice it keeps what it has read.
func (src *source) infer() error {
	list, err := files.List(src.path, endings...)
	if err != nil {
		return err
	}
	if list[0].Path != files.Stdin && !list[0].Seekable() {
		return fmt.Errorf("%s can be read only once: give a schema", list[0].Path)
	}
	schema, t, err := src.settings.infer(list[0])
	if err != nil {
		return err
	}
	src.schema, src.inferred = schema, true
	if list[0].Path == files.Stdin {
		src.stdin = t
		return nil
	}
	return t.Close()
}

// Schema is the columns.
func (src *source) Schema() *plan.Schema { return src.schema }

// Describe is the source for Explain: the path, and what isn't as usual.
func (src *source) Describe() plan.Description {
	d := plan.Description{Kind: "jsonlines", Target: src.path}
	for _, p := range src.settings.paths {
		d.Options = append(d.Options, plan.Option{Key: "path", Value: p.column + "=" + strings.Join(p.keys, ".")})
	}
	for _, e := range src.settings.epochs {
		d.Options = append(d.Options, plan.Option{Key: "epoch", Value: e.column + "=" + e.unit.String()})
	}
	return d
}

// errTwice is what a second reading of standard input gets.
var errTwice = errors.New("standard input can be read only once in a program")
