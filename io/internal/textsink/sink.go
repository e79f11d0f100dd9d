// Package textsink writes rows of text to a file: whole at the end of a batch, or epoch by epoch.
//
// Each worker encodes into its own buffer, morsel by morsel; what they have is put into the order of the morsels, which is that of the input
// where there is one.
package textsink

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/pwcol/pwcol/io/internal/atomicfile"
	"github.com/pwcol/pwcol/io/internal/ordered"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// Encoder turns rows into text. It holds no state: workers share it.
type Encoder interface {
	// Append appends the rows of b that are meant.
	Append(dst []byte, b *vec.Batch) ([]byte, error)
}

// Options say what is written where.
type Options struct {
	Path      string
	Overwrite bool   // on a stream: rows that the file has are replaced; else it must be empty
	Header    []byte // before the first row
	Encoder   Encoder
}

// target is the file: of a batch one that is whole or absent, of a stream one that grows.
type target interface {
	io.Writer
	Identity() string
	Commit() error
	Publish() error
	Close() error
}

// Open opens the file and writes the header.
func Open(o Options, env *microbatch.Env, in op.Port) (microbatch.Sink, error) {
	if !in.Bounded {
		return openGrowing(o, env)
	}
	file, err := atomicfile.Create(o.Path, atomicfile.Replace)
	if err != nil {
		return nil, err
	}
	s := newSink(file, o, env)
	return &s, s.begin(o.Header)
}

func newSink(file target, o Options, env *microbatch.Env) sink {
	return sink{file: file, encoder: o.Encoder, seq: ordered.New(file, env.Account)}
}

// begin writes what comes before the first row.
func (s *sink) begin(header []byte) error {
	if _, err := s.file.Write(header); err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}

type sink struct {
	file    target
	encoder Encoder
	seq     *ordered.Sequencer
}

var _ microbatch.Exclusive = (*sink)(nil)

func (s *sink) NewWriter() microbatch.Writer { return &writer{sink: s} }

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

// writer encodes one worker's rows.
type writer struct {
	*sink
	buf []byte
}

func (w *writer) Push(_ microbatch.Seq, b *vec.Batch) error {
	var err error
	w.buf, err = w.encoder.Append(w.buf, b)
	return err
}

func (w *writer) EndMorsel(m int64) error {
	var err error
	w.buf, err = w.seq.Put(m, w.buf)
	return err
}
