package microbatch

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// runner runs the epochs of a graph, one after the other, on its workers.
type runner struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	graph   *graph
	workers []*worker
	morsels *morsels
	unwatch func() bool
}

// cut is an epoch to be run.
type cut struct {
	number int64 // µs since 1970, above the one before
	now    int64 // µs since 1970
	first  bool  // bounded sources are read, and what only they feed ends
	last   bool  // no more rows will ever come
	rows   int64 // about how many there are; unknown, and many, in the first
	polled map[*step]Poll
	read   func(*cut) error // called when all rows were read; nil: nobody wants to know

	resumed bool  // it is the first one of a run that goes on from another
	away    int64 // µs: how long there was no run before it
}

// goOn comes when its clock is known: the epoch before it had that one.
func (c *cut) goOn(before int64) {
	if c.resumed {
		c.away = c.now - before
	}
}

// smallEpoch is up to how many rows an epoch is run by one worker, on the goroutine that cuts the epochs: waking another
// one takes longer than to process a few thousand rows.
const smallEpoch = 2 * vec.BatchRows

func (c *cut) small() bool { return !c.first && c.rows <= smallEpoch }

func newRunner(ctx context.Context, g *graph, c Config) (*runner, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	r := &runner{ctx: ctx, cancel: cancel, graph: g, morsels: newMorsels(ctx, c.Threads)}
	r.unwatch = context.AfterFunc(ctx, r.morsels.wake)
	for range c.Threads {
		w, err := newWorker(ctx, g, c)
		if err != nil {
			return nil, errors.Join(err, r.close())
		}
		r.workers = append(r.workers, w)
	}
	return r, nil
}

// close gives back what the workers hold.
func (r *runner) close() error {
	r.unwatch()
	r.cancel(nil)
	return r.closeReaders(func(*step) bool { return true })
}

// run runs an epoch: stage by stage, sources are read to the end of what they have, and steps that have all their rows end.
func (r *runner) run(c *cut) error {
	last := r.graph.lastReads()
	for i := range r.graph.stages {
		if err := r.runStage(&r.graph.stages[i], c, i == last); err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) runStage(st *stage, c *cut, last bool) error {
	if feeds := feedsOf(st, c); len(feeds) > 0 {
		if err := r.read(feeds, c); err != nil {
			return err
		}
	}
	if last && c.read != nil {
		if err := c.read(c); err != nil {
			return err
		}
	}
	return r.end(st, c)
}

// feedsOf is what the stage's sources have for the epoch.
func feedsOf(st *stage, c *cut) []*feed {
	var feeds []*feed
	for _, s := range st.reads {
		switch {
		case s.bounded && c.first:
			feeds = append(feeds, &feed{step: s})
		case !s.bounded && len(c.polled[s].Morsels) > 0:
			feeds = append(feeds, &feed{step: s, polled: c.polled[s].Morsels})
		}
	}
	return feeds
}

func (r *runner) read(feeds []*feed, c *cut) error {
	r.morsels.begin(feeds)
	n := len(r.workers)
	if c.small() {
		n = 1
	}
	err := r.onWorkers(n, r.readMorsels)
	if err == nil {
		err = r.morsels.failure()
	}
	// Readers' buffers are given back before the operators fold what they have, which may take all the memory there is.
	return errors.Join(err, r.closeReaders(func(s *step) bool { return s.bounded }))
}

// onWorkers runs f on the first n workers, a single one on this goroutine, and waits. The first error cancels the others and is returned.
func (r *runner) onWorkers(n int, f func(*worker) error) error {
	run := func(w *worker) {
		if err := w.guard(func() error { return f(w) }); err != nil {
			r.cancel(err)
		}
		w.leave()
	}
	if n == 1 {
		run(r.workers[0])
	} else {
		var wg sync.WaitGroup
		for _, w := range r.workers[:min(n, len(r.workers))] {
			wg.Go(func() { run(w) })
		}
		wg.Wait()
	}
	if r.ctx.Err() != nil {
		return context.Cause(r.ctx)
	}
	return nil
}

// readMorsels is a worker's work: morsel by morsel from the source through the graph.
func (r *runner) readMorsels(w *worker) error {
	for {
		t, ok, err := r.morsels.take(w)
		if err != nil || !ok {
			return err
		}
		err = r.readMorsel(w, t)
		if err == nil {
			err = r.endMorsel(w, t.number)
		}
		if err != nil {
			r.morsels.fail(t.number, err)
			return nil
		}
	}
}

// readMorsel reads a morsel of the source's, or of the journal.
func (r *runner) readMorsel(w *worker, t ticket) error {
	out := &w.outs[t.step.id]
	if kept, ok := t.morsel.(keptBlock); ok {
		return w.kept.emit(kept, out)
	}
	return w.readers[t.step].Read(t.ctx, t.morsel, out)
}

func (r *runner) endMorsel(w *worker, number int64) error {
	if err := w.endMorsel(number); err != nil {
		return err
	}
	r.morsels.end(number)
	return nil
}

// end lets the stage's steps fold and emit, in topological order: when a step's turn comes, all rows for it are there.
func (r *runner) end(st *stage, c *cut) error {
	w := r.workers[0]
	defer w.leave()
	for _, s := range st.reads {
		s.advance(c)
	}
	for _, s := range st.ends {
		if err := r.guarded(w, func() error { return r.endStep(w, s, c) }); err != nil {
			return err
		}
		s.watermark = watermarkOf(s)
	}
	for _, e := range st.ports {
		if err := r.guarded(w, func() error { return r.endPort(w, e, c) }); err != nil {
			return err
		}
	}
	return nil
}

// advance notes how a source stands after what it has given to the epoch.
func (s *step) advance(c *cut) {
	s.ended = s.ended || s.bounded || c.polled[s].Ended || c.last
	if s.ended {
		s.watermark = op.EndOfTime
	}
}

// watermarkOf is the watermark of a step's rows when it has ended an epoch.
func watermarkOf(s *step) int64 {
	if c, ok := s.operator.(op.Clocked); ok {
		return c.Watermark()
	}
	least := op.EndOfTime
	for _, in := range s.inputs {
		least = min(least, in.watermark)
	}
	return least
}

// guarded runs f, which may panic, and notices that the run was cancelled: then that is the error, and not what has come of it in f.
func (r *runner) guarded(w *worker, f func() error) error {
	err := w.guard(f)
	if r.ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		return context.Cause(r.ctx)
	}
	return err
}

// endStep ends the epoch for one step. Each batch that it emits itself is a morsel, so that sinks that keep the
// order need not hold back more; and so is each part that it runs in parallel. A sink sees the
// end of all of them before its own EndEpoch. What is fed by bounded sources alone ends once.
func (r *runner) endStep(w *worker, s *step, c *cut) error {
	if s.bounded && !c.first {
		return nil
	}
	w.enter(s)
	return s.operator.EndEpoch(r.epochOf(s, c), &serialOut{r, w, s})
}

func (r *runner) endPort(w *worker, e edge, c *cut) error {
	s := e.step
	if in := s.inputs[e.port]; in.bounded && !c.first {
		return nil
	}
	w.enter(s)
	return s.operator.(op.PortEnder).EndPort(e.port, r.epochOf(s, c), &serialOut{r, w, s})
}

// epochOf is the epoch as a step sees it.
func (r *runner) epochOf(s *step, c *cut) *op.Epoch {
	e := &op.Epoch{Number: c.number, Now: c.now, Away: c.away, Last: c.last || s.bounded, Watermarks: make([]int64, len(s.inputs))}
	for i, in := range s.inputs {
		e.Watermarks[i] = in.watermark
	}
	if _, ok := s.operator.(op.Clocked); ok {
		e.Sources = map[uint32]op.SourceState{}
		for _, read := range readsOf(s) {
			e.Sources[uint32(read.id)] = op.SourceState{Ended: read.ended, Partitions: c.polled[read].Partitions}
		}
	}
	e.Parallel = func(n int, part func(int, op.Out) error) error { return r.parallel(s, c, n, part) }
	e.Calls = r.calls
	return e
}

// serialOut takes what a step emits itself at the end of an epoch.
type serialOut struct {
	run    *runner
	worker *worker
	step   *step
}

func (o *serialOut) Emit(port op.OutPort, at op.Seq, b *vec.Batch) error {
	number := o.run.morsels.reserve(1)
	if err := o.worker.outs[o.step.id].Emit(port, at, b); err != nil {
		return err
	}
	return o.run.endMorsel(o.worker, number)
}

// parallel runs the parts on all workers, in a small epoch on one, each part a morsel.
func (r *runner) parallel(s *step, c *cut, n int, part func(int, op.Out) error) error {
	var next atomic.Int64
	first := r.morsels.reserve(n)
	workers := n
	if c.small() {
		workers = 1
	}
	defer r.workers[0].enter(s)
	return r.onWorkers(workers, func(w *worker) error {
		w.enter(s)
		for {
			i := next.Add(1) - 1
			if i >= int64(n) {
				return nil
			}
			if r.ctx.Err() != nil {
				return context.Cause(r.ctx)
			}
			if err := part(int(i), &w.outs[s.id]); err != nil {
				return err
			}
			if err := r.endMorsel(w, first+i); err != nil {
				return err
			}
		}
	})
}

// calls runs n calls, at most limit at a time.
func (r *runner) calls(limit, n int, call func(ctx context.Context, i int)) {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range min(limit, n) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n) && r.ctx.Err() == nil; i = next.Add(1) - 1 {
				err := guard(func() string { return "function" }, func() error { call(r.ctx, int(i)); return nil })
				if err != nil {
					r.cancel(err)
				}
			}
		})
	}
	wg.Wait()
}

// closeReaders closes the workers' readers of those sources.
func (r *runner) closeReaders(of func(*step) bool) error {
	var errs []error
	for _, w := range r.workers {
		for s, reader := range w.readers {
			if of(s) {
				errs = append(errs, guard(s.called, reader.Close))
				delete(w.readers, s)
			}
		}
	}
	return errors.Join(errs...)
}
