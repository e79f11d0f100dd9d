package csv

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	format "github.com/pwcol/pwcol/io/format/csv"
	"github.com/pwcol/pwcol/io/internal/files"
	"github.com/pwcol/pwcol/microbatch"
)

var _ microbatch.SourceOpener = (*source)(nil)

// input is one of the files.
type input struct {
	files.File
	name    string // for messages
	place   int    // among the files
	packed  bool   // it can only be read from its start: compressed, or not a regular file
	columns []int  // for each of its columns, the place in the schema
	start   int64  // of its first row, in unpacked bytes
	line    int64  // that its first row is on
	text    *text  // of input that can be read only once: it is at start
}

// open is an open source.
type open struct {
	src    *source
	env    *microbatch.Env
	scan   microbatch.Scan
	inputs []*input

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

// OpenSource finds the files and looks at the header of each.
func (src *source) OpenSource(_ context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Source, error) {
	list, err := files.List(src.path, endings...)
	if err != nil {
		return nil, err
	}
	o := &open{src: src, env: env, scan: scan}
	for i, f := range list {
		in, err := src.openInput(f, i)
		if err != nil {
			return nil, errors.Join(err, o.Close())
		}
		o.inputs = append(o.inputs, in)
		env.Stats.BytesTotal.Add(max(0, f.Size))
	}
	return o, nil
}

func (src *source) openInput(f files.File, place int) (*input, error) {
	t, err := src.openText(f)
	if err != nil {
		return nil, err
	}
	h, err := src.settings.readHead(t, headSize)
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	in := &input{
		File: f, name: t.name, place: place, packed: t.packed != files.None || !f.Seekable(),
		start: int64(h.start), line: 1 + h.lines,
	}
	if in.columns, err = src.match(t.name, h); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	if f.Seekable() {
		return in, t.Close()
	}
	t.putBack(h.text()[h.start:])
	in.text = t
	return in, nil
}

// openText opens a file; standard input may have been opened to find the schema.
func (src *source) openText(f files.File) (*text, error) {
	if f.Path != files.Stdin || !src.inferred {
		return openText(f)
	}
	t := src.stdin
	if t == nil {
		return nil, errTwice
	}
	src.stdin = nil
	return t, nil
}

// match is the place in the schema of each of the file's columns.
func (src *source) match(name string, h *head) ([]int, error) {
	if !src.settings.noHeader {
		return h.match(name, src.schema)
	}
	places := make([]int, src.schema.Len())
	for i := range places {
		places[i] = i
	}
	return places, nil
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

func (o *open) openMorsels(ctx context.Context, in *input) (morseler, error) {
	if in.packed {
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
	if n := o.src.settings.chunkSize; n > 0 {
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
	for _, in := range o.inputs {
		if in.text != nil {
			errs = append(errs, in.text.Close())
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

// parserOptions are those of a parser of the input's rows for this scan.
func (o *open) parserOptions(in *input) format.Options {
	all := columns(o.src.schema)
	cols := make([]format.Column, len(in.columns))
	fileOf := make([]int, len(all)) // the file's column for each of the schema's
	for i, at := range in.columns {
		cols[i] = all[at]
		fileOf[at] = i
	}
	opts := o.src.settings.parserOptions(cols)
	for _, c := range o.scan.Columns {
		opts.Want = append(opts.Want, fileOf[c])
	}
	if f := o.scan.Filter; f != nil {
		opts.Selector = f.NewSelector()
		for _, c := range f.Columns {
			opts.FilterColumns = append(opts.FilterColumns, fileOf[c])
		}
	}
	return opts
}
