package parquet

import (
	"context"
	"fmt"
	"os"

	"github.com/pwcol/pwcol/io/parquet/internal/codec"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// maxBatchBytes bounds, about, what a batch takes: rows of very long strings come in batches of fewer rows.
const maxBatchBytes = 32 << 20

// freeBytes of each worker's buffers are not charged, so that small files can be read whatever the budget is. Columns
// of usual pages and dictionaries take one to four MiB each.
const freeBytes = 1 << 20

// reader reads morsels for one worker.
type reader struct {
	src      *openSource
	selector *microbatch.Selector
	unpack   codec.Decompressor
	columns  []*chunkReader // as openSource.columns

	path string // of file
	file *os.File

	filtered vec.Batch // the filter's columns
	batch    vec.Batch
	sel      []uint32
	charged  int64
}

// NewReader makes a worker's reader.
func (o *openSource) NewReader() microbatch.Reader {
	r := &reader{src: o, columns: make([]*chunkReader, len(o.columns))}
	for i := range r.columns {
		r.columns[i] = &chunkReader{unpack: &r.unpack}
	}
	r.filtered.Cols = make([]*vec.Vec, o.numFilter)
	r.batch.Cols = make([]*vec.Vec, len(o.wanted))
	if o.filter != nil {
		r.selector = o.filter.NewSelector()
	}
	return r
}

// Read emits the morsel's rows for which the filter holds.
func (r *reader) Read(ctx context.Context, m microbatch.Morsel, out microbatch.Out) error {
	piece := m.(*morsel)
	if err := r.open(piece); err != nil {
		return r.wrap(piece, err)
	}
	step := piece.group.batchRows()
	for row := piece.from; row < piece.to; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := int(min(step, piece.to-row))
		some, err := r.decode(n)
		if err != nil {
			return r.wrap(piece, err)
		}
		r.charge()
		r.src.env.Stats.RowsRead.Add(int64(n))
		if some {
			if err := r.emit(piece.group, row, out); err != nil {
				return err
			}
		}
		row += int64(n)
	}
	r.src.env.Stats.BytesRead.Add(piece.bytes)
	for _, c := range r.columns {
		c.close(piece.to - piece.from)
	}
	r.charge()
	return nil
}

// emit emits the decoded batch, whose first row is that of the row group.
func (r *reader) emit(g *rowGroup, row int64, out microbatch.Out) error {
	at := microbatch.Seq{Source: r.src.env.Source, Partition: uint32(g.ordinal)}
	for from, piece := range r.batch.Pieces() {
		at.Offset = row + int64(from)
		if err := out.Emit(op.Main, at, piece); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) wrap(piece *morsel, err error) error {
	return fmt.Errorf("%s: %w", piece.group.file.footer.path, err)
}

// batchRows is how many of the row group's rows are decoded at once.
func (g *rowGroup) batchRows() int64 {
	bytes := int64(1)
	for _, c := range g.chunks {
		bytes += c.unpacked / g.rows
	}
	return max(1, min(vec.BatchRows, maxBatchBytes/bytes))
}

// open puts all columns' readers at the morsel's first row.
func (r *reader) open(piece *morsel) error {
	in := piece.group.file
	if r.file == nil || r.path != in.footer.path {
		if err := r.closeFile(); err != nil {
			return err
		}
		f, err := in.file.Open()
		if err != nil {
			return err
		}
		r.file, r.path = f, in.footer.path
	}
	for i, c := range r.columns {
		if err := c.open(r.file, &in.columns[r.src.columns[i]], &piece.group.chunks[i], piece.from); err != nil {
			return err
		}
	}
	return nil
}

// decode makes the batch of the next n rows. It reports false if the filter holds for none of them: then the
// other columns are passed over.
func (r *reader) decode(n int) (some bool, err error) {
	sel, some, err := r.filter(n)
	if err != nil {
		return false, err
	}
	for _, c := range r.columns[r.src.numFilter:] {
		if !some {
			err = c.skip(n)
		} else {
			_, err = c.read(n, sel)
		}
		if err != nil {
			return false, err
		}
	}
	r.batch.N, r.batch.Sel = n, sel
	for i, p := range r.src.wanted {
		r.batch.Cols[i] = &r.columns[p].out
	}
	return some, nil
}

// filter decodes the filter's columns and evaluates it. sel is nil if it holds for all rows.
func (r *reader) filter(n int) (sel []uint32, some bool, err error) {
	if r.selector == nil {
		return nil, true, nil
	}
	r.filtered.N = n
	for i := range r.filtered.Cols {
		if r.filtered.Cols[i], err = r.columns[i].read(n, nil); err != nil {
			return nil, false, err
		}
	}
	r.sel = r.selector.Select(&r.filtered, r.sel[:0])
	switch len(r.sel) {
	case 0:
		return nil, false, nil
	case n:
		return nil, true, nil
	}
	return r.sel, true, nil
}

// charge makes the account carry what this reader's buffers take now, beyond freeBytes.
func (r *reader) charge() {
	size := int64(-freeBytes)
	for _, c := range r.columns {
		size += c.size()
	}
	size = max(size, 0)
	r.src.env.Account.Charge(size - r.charged)
	r.charged = size
}

func (r *reader) closeFile() error {
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file = nil
	return err
}

// Close gives back buffers and file.
func (r *reader) Close() error {
	r.src.env.Account.Release(r.charged)
	r.charged = 0
	r.unpack.Close()
	return r.closeFile()
}
