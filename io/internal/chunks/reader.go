package chunks

import (
	"context"
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// Chunk is a stretch of a source's rows: the morsel that a worker reads.
type Chunk struct {
	Partition uint32
	First     int64 // place of its first row in the partition
	Rows      int
	Bytes     int64   // about what it takes in memory
	Data      any     // the rows, as the source's Encoder takes them
	Diffs     []int64 // of each row; nil: all +1
	Position  []byte  // the source's own, behind the chunk, if it is the last of a commit that says so; else nil
}

// Encoder makes a worker's Encode for those columns of the source, ascending.
type Encoder func(columns []int) (Encode, error)

// Encode makes a chunk's rows into a dense batch, lent until the next call.
type Encode func(c *Chunk) (*vec.Batch, error)

// Options say how a Reader works.
type Options struct {
	Name    string // of the source, for messages
	Encoder Encoder
	Counted bool // the rows were added to Stats.RowsRead already
}

// Reader makes chunks into batches for one worker: of the columns that the plan wants, without the rows that its filter leaves out.
type Reader struct {
	options  Options
	env      *microbatch.Env
	scan     microbatch.Scan
	encode   Encode
	filter   Encode // of the columns that the filter reads
	selector *microbatch.Selector
	sel      []uint32
}

// NewReader makes a worker's reader.
func NewReader(env *microbatch.Env, scan microbatch.Scan, o Options) *Reader {
	return &Reader{options: o, env: env, scan: scan}
}

// prepare makes the encoders, when the first chunk comes.
func (r *Reader) prepare() (err error) {
	if r.encode, err = r.options.Encoder(r.scan.Columns); err != nil || r.scan.Filter == nil {
		return err
	}
	r.selector = r.scan.Filter.NewSelector()
	r.filter, err = r.options.Encoder(r.scan.Filter.Columns)
	return err
}

// Read emits the rows of a morsel, a *Chunk.
func (r *Reader) Read(_ context.Context, m microbatch.Morsel, out microbatch.Out) error {
	c := m.(*Chunk)
	if r.encode == nil {
		if err := r.prepare(); err != nil {
			return err
		}
	}
	if !r.options.Counted {
		r.env.Stats.RowsRead.Add(int64(c.Rows))
	}
	b, err := r.batch(c)
	if err != nil {
		return fmt.Errorf("%s: from row %d on: %w", r.options.Name, c.First, err)
	}
	if b.Rows() == 0 {
		return nil
	}
	for from, piece := range b.Pieces() {
		at := microbatch.Seq{Source: r.env.Source, Partition: c.Partition, Offset: c.First + int64(from)}
		if err := out.Emit(op.Main, at, piece); err != nil {
			return err
		}
	}
	return nil
}

// batch is the chunk's rows that the filter lets through.
func (r *Reader) batch(c *Chunk) (*vec.Batch, error) {
	b, err := r.encode(c)
	if err != nil {
		return nil, err
	}
	b.Sel, b.Diff = nil, c.Diffs
	if r.selector == nil {
		return b, nil
	}
	f, err := r.filter(c)
	if err != nil {
		return nil, err
	}
	r.sel = r.selector.Select(f, r.sel[:0])
	if len(r.sel) < b.N {
		b.Sel = r.sel
	}
	return b, nil
}

// Close gives back nothing: the memory is the collector's.
func (r *Reader) Close() error { return nil }

// Columns is an Encoder of chunks whose Data is a *vec.Batch: it takes columns out of it, of which place says where they are. Nothing is copied.
func Columns(place func(column int) int) Encoder {
	return func(columns []int) (Encode, error) {
		out := &vec.Batch{Cols: make([]*vec.Vec, len(columns))}
		return func(c *Chunk) (*vec.Batch, error) {
			b := c.Data.(*vec.Batch)
			out.N = b.N
			for i, column := range columns {
				out.Cols[i] = b.Cols[place(column)]
			}
			return out, nil
		}, nil
	}
}
