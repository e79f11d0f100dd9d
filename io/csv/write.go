package csv

import (
	"context"
	"errors"
	"fmt"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	format "github.com/pwcol/pwcol/io/format/csv"
	"github.com/pwcol/pwcol/io/internal/atomicfile"
	"github.com/pwcol/pwcol/io/internal/ordered"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// Write is the output of t as a file of comma-separated values, or to standard output if path is "-". The file appears when
// the run has succeeded and then replaces one of that name. Lines end with a line feed; text is quoted where it has to be: it
// holds a delimiter, a quote or a line break, begins or ends with a space, is empty, or is what NULL is written as. Floats are
// the shortest text that is read back as the same number and as a float (1.0, 0.5, 1e+20); timestamps are ISO 8601, in UTC or
// in their zone.
func Write(t *pw.Table, path string, opts ...WriteOption) pw.Output {
	w, err := tryWriter(path, opts...)
	return pw.NewOutput(t, w, err)
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
	path     string
	dialect  format.Dialect
	noHeader bool
	nullText string
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

// OpenSink creates the temporary file and writes the header.
func (w *writer) OpenSink(_ context.Context, env *microbatch.Env, in op.Port) (microbatch.Sink, error) {
	enc := format.NewEncoder(format.EncoderOptions{Dialect: w.dialect, NullText: w.nullText})
	file, err := atomicfile.Create(w.path, atomicfile.Replace)
	if err != nil {
		return nil, err
	}
	s := &sink{file: file, encoder: enc, seq: ordered.New(file, env.Account)}
	if w.noHeader {
		return s, nil
	}
	header, err := enc.AppendHeader(nil, in.Schema.Names())
	if err == nil {
		_, err = file.Write(header)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return s, nil
}

// sink is an open file being written. Each worker encodes into its own buffer; the sequencer puts the morsels' texts in order.
type sink struct {
	file    *atomicfile.File
	encoder format.Encoder
	seq     *ordered.Sequencer
}

func (s *sink) NewWriter() microbatch.Writer { return &sinkWriter{sink: s} }

// Identity is the file's full name.
func (s *sink) Identity() string { return s.file.Identity() }

func (s *sink) EndEpoch(*op.Epoch) error {
	if n := s.seq.Held(); n > 0 {
		return fmt.Errorf("%d parts were handed in whose turn never came", n)
	}
	return nil
}

func (s *sink) Commit(context.Context) error { return s.file.Commit() }
func (s *sink) Publish() error               { return s.file.Publish() }

func (s *sink) Close() error {
	s.seq.Close()
	return s.file.Close()
}

// sinkWriter encodes one worker's rows.
type sinkWriter struct {
	*sink
	buf []byte
}

func (w *sinkWriter) Push(_ microbatch.Seq, b *vec.Batch) error {
	var err error
	w.buf, err = w.encoder.Append(w.buf, b)
	return err
}

func (w *sinkWriter) EndMorsel(m int64) error {
	var err error
	w.buf, err = w.seq.Put(m, w.buf)
	return err
}
