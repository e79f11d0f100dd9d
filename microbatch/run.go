package microbatch

import (
	"context"
	"errors"
	"sync"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/optimize"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/microbatch/spill"
)

// Run computes the outputs on all cores and returns when they are written, or with the first error. Tables that
// several outputs share are computed once. Outputs appear all together at the end: after an error, or when ctx is
// cancelled, nothing is left under their names.
func Run(ctx context.Context, outputs ...pw.Output) error { return Config{}.Run(ctx, outputs...) }

// Run computes the outputs as the package's Run does, with these settings.
func (c Config) Run(ctx context.Context, outputs ...pw.Output) error {
	if len(outputs) == 0 {
		return errors.New("run: no outputs: pass what csv.Write and the like return")
	}
	roots, err := pw.Plans(outputs...)
	if err != nil {
		return err
	}
	return c.run(ctx, roots)
}

func (c Config) run(ctx context.Context, roots []*plan.Write) (err error) {
	c, err = c.withDefaults()
	if err != nil {
		return err
	}
	dir := spill.New(c.TempDir, func(bytes int64) { c.Stats.BytesSpilled.Add(bytes) })
	defer func() { err = errors.Join(err, dir.Close()) }()

	b := builder{ctx: ctx, config: c, budget: c.budget(), spill: dir}
	g, err := b.build(optimize.Plan(roots))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	defer c.reportProgress()()

	if err := runEpoch(ctx, g, c); err != nil {
		return err
	}
	return g.finish()
}

// finish makes all outputs durable, then all visible.
func (g *graph) finish() error {
	for _, s := range g.sinks {
		if err := s.commit(); err != nil {
			return err
		}
	}
	for _, s := range g.sinks {
		if err := s.publish(); err != nil {
			return err
		}
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
