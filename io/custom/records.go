package custom

import (
	"context"
	"fmt"
	"time"

	"github.com/apache/arrow/go/v17/arrow"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/arrowconv"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/chunks"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Records is the table of the Arrow records that run appends, which have the columns of schema. See Rows.
func Records(schema *pw.Schema, run func(ctx context.Context, w *RecordWriter) error, options ...Option) *pw.Table {
	s := &Source{settings: newSettings(options), schema: schema}
	s.start = func(ctx context.Context, q *chunks.Queue, position []byte) error {
		w := &RecordWriter{ctx: ctx, queue: q, schema: schema, revises: s.feed != plan.Insertions}
		w.seeks.position = position
		if err := run(ctx, w); err != nil {
			return err
		}
		return w.Commit()
	}
	s.encoder = chunks.Columns(func(column int) int { return column })
	return s.table()
}

// RecordWriter takes the records of a source. It is not safe for concurrent use.
type RecordWriter struct {
	ctx     context.Context
	queue   *chunks.Queue
	schema  *pw.Schema
	chunks  []*chunks.Chunk
	rows    int
	next    int64
	revises bool
	seeks   seeks
}

// Append adds a record's rows, which become visible with the next Commit. The record is not copied and not retained: its buffers
// must not change, nor be released, before the run ends. It is an error if its columns aren't the schema's.
func (w *RecordWriter) Append(r arrow.Record) error { return w.AppendChanges(r, nil) }

// AppendChanges adds a record's rows, diffs[i] of row i: +1 inserts it, −1 takes it away. nil is +1 for all.
func (w *RecordWriter) AppendChanges(r arrow.Record, diffs []int64) error {
	schema, err := arrowconv.FromSchema(r.Schema())
	if err != nil {
		return err
	}
	if err := w.check(schema); err != nil {
		return err
	}
	b, err := arrowconv.Batch(r)
	if err != nil {
		return err
	}
	return w.AppendBatch(b, diffs)
}

func (w *RecordWriter) check(got *pw.Schema) error {
	if got.Len() != w.schema.Len() {
		return fmt.Errorf("the record has %d columns, the schema %d: %s", got.Len(), w.schema.Len(), w.schema)
	}
	for i, want := range w.schema.Fields() {
		if f := got.Field(i); f.Name != want.Name || f.Type != want.Type {
			return fmt.Errorf("column %d of the record is %s %s, of the schema %s %s", i+1, f.Name, f.Type, want.Name, want.Type)
		}
	}
	return nil
}

// AppendBatch is AppendChanges for a dense batch of the engine's own, whose columns have the schema's types. It is held until it
// is processed, and must not change.
func (w *RecordWriter) AppendBatch(b *vec.Batch, diffs []int64) error {
	switch {
	case diffs != nil && !w.revises:
		return errNoRetract
	case diffs != nil && len(diffs) != b.N:
		return fmt.Errorf("%d diffs for %d rows", len(diffs), b.N)
	}
	each := b.Size() / int64(max(1, b.N))
	for from := 0; from < b.N; from += vec.BatchRows {
		to := min(from+vec.BatchRows, b.N)
		c := &chunks.Chunk{First: w.next, Rows: to - from, Bytes: each * int64(to-from), Data: b.Slice(from, to)}
		if diffs != nil {
			c.Diffs = diffs[from:to]
		}
		w.chunks = append(w.chunks, c)
		w.next += int64(c.Rows)
	}
	w.rows += b.N
	return nil
}

// Commit hands all rows since the last one to the engine, which processes them in one epoch. It waits while the queue is full. An error
// says that the run is over: the function should return it.
func (w *RecordWriter) Commit() error {
	if w.rows == 0 {
		return w.ctx.Err()
	}
	if w.seeks.on {
		return errNoPosition
	}
	return w.commit(nil)
}

// CommitAt is Commit for a source that can seek: see Writer.CommitAt.
func (w *RecordWriter) CommitAt(position []byte) error {
	w.seeks.on = true
	if w.rows == 0 {
		return w.ctx.Err()
	}
	return w.commit(append([]byte{}, position...))
}

// Resumed is where the source is to go on: see Writer.Resumed.
func (w *RecordWriter) Resumed() []byte { return w.seeks.resumed() }

func (w *RecordWriter) commit(position []byte) error {
	committed := w.chunks
	committed[len(committed)-1].Position = position
	w.chunks, w.rows = nil, 0
	return w.queue.Put(w.ctx, time.Now(), committed)
}
