package op_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// mostGone is the changes that take away about nine of ten rows of a side.
func (s *joinSideTester) mostGone() delta {
	var d delta
	rows := make([]string, 0, len(s.there.rows))
	for row := range s.there.rows {
		rows = append(rows, row)
	}
	slices.Sort(rows)
	for _, row := range rows {
		if s.rng.IntN(10) > 0 {
			d.rows, d.diffs = append(d.rows, s.there.cols[row]), append(d.diffs, -s.there.rows[row])
		}
	}
	for i, row := range d.rows {
		s.there.add(row, d.diffs[i])
	}
	return d
}

// sweep lets rows come and most of them go, over and over, in few partitions: they are compacted, and still right.
func (d *twoSided) sweep(name string, rows int, want func(left, right *bag) map[string]int64) {
	d.t.Helper()
	for round := range 2 {
		for _, s := range d.sides {
			s.now += 5
		}
		for step := range 4 {
			var deltas [2]delta
			for i, s := range d.sides {
				switch step {
				case 0:
					deltas[i] = s.nextNew(rows)
				case 1:
					deltas[i] = s.mostGone()
				case 2 + i:
					deltas[i] = s.nextNew(rows / 3)
				}
			}
			if err := d.feed(deltas, false); err != nil {
				d.t.Fatal(err)
			}
			d.check(fmt.Sprint(name, " round ", round), want(d.sides[0].there, d.sides[1].there))
		}
	}
	if err := d.feed([2]delta{d.sides[0].allGone(), d.sides[1].allGone()}, false); err != nil {
		d.t.Fatal(err)
	}
	d.check(name+" when all are gone", map[string]int64{})
	if s := d.state(); s.Keys != 0 {
		d.t.Errorf("%s: %d rows are left", name, s.Keys)
	}
	d.close()
}

// TestJoinCompacts compares joins whose partitions are compacted with nested loops.
func TestJoinCompacts(t *testing.T) {
	both := [2]plan.Changelog{plan.Retract, plan.Retract}
	for kind := range plan.Anti + 1 {
		for _, keys := range [][]vec.Type{{vec.TBool}, {vec.TString}} {
			for _, within := range []bool{false, true} {
				c := joinCase{kind: kind, keys: keys, kinds: both, workers: 2, within: within, cond: int(kind) % 2, collide: true}
				d := openCase(t, c, func(e *op.Env) { e.Test.ForceCollisions = true })
				d.sweep(c.String(), 90, func(left, right *bag) map[string]int64 {
					want := map[string]int64{}
					c.join(left, right, want)
					return want
				})
			}
		}
	}
}

// TestAsOfCompacts does it with as-of joins.
func TestAsOfCompacts(t *testing.T) {
	for direction := range plan.Either + 1 {
		c := asofCase{timeType: vec.TInt64, tolerance: -1, spread: 60, direction: direction}
		c.kind, c.keys, c.workers, c.kinds = plan.LeftOuter, []vec.Type{vec.TBool}, 2, [2]plan.Changelog{plan.Retract, plan.Retract}
		left, right := c.asofSchemas()
		sides := [2]*joinSideTester{}
		for i, s := range []*plan.Schema{left, right} {
			sides[i] = newJoinSideTester(uint64(i), 5, op.Port{Schema: s, Kind: plan.Retract, Time: -1}, 1)
			sides[i].times = c.spread
		}
		d := openTwoSided(t, c.workers, sides, nil, func(e op.Env) (op.Operator, error) { return op.NewAsOf(c.asofNode(), e) })
		d.sweep(c.String(), 200, c.answers)
	}
}
