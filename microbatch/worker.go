package microbatch

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// worker carries rows through the graph on one goroutine at a time. It has its own local of every step, so a batch
// goes from the source to the next operator that keeps it without a lock or a channel.
type worker struct {
	ctx     context.Context
	locals  []op.Local   // by step
	outs    []stepOut    // by step
	enders  []morselStep // the locals that are told of the end of a morsel, in topological order
	readers map[*step]Reader
	current *step // whose code runs, for messages and for its time
	since   time.Time
	stats   *Stats
	poison  bool
	kept    keptRows // of the epoch's rows those that the journal has to have
}

type morselStep struct {
	step  *step
	local op.MorselEnder
}

func newWorker(ctx context.Context, g *graph, c Config) (*worker, error) {
	w := &worker{
		ctx: ctx, locals: make([]op.Local, len(g.steps)), outs: make([]stepOut, len(g.steps)),
		readers: map[*step]Reader{}, stats: c.Stats, poison: c.Test.PoisonLent,
	}
	return w, w.guard(func() error {
		for i, s := range g.steps {
			w.enter(s)
			w.outs[i] = stepOut{w, s}
			if s.newLocal == nil {
				continue
			}
			w.locals[i] = s.newLocal()
			if e, ok := w.locals[i].(op.MorselEnder); ok {
				w.enders = append(w.enders, morselStep{s, e})
			}
		}
		return nil
	})
}

// stepOut takes what a step emits on a worker and pushes it into the steps that consume it.
type stepOut struct {
	w    *worker
	step *step
}

// Emit is an error when the run was cancelled: a row that comes 2^40 times may be as many rows of what a step emits before it returns.
func (o *stepOut) Emit(port op.OutPort, at op.Seq, b *vec.Batch) error {
	if b.Rows() == 0 {
		return nil
	}
	if o.w.ctx.Err() != nil {
		return context.Cause(o.w.ctx)
	}
	o.step.counts.rowsOut.Add(int64(b.Rows()))
	if o.step.keeping {
		if err := o.w.kept.add(o.step, port, at, b); err != nil {
			return err
		}
	}
	if port == op.Late {
		o.w.stats.RowsLate.Add(int64(b.Rows()))
	}
	for _, e := range o.step.to[port] {
		if err := o.w.push(e, at, b); err != nil {
			return err
		}
	}
	o.w.enter(o.step)
	return nil
}

// enter says that from now on the code of s runs on the worker. What time has gone since is the last one's.
func (w *worker) enter(s *step) {
	now := time.Now()
	if w.current != nil {
		w.current.counts.nanos.Add(int64(now.Sub(w.since)))
	}
	w.current, w.since = s, now
}

// leave says that the worker has nothing to do for now.
func (w *worker) leave() { w.enter(nil) }

func (w *worker) push(e edge, at op.Seq, b *vec.Batch) error {
	if w.poison {
		b = lend(b)
		defer overwrite(b)
	}
	w.enter(e.step)
	e.step.counts.rowsIn.Add(int64(b.Rows()))
	return w.locals[e.step.id].Push(e.port, at, b, &w.outs[e.step.id])
}

func (w *worker) endMorsel(m int64) error {
	for _, e := range w.enders {
		w.enter(e.step)
		if err := e.local.EndMorsel(m, &w.outs[e.step.id]); err != nil {
			return err
		}
	}
	return nil
}

// guard runs f; a panic in it becomes an error that names the step that was running.
func (w *worker) guard(f func() error) error { return guard(w.name, f) }

// guard runs f; a panic in it becomes an error that names what name says then.
func guard(name func() string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Operator: name(), Value: p, Stack: debug.Stack()}
		}
	}()
	return f()
}

func (w *worker) name() string {
	if w.current == nil {
		return "engine"
	}
	return w.current.name
}

// PanicError is a bug that a run came upon: a panic in an operator, a connector or a function of the user's.
type PanicError struct {
	Operator string // where it happened
	Value    any    // what the panic said
	Stack    []byte // of the goroutine
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("%s: internal error: %v (a bug: please report it with the stack of this error)", e.Operator, e.Value)
}
