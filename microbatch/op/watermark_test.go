package op_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// timed is a Watermark under test, and what it has emitted.
type timed struct {
	t        *testing.T
	op       op.Operator
	local    op.Local
	unit     vec.Unit
	passed   []string // times, with NULL
	places   []int    // of those rows in their batch
	rejected []string // reasons
	stats    *op.Stats
	budget   *vec.Budget
}

func (c *timed) Emit(port op.OutPort, _ op.Seq, b *vec.Batch) error {
	for k := range b.Rows() {
		i := b.Row(k)
		if port == op.Rejected {
			c.rejected = append(c.rejected, b.Cols[5].Scalar(i).S)
			continue
		}
		c.passed, c.places = append(c.passed, fmt.Sprint(b.Cols[0].Scalar(i).I)), append(c.places, i)
	}
	return nil
}

const started = 1_000_000_000

func newTimed(t *testing.T, n plan.Watermark, unit vec.Unit, ordered bool, bad plan.BadRows, sources ...uint32) *timed {
	t.Helper()
	n.Input = &plan.Read{Out: plan.NewSchema(plan.Field{Name: "ts", Type: vec.TTimestamp(unit), Nullable: true})}
	c := &timed{t: t, unit: unit, stats: &op.Stats{}, budget: vec.NewBudget(0)}
	env := op.Env{Name: "watermark test", Account: c.budget.Account("watermark"), Bad: bad, Stats: c.stats, Sources: sources, Started: started, Workers: 1}
	c.op = op.NewWatermark(&n, env)
	newLocal, err := c.op.Open([]op.Port{{Schema: n.Schema(), Ordered: ordered, Time: -1}})
	if err != nil {
		t.Fatal(err)
	}
	c.local = newLocal()
	return c
}

// null is a NULL time.
const null = math.MinInt64 + 77

// push pushes rows of a partition under a selection, with garbage beside them.
func (c *timed) push(source, partition uint32, times ...int64) error {
	col := vec.NewBuilder(vec.TTimestamp(c.unit), 2*len(times))
	b := &vec.Batch{N: 2 * len(times)}
	for i, t := range times {
		vec.AppendFixed(col, int64(math.MaxInt64-5))
		if t == null {
			col.AppendNull()
		} else {
			vec.AppendFixed(col, t)
		}
		b.Sel = append(b.Sel, uint32(2*i+1))
	}
	b.Cols = []*vec.Vec{col.Finish()}
	err := c.local.Push(0, op.Seq{Source: source, Partition: partition}, b, c)
	for i := range b.Cols[0].Data {
		b.Cols[0].Data[i] = 0xa5
	}
	return err
}

func (c *timed) mustPush(source, partition uint32, times ...int64) {
	c.t.Helper()
	if err := c.push(source, partition, times...); err != nil {
		c.t.Fatal(err)
	}
}

// end ends an epoch and expects a watermark.
func (c *timed) end(now, want int64, sources map[uint32]op.SourceState) {
	c.t.Helper()
	if err := c.op.EndEpoch(&op.Epoch{Now: now, Sources: sources}, c); err != nil {
		c.t.Fatal(err)
	}
	if got := c.op.(op.Clocked).Watermark(); got != want {
		c.t.Fatalf("at %d the watermark is %d, want %d", now, got, want)
	}
}

func (c *timed) wake(want int64) {
	c.t.Helper()
	if got := c.op.(op.Waker).Wake(); got != want {
		c.t.Fatalf("wakes at %d, want %d", got, want)
	}
}

func TestWatermarkIsTheLeastOfPartitions(t *testing.T) {
	c := newTimed(t, plan.Watermark{Delay: 10}, vec.Micro, true, plan.Fail, 3, 4)
	c.end(1, op.NoWatermark, nil)
	c.mustPush(3, 0, 100, 50)
	c.mustPush(3, 1, 70, 20)
	c.end(2, op.NoWatermark, nil) // source 4 has shown nothing
	c.mustPush(4, 0, -500)
	c.end(3, -510, nil)
	c.mustPush(4, 0, 400)
	c.end(4, 60, nil)
	c.mustPush(3, 1, 90)
	c.mustPush(3, 0, 95)
	c.end(5, 80, nil)
	c.mustPush(3, 2, 1) // a new partition begins at its source's watermark
	c.mustPush(3, 1, 200)
	c.mustPush(3, 0, 200)
	c.end(6, 80, nil)
	c.mustPush(3, 2, 150)
	c.end(7, 140, nil)
	c.end(8, 390, map[uint32]op.SourceState{3: {Ended: true}})
	c.end(9, op.EndOfTime, map[uint32]op.SourceState{3: {Ended: true}, 4: {Ended: true}})
	if got := strings.Join(c.passed, " "); got != "100 50 70 20 -500 400 90 95 1 200 200 150" {
		t.Errorf("passed %s", got)
	}
}

func TestWatermarkPartitionsThatAreKnown(t *testing.T) {
	c := newTimed(t, plan.Watermark{}, vec.Micro, true, plan.Fail, 3)
	both := map[uint32]op.SourceState{3: {Partitions: []uint32{0, 7}}}
	c.mustPush(3, 0, 100)
	c.end(1, op.NoWatermark, both) // of partition 7 nothing was seen
	c.mustPush(3, 7, 60)
	c.end(2, 60, both)
	c.end(3, 100, map[uint32]op.SourceState{3: {Partitions: []uint32{0}}}) // it is gone
}

func TestWatermarkOfIdlePartitions(t *testing.T) {
	c := newTimed(t, plan.Watermark{Idle: 1000}, vec.Micro, true, plan.Fail, 3, 4)
	c.mustPush(3, 0, 100)
	c.mustPush(3, 1, 50)
	c.end(10_000, op.NoWatermark, nil)
	c.wake(11_000)
	c.mustPush(3, 0, 200)
	c.end(10_500, op.NoWatermark, nil)
	c.end(11_000, 200, nil) // partition 1 and source 4 are idle
	c.wake(11_500)
	c.mustPush(3, 1, 70) // it comes back, and is waited for
	c.mustPush(3, 0, 300)
	c.end(11_100, 200, nil)
	c.mustPush(3, 1, 250)
	c.end(11_200, 250, nil)
	c.end(20_000, 300, nil) // all are idle: as if the one that is ahead had become so last
	c.wake(op.EndOfTime)
	c.mustPush(4, 0, 280)
	c.end(20_100, 300, nil)
	c.mustPush(4, 0, 400)
	c.end(20_200, 400, nil)
}

func TestWatermarkWithoutOrder(t *testing.T) {
	c := newTimed(t, plan.Watermark{Delay: 5}, vec.Micro, false, plan.Fail)
	c.mustPush(3, 0, 100)
	c.mustPush(9, 1, 50)
	c.end(1, 95, nil)
}

func TestWatermarkUnits(t *testing.T) {
	for _, u := range []struct {
		unit       vec.Unit
		time, want int64
	}{
		{vec.Nano, -1, -1},
		{vec.Nano, 1999, 1},
		{vec.Nano, -2000, -2},
		{vec.Milli, -3, -3000},
		{vec.Second, 7, 7_000_000},
		{vec.Micro, math.MinInt64 + 1, math.MinInt64 + 1},
		{vec.Nano, math.MinInt64, math.MinInt64/1000 - 1},
	} {
		c := newTimed(t, plan.Watermark{}, u.unit, true, plan.Fail, 3)
		c.mustPush(3, 0, u.time)
		c.end(1, u.want, nil)
	}
	c := newTimed(t, plan.Watermark{Delay: 100}, vec.Micro, true, plan.Fail, 3)
	c.mustPush(3, 0, math.MinInt64+50)
	c.end(1, math.MinInt64+1, nil)
}

func TestWatermarkBadTimes(t *testing.T) {
	times := []int64{5, null, math.MaxInt64 / 2, 6}
	c := newTimed(t, plan.Watermark{}, vec.Second, true, plan.Reject, 3)
	c.mustPush(3, 0, times...)
	c.end(1, 6_000_000, nil)
	want := []string{"its event time is NULL", "its event time is 4611686018427387903 s since 1970, beyond what can be told in µs"}
	if !slices.Equal(c.rejected, want) || strings.Join(c.passed, " ") != "5 6" || c.stats.RowsRejected.Load() != 2 {
		t.Errorf("rejected %q, passed %v", c.rejected, c.passed)
	}
	c = newTimed(t, plan.Watermark{}, vec.Second, true, plan.Skip, 3)
	c.mustPush(3, 0, times...)
	if strings.Join(c.passed, " ") != "5 6" || c.stats.RowsSkipped.Load() != 2 {
		t.Errorf("passed %v", c.passed)
	}
	c = newTimed(t, plan.Watermark{}, vec.Second, true, plan.Fail, 3)
	if err := c.push(3, 0, times...); err == nil || !strings.HasPrefix(err.Error(), "watermark test: its event time is NULL, in the row ts=NULL; ") {
		t.Errorf("error %v", err)
	}
}

// TestWatermarkAhead: which rows are too far ahead is decided by the clock of their own epoch. Those that pass only then are where they were in their batch.
func TestWatermarkAhead(t *testing.T) {
	c := newTimed(t, plan.Watermark{Ahead: 100}, vec.Micro, true, plan.Reject, 3)
	c.mustPush(3, 0, started+100, started+101, started+150, started+151)
	if strings.Join(c.passed, " ") != fmt.Sprint(started+100) || c.budget.Used() == 0 {
		t.Errorf("passed %v before the clock was known", c.passed)
	}
	c.end(started+50, started+150, nil)
	if len(c.passed) != 3 || len(c.rejected) != 1 || !strings.HasPrefix(c.rejected[0], "its event time 1970-01-01 00:16:40.000151 is more than 100µs ahead of the clock") {
		t.Errorf("passed %v, rejected %v", c.passed, c.rejected)
	}
	if !slices.Equal(c.places, []int{1, 3, 5}) {
		t.Errorf("they are at %d of their batch", c.places)
	}
	c.mustPush(3, 0, started+151)
	c.end(started+60, started+151, nil)
	if len(c.passed) != 4 || c.budget.Used() != 0 {
		t.Errorf("passed %v, %d bytes held", c.passed, c.budget.Used())
	}
	fails := newTimed(t, plan.Watermark{Ahead: 100}, vec.Micro, true, plan.Fail, 3)
	fails.mustPush(3, 0, started+1000)
	if err := fails.op.EndEpoch(&op.Epoch{Now: started}, fails); err == nil || !strings.Contains(err.Error(), "ahead of the clock, in the row ts=") {
		t.Errorf("error %v", err)
	}
}

// TestWatermarkNeverGoesBack: whatever comes, and it stays below what every partition has shown.
func TestWatermarkNeverGoesBack(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 3))
		idle := rng.Int64N(2) * 50
		c := newTimed(t, plan.Watermark{Delay: rng.Int64N(20), Idle: idle}, vec.Micro, true, plan.Fail, 0, 1)
		tops := map[[2]uint32]int64{}
		mark, now := op.NoWatermark, int64(started)
		for range 40 {
			now += rng.Int64N(30)
			for range rng.IntN(4) {
				p := [2]uint32{uint32(rng.IntN(2)), uint32(rng.IntN(3))}
				time := rng.Int64N(1000) - 300
				c.mustPush(p[0], p[1], time)
				if old, ok := tops[p]; !ok || old < time {
					tops[p] = time
				}
			}
			if err := c.op.EndEpoch(&op.Epoch{Now: now}, c); err != nil {
				t.Fatal(err)
			}
			got := c.op.(op.Clocked).Watermark()
			most := op.NoWatermark
			for _, top := range tops {
				most = max(most, top)
			}
			if got < mark || got > most {
				t.Fatalf("seed %d: the watermark is %d after %d; the largest time is %d", seed, got, mark, most)
			}
			mark = got
		}
	}
}
