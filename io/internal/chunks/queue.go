package chunks

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/pwcol/pwcol/microbatch"
)

// Queue holds what was committed until the engine takes it. Commits are taken whole. It is bounded: whoever fills it waits while it is full.
type Queue struct {
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
	chunks []*Chunk
	rows   int
	came   time.Time
}

// NewQueue makes a queue of about limit rows. ready, if not nil, is called when there is something to poll.
func NewQueue(limit int, ready func()) *Queue {
	q := &Queue{limit: limit, ready: ready}
	q.changed.L = &q.mu
	return q
}

// Put adds a commit of so many rows, which came at that time. It waits while the queue is full; an empty one takes a commit of any size. An error
// says that the run is over.
func (q *Queue) Put(ctx context.Context, came time.Time, chunks []*Chunk, rows int) error {
	defer context.AfterFunc(ctx, q.wake)()
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.rows > 0 && q.rows+rows > q.limit && !q.closed && ctx.Err() == nil {
		q.changed.Wait()
	}
	if ctx.Err() != nil || q.closed {
		return context.Canceled
	}
	q.commits = append(q.commits, commit{chunks, rows, came})
	q.rows += rows
	q.tell()
	return nil
}

// End says that there will be no more, because of err if it isn't nil.
func (q *Queue) End(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended, q.err = true, err
	q.tell()
}

func (q *Queue) tell() {
	q.changed.Broadcast()
	if q.ready != nil {
		q.ready()
	}
}

// Idle reports whether the engine has taken all that was committed.
func (q *Queue) Idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.rows == 0
}

func (q *Queue) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.changed.Broadcast()
}

// Close lets those that wait go, and drops what nobody has taken.
func (q *Queue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.commits = true, nil
	q.changed.Broadcast()
}

// Poll takes commits of about max rows in all, at least one if there is one.
func (q *Queue) Poll(max int64) (microbatch.Poll, error) {
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
		p.Lag.Age = time.Since(q.commits[0].came)
	}
	return p, nil
}

// drop takes the first n commits off.
func (q *Queue) drop(n int) {
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

// Next waits for the next chunk, for a batch; io.EOF when there are no more.
func (q *Queue) Next(ctx context.Context) (*Chunk, error) {
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
	first.chunks, first.rows = first.chunks[1:], first.rows-c.Rows
	q.rows -= c.Rows
	if len(first.chunks) == 0 {
		q.drop(1)
	}
	q.changed.Broadcast()
	return c, nil
}
