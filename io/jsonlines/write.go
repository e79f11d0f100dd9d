package jsonlines

import (
	"context"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	format "github.com/pwcol/pwcol/io/format/json"
	"github.com/pwcol/pwcol/io/internal/textsink"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// WriteOption is an option of Write.
type WriteOption func(*writer)

// Overwrite lets a stream replace the rows of a file that has some. (A batch replaces a file as it is.)
func Overwrite() WriteOption { return func(w *writer) { w.overwrite = true } }

// Write is the output of t as a file of JSON lines, or to standard output if path is "-": each row an object with all columns, NULL as
// null. In a batch the file appears when the run has succeeded and then replaces one of that name. On a stream each epoch adds its rows;
// a file that already has rows is refused unless Overwrite is given. Package io/format/json says how values are written.
func Write(t *pw.Table, path string, opts ...WriteOption) pw.Output {
	w := &writer{path: path}
	for _, o := range opts {
		o(w)
	}
	return pw.NewOutput(t, w, nil)
}

// WriteChanges is the output of t's changes as a file: the columns of t, then time, the epoch in which a row came or went, and diff, how often it
// came (+) or went (−). It takes tables whose rows are taken back, which Write doesn't.
func WriteChanges(t *pw.Table, path string, opts ...WriteOption) pw.Output {
	return Write(t.Changes(), path, opts...)
}

// writer is what Write writes to, as the end of a plan.
type writer struct {
	path      string
	overwrite bool
}

var _ microbatch.SinkOpener = (*writer)(nil)

// Describe is the sink for Explain.
func (w *writer) Describe() plan.Description {
	return plan.Description{Kind: "jsonlines", Target: w.path}
}

// OpenSink opens the file.
func (w *writer) OpenSink(_ context.Context, env *microbatch.Env, in op.Port) (microbatch.Sink, error) {
	enc := encoder{format.NewEncoder(in.Schema.Names())}
	return textsink.Open(textsink.Options{Path: w.path, Overwrite: w.overwrite, Encoder: enc}, env, in)
}

// encoder is an Encoder that never fails, for package textsink.
type encoder struct{ format.Encoder }

func (e encoder) Append(dst []byte, b *vec.Batch) ([]byte, error) {
	return e.Encoder.Append(dst, b), nil
}
