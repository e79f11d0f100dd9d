package text

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/io/internal/chunks"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// reader reads morsels for one worker.
type reader struct {
	open     *open
	splitter Splitter
	data     []byte // the chunk's buffer

	parser  Parser
	columns []int // of the file that parser is for

	// Of the morsel being read:
	ctx      context.Context
	out      microbatch.Out
	in       *Input
	buf      *Buffer
	base     int64                      // place in the file of place 0 of buf
	lineAt   func(int64) (int64, error) // line of a place in the file
	lineMark lineMark                   // the last line that was asked for; line 0: none yet
	goes     bool                       // the rows are taken back
	rejected rejected

	minus []int64 // −1s
}

// NewReader makes a worker's reader.
func (o *open) NewReader() microbatch.Reader {
	return &reader{open: o, splitter: o.opts.Format.NewSplitter()}
}

// Read parses a chunk of a file or a block of a stream.
func (r *reader) Read(ctx context.Context, m microbatch.Morsel, out microbatch.Out) error {
	r.ctx, r.out = ctx, out
	r.goes = false
	switch m := m.(type) {
	case *chunk:
		return r.readChunk(m)
	case *block:
		return r.readBlock(m)
	}
	return r.readPiece(m.(*chunks.Chunk).Data.(*piece))
}

func (r *reader) Close() error { return nil }

// parse parses the rows of b, whose place 0 is place base of the file.
func (r *reader) parse(in *Input, b *Buffer, base int64, lineAt func(int64) (int64, error), long *Bad) error {
	if err := r.setInput(in); err != nil {
		return err
	}
	r.buf, r.base, r.lineAt, r.lineMark = b, base, lineAt, lineMark{}
	before := r.parser.RowsRead()
	if err := r.parser.Parse(b, r); err != nil {
		return err
	}
	if long != nil {
		r.open.env.Stats.RowsRead.Add(1)
		if err := r.Bad(long); err != nil {
			return err
		}
	}
	r.open.env.Stats.RowsRead.Add(r.parser.RowsRead() - before)
	return r.flushRejected()
}

// setInput makes the parser be one for the file: nearly always it already is.
func (r *reader) setInput(in *Input) error {
	r.in = in
	if r.parser != nil && slices.Equal(r.columns, in.Columns) {
		return nil
	}
	p, err := r.open.opts.Format.NewParser(in, r.open.scan)
	if err != nil {
		return fmt.Errorf("%s: %w", in.Name, err)
	}
	r.parser, r.columns = p, in.Columns
	return nil
}

// at is the place of the input of what is at place p of the buffer.
func (r *reader) at(p int) op.Seq {
	return op.Seq{Source: r.open.env.Source, Partition: uint32(r.in.place), Offset: r.base + int64(p)}
}

// Rows hands on a batch.
func (r *reader) Rows(b *vec.Batch, at int) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	return r.emit(r.at(at), b)
}

// line is the number of the line that place p of the buffer is on.
func (r *reader) line(p int) (int64, error) {
	at := r.base + int64(p)
	if r.lineMark.line == 0 || r.lineMark.at > at {
		from := r.base + int64(r.buf.From)
		line, err := r.lineAt(from)
		if err != nil {
			return 0, err
		}
		r.lineMark = lineMark{from, line}
	}
	between := r.buf.Data[r.lineMark.at-r.base : p]
	r.lineMark = lineMark{at, r.lineMark.line + int64(bytes.Count(between, []byte{'\n'}))}
	return r.lineMark.line, nil
}

// grown is r.data with room for n bytes of text, of which the first keep bytes of the old one are kept.
func (r *reader) grown(n, keep int) []byte {
	size := Lead + n + Pad
	if size > len(r.data) {
		data := vec.Alloc(size + size/8)
		copy(data, r.data[:min(len(r.data), Lead+keep)])
		data[0] = '\n'
		r.data = data
	}
	return r.data
}
