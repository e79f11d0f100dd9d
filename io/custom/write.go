package custom

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v17/arrow"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/arrowconv"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// Changes is what an epoch does to a table: each row once, the old row of a key before the new one. In a batch it is the whole table.
type Changes struct {
	Epoch   int64 // number: µs since 1970, above that of the epoch before; with a state, one that comes again has the same
	Schema  *pw.Schema
	Key     []int        // columns by which rows replace each other; nil: none known
	Batches []*vec.Batch // dense; Diff nil: all rows are new
}

// Upserts is the changes as what a store by key does: rows to be put there, in place of those with the same key, and rows whose key is to be removed. It
// is an error if the table has no key. The order is: remove, then put.
func (c Changes) Upserts() (put, remove []*vec.Batch, err error) {
	if c.Key == nil {
		return nil, nil, errors.New("the table has no key; upserts need one: group by it, or deduplicate by it")
	}
	comes := map[string]bool{}
	for _, b := range c.Batches {
		put = appendRows(put, b, func(i int) bool {
			if b.Diff != nil && b.Diff[i] < 0 {
				return false
			}
			comes[c.keyText(b, i)] = true
			return true
		})
	}
	for _, b := range c.Batches {
		remove = appendRows(remove, b, func(i int) bool { return b.Diff != nil && b.Diff[i] < 0 && !comes[c.keyText(b, i)] })
	}
	return put, remove, nil
}

// appendRows appends a batch of the rows of b that are wanted, if there are any.
func appendRows(to []*vec.Batch, b *vec.Batch, wanted func(i int) bool) []*vec.Batch {
	rows := []uint32{}
	for i := range b.N {
		if wanted(i) {
			rows = append(rows, uint32(i))
		}
	}
	if len(rows) == 0 {
		return to
	}
	out := &vec.Batch{N: len(rows)}
	for _, col := range b.Cols {
		out.Cols = append(out.Cols, col.Take(rows))
	}
	return append(to, out)
}

// keyText is a row's key; no two keys have the same.
func (c Changes) keyText(b *vec.Batch, row int) string {
	var text []byte
	for _, k := range c.Key {
		if b.Cols[k].IsNull(row) {
			text = append(text, 'N')
			continue
		}
		value := calc.AppendText(nil, b.Cols[k], row)
		text = append(strconv.AppendInt(append(text, 'V'), int64(len(value)), 10), ':')
		text = append(text, value...)
	}
	return string(text)
}

// Time is when the epoch was cut.
func (c Changes) Time() time.Time { return time.UnixMicro(c.Epoch) }

// Rows is how many changed rows there are.
func (c Changes) Rows() int {
	n := 0
	for _, b := range c.Batches {
		n += b.N
	}
	return n
}

// Records is the rows as Arrow records, a record a batch: its row i comes Batches[…].Diff[i] times.
func (c Changes) Records() ([]arrow.Record, error) {
	out := make([]arrow.Record, len(c.Batches))
	for i, b := range c.Batches {
		r, err := arrowconv.Record(c.Schema, b)
		if err != nil {
			return nil, err
		}
		out[i] = r
	}
	return out, nil
}

// Write gives what each epoch changes to a function: one call at a time, none for an epoch without changes. The batches are the function's to keep,
// but not to change: when it returns nil the changes are taken as written; on an error it is called again with the same ones, as often as
// Config.SinkRetries says, and then the run ends with the error. What the function has written before an error it is given again, so a target that
// keeps rows twice needs a key or a transaction. A panic ends the run at once.
//
// ctx ends when the run is cancelled. Stop and Finish wait for the function, however long it takes; of a run that is cancelled a function that
// hasn't returned after 5 seconds is left behind.
func Write(t *pw.Table, f func(ctx context.Context, c Changes) error) pw.Output {
	return pw.NewOutput(t, &Sink{f: f}, nil)
}

// WriteRows is Write with the rows as structs: diffs[i] is +1 if rows[i] comes, −1 if it goes.
func WriteRows[T any](t *pw.Table, f func(ctx context.Context, rows []T, diffs []int64) error) pw.Output {
	write := func(ctx context.Context, c Changes) error {
		rows, err := pw.RowsOf[T](c.Schema, c.Batches)
		if err != nil {
			return err
		}
		diffs := make([]int64, 0, len(rows))
		for _, b := range c.Batches {
			for i := range b.N {
				d := int64(1)
				if b.Diff != nil {
					d = b.Diff[i]
				}
				diffs = append(diffs, d)
			}
		}
		return f(ctx, rows, diffs)
	}
	check := func(s *pw.Schema) error {
		_, err := pw.RowsOf[T](s, nil)
		return err
	}
	return pw.NewOutput(t, &Sink{f: write, check: check}, nil)
}

// Sink is a plan's end: a function of the program.
type Sink struct {
	f     func(ctx context.Context, c Changes) error
	check func(*pw.Schema) error // whether it can take the rows; nil: it can
}

// Describe is "custom".
func (*Sink) Describe() plan.Description { return plan.Description{Kind: "custom", Target: "function"} }

// TakesRetractions says that it does.
func (*Sink) TakesRetractions() bool { return true }

// OpenSink takes rows of any schema, for WriteRows of those that its structs can hold.
func (s *Sink) OpenSink(_ context.Context, env *microbatch.Env, in op.Port) (microbatch.Sink, error) {
	if s.check != nil {
		if err := s.check(in.Schema); err != nil {
			return nil, err
		}
	}
	return &openSink{
		Kept: microbatch.Kept{Env: env, Who: "the function gets the changes of an epoch whole"},
		sink: s, schema: in.Schema, key: in.Key,
	}, nil
}

// openSink gathers an epoch's changes.
type openSink struct {
	microbatch.Kept
	sink   *Sink
	schema *pw.Schema
	key    []int
	epoch  int64
}

func (s *openSink) EndEpoch(e *op.Epoch) error {
	s.epoch = e.Number
	return nil
}

func (s *openSink) Commit(ctx context.Context) error {
	c := Changes{Epoch: s.epoch, Schema: s.schema, Key: s.key, Batches: s.Batches()}
	if len(c.Batches) == 0 {
		return nil
	}
	var panicked *panicError
	switch err := s.call(ctx, c); {
	case errors.As(err, &panicked): // which it would do again
		return err
	case err != nil:
		return &microbatch.Retryable{Err: err}
	}
	s.Drop()
	return nil
}

// call calls the function, on a goroutine of its own: one that doesn't heed its context must not keep a run from ending that was cancelled.
func (s *openSink) call(ctx context.Context, c Changes) error {
	done := make(chan error, 1)
	go func() {
		err := errEndedGoroutine
		defer func() {
			if p := recover(); p != nil {
				err = &panicError{p, debug.Stack()}
			}
			done <- err
		}()
		err = s.sink.f(ctx, c)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return fmt.Errorf("the function has not returned %s after its context ended, and is left behind: let it return when ctx.Done() is closed", patience)
	}
}

// panicError is what a function panicked with, and where.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string {
	return fmt.Sprintf("the function panicked: %v\n%s", e.value, e.stack)
}

func (s *openSink) Publish() error { return nil }

func (s *openSink) Close() error {
	s.Drop()
	return nil
}
