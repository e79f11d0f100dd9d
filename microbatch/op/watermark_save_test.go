package op_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// clockRun is a Watermark of rows that also go, and what its last epoch has emitted.
type clockRun struct {
	t       *testing.T
	op      op.Operator
	locals  []op.Local
	sources []uint32 // their numbers in this run
	rows    map[string]int64
	budget  *vec.Budget
}

func (c *clockRun) Emit(port op.OutPort, _ op.Seq, b *vec.Batch) error {
	for k := range b.Rows() {
		i := b.Row(k)
		row, diff := fmt.Sprint(port), int64(1)
		for _, col := range b.Cols {
			row += " " + text(col.Scalar(i))
		}
		if port == op.Main && b.Diff != nil {
			diff = b.Diff[i]
		}
		if c.rows[row] += diff; c.rows[row] == 0 {
			delete(c.rows, row)
		}
	}
	return nil
}

func newClockRun(t *testing.T, n plan.Watermark, kind plan.Changelog, workers int, first uint32) *clockRun {
	t.Helper()
	n.Input, n.Time = &plan.Read{Out: eventSchema}, 1
	c := &clockRun{t: t, sources: []uint32{first, first + 5}, rows: map[string]int64{}, budget: vec.NewBudget(0)}
	env := op.Env{
		Name: "watermark test", Account: c.budget.Account("watermark"), Bad: plan.Reject, Stats: &op.Stats{}, Sources: c.sources,
		Started: started, Workers: workers, Durable: true, Seed: 7,
	}
	c.op = op.NewWatermark(&n, env)
	newLocal, err := c.op.Open([]op.Port{{Schema: eventSchema, Kind: kind, Ordered: true, Time: -1}})
	if err != nil {
		t.Fatal(err)
	}
	for range workers {
		c.locals = append(c.locals, newLocal())
	}
	return c
}

// clockEpoch is what comes in an epoch: batches of a source's partition.
type clockEpoch struct {
	now     int64
	batches []clockBatch
	ended   bool // the second source
}

type clockBatch struct {
	place     int
	partition uint32
	b         *vec.Batch
}

func (c *clockRun) epoch(rng *rand.Rand, e clockEpoch) {
	c.t.Helper()
	clear(c.rows)
	for _, b := range e.batches {
		at := op.Seq{Source: c.sources[b.place], Partition: b.partition}
		if err := c.locals[rng.IntN(len(c.locals))].Push(0, at, b.b.Keep(nil), c); err != nil {
			c.t.Fatal(err)
		}
	}
	sources := map[uint32]op.SourceState{c.sources[1]: {Ended: e.ended}}
	if err := c.op.EndEpoch(&op.Epoch{Number: e.now, Now: e.now, Sources: sources}, c); err != nil {
		c.t.Fatal(err)
	}
}

// compareTo makes sure that two runs have come to the same.
func (c *clockRun) compareTo(want *clockRun) {
	c.t.Helper()
	if !maps.Equal(c.rows, want.rows) {
		c.t.Fatalf("emitted %v, want %v", c.rows, want.rows)
	}
	if got, want := c.op.(op.Clocked).Watermark(), want.op.(op.Clocked).Watermark(); got != want {
		c.t.Fatalf("the watermark is %d, want %d", got, want)
	}
	if got, want := c.op.(op.Waker).Wake(), want.op.(op.Waker).Wake(); got != want {
		c.t.Fatalf("wakes at %d, want %d", got, want)
	}
	if got, want := c.op.(op.Stateful).State().Keys, want.op.(op.Stateful).State().Keys; got != want {
		c.t.Fatalf("%d partitions, want %d", got, want)
	}
}

func (c *clockRun) close() {
	c.t.Helper()
	if err := c.op.Close(); err != nil || c.budget.Used() != 0 {
		c.t.Errorf("closed with error %v and %d bytes charged", err, c.budget.Used())
	}
}

// TestWatermarkState ends a watermark at any epoch, and lets another one, whose sources have other numbers, go on; a third that never ends says what
// is to come of it.
func TestWatermarkState(t *testing.T) {
	for seed := range uint64(120) {
		rng := rand.New(rand.NewPCG(seed, 5))
		node := plan.Watermark{Delay: rng.Int64N(20), Idle: rng.Int64N(2) * 50, Ahead: rng.Int64N(2) * 60}
		kind := []plan.Changelog{plan.Append, plan.Retract}[rng.IntN(2)]
		run := func() *clockRun { return newClockRun(t, node, kind, 1+rng.IntN(3), uint32(rng.IntN(50))) }
		want, s := run(), run()
		c := checkpoints{piece: 3}
		var since, next []clockEpoch
		var live []event
		now := int64(started)
		for epoch := range 40 {
			var e clockEpoch
			now += rng.Int64N(30)
			e, live = randomClockEpoch(rng, now, kind, live)
			e.ended = epoch > 30
			since, next = append(since, e), append(next, e)
			want.epoch(rng, e)
			s.epoch(rng, e)
			s.compareTo(want)
			if !c.saving && rng.IntN(2) == 0 {
				c.begin(rng, s.op.(op.Durable))
				next = nil
			}
			if c.saving && c.save(t, rng, s.op.(op.Durable)) {
				since = slices.Clone(next)
			}
			if c.done && rng.IntN(4) == 0 {
				s.close()
				s, next = run(), nil
				c.load(t, s.op.(op.Durable))
				for _, e := range since {
					s.epoch(rng, e)
				}
				if len(since) > 0 {
					s.compareTo(want)
				}
			}
		}
		s.close()
		want.close()
	}
}

// randomClockEpoch has rows about now, some of which are far ahead, and rows that go.
func randomClockEpoch(rng *rand.Rand, now int64, kind plan.Changelog, live []event) (clockEpoch, []event) {
	e := clockEpoch{now: now}
	for range rng.IntN(4) {
		partition := rng.IntN(6) // of the first source: those below 3
		var events []event
		for range 1 + rng.IntN(4) {
			gone := slices.IndexFunc(live, func(e event) bool { return e.key == partition })
			if kind == plan.Retract && gone >= 0 && rng.IntN(2) == 0 {
				row := live[gone]
				row.diff = -1
				events, live = append(events, row), slices.Delete(live, gone, gone+1)
				continue
			}
			came := event{time: now + rng.Int64N(300) - 150, key: partition, other: rng.IntN(2), value: rng.Int64N(3), diff: 1}
			events, live = append(events, came), append(live, came)
		}
		b := eventBatch(rng, eventSchema, events, kind == plan.Retract)
		e.batches = append(e.batches, clockBatch{partition / 3, uint32(partition % 3), b})
	}
	return e, live
}

// TestWatermarkBehindAPause: a partition isn't idle because no run was there for a long time.
func TestWatermarkBehindAPause(t *testing.T) {
	c := newTimed(t, plan.Watermark{Idle: 1000}, vec.Micro, true, plan.Fail, 3)
	c.mustPush(3, 0, 100)
	c.mustPush(3, 1, 50)
	c.end(10_000, 50, nil)
	c.mustPush(3, 0, 200)
	e := &op.Epoch{Now: 90_500, Away: 80_000} // the last 500 µs of it with a run
	if err := c.op.EndEpoch(e, c); err != nil {
		t.Fatal(err)
	}
	if got := c.op.(op.Clocked).Watermark(); got != 50 {
		t.Errorf("the watermark is %d behind a pause, want 50", got)
	}
	c.wake(91_000)
	c.end(91_000, 200, nil)
}

// TestWatermarkStateOfAnotherProgram: what a watermark can't have saved is an error.
func TestWatermarkStateOfAnotherProgram(t *testing.T) {
	one := func(values ...int64) *vec.Batch {
		b := &vec.Batch{N: 1}
		for _, v := range values {
			b.Cols = append(b.Cols, &vec.Vec{Type: vec.TInt64, N: 1, Data: vec.Bytes([]int64{v})})
		}
		return b
	}
	c := newClockRun(t, plan.Watermark{Ahead: 10}, plan.Append, 1, 3)
	defer c.close()
	for table, b := range []*vec.Batch{one(1), one(2, 1, 1, 0), one(-1, 0, 1, 1), one(1), one(1)} {
		if err := c.op.(op.Durable).Load(table, b); err == nil {
			t.Errorf("table %d takes a batch of another program", table)
		}
	}
}
