package microbatch_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/arrowtab/tabletest"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/disk/crashdisk"
	"github.com/pwcol/pwcol/microbatch/op"
)

// TestStreamsAddUpOverManyLives is TestStreamsAddUpToTheBatch for runs that fail at any epoch, before or after a sink has it, lose the power, and
// are started again with another number of workers.
func TestStreamsAddUpOverManyLives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draws{t}
		epochs := 1 + d.IntN(6)
		sources := []*cutSource{d.stream(epochs), d.stream(epochs)}
		var tables []*pw.Table
		for _, s := range sources {
			s.forget = d.IntN(3) == 0
			tables = append(tables, pw.NewSource(s, pw.SourceOptions{}).OnBadRow(pw.Skip))
		}
		p := streamProgram(t, tabletest.Everything(d).Tables(tables...), sources)
		if problem := p.checkLives(t, d); problem != "" {
			t.Fatalf("%s; the program is\n%s", problem, plan.Explain(p.nodes...))
		}
	})
}

// errKilled is how a sink ends a life.
var errKilled = errors.New("killed")

// checkLives says what is wrong with a run that is killed now and then, or "".
func (p *streamed) checkLives(t *rapid.T, d draws) string {
	sinks := make([]mortalSink, len(p.tables))
	outputs := make([]pw.Output, len(sinks))
	for i, table := range p.tables {
		outputs[i] = pw.NewOutput(table, &sinks[i], nil)
	}
	disk := crashdisk.New(uint64(d.IntN(1 << 30)))
	late := false
	for life := 0; ; life++ {
		for i := range sinks {
			sinks[i].left, sinks[i].after = 100, d.IntN(2) == 0
		}
		if life < 4 {
			sinks[d.IntN(len(sinks))].left = d.IntN(4)
		}
		c := microbatch.Config{
			Threads: 1 + d.IntN(3), Stats: &microbatch.Stats{},
			State: microbatch.State{Path: "state", FS: disk.FS(), CheckpointInterval: []time.Duration{1, time.Millisecond, time.Hour}[d.IntN(3)]},
		}
		err := c.Run(t.Context(), outputs...)
		late = late || c.Stats.RowsLate.Load() > 0
		switch {
		case err == nil:
			return p.compareLives(sinks, late)
		case errors.Is(err, errKilled):
			disk.Crash()
		case hasFailed(p), p.revises && failsOnRows(err):
			return ""
		default:
			return fmt.Sprintf("life %d failed: %v", life, err)
		}
	}
}

func hasFailed(p *streamed) bool {
	for _, r := range p.want {
		if r.Failed != nil {
			return true
		}
	}
	return false
}

func (p *streamed) compareLives(sinks []mortalSink, late bool) string {
	if hasFailed(p) {
		return ""
	}
	for i := range sinks {
		if problem := p.compare(i, &sinks[i].changesSink, late); problem != "" {
			return fmt.Sprintf("output %d: %s", i, problem)
		}
	}
	return ""
}

// mortalSink ends a life after some epochs. It lives on itself: an epoch that it has and is given again it leaves out.
type mortalSink struct {
	changesSink
	left  int   // epochs until it ends this life
	after bool  // it has that epoch before it does
	has   int64 // the last epoch
	epoch *op.Epoch
}

func (s *mortalSink) OpenSink(ctx context.Context, env *microbatch.Env, in op.Port) (microbatch.Sink, error) {
	counts := s.counts
	if _, err := s.changesSink.OpenSink(ctx, env, in); err != nil {
		return nil, err
	}
	if counts != nil {
		s.counts = counts
	}
	return s, nil
}

func (s *mortalSink) EndEpoch(e *op.Epoch) error {
	s.epoch = e
	return nil
}

// Commit takes the epoch: only now is it sure to come again if it isn't acknowledged.
func (s *mortalSink) Commit(context.Context) error {
	s.left--
	if s.left >= 0 || s.after {
		if err := s.take(); err != nil {
			return err
		}
	}
	if s.left < 0 {
		return errKilled
	}
	return nil
}

func (s *mortalSink) take() error {
	if s.epoch.Number <= s.has {
		s.pushed = nil
		return nil
	}
	s.has = s.epoch.Number
	return s.changesSink.EndEpoch(s.epoch)
}

// Close ends the life: what was pushed and not taken is gone.
func (s *mortalSink) Close() error {
	s.pushed = nil
	return nil
}
