package csv

import (
	"context"
	"errors"
	"fmt"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	format "github.com/pwcol/pwcol/io/format/csv"
	"github.com/pwcol/pwcol/io/internal/textsink"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// Write is the output of t as a file of comma-separated values, or to standard output if path is "-". In a batch the file
// appears when the run has succeeded and then replaces one of that name. On a stream each epoch adds its rows; a file that already has
// rows is refused unless Overwrite is given. Lines end with a line feed; text is quoted where it has to be: it
// holds a delimiter, a quote or a line break, begins or ends with a space, is empty, or is what NULL is written as. Floats are
// the shortest text that is read back as the same number and as a float (1.0, 0.5, 1e+20); timestamps are ISO 8601, in UTC or
// in their zone.
func Write(t *pw.Table, path string, opts ...WriteOption) pw.Output {
	w, err := tryWriter(path, opts...)
	return pw.NewOutput(t, w, err)
}

// WriteChanges is the output of t's changes as a file: the columns of t, then time, the epoch in which a row came or went, and diff, how often it
// came (+) or went (−). It takes tables whose rows are taken back, which Write doesn't.
func WriteChanges(t *pw.Table, path string, opts ...WriteOption) pw.Output {
	return Write(t.Changes(), path, opts...)
}

func tryWriter(path string, opts ...WriteOption) (*writer, error) {
	w := &writer{path: path, dialect: format.Default}
	var errs []error
	for _, o := range opts {
		errs = append(errs, o.applyWrite(w))
	}
	return w, errors.Join(append(errs, w.dialect.Validate())...)
}

// writer is what Write writes to, as the end of a plan.
type writer struct {
	path      string
	dialect   format.Dialect
	noHeader  bool
	nullText  string
	overwrite bool
}

var _ microbatch.SinkOpener = (*writer)(nil)

// Describe is the sink for Explain.
func (w *writer) Describe() plan.Description {
	d := plan.Description{Kind: "csv", Target: w.path}
	if w.noHeader {
		d.Options = append(d.Options, plan.Option{Key: "header", Value: "false"})
	}
	if w.dialect.Delimiter != ',' {
		d.Options = append(d.Options, plan.Option{Key: "delimiter", Value: fmt.Sprintf("%q", w.dialect.Delimiter)})
	}
	return d
}

// OpenSink opens the file and writes the header.
func (w *writer) OpenSink(_ context.Context, env *microbatch.Env, in op.Port) (microbatch.Sink, error) {
	enc := format.NewEncoder(format.EncoderOptions{Dialect: w.dialect, NullText: w.nullText})
	o := textsink.Options{Path: w.path, Overwrite: w.overwrite, Encoder: &enc}
	if !w.noHeader {
		var err error
		if o.Header, err = enc.AppendHeader(nil, in.Schema.Names()); err != nil {
			return nil, err
		}
	}
	return textsink.Open(o, env, in)
}
