package custom

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/pwcol/pwcol/microbatch"
)

// chunk is a stretch of a source's rows: structs, or columns.
type chunk struct {
	first int64 // number of its first row
	rows  int
	data  any // []T or *vec.Batch
	diffs []int64
}

// queue holds what was committed until the engine takes it. Commits are taken whole.
type queue struct {
	limit int
	ready func()

	mu      sync.Mutex
	changed sync.Cond
	commits []commit
	rows    int
	ended   bool
	err     error // why the source failed
	closed  bool  // nobody takes anything any more
}

type commit struct {
	chunks []*chunk
	rows   int
	at     time.Time
}

func newQueue(limit int, ready func()) *queue {
	q := &queue{limit: limit, ready: ready}
	q.changed.L = &q.mu
	return q
}

// put adds a commit. It waits while the queue is full; an empty one takes a commit of any size.
func (q *queue) put(ctx context.Context, chunks []*chunk, rows int) error {
	defer context.AfterFunc(ctx, q.wake)()
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.rows > 0 && q.rows+rows > q.limit && !q.closed && ctx.Err() == nil {
		q.changed.Wait()
	}
	if ctx.Err() != nil || q.closed {
		return context.Canceled
	}
	q.commits = append(q.commits, commit{chunks, rows, time.Now()})
	q.rows += rows
	q.tell()
	return nil
}

// end says that there will be no more, because of err if it isn't nil.
func (q *queue) end(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended, q.err = true, err
	q.tell()
}

func (q *queue) tell() {
	q.changed.Broadcast()
	if q.ready != nil {
		q.ready()
	}
}

// idle reports whether the engine has taken all that was committed.
func (q *queue) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.rows == 0
}

func (q *queue) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.changed.Broadcast()
}

// close lets those that wait go.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.commits = true, nil
	q.changed.Broadcast()
}

// poll takes commits of about max rows in all, at least one if there is one.
func (q *queue) poll(max int64) (microbatch.Poll, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var p microbatch.Poll
	n := 0
	for ; n < len(q.commits) && (n == 0 || max <= 0 || p.Rows+int64(q.commits[n].rows) <= max); n++ {
		for _, c := range q.commits[n].chunks {
			p.Morsels = append(p.Morsels, c)
		}
		p.Rows += int64(q.commits[n].rows)
	}
	q.drop(n)
	if len(q.commits) == 0 && q.ended && q.err != nil {
		return p, q.err
	}
	p.More = len(q.commits) > 0
	p.Ended = q.ended && !p.More
	p.Lag.Rows = int64(q.rows)
	if p.More {
		p.Lag.Age = time.Since(q.commits[0].at)
	}
	return p, nil
}

// drop takes the first n commits off.
func (q *queue) drop(n int) {
	for _, c := range q.commits[:n] {
		q.rows -= c.rows
	}
	rest := copy(q.commits, q.commits[n:])
	clear(q.commits[rest:])
	q.commits = q.commits[:rest]
	if n > 0 {
		q.changed.Broadcast()
	}
}

// next waits for the next chunk, for a batch; io.EOF when there are no more.
func (q *queue) next(ctx context.Context) (*chunk, error) {
	defer context.AfterFunc(ctx, q.wake)()
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.commits) == 0 && !q.ended && ctx.Err() == nil {
		q.changed.Wait()
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case len(q.commits) == 0 && q.err != nil:
		return nil, q.err
	case len(q.commits) == 0:
		return nil, io.EOF
	}
	first := &q.commits[0]
	c := first.chunks[0]
	first.chunks, first.rows = first.chunks[1:], first.rows-c.rows
	q.rows -= c.rows
	if len(first.chunks) == 0 {
		q.drop(1)
	}
	q.changed.Broadcast()
	return c, nil
}
