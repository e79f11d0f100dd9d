package text

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"github.com/pwcol/pwcol/io/internal/files"
	"github.com/pwcol/pwcol/microbatch"
)

// Input is one of a source's files.
type Input struct {
	files.File
	Name    string // for messages
	Packed  bool   // it can only be read from its start: compressed, or not a regular file
	Columns []int  // for each of the columns of its rows, the place in the schema; nil: rows name their columns
	Start   int64  // of its first row, in unpacked bytes
	Line    int64  // that its first row is on
	Text    *Text  // of input that can be read only once: it is at Start

	place int // among the files
}

// Options are how a source's files are read.
type Options struct {
	Step   string // "csv.Read", for rejected rows
	Format Format
	Chunk  int // bytes that a worker takes at a time; 0: what has been found to be good
}

// open is an open source.
type open struct {
	opts   Options
	env    *microbatch.Env
	scan   microbatch.Scan
	inputs []*Input

	next    int      // input
	current morseler // the one being handed out
	ranges  []*ranges
}

// morseler hands out a file's morsels.
type morseler interface {
	// next is the next morsel, or io.EOF.
	next(ctx context.Context) (microbatch.Morsel, error)
	close() error
}

// newSource is an open source of the rows of inputs, in that order. It closes their texts.
func newSource(o Options, env *microbatch.Env, scan microbatch.Scan, inputs []*Input) microbatch.Source {
	for i, in := range inputs {
		in.place = i
		env.Stats.BytesTotal.Add(max(0, in.Size))
	}
	return &open{opts: o, env: env, scan: scan, inputs: inputs}
}

// Next is the next chunk of the current file, or the first of the next one.
func (o *open) Next(ctx context.Context) (microbatch.Morsel, error) {
	for {
		if o.current == nil {
			if o.next == len(o.inputs) {
				return nil, io.EOF
			}
			m, err := o.openMorsels(ctx, o.inputs[o.next])
			if err != nil {
				return nil, err
			}
			o.next++
			o.current = m
		}
		m, err := o.current.next(ctx)
		if !errors.Is(err, io.EOF) {
			return m, err
		}
		if err := o.current.close(); err != nil {
			return nil, err
		}
		o.current = nil
	}
}

func (o *open) openMorsels(ctx context.Context, in *Input) (morseler, error) {
	if in.Packed {
		return o.openStream(ctx, in)
	}
	r, err := o.openRanges(in)
	if err != nil {
		return nil, err
	}
	o.ranges = append(o.ranges, r)
	return r, nil
}

// chunk is how many bytes make a morsel of a file of that size.
func (o *open) chunk(size int64) int {
	if n := o.opts.Chunk; n > 0 {
		return n
	}
	share := size / int64(4*max(1, o.env.Threads)) // a few for each worker, so that all end at about the same time
	return int(max(minChunk, min(defaultChunk, share)))
}

// defaultChunk and minChunk are the bytes of a morsel. Measured (BenchmarkChunk): from 64 KiB to 4 MiB it takes the same
// processor time, 50 to 55 ns a row of the seed workload; a megabyte is enough for a few batches and
// small enough for a worker's buffers not to matter.
const (
	defaultChunk = 1 << 20
	minChunk     = 64 << 10
)

// Close closes the files.
func (o *open) Close() error {
	var errs []error
	if o.current != nil {
		errs = append(errs, o.current.close())
	}
	for _, r := range o.ranges { // of a run that has failed, chunks may not have been read
		errs = append(errs, r.release())
	}
	return errors.Join(append(errs, closeInputs(o.inputs))...)
}

// closeInputs closes the inputs' texts, of inputs of which no source was made.
func closeInputs(inputs []*Input) error {
	var errs []error
	for _, in := range inputs {
		if in.Text != nil {
			errs = append(errs, in.Text.Close())
		}
	}
	return errors.Join(errs...)
}

// shared is a file that is closed when the last of those who use it is done.
type shared struct {
	users atomic.Int32
	io.Closer
}

func (s *shared) use() { s.users.Add(1) }

func (s *shared) done() error {
	if s.users.Add(-1) != 0 {
		return nil
	}
	return s.Close()
}

// release closes the file if it is still in use, when nobody uses it any more.
func (s *shared) release() error {
	if s.users.Swap(0) <= 0 {
		return nil
	}
	return s.Close()
}
