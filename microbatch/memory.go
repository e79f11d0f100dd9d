package microbatch

import (
	"context"
	"io"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// OpenerOf is what opens a plan's bounded source: the source itself, or the engine's own reader of rows in memory. It is for sources
// that read others.
func OpenerOf(s plan.Source) (SourceOpener, bool) {
	if m, ok := s.(*pw.Memory); ok {
		return memoryOpener{m}, true
	}
	opener, ok := s.(SourceOpener)
	return opener, ok
}

type memoryOpener struct{ *pw.Memory }

func (m memoryOpener) OpenSource(_ context.Context, env *Env, scan Scan) (Source, error) {
	return &memorySource{env: env, scan: scan, batches: m.Batches()}, nil
}

// memorySource hands out stretches of at most vec.BatchRows rows, fewer of very long strings, of batches that lie in
// memory. Nothing is copied.
type memorySource struct {
	env     *Env
	scan    Scan
	batches []*vec.Batch
	batch   int // the next morsel's: its batch, and its first row there
	row     int
}

// memoryMorsel is rows [from, to) of a batch.
type memoryMorsel struct {
	batch    int
	from, to int
}

func (s *memorySource) Next(context.Context) (Morsel, error) {
	for s.batch < len(s.batches) {
		n := s.batches[s.batch].N
		if s.row >= n {
			s.batch, s.row = s.batch+1, 0
			continue
		}
		m := memoryMorsel{s.batch, s.row, min(s.row+vec.BatchRows, n)}
		s.row = m.to
		return m, nil
	}
	return nil, io.EOF
}

func (s *memorySource) Close() error { return nil }

func (s *memorySource) NewReader() Reader {
	r := &memoryReader{source: s}
	if s.scan.Filter != nil {
		r.selector = s.scan.Filter.NewSelector()
	}
	return r
}

type memoryReader struct {
	source   *memorySource
	selector *Selector
	sel      []uint32
}

func (r *memoryReader) Read(_ context.Context, morsel Morsel, out Out) error {
	m := morsel.(memoryMorsel)
	s := r.source
	s.env.Stats.RowsRead.Add(int64(m.to - m.from))
	b := &vec.Batch{N: m.to - m.from, Cols: slice(s.batches[m.batch], s.scan.Columns, m)}
	if r.selector != nil {
		read := vec.Batch{N: b.N, Cols: slice(s.batches[m.batch], s.scan.Filter.Columns, m)}
		r.sel = r.selector.Select(&read, r.sel[:0])
		if len(r.sel) < b.N {
			b.Sel = r.sel
		}
	}
	if b.Sel != nil && len(b.Sel) == 0 {
		return nil
	}
	for from, piece := range b.Pieces() {
		at := Seq{Source: s.env.Source, Partition: uint32(m.batch), Offset: int64(m.from + from)}
		if err := out.Emit(op.Main, at, piece); err != nil {
			return err
		}
	}
	return nil
}

func (r *memoryReader) Close() error { return nil }

func slice(b *vec.Batch, columns []int, m memoryMorsel) []*vec.Vec {
	cols := make([]*vec.Vec, len(columns))
	for i, c := range columns {
		cols[i] = b.Cols[c].Slice(m.from, m.to)
	}
	return cols
}
