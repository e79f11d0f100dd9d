package custom

import (
	"context"
	"errors"
	"iter"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/chunks"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Rows is the table of the structs that run appends, with the columns of pw.SchemaOf. run is called once a run, on a goroutine of its own, with a
// context that ends when the run does; when it returns the source has ended, or, with an error, the run has failed.
func Rows[T any](run func(ctx context.Context, w *Writer[T]) error, options ...Option) *pw.Table {
	s := rowSource[T](options)
	s.start = func(ctx context.Context, q *chunks.Queue) error {
		w := &Writer[T]{ctx: ctx, queue: q, revises: s.feed != plan.Insertions}
		if err := run(ctx, w); err != nil {
			return err
		}
		return w.Commit()
	}
	return s.table()
}

// Chan is the table of what comes over a channel, until it is closed. Rows that are there at once are committed together.
func Chan[T any](rows <-chan T, options ...Option) *pw.Table {
	return Rows(func(ctx context.Context, w *Writer[T]) error {
		for {
			select {
			case row, ok := <-rows:
				if !ok {
					return nil
				}
				w.Append(row)
			case <-ctx.Done():
				return nil
			}
			if len(rows) == 0 {
				if err := w.Commit(); err != nil {
					return err
				}
			}
		}
	}, options...)
}

// Seq is the table of what an iterator yields. Each row is a commit of its own, unless the engine is busy: then they gather, up to a thousand.
func Seq[T any](rows iter.Seq[T], options ...Option) *pw.Table {
	return Rows(func(_ context.Context, w *Writer[T]) error {
		for row := range rows {
			w.Append(row)
			if w.queue.Idle() || w.pending >= 1000 {
				if err := w.Commit(); err != nil {
					return err
				}
			}
		}
		return nil
	}, options...)
}

func rowSource[T any](options []Option) *Source {
	s := &Source{settings: newSettings(options), schema: pw.SchemaOf[T]()}
	s.encoder = func(columns []int) (chunks.Encode, error) {
		e, err := pw.NewRowEncoder[T](columns)
		if err != nil {
			return nil, err
		}
		return func(c *chunks.Chunk) (*vec.Batch, error) { return e.Batch(c.Data.([]T)) }, nil
	}
	return s
}

// Writer takes the rows of a source. It is not safe for concurrent use.
type Writer[T any] struct {
	ctx     context.Context
	queue   *chunks.Queue
	rows    []T
	diffs   []int64 // nil: all +1
	chunks  []*chunks.Chunk
	pending int // rows since the last commit
	next    int64
	revises bool  // rows may be retracted
	err     error // what the next Commit returns
}

// autoCommit is how many rows are committed if the function doesn't: it bounds what a writer holds.
const autoCommit = 1 << 17

var errNoRetract = errors.New("a row was retracted, but the source has neither the option Revisions nor Upserts")

// Append adds a row. It becomes visible with the next Commit.
func (w *Writer[T]) Append(row T) {
	if len(w.rows) == cap(w.rows) {
		w.seal()
	}
	w.rows = append(w.rows, row)
	if w.diffs != nil {
		w.diffs = append(w.diffs, 1)
	}
	if w.pending++; w.pending >= autoCommit {
		w.err = errors.Join(w.err, w.Commit())
	}
}

// Retract takes a row away that was appended before, equal in all columns; with Upserts, the row of the same key. The
// source must have the option Revisions or Upserts.
func (w *Writer[T]) Retract(row T) {
	if !w.revises {
		w.err = errNoRetract
		return
	}
	if w.pending+1 >= autoCommit { // Append would commit the row before it has its sign
		w.err = errors.Join(w.err, w.Commit())
	}
	w.Append(row)
	if w.diffs == nil {
		w.diffs = make([]int64, len(w.rows), cap(w.rows))
		for i := range w.diffs {
			w.diffs[i] = 1
		}
	}
	w.diffs[len(w.diffs)-1] = -1
}

// seal makes the rows so far a chunk.
func (w *Writer[T]) seal() {
	if n := len(w.rows); n > 0 {
		w.chunks = append(w.chunks, &chunks.Chunk{First: w.next, Rows: n, Data: w.rows, Diffs: w.diffs})
		w.next += int64(n)
	}
	w.rows, w.diffs = make([]T, 0, min(max(64, 2*len(w.rows)), vec.BatchRows)), nil
}

// Commit hands all rows since the last one to the engine, which processes them in one epoch. It waits while the queue is full. An error says that the
// run is over: the function should return it. After 131,072 rows without a Commit there is one by itself.
func (w *Writer[T]) Commit() error {
	if w.err != nil {
		return w.err
	}
	if w.pending == 0 {
		return w.ctx.Err()
	}
	w.seal()
	committed, n := w.chunks, w.pending
	w.chunks, w.pending = nil, 0
	return w.queue.Put(w.ctx, time.Now(), committed, n)
}
