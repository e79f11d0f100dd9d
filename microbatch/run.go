package microbatch

import (
	"context"
	"errors"
	"sync"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/optimize"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/spill"
)

// Run computes the outputs on all cores and returns when they are written, or with the first error. Tables that
// several outputs share are computed once. In a batch, outputs appear all together at the end: after an error, or when ctx is
// cancelled, nothing is left under their names. If a source is unbounded the run is a stream (see Start): Run returns when all sources
// have ended, with an error, or, when ctx is cancelled, with ctx's.
func Run(ctx context.Context, outputs ...pw.Output) error { return Config{}.Run(ctx, outputs...) }

// Run computes the outputs as the package's Run does, with these settings.
func (c Config) Run(ctx context.Context, outputs ...pw.Output) error {
	roots, err := rootsOf(outputs)
	if err != nil {
		return err
	}
	return c.run(ctx, roots)
}

func rootsOf(outputs []pw.Output) ([]*plan.Write, error) {
	if len(outputs) == 0 {
		return nil, errors.New("run: no outputs: pass what csv.Write and the like return")
	}
	return pw.Plans(outputs...)
}

func (c Config) run(ctx context.Context, roots []*plan.Write) error {
	for _, r := range roots {
		if !plan.Bounded(r) {
			h, err := c.start(ctx, roots)
			if err != nil {
				return err
			}
			return h.Wait()
		}
	}
	return c.runBatch(ctx, roots)
}

// runBatch is one epoch, of all rows.
func (c Config) runBatch(ctx context.Context, roots []*plan.Write) (err error) {
	e, err := c.open(ctx, roots, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	defer e.config.reportProgress()()
	now := time.Now().UnixMicro()
	if err := e.runner.run(&cut{number: now, now: now, first: true, last: true}); err != nil {
		return err
	}
	return e.finish(e.graph.sinks, now)
}

// engine is all that a run has open.
type engine struct {
	config  Config
	durable *durable // nil: no state
	spill   *spill.Dir
	budget  *vec.Budget
	graph   *graph
	runner  *runner
}

// open opens sources, operators and sinks. h, nil in a batch, is told by streams that have rows.
func (c Config) open(ctx context.Context, roots []*plan.Write, h *Handle) (*engine, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	if h == nil || c.State.Path == "" {
		return c.openWith(ctx, roots, h, nil)
	}
	d, err := openDurable(c.State)
	if err != nil {
		return nil, err
	}
	e, err := c.openDurably(ctx, d, func(c Config) (*engine, error) { return c.openWith(ctx, roots, h, d) })
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	e.durable = d
	return e, nil
}

// openWith opens a run that goes on from what d has found, if d isn't nil and has found something.
func (c Config) openWith(ctx context.Context, roots []*plan.Write, h *Handle, d *durable) (*engine, error) {
	e := &engine{config: c, budget: c.budget(), spill: spill.New(c.TempDir, func(bytes int64) { c.Stats.BytesSpilled.Add(bytes) })}
	b := builder{ctx: ctx, config: c, budget: e.budget, spill: e.spill, handle: h, durable: d}
	var err error
	if e.graph, err = b.build(optimize.Plan(roots)); err != nil {
		return nil, errors.Join(err, e.close())
	}
	if err := d.load(e.graph); err != nil {
		return nil, errors.Join(err, e.close())
	}
	if e.runner, err = newRunner(ctx, e.graph, c); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

// close gives back everything, what was opened last first.
func (e *engine) close() error {
	var errs []error
	if e.runner != nil {
		errs = append(errs, e.runner.close())
	}
	if e.graph != nil {
		errs = append(errs, e.graph.close())
	}
	return errors.Join(append(errs, e.spill.Close(), e.durable.close())...)
}

// finish makes the outputs of batches durable, then all visible. epoch is the number of their only one.
func (e *engine) finish(sinks []*sinkOp, epoch int64) error {
	for _, s := range sinks {
		if err := s.commitPatiently(e.runner.ctx, e.config.SinkRetries); err != nil {
			return err
		}
	}
	for _, s := range sinks {
		if err := s.publish(); err != nil {
			return err
		}
		s.acked.Store(epoch)
	}
	return nil
}

// reportProgress calls Progress from now on until the returned function is called.
func (c Config) reportProgress() (stop func()) {
	if c.Progress == nil {
		return func() {}
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(c.Interval)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				c.Progress(c.Stats)
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		wg.Wait()
	}
}
