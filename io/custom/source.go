package custom

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/chunks"
	"github.com/pwcol/pwcol/microbatch"
)

// Source is a plan's leaf: a function of the program that makes rows.
type Source struct {
	settings
	schema *pw.Schema
	key    []int
	// start runs the function: it puts what is committed into q, and returns at the function's end.
	// position is the last one of earlier runs; nil: none.
	start func(ctx context.Context, q *chunks.Queue, position []byte) error
	// encoder makes a worker's maker of batches with those columns.
	encoder chunks.Encoder
	join    func(a, b *chunks.Chunk) bool // see chunks.Limits
}

// table is the table of the source's rows.
func (s *Source) table() *pw.Table {
	err := s.err
	if err == nil && s.schema.Validate() == nil {
		s.key, err = s.keyPlaces(s.schema)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", s.name, err)
	}
	return pw.NewSource(s, pw.SourceOptions{Bad: s.bad, Err: err})
}

// Schema is the schema of the rows.
func (s *Source) Schema() *plan.Schema { return s.schema }

// Describe is "custom" and the name.
func (s *Source) Describe() plan.Description { return plan.Description{Kind: "custom", Target: s.name} }

// IsUnbounded reports whether it is a stream's source.
func (s *Source) IsUnbounded() bool { return !s.bounded }

// IsReplaying reports whether event times have nothing to do with the clock.
func (s *Source) IsReplaying() bool { return s.replays }

// Feed is what the rows are, and the key of upserts.
func (s *Source) Feed() (plan.Feed, []int) { return s.feed, s.key }

// OpenStream starts the function.
func (s *Source) OpenStream(ctx context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Stream, error) {
	return s.open(ctx, env, scan), nil
}

// OpenSource starts the function, for a batch.
func (s *Source) OpenSource(ctx context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Source, error) {
	return batchSource{s.open(ctx, env, scan)}, nil
}

func (s *Source) open(ctx context.Context, env *microbatch.Env, scan microbatch.Scan) *running {
	ctx, cancel := context.WithCancel(ctx)
	queue := chunks.NewQueue(chunks.Limits{Rows: s.queue, Account: env.Account, Join: s.join}, env)
	r := &running{source: s, env: env, scan: scan, queue: queue, cancel: cancel, done: make(chan struct{})}
	r.position = earlierPosition(env.Earlier)
	go r.run(ctx, r.position)
	return r
}

// running is an open Source.
type running struct {
	source *Source
	env    *microbatch.Env
	scan   microbatch.Scan
	queue  *chunks.Queue
	cancel context.CancelFunc
	done   chan struct{} // closed when the function has returned

	position []byte // of the last commit that the engine has
}

// errEndedGoroutine is the error of a function, of a source or a sink, that has neither returned nor panicked.
var errEndedGoroutine = errors.New("the function has ended its goroutine (runtime.Goexit, as t.Fatal does) and not returned")

// run calls the function; a panic in it is an error of the source.
func (r *running) run(ctx context.Context, position []byte) {
	defer close(r.done)
	err := errEndedGoroutine
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the function panicked: %v\n%s", p, debug.Stack())
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", r.source.name, err)
		}
		r.queue.End(err)
	}()
	err = r.source.start(ctx, r.queue, position)
}

// Poll takes what was committed.
func (r *running) Poll(max int64) (microbatch.Poll, error) {
	p, err := r.queue.Poll(max)
	for _, m := range p.Morsels {
		if c := m.(*chunks.Chunk); c.Position != nil {
			r.position = c.Position
		}
	}
	return p, err
}

// Lag is what was committed and waits, now.
func (r *running) Lag() microbatch.Lag { return r.queue.Lag() }

// How long Close waits for the function when its context has ended; if it can't know that, it may still be about to yield.
const (
	patience     = 5 * time.Second
	patienceDeaf = 100 * time.Millisecond
)

// Close ends the function by its context and waits until it has returned. One that doesn't is left behind.
func (r *running) Close() error {
	r.cancel()
	r.queue.Close()
	wait := patience
	if r.source.deaf {
		wait = patienceDeaf
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-r.done:
		return nil
	case <-timer.C:
	}
	if r.source.deaf {
		return nil
	}
	return fmt.Errorf("%s: the function has not returned %s after its context ended, and is left behind: let it return when ctx.Done() is closed "+
		"or Commit returns an error", r.source.name, patience)
}

func (r *running) NewReader() microbatch.Reader {
	return chunks.NewReader(r.env, r.scan, chunks.Options{Name: r.source.name, Encoder: r.source.encoder})
}

// batchSource is a running source that is read to its end.
type batchSource struct{ *running }

func (b batchSource) Next(ctx context.Context) (microbatch.Morsel, error) { return b.queue.Next(ctx) }
