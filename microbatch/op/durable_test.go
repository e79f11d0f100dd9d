package op_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
	"github.com/pwcol/pwcol/microbatch/op"
)

// saved is a batch of a checkpoint.
type saved struct {
	table int
	batch *vec.Batch
}

// checkpoints saves an operator's state piece by piece, as the engine does, and makes another operator take it up.
type checkpoints struct {
	whole  []saved // the last checkpoint: a whole one, then changes
	making []saved // what the one that is being made has so far
	saving bool
	fresh  bool // that one is whole
	done   bool // there is a checkpoint
	piece  int  // the most rows that are saved at a time
}

// begin begins a checkpoint: of all, if there is none yet, or by chance.
func (c *checkpoints) begin(rng *rand.Rand, o op.Durable) {
	c.fresh = !c.done || rng.IntN(4) == 0
	c.saving, c.making = true, nil
	o.BeginSave(c.fresh)
}

// save saves a piece, and reports whether the checkpoint is done.
func (c *checkpoints) save(t *testing.T, rng *rand.Rand, o op.Durable) bool {
	t.Helper()
	done, err := o.Save(1+rng.IntN(c.piece), func(table int, b *vec.Batch) error {
		if b.N == 0 || b.Sel != nil || b.Diff != nil {
			t.Errorf("saved %d rows, selection %v, diffs %v", b.N, b.Sel != nil, b.Diff != nil)
		}
		c.making = append(c.making, saved{table, b.Keep(nil)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !done {
		return false
	}
	if c.fresh {
		c.whole = nil
	}
	c.whole, c.saving, c.done = append(c.whole, c.making...), false, true
	return true
}

// load makes an operator that has just been opened take up the last checkpoint.
func (c *checkpoints) load(t *testing.T, o op.Durable) {
	t.Helper()
	c.saving, c.making = false, nil
	for _, s := range c.whole {
		b := s.batch.Keep(nil)
		if err := o.Load(s.table, b); err != nil {
			t.Fatal(err)
		}
		for _, col := range b.Cols {
			poison(col)
		}
	}
	if len(c.whole) > 0 {
		if err := o.Loaded(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAggregateState ends a group-by at any epoch and lets another one, with another number of workers, go on from the last
// checkpoint with the epochs since. Checkpoints are written while epochs pass.
func TestAggregateState(t *testing.T) {
	for _, kind := range []plan.Changelog{plan.Append, plan.Retract} {
		for _, keys := range [][]int{{}, {0}, {1}, {0, 6}, {2, 10, 5}, {9}} {
			t.Run(fmt.Sprint(kind, keys), func(t *testing.T) {
				for range 8 {
					seed := rand.Uint64()
					t.Logf("seed %d", seed)
					testAggregateState(t, rand.New(rand.NewPCG(seed, 1)), kind, keys)
				}
			})
		}
	}
}

func testAggregateState(t *testing.T, rng *rand.Rand, kind plan.Changelog, keys []int) {
	aggs := streamReducers()
	rng.Shuffle(len(aggs), func(i, j int) { aggs[i], aggs[j] = aggs[j], aggs[i] })
	node := aggregateNode(streamTable, keys, aggs[:1+rng.IntN(8)]...)
	port := op.Port{Kind: kind}
	log := newChangelog(rng, kind, vectest.Some, 1+rng.IntN(60), 1+rng.IntN(40))
	run := func() *streamRun { return newStreamRun(t, node, port, aggRun{workers: 1 + rng.IntN(3), durable: true}) }
	s := run()
	c := checkpoints{piece: 30}
	var since, next [][]*vec.Batch // epochs since the last checkpoint, and since the one that is being made began
	for range 30 {
		batches := log.epoch([]int{0, 1, 5, 40}[rng.IntN(4)])
		if kind == plan.Retract && rng.IntN(5) == 0 {
			batches = append(batches, log.clear()...)
		}
		since, next = append(since, keptAll(batches)), append(next, keptAll(batches))
		if err := s.epoch(rng, batches); err != nil {
			t.Fatal(err)
		}
		compare(t, "", s.sum.lines(), groupsOf(node, log.bagOfRows))
		if !c.saving && rng.IntN(2) == 0 {
			c.begin(rng, s.a.(op.Durable))
			next = nil
		}
		if c.saving && c.save(t, rng, s.a.(op.Durable)) {
			since = slices.Clone(next)
		}
		if c.done && rng.IntN(4) == 0 {
			s = restarted(t, rng, s, run(), &c, since)
			next = nil
		}
	}
	s.close()
}

func keptAll(batches []*vec.Batch) []*vec.Batch {
	out := make([]*vec.Batch, len(batches))
	for i, b := range batches {
		out[i] = b.Keep(nil)
	}
	return out
}

// restarted is a run that has taken up the last checkpoint, and has had the epochs since.
func restarted(t *testing.T, rng *rand.Rand, old, s *streamRun, c *checkpoints, since [][]*vec.Batch) *streamRun {
	t.Helper()
	want := old.a.(op.Stateful).State().Keys
	old.close()
	c.load(t, s.a.(op.Durable))
	for _, batches := range since {
		if err := s.epoch(rng, keptAll(batches)); err != nil {
			t.Fatal(err)
		}
	}
	s.sum.rows = old.sum.rows // what came since was emitted before
	if got := s.a.(op.Stateful).State().Keys; got != want {
		t.Errorf("the state has %d groups after a restart, want %d", got, want)
	}
	return s
}

// TestAggregateStateOfManyGroups saves while the state's only table becomes many.
func TestAggregateStateOfManyGroups(t *testing.T) {
	in := input(plan.Field{Name: "k", Type: vec.TInt64}, plan.Field{Name: "s", Type: vec.TString})
	node := aggregateNode(in, []int{0, 1}, plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggMin, 1))
	run := func(workers int) *streamRun {
		return newStreamRun(t, node, op.Port{Kind: plan.Retract}, aggRun{workers: workers, durable: true})
	}
	rng := rand.New(rand.NewPCG(3, 4))
	there := map[int]int64{}
	c := checkpoints{piece: 3000}
	s := run(1)
	var since [][]*vec.Batch
	epoch := func(n int) {
		t.Helper()
		batches := manyChanges(rng, there, n)
		since = append(since, keptAll(batches))
		if err := s.epoch(rng, batches); err != nil {
			t.Fatal(err)
		}
	}
	epoch(30_000)
	epoch(-2_000)
	c.begin(rng, s.a.(op.Durable))
	since = nil
	for i := 0; !c.save(t, rng, s.a.(op.Durable)); i++ {
		if i%3 == 0 {
			epoch(9_000) // the third of them makes the table too large
			epoch(-8_000)
		}
	}
	sum := s.sum.lines()
	s = restarted(t, rng, s, run(2), &c, since)
	compare(t, "", s.sum.lines(), sum)
	c.begin(rng, s.a.(op.Durable))
	since = nil
	epoch(-20_000)
	epoch(30_000)
	for !c.save(t, rng, s.a.(op.Durable)) {
	}
	s = restarted(t, rng, s, run(1), &c, since)
	epoch(100)
	if keys := s.a.(op.Stateful).State().Keys; keys != int64(len(there)) {
		t.Errorf("the state has %d groups, want %d", keys, len(there))
	}
	s.close()
}
