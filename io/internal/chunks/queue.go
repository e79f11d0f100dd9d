package chunks

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// Queue holds what was committed until the engine takes it. Commits are taken whole. It is bounded: whoever fills it waits while it is full.
type Queue struct {
	limits Limits
	env    *microbatch.Env

	mu      sync.Mutex
	changed sync.Cond
	commits []commit
	rows    int
	bytes   int64
	taken   int64 // bytes that the last Poll took: they are held until the next
	ended   bool
	err     error // why the source failed
	closed  bool  // nobody takes anything any more
}

type commit struct {
	chunks []*Chunk
	rows   int
	bytes  int64
	came   time.Time
}

// Limits bound what waits in a Queue.
type Limits struct {
	Rows  int
	Bytes int64 // by the chunks' Bytes; 0 is BytesOf the run

	// Join makes b's rows a part of a, which they follow, and reports true, or false if that can't be; nil: never. Small commits that wait are joined
	// so, as many of a row each would take far longer to process, and more memory, than their rows.
	Join func(a, b *Chunk) bool

	// Account is charged with the chunks' Bytes, until the epoch that has them is over; nil if whoever puts them charges them.
	Account *vec.Account
}

// mostBytes is how much waits in a queue if the run may hold any amount: about what a fast source commits in 50 ms.
const mostBytes = 64 << 20

// BytesOf is how many bytes may wait in a queue of a run: 64 MiB, but no more than an eighth of what the run may hold.
func BytesOf(env *microbatch.Env) int64 {
	if limit := env.Budget.Limit(); limit > 0 {
		return min(mostBytes, max(1, limit/8))
	}
	return mostBytes
}

// NewQueue makes a queue. env is told when there is something to poll, and when the queue is full, if it wants to know.
func NewQueue(limits Limits, env *microbatch.Env) *Queue {
	if limits.Bytes == 0 {
		limits.Bytes = BytesOf(env)
	}
	q := &Queue{limits: limits, env: env}
	q.changed.L = &q.mu
	return q
}

// Put adds a commit, which came at that time. It waits while the queue is full; an empty one takes a commit of any size. An error
// says that the run is over.
func (q *Queue) Put(ctx context.Context, came time.Time, chunks []*Chunk) error {
	c := commit{chunks: chunks, came: came}
	for _, chunk := range chunks {
		c.rows += chunk.Rows
		c.bytes += chunk.Bytes
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.full(&c) {
		q.wait(ctx, &c)
	}
	if ctx.Err() != nil || q.closed {
		return context.Canceled
	}
	if !q.join(&c) {
		q.commits = append(q.commits, c)
	}
	q.rows += c.rows
	q.bytes += c.bytes
	q.limits.Account.Charge(c.bytes)
	if m := q.env.MaxEpochRows; m > 0 && int64(q.rows) >= m {
		q.press()
	}
	q.tell()
	return nil
}

// joined bounds the rows of commits that were joined.
const joined = vec.BatchRows

// join makes c a part of the last commit that waits, if both are small chunks and lie well.
func (q *Queue) join(c *commit) bool {
	if q.limits.Join == nil || len(q.commits) == 0 || len(c.chunks) != 1 {
		return false
	}
	last := &q.commits[len(q.commits)-1]
	rows := last.rows + c.rows
	if rows > joined || q.env.MaxEpochRows > 0 && int64(rows) > q.env.MaxEpochRows {
		return false
	}
	a, b := last.chunks[len(last.chunks)-1], c.chunks[0]
	if !q.limits.Join(a, b) {
		return false
	}
	a.Rows += b.Rows
	a.Bytes += b.Bytes
	if b.Position != nil {
		a.Position = b.Position
	}
	last.rows, last.bytes = rows, last.bytes+c.bytes
	return true
}

// full reports whether there is no room for c.
func (q *Queue) full(c *commit) bool {
	return q.rows > 0 && (q.rows+c.rows > q.limits.Rows || q.bytes+c.bytes > q.limits.Bytes)
}

// wait waits for room for c, or for the end.
func (q *Queue) wait(ctx context.Context, c *commit) {
	defer context.AfterFunc(ctx, q.wake)()
	for q.full(c) && !q.closed && ctx.Err() == nil {
		q.press()
		q.changed.Wait()
	}
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
	if q.env.Ready != nil {
		q.env.Ready()
	}
}

func (q *Queue) press() {
	if q.env.Full != nil {
		q.env.Full()
	}
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
	q.limits.Account.Release(q.bytes + q.taken)
	q.closed, q.commits, q.rows, q.bytes, q.taken = true, nil, 0, 0, 0
	q.changed.Broadcast()
}

// Poll takes commits of about max rows in all, at least one if there is one. What the last Poll has taken has been processed. A source that has failed
// is an error when all that it committed before has been taken.
func (q *Queue) Poll(max int64) (microbatch.Poll, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.release()
	var p microbatch.Poll
	for n := 0; len(q.commits) > 0 && (n == 0 || max <= 0 || p.Rows+int64(q.commits[0].rows) <= max); n++ {
		c := q.pop()
		for _, chunk := range c.chunks {
			p.Morsels = append(p.Morsels, chunk)
		}
		p.Rows += int64(c.rows)
	}
	failed := q.ended && q.err != nil
	if failed && len(q.commits) == 0 && len(p.Morsels) == 0 {
		return p, q.err
	}
	p.More = len(q.commits) > 0 || failed
	p.Ended = q.ended && !p.More
	p.Lag = q.lag()
	return p, nil
}

// Lag is what waits now.
func (q *Queue) Lag() microbatch.Lag {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.lag()
}

func (q *Queue) lag() microbatch.Lag {
	l := microbatch.Lag{Rows: int64(q.rows), Bytes: q.bytes}
	if len(q.commits) > 0 {
		l.Age = time.Since(q.commits[0].came)
	}
	return l
}

// release gives back what was taken before.
func (q *Queue) release() {
	q.limits.Account.Release(q.taken)
	q.taken = 0
}

// pop takes the first commit off.
func (q *Queue) pop() commit {
	c := q.commits[0]
	q.commits[0] = commit{}
	q.commits = q.commits[1:]
	q.rows -= c.rows
	q.bytes -= c.bytes
	q.taken += c.bytes
	q.changed.Broadcast()
	return c
}

// Next waits for the next chunk, for a batch; io.EOF when there are no more.
func (q *Queue) Next(ctx context.Context) (*Chunk, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.commits) == 0 && !q.ended {
		q.waitForCommit(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case len(q.commits) == 0 && q.err != nil:
		return nil, q.err
	case len(q.commits) == 0:
		return nil, io.EOF
	}
	q.release()
	first := &q.commits[0]
	c := first.chunks[0]
	if len(first.chunks) == 1 {
		q.pop()
		return c, nil
	}
	first.chunks, first.rows, first.bytes = first.chunks[1:], first.rows-c.Rows, first.bytes-c.Bytes
	q.rows -= c.Rows
	q.bytes -= c.Bytes
	q.taken += c.Bytes
	q.changed.Broadcast()
	return c, nil
}

func (q *Queue) waitForCommit(ctx context.Context) {
	defer context.AfterFunc(ctx, q.wake)()
	for len(q.commits) == 0 && !q.ended && ctx.Err() == nil {
		q.changed.Wait()
	}
}
