package op

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// caller calls a function of the user's, which may do anything: fail, panic, not come back.
type caller struct {
	f        *plan.Function
	operator string
	running  *atomic.Int64 // calls of an Async function that have not come back
}

func newCaller(f *plan.Function, env Env) caller { return caller{f, env.Name, &atomic.Int64{}} }

// batch calls the function for n rows. If that fails, it is asked row by row: those that fail are bad, and have a NULL as their result. An
// error is a function that doesn't keep its contract.
func (c caller) batch(ctx context.Context, args []*vec.Vec, n int) (results []*vec.Vec, bad []calc.BadRow, err error) {
	results, err = c.protected(ctx, args, n)
	if err == nil {
		return results, nil, c.check(results, n)
	}
	if n == 1 {
		return c.nulls(1), []calc.BadRow{{Row: 0, Reason: c.reason(err)}}, nil
	}
	cols := c.builders(n)
	for i := range n {
		one, bads, err := c.batch(ctx, rowArgs(args, i), 1)
		if err != nil {
			return nil, nil, err
		}
		for _, b := range bads {
			bad = append(bad, calc.BadRow{Row: uint32(i), Reason: b.Reason})
		}
		appendAll(cols, one)
	}
	return finishAll(cols), bad, nil
}

func (c caller) builders(n int) []*vec.Builder {
	cols := make([]*vec.Builder, len(c.f.Results))
	for i, t := range c.f.Results {
		cols[i] = vec.NewBuilder(t, n)
	}
	return cols
}

func appendAll(to []*vec.Builder, cols []*vec.Vec) {
	for i, v := range cols {
		to[i].Append(v, nil)
	}
}

func finishAll(from []*vec.Builder) []*vec.Vec {
	cols := make([]*vec.Vec, len(from))
	for i, b := range from {
		cols[i] = b.Finish()
	}
	return cols
}

// nulls is the results of n rows that have none.
func (c caller) nulls(n int) []*vec.Vec {
	cols := c.builders(n)
	for _, b := range cols {
		for range n {
			b.AppendNull()
		}
	}
	return finishAll(cols)
}

// rowArgs is row i of the arguments.
func rowArgs(args []*vec.Vec, i int) []*vec.Vec {
	one := make([]*vec.Vec, len(args))
	for k, v := range args {
		one[k] = v.Slice(i, i+1)
	}
	return one
}

func (c caller) reason(err error) string { return fmt.Sprintf("function %s: %v", c.f, err) }

// protected calls the function; a panic in it is an error.
func (c caller) protected(ctx context.Context, args []*vec.Vec, n int) (results []*vec.Vec, err error) {
	defer func() {
		if p := recover(); p != nil {
			results, err = nil, fmt.Errorf("it panicked: %v", p)
		}
	}()
	return c.f.Call(ctx, args, n)
}

// check makes sure that the results are what the function has promised.
func (c caller) check(results []*vec.Vec, n int) error {
	if len(results) != len(c.f.Results) {
		return fmt.Errorf("%s: function %s returned %d columns, expected %d", c.operator, c.f, len(results), len(c.f.Results))
	}
	for i, v := range results {
		if v == nil || v.Type != c.f.Results[i] || v.N != n {
			found := "nothing"
			if v != nil {
				found = fmt.Sprintf("%d rows of %s", v.N, v.Type)
			}
			return fmt.Errorf("%s: function %s returned %s, expected %d rows of %s", c.operator, c.f, found, n, c.f.Results[i])
		}
	}
	return nil
}

// errStopped is the end of a call whose run has ended.
var errStopped = errors.New("the run was cancelled")

// patient calls an Async function for a row: as often as it may, with pauses that double. The error is the last attempt's.
func (c caller) patient(ctx context.Context, args []*vec.Vec) ([]*vec.Vec, error) {
	pause := c.f.Async.Backoff
	for attempt := 0; ; attempt++ {
		results, err := c.inTime(ctx, args)
		switch {
		case ctx.Err() != nil:
			return nil, errStopped
		case err == nil:
			return results, nil
		case attempt >= c.f.Async.Retries && attempt > 0:
			return nil, fmt.Errorf("%w (after %d attempts)", err, attempt+1)
		case attempt >= c.f.Async.Retries:
			return nil, err
		}
		wait := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil, errStopped
		case <-wait.C:
		}
		if pause < maxBackoff/2 {
			pause *= 2
		}
	}
}

// maxBackoff ends the doubling.
const maxBackoff = time.Hour

// maxAbandoned bounds the calls of an operator that never came back, a goroutine each.
const maxAbandoned = 10_000

// inTime calls the function and waits no longer than it may take. A function that takes no notice of its context is left behind, on a goroutine
// of its own, the only kind that an operator starts: there is no other way to go on.
func (c caller) inTime(ctx context.Context, args []*vec.Vec) ([]*vec.Vec, error) {
	timeout := c.f.Async.Timeout
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	if n := c.running.Load(); n > maxAbandoned+int64(c.f.Async.Capacity) {
		return nil, fmt.Errorf("%d calls of it hang and have never come back", n)
	}
	type answer struct {
		results []*vec.Vec
		err     error
	}
	answers := make(chan answer, 1)
	c.running.Add(1)
	go func() {
		defer c.running.Add(-1)
		results, err := c.protected(ctx, args, 1)
		answers <- answer{results, err}
	}()
	select {
	case a := <-answers:
		if a.err != nil && errors.Is(a.err, context.DeadlineExceeded) && ctx.Err() != nil {
			return nil, fmt.Errorf("it took longer than %v", timeout)
		}
		return a.results, a.err
	case <-ctx.Done():
		return nil, fmt.Errorf("it took longer than %v", timeout)
	}
}

// argColumns is arguments of n rows.
type argColumns struct {
	cols []*vec.Vec
	n    int
}

// rows calls an Async function for all rows of dense batches of arguments, as many at once as it allows. It returns results and bad rows by
// batch.
func (c caller) rows(e *Epoch, batches []argColumns) (results [][]*vec.Vec, bad [][]calc.BadRow, err error) {
	var rows []vec.Ref
	for i, args := range batches {
		for row := range args.n {
			rows = append(rows, vec.Ref{Batch: uint32(i), Row: uint32(row)})
		}
	}
	answers, errs := make([][]*vec.Vec, len(rows)), make([]error, len(rows))
	for i := range errs {
		errs[i] = errStopped // those that are not called any more
	}
	e.Calls(max(1, c.f.Async.Capacity), len(rows), func(ctx context.Context, i int) {
		answers[i], errs[i] = c.patient(ctx, rowArgs(batches[rows[i].Batch].cols, int(rows[i].Row)))
	})
	bad = make([][]calc.BadRow, len(batches))
	cols := make([][]*vec.Builder, len(batches))
	for i, args := range batches {
		cols[i] = c.builders(args.n)
	}
	for i, row := range rows {
		switch {
		case errors.Is(errs[i], errStopped):
			return nil, nil, fmt.Errorf("%s: %w", c.operator, context.Canceled)
		case errs[i] != nil:
			answers[i] = c.nulls(1)
			bad[row.Batch] = append(bad[row.Batch], calc.BadRow{Row: row.Row, Reason: c.reason(errs[i])})
		}
		if err := c.check(answers[i], 1); err != nil {
			return nil, nil, err
		}
		appendAll(cols[row.Batch], answers[i])
	}
	for _, b := range cols {
		results = append(results, finishAll(b))
	}
	return results, bad, nil
}
