package op_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// openClocked opens an as-of join of sides that have a watermark, but for a bounded left one.
func openClocked(t *testing.T, c asofCase, seed uint64, few int) *twoSided {
	t.Helper()
	left, right := c.asofSchemas()
	sides := [2]*joinSideTester{}
	for i, s := range []*plan.Schema{left, right} {
		port := op.Port{Schema: s, Kind: c.kinds[i], Bounded: c.bounded[i], Time: len(c.keys)}
		if c.bounded[i] {
			port.Time = -1
		}
		sides[i] = newJoinSideTester(seed+uint64(i), few, port, len(c.keys))
		sides[i].times = c.spread
	}
	return openTwoSided(t, c.workers, sides, func(e *op.Env) { e.Test.ForceCollisions = c.collide },
		func(e op.Env) (op.Operator, error) { return op.NewAsOf(c.asofNode(), e) })
}

// timed is a side's changes, without NULL times: a watermark lets none pass.
func (s *joinSideTester) timed(d delta) delta {
	out := delta{}
	for i, row := range d.rows {
		if row[s.time].Null {
			s.there.add(row, -d.diffs[i])
			continue
		}
		out.rows, out.diffs = append(out.rows, row), append(out.diffs, d.diffs[i])
	}
	return out
}

// TestAsOfWatermarks compares as-of joins that forget by watermarks with nested loops over all rows that were not late.
func TestAsOfWatermarks(t *testing.T) {
	for seed := range uint64(600) {
		rng := rand.New(rand.NewPCG(seed, 7))
		unit := []vec.Unit{vec.Second, vec.Milli, vec.Micro, vec.Nano}[rng.IntN(4)]
		c := asofCase{
			timeType: vec.TTimestamp(unit), direction: plan.Direction(rng.IntN(3)), strict: rng.IntN(2) == 0,
			tolerance: rng.Int64N(24) - 12, spread: []int64{3, 20, 40}[rng.IntN(3)],
		}
		c.tolerance = max(c.tolerance, -1)
		c.kind, c.keys = plan.JoinKind(rng.IntN(2)), [][]vec.Type{{vec.TInt64}, {vec.TString}, {}, {vec.TBool}}[rng.IntN(4)]
		c.kinds = [2]plan.Changelog{plan.Changelog(rng.IntN(2)), plan.Changelog(rng.IntN(2))}
		c.workers, c.collide, c.bounded[0] = 1+rng.IntN(3), rng.IntN(6) == 0, rng.IntN(5) == 0
		micros := map[vec.Unit]float64{vec.Second: 1e6, vec.Milli: 1e3, vec.Micro: 1, vec.Nano: 1e-3}[unit]
		c.runClocked(t, seed, rng, micros)
	}
}

// runClocked feeds epochs whose times move on; micros is how long a unit of time is.
func (c asofCase) runClocked(t *testing.T, seed uint64, rng *rand.Rand, micros float64) {
	t.Helper()
	d := openClocked(t, c, seed, 2+rng.IntN(4))
	defer d.close()
	d.mayRestart(rng)
	for _, s := range d.sides {
		s.now = 1000
	}
	now, late := int64(0), int64(0)
	for epoch := range 8 {
		var deltas [2]delta
		for i, s := range d.sides {
			if c.bounded[i] && epoch > 0 {
				continue
			}
			deltas[i] = s.timed(s.next(rng.IntN(40)))
			for range rng.IntN(4) * min(epoch, 1) { // rows that come too late, or go
				row := s.timedRow()
				if row[s.time].Null || now < 0 {
					continue
				}
				row[s.time].I = now - 1 - rng.Int64N(20)
				deltas[i].rows, deltas[i].diffs = append(deltas[i].rows, row), append(deltas[i].diffs, 1)
				late++
			}
		}
		now = d.advanceBy(rng.Int64N(30)*max(1, int64(0.05/micros)), micros, rng)
		if err := d.feed(deltas, rng.IntN(2) == 0); err != nil {
			t.Fatalf("seed %d, %v: %v", seed, c, err)
		}
		d.check(fmt.Sprintf("seed %d, epoch %d, %v", seed, epoch+1, c), c.answers(d.sides[0].there, d.sides[1].there))
		d.restarts.turn(d, rng)
	}
	if n := d.stats.RowsLate.Load(); n != late {
		t.Errorf("seed %d, %v: %d rows were late, not %d", seed, c, n, late)
	}
	d.watermarks = []int64{op.EndOfTime, op.EndOfTime}
	if err := d.feed([2]delta{}, false); err != nil {
		t.Fatal(err)
	}
	if s := d.state(); s.Keys != 0 {
		t.Errorf("seed %d, %v: %d rows are kept at the end of time", seed, c, s.Keys)
	}
}

// advanceBy lets one side's watermark reach a time by units of so many microseconds later, and the other's that or a later one. It returns
// the time.
func (d *twoSided) advanceBy(by int64, micros float64, rng *rand.Rand) int64 {
	now := d.sides[0].now + by
	mark := int64(float64(now) * micros)
	if micros > 1 {
		mark -= rng.Int64N(int64(micros)) // times of that unit from now on are not before it
	} else {
		now = int64(float64(mark) / micros)
	}
	ahead := rng.IntN(2)
	if d.sides[0].port.Bounded { // no row comes: the other side's time is the join's
		ahead = 0
	}
	for i, s := range d.sides {
		d.watermarks[i], s.now = mark, now
		if i == ahead {
			d.watermarks[i] += int64(float64(rng.Int64N(20)) * micros)
		}
		if s.port.Bounded {
			d.watermarks[i] = op.EndOfTime
		}
	}
	return now
}

// TestAsOfStaysFlat runs on and on: what is kept are the rows that watermarks have not passed, and the newest right row of each key.
func TestAsOfStaysFlat(t *testing.T) {
	const keys = 50
	for direction := range plan.Either + 1 {
		for _, tolerance := range []int64{-1, 100} {
			c := asofCase{timeType: vec.TTimestamp(vec.Micro), direction: direction, tolerance: tolerance, spread: 20}
			c.kind, c.keys, c.workers = plan.LeftOuter, []vec.Type{vec.TInt32}, 1
			d := openClocked(t, c, 1, keys)
			most, early, rows := int64(0), int64(0), int64(0)
			for epoch := range 150 {
				for i, s := range d.sides {
					d.watermarks[i] = s.now
					s.now += 20
					s.there = newBag()
				}
				if err := d.feed([2]delta{d.sides[0].timed(d.sides[0].nextNew(200)), d.sides[1].timed(d.sides[1].nextNew(200))}, false); err != nil {
					t.Fatal(err)
				}
				clear(d.sum)
				s := d.state()
				if rows = max(rows, s.Keys); epoch < 75 {
					early = max(early, s.Bytes)
				}
				most = max(most, s.Bytes)
			}
			if rows > 8*400 || most > early*11/10 {
				t.Errorf("%v, tolerance %d: %d rows; %d bytes at most, %d in the first half", direction, tolerance, rows, most, early)
			}
			d.close()
		}
	}
}
