package custom

import (
	"context"
	"errors"
	"iter"
	"slices"
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
	s.start = func(ctx context.Context, q *chunks.Queue, position []byte) error {
		w := newWriter[T](ctx, q, s.feed != plan.Insertions)
		w.seeks.position = position
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
				continue
			case <-ctx.Done():
				return nil
			default: // what has come isn't kept waiting for the next row
				if err := w.Commit(); err != nil {
					return err
				}
			}
			select {
			case row, ok := <-rows:
				if !ok {
					return nil
				}
				w.Append(row)
			case <-ctx.Done():
				return nil
			}
		}
	}, options...)
}

// Seq is the table of what an iterator yields. Each row is a commit of its own. An iterator knows no context: one that waits for its next row when the
// run ends is left behind, and ends when it has got it.
func Seq[T any](rows iter.Seq[T], options ...Option) *pw.Table {
	options = append(options, func(s *settings) { s.deaf = true })
	return Rows(func(_ context.Context, w *Writer[T]) error {
		for row := range rows {
			w.Append(row)
			if err := w.Commit(); err != nil {
				return err
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
	s.join = joinRows[T]
	return s
}

// joinRows makes b's rows a part of a if they lie behind a's in the same block, as those of commits that follow one another mostly do.
func joinRows[T any](a, b *chunks.Chunk) bool {
	x, y := a.Data.([]T), b.Data.([]T)
	n := len(x)
	if a.Diffs != nil || b.Diffs != nil || n+len(y) > cap(x) || &x[:n+1][n] != &y[0] {
		return false
	}
	a.Data = x[:n+len(y)]
	return true
}

// Writer takes the rows of a source. It is not safe for concurrent use.
type Writer[T any] struct {
	ctx     context.Context
	queue   *chunks.Queue
	size    pw.RowSizer[T]
	rows    []T     // since the last seal: the start of a block's free rest, which is what its capacity leaves
	diffs   []int64 // nil: all +1
	chunks  []*chunks.Chunk
	pending int   // rows since the last commit
	bytes   int64 // of those in chunks
	block   int   // rows of the next block
	next    int64
	revises bool  // rows may be retracted
	err     error // what every Commit returns from now on
	seeks   seeks
}

func newWriter[T any](ctx context.Context, q *chunks.Queue, revises bool) *Writer[T] {
	return &Writer[T]{ctx: ctx, queue: q, size: pw.NewRowSizer[T](), block: firstBlock, revises: revises}
}

// autoCommit is how many rows are committed if the function doesn't, autoCommitBytes how many bytes: they bound what a writer holds.
const (
	autoCommit      = 1 << 17
	autoCommitBytes = 16 << 20
)

// Rows lie in blocks, which commits share: many small ones take no more than their rows. The first block is small, the next twice as large and so on, up to a
// batch's rows, or fewer if they are large.
const (
	firstBlock = 64
	blockBytes = 1 << 20
)

var errNoRetract = errors.New("a row was retracted, but the source has neither the option Revisions nor Upserts")

// Append adds a row. It becomes visible with the next Commit. When the run is over it does nothing.
func (w *Writer[T]) Append(row T) { w.add(row, 1) }

// Retract takes a row away that was appended before, equal in all columns; with Upserts, the row of the same key. The
// source must have the option Revisions or Upserts.
func (w *Writer[T]) Retract(row T) {
	if w.err == nil && !w.revises {
		w.err = errNoRetract
	}
	w.add(row, -1)
}

func (w *Writer[T]) add(row T, diff int64) {
	if w.err != nil {
		return
	}
	if len(w.rows) == cap(w.rows) {
		w.seal()
		w.rows = make([]T, 0, w.block)
		w.block = min(2*w.block, vec.BatchRows)
	}
	if diff < 0 && w.diffs == nil {
		w.diffs = slices.Repeat([]int64{1}, len(w.rows))
	}
	w.rows = append(w.rows, row)
	if w.diffs != nil {
		w.diffs = append(w.diffs, diff)
	}
	if w.pending++; !w.seeks.on && (w.pending >= autoCommit || w.bytes >= autoCommitBytes) {
		w.err = w.Commit()
	}
}

// seal makes the rows so far a chunk.
func (w *Writer[T]) seal() {
	n := len(w.rows)
	if n == 0 {
		return
	}
	bytes := w.size.Bytes(w.rows)
	w.chunks = append(w.chunks, &chunks.Chunk{First: w.next, Rows: n, Bytes: bytes, Data: w.rows[:n], Diffs: w.diffs})
	w.next += int64(n)
	w.bytes += bytes
	w.rows, w.diffs = w.rows[n:], nil
	w.block = max(1, min(w.block, int(blockBytes*int64(n)/bytes)))
}

// Commit hands all rows since the last one to the engine, which processes them in one epoch. It waits while the queue is full. An error says that the
// run is over: the function should return it. After 131,072 rows without a Commit, or about 16 MB of them, there is one by itself.
func (w *Writer[T]) Commit() error {
	if w.err != nil {
		return w.err
	}
	if w.pending == 0 {
		return w.ctx.Err()
	}
	if w.seeks.on {
		w.err = errNoPosition
		return w.err
	}
	return w.commit(nil)
}

// CommitAt is Commit for a source that can seek: position says where it stands behind these rows, in whatever way it likes. In a run with a state
// (Config.State) both become part of the journal together, and Resumed of the next run gives the last position that did. A source that calls either of
// the two must commit all its rows so; none are committed by themselves, and so they are held until it does. Without rows since the last one it does nothing.
func (w *Writer[T]) CommitAt(position []byte) error {
	w.seeks.on = true
	if w.err != nil {
		return w.err
	}
	if w.pending == 0 {
		return w.ctx.Err()
	}
	return w.commit(append([]byte{}, position...))
}

// Resumed is the position of the last commit that earlier runs with the same state have taken, where the source is to go on; nil if there is none.
func (w *Writer[T]) Resumed() []byte { return w.seeks.resumed() }

func (w *Writer[T]) commit(position []byte) error {
	w.seal()
	committed := w.chunks
	committed[len(committed)-1].Position = position
	w.chunks, w.pending, w.bytes = nil, 0, 0
	w.err = w.queue.Put(w.ctx, time.Now(), committed)
	return w.err
}
