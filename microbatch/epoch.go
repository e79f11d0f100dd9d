package microbatch

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// epochRun runs one epoch of a graph on the workers.
type epochRun struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	graph   *graph
	workers []*worker
	morsels *morsels
}

// runEpoch reads all sources to their end and ends the epoch.
func runEpoch(ctx context.Context, g *graph, c Config) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &epochRun{ctx: ctx, cancel: cancel, graph: g, morsels: newMorsels(ctx, g, c.Threads)}
	for range c.Threads {
		w, err := newWorker(g, c.Test.PoisonLent)
		if err != nil {
			return err
		}
		r.workers = append(r.workers, w)
	}
	defer context.AfterFunc(ctx, r.morsels.wake)()

	err := r.onWorkers(len(r.workers), r.readMorsels)
	if err == nil {
		err = r.morsels.failure()
	}
	// Readers' buffers are given back before the operators fold what they have, which may take all the memory there is.
	err = errors.Join(err, r.closeReaders())
	if err != nil {
		return err
	}
	return r.endEpoch()
}

// onWorkers runs f on the first n workers and waits. The first error cancels the others and is returned.
func (r *epochRun) onWorkers(n int, f func(*worker) error) error {
	var wg sync.WaitGroup
	for _, w := range r.workers[:min(n, len(r.workers))] {
		wg.Go(func() {
			if err := w.guard(func() error { return f(w) }); err != nil {
				r.cancel(err)
			}
		})
	}
	wg.Wait()
	if r.ctx.Err() != nil {
		return context.Cause(r.ctx)
	}
	return nil
}

// readMorsels is a worker's work: morsel by morsel from the source through the graph.
func (r *epochRun) readMorsels(w *worker) error {
	for {
		t, ok, err := r.morsels.take(w)
		if err != nil || !ok {
			return err
		}
		err = w.readers[t.step].Read(t.ctx, t.morsel, &w.outs[t.step.id])
		if err == nil {
			err = r.endMorsel(w, t.number)
		}
		if err != nil {
			r.morsels.fail(t.number, err)
			return nil
		}
	}
}

func (r *epochRun) endMorsel(w *worker, number int64) error {
	if err := w.endMorsel(number); err != nil {
		return err
	}
	r.morsels.end(number)
	return nil
}

// endEpoch lets every step fold and emit, in topological order: when a step's turn comes, all rows for it are there.
func (r *epochRun) endEpoch() error {
	w := r.workers[0]
	epoch := time.Now().UnixMicro()
	for _, s := range r.graph.steps {
		if s.operator == nil {
			continue
		}
		err := w.guard(func() error { return r.endStep(w, s, epoch) })
		if err != nil {
			return err
		}
		if r.ctx.Err() != nil {
			return context.Cause(r.ctx)
		}
	}
	return nil
}

// endStep ends the epoch for one step. Each batch that it emits itself is a morsel, so that sinks that keep the
// order need not hold back more; and so is each part that it runs in parallel. A sink sees the
// end of all of them before its own EndEpoch.
func (r *epochRun) endStep(w *worker, s *step, epoch int64) error {
	w.current = s
	if sink, ok := s.operator.(*sinkOp); ok {
		return sink.EndEpoch(&op.Epoch{Number: epoch}, nil)
	}
	parallel := func(n int, part func(int, op.Out) error) error { return r.parallel(s, n, part) }
	return s.operator.EndEpoch(&op.Epoch{Number: epoch, Parallel: parallel}, &serialOut{r, w, s})
}

// serialOut takes what a step emits itself at the end of an epoch.
type serialOut struct {
	run    *epochRun
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

// parallel runs the parts on all workers, each part a morsel.
func (r *epochRun) parallel(s *step, n int, part func(int, op.Out) error) error {
	var next atomic.Int64
	first := r.morsels.reserve(n)
	return r.onWorkers(n, func(w *worker) error {
		w.current = s
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

func (r *epochRun) closeReaders() error {
	var errs []error
	for _, w := range r.workers {
		for _, reader := range w.readers {
			errs = append(errs, reader.Close())
		}
	}
	return errors.Join(errs...)
}
