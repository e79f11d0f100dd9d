package microbatch_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// watchedSink throws rows away. It sees the run's budget, and something happens at one of its calls.
type watchedSink struct {
	env    *microbatch.Env
	call   func() error
	closed int
}

func (*watchedSink) Describe() plan.Description { return plan.Description{Kind: "watched"} }

func (s *watchedSink) OpenSink(_ context.Context, env *microbatch.Env, _ op.Port) (microbatch.Sink, error) {
	s.env = env
	return s, s.call()
}

func (s *watchedSink) NewWriter() microbatch.Writer          { return s }
func (s *watchedSink) Push(microbatch.Seq, *vec.Batch) error { return s.call() }
func (s *watchedSink) EndMorsel(int64) error                 { return s.call() }
func (s *watchedSink) EndEpoch(*op.Epoch) error              { return s.call() }
func (s *watchedSink) Commit(context.Context) error          { return nil }
func (s *watchedSink) Publish() error                        { return nil }

func (s *watchedSink) Close() error {
	s.closed++
	return nil
}

// keepers are tables whose steps hold rows or groups, in memory or on disk.
func keepers() map[string]*pw.Table {
	in := pw.FromRows(sales(8, 20_000))
	return map[string]*pw.Table{
		"few groups":  in.GroupBy("name").Reduce(pw.Sum("value"), pw.Max("id")),
		"many groups": in.GroupBy("id").Reduce(pw.Sum("value"), pw.Max("name")),
		"sort":        in.Sort("value"),
		"top":         in.Sort(pw.Desc("value")).Limit(100),
		"limit":       in.Limit(10_000),
		"reduce":      in.Reduce(pw.Avg("value")),
		"one after the other": in.Sort("name").GroupBy("id", "name").Reduce(pw.Count()).
			Filter(pw.Col("count").Gt(0)).Sort("name").Limit(9000).Reduce(pw.Min("name")),
	}
}

// TestRunGivesEverythingBack: when a run has ended, however it did, nothing is charged to its budget, no temporary file
// is left, and its sinks are closed, once. (TestMain sees to the goroutines.)
func TestRunGivesEverythingBack(t *testing.T) {
	broken := errors.New("broken")
	endings := map[string]ending{
		"success":     {is: func(err error) bool { return err == nil }},
		"error":       {happens: func(func()) error { return broken }, is: func(err error) bool { return errors.Is(err, broken) }},
		"panic":       {happens: func(func()) error { panic("boom") }, is: func(err error) bool { return errors.As(err, new(*microbatch.PanicError)) }},
		"cancelled":   {happens: func(cancel func()) error { cancel(); return nil }, is: func(err error) bool { return errors.Is(err, context.Canceled) }},
		"over budget": {memory: 300_000, is: func(err error) bool { return err == nil || strings.Contains(err.Error(), "max_memory") }},
	}
	for name, e := range endings {
		for what, table := range keepers() {
			t.Run(name+", "+what, func(t *testing.T) { e.check(t, table, op.TestSettings{}) })
		}
		many := keepers()["many groups"]
		t.Run(name+", spilled", func(t *testing.T) { e.check(t, many, op.TestSettings{ForceSpill: true}) })
		t.Run(name+", folded", func(t *testing.T) { e.check(t, many, op.TestSettings{MaxLocalGroups: 1000}) })
	}
}

// ending is a way for a run to end.
type ending struct {
	happens func(cancel func()) error // at the sink's second call behind OpenSink; nil: nothing
	memory  int64
	is      func(error) bool
}

func (e ending) check(t *testing.T, table *pw.Table, bent op.TestSettings) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var calls atomic.Int64
	sink := &watchedSink{call: func() error {
		if calls.Add(1) != 3 || e.happens == nil {
			return nil
		}
		return e.happens(cancel)
	}}
	c := microbatch.Config{Threads: 3, MaxMemory: e.memory, TempDir: t.TempDir(), Test: bent}
	if err := c.Run(ctx, pw.NewOutput(table, sink, nil)); !e.is(err) {
		t.Errorf("ended with %v", err)
	}
	if n := sink.env.Budget.Used(); n != 0 {
		t.Errorf("%d bytes are still charged", n)
	}
	if sink.closed != 1 {
		t.Errorf("the sink was closed %d times", sink.closed)
	}
	if left, _ := os.ReadDir(c.TempDir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}
