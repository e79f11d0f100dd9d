package op_test

import (
	"cmp"
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

// asofCase is an as-of join to test.
type asofCase struct {
	joinCase
	timeType  vec.Type
	direction plan.Direction
	strict    bool
	tolerance int64
	spread    int64 // times are below it
}

func (c asofCase) String() string {
	return fmt.Sprintf("%v %v strict=%v tolerance=%d, %v", c.direction, c.timeType, c.strict, c.tolerance, c.joinCase)
}

func (c asofCase) asofSchemas() (left, right *plan.Schema) {
	left, right = c.schemas()
	retyped := func(s *plan.Schema) *plan.Schema {
		fields := slices.Clone(s.Fields())
		fields[len(c.keys)].Type = c.timeType
		return plan.NewSchema(fields...)
	}
	return retyped(left), retyped(right)
}

func (c asofCase) asofNode() *plan.AsOf {
	left, right := c.asofSchemas()
	n := &plan.AsOf{
		Left: &plan.Read{Out: left}, Right: &plan.Read{Out: right}, Kind: c.kind, LeftTime: len(c.keys), RightTime: len(c.keys),
		Direction: c.direction, Strict: c.strict, Tolerance: c.tolerance,
	}
	for i := range c.keys {
		n.LeftKeys, n.RightKeys = append(n.LeftKeys, i), append(n.RightKeys, i)
	}
	return n
}

// better reports whether r answers l better than best (nil: none), which does.
func (c asofCase) better(l, r, best []vec.Scalar) bool {
	k := len(c.keys)
	for i := range k {
		if l[i].Null || r[i].Null || rowOf(l[i:i+1]) != rowOf(r[i:i+1]) {
			return false
		}
	}
	if l[k].Null || r[k].Null {
		return false
	}
	order := compareScalars(r[k], l[k], false, false)
	switch {
	case order == 0 && c.strict, order > 0 && c.direction == plan.Backward, order < 0 && c.direction == plan.Forward:
		return false
	case c.tolerance >= 0 && distance(l[k], r[k]) > c.tolerance:
		return false
	case best == nil:
		return true
	}
	nearer := compareScalars(r[k], best[k], false, false) // the later one
	if nearer == 0 {
		return compareRowsOf(r, best) > 0
	}
	switch c.direction {
	case plan.Backward:
		return nearer > 0
	case plan.Forward:
		return nearer < 0
	}
	return cmp.Or(cmp.Compare(distance(l[k], r[k]), distance(l[k], best[k])), nearer) < 0
}

func distance(x, y vec.Scalar) int64 { return max(x.I, y.I) - min(x.I, y.I) }

func compareRowsOf(x, y []vec.Scalar) int {
	for i := range x {
		if c := compareScalars(x[i], y[i], false, false); c != 0 {
			return c
		}
	}
	return 0
}

// answers is the as-of join of two bags by nested loops.
func (c asofCase) answers(left, right *bag) map[string]int64 {
	_, rs := c.asofSchemas()
	to := map[string]int64{}
	for lrow, n := range left.rows {
		var best []vec.Scalar
		for rrow := range right.rows {
			if r := right.cols[rrow]; c.better(left.cols[lrow], r, best) {
				best = r
			}
		}
		switch {
		case best != nil:
			to[lrow+" | "+rowOf(best)] += n
		case c.kind == plan.LeftOuter:
			to[lrow+strings.Repeat(" | NULL", rs.Len())] += n
		}
	}
	return to
}

func (c asofCase) run(t *testing.T, seed uint64) {
	t.Helper()
	left, right := c.asofSchemas()
	rng := rand.New(rand.NewPCG(seed, 5))
	few := 2 + rng.IntN(4)
	sides := [2]*joinSideTester{}
	for i, s := range []*plan.Schema{left, right} {
		time := len(c.keys)
		if c.timeType.IsFloat() || c.timeType.Kind == vec.Uint64 {
			time = -1
		}
		sides[i] = newJoinSideTester(seed+uint64(i), few, op.Port{Schema: s, Kind: c.kinds[i], Bounded: c.bounded[i], Final: c.final, Time: -1}, time)
		sides[i].times = c.spread
	}
	n := c.asofNode()
	d := openTwoSided(t, c.workers, sides, func(e *op.Env) { e.Test.ForceCollisions = c.collide },
		func(e op.Env) (op.Operator, error) { return op.NewAsOf(n, e) })
	defer d.close()
	d.mayRestart(rng)
	d.appends = c.final
	epochs := 6
	if c.final {
		epochs = 1
	}
	for epoch := range epochs {
		var deltas [2]delta
		for i, s := range sides {
			if !c.bounded[i] || epoch == 0 {
				deltas[i] = s.next(rng.IntN(60))
			}
		}
		if err := d.feed(deltas, rng.IntN(2) == 0); err != nil {
			t.Fatalf("seed %d, %v: %v", seed, c, err)
		}
		d.check(fmt.Sprintf("seed %d, epoch %d, %v", seed, epoch+1, c), c.answers(sides[0].there, sides[1].there))
		d.restarts.turn(d, rng)
	}
}

// TestAsOf compares as-of joins of random streams and batches with nested loops, after each epoch.
func TestAsOf(t *testing.T) {
	times := []vec.Type{
		vec.TTimestamp(vec.Micro), vec.TTimestamp(vec.Second), vec.TInt64, vec.TInt16, vec.TDate, vec.TUint64, vec.TFloat64, vec.TFloat32, vec.TUint8,
	}
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 6))
		c := asofCase{
			timeType: times[rng.IntN(len(times))], direction: plan.Direction(rng.IntN(3)), strict: rng.IntN(2) == 0,
			tolerance: -1, spread: []int64{3, 40, 100}[rng.IntN(3)],
		}
		c.kind, c.keys = plan.JoinKind(rng.IntN(2)), joinKeyTypes[rng.IntN(len(joinKeyTypes))]
		c.kinds = [2]plan.Changelog{plan.Changelog(rng.IntN(2)), plan.Changelog(rng.IntN(2))}
		c.workers, c.collide = 1+rng.IntN(3), rng.IntN(6) == 0
		if c.bounded[rng.IntN(2)] = rng.IntN(3) == 0; rng.IntN(4) == 0 {
			c.bounded, c.final = [2]bool{true, true}, true
		}
		if c.timeType.IsFloat() {
			c.direction = plan.Direction(rng.IntN(2))
		} else if c.timeType.Kind != vec.Uint64 && rng.IntN(2) == 0 {
			c.tolerance = rng.Int64N(12)
		}
		if c.timeType.Kind == vec.Uint64 {
			c.direction = plan.Direction(rng.IntN(2))
		}
		c.run(t, seed)
	}
}

// TestAsOfLarge does it with enough rows for many blocks of the index, one key.
func TestAsOfLarge(t *testing.T) {
	c := asofCase{timeType: vec.TInt64, tolerance: -1, spread: 1 << 40}
	c.kind, c.keys, c.workers = plan.LeftOuter, []vec.Type{vec.TBool}, 2
	c.kinds = [2]plan.Changelog{plan.Retract, plan.Retract}
	left, right := c.asofSchemas()
	sides := [2]*joinSideTester{}
	for i, s := range []*plan.Schema{left, right} {
		sides[i] = newJoinSideTester(uint64(i), 2, op.Port{Schema: s, Kind: plan.Retract, Time: -1}, 1)
		sides[i].times = c.spread
	}
	d := openTwoSided(t, c.workers, sides, nil, func(e op.Env) (op.Operator, error) { return op.NewAsOf(c.asofNode(), e) })
	defer d.close()
	for epoch, n := range []int{2000, 50, 600, 1500, 10} {
		if err := d.feed([2]delta{sides[0].next(n / 6), sides[1].next(n)}, false); err != nil {
			t.Fatal(err)
		}
		d.check(fmt.Sprint("epoch ", epoch+1), c.answers(sides[0].there, sides[1].there))
	}
	all := [2]delta{}
	for i, s := range sides {
		for row, n := range s.there.rows {
			all[i].rows, all[i].diffs = append(all[i].rows, s.there.cols[row]), append(all[i].diffs, -n)
		}
	}
	if err := d.feed(all, false); err != nil {
		t.Fatal(err)
	}
	d.check("all rows gone", map[string]int64{})
	if s := d.operator.(op.Stateful).State(); s.Keys != 0 {
		t.Errorf("%d rows are left", s.Keys)
	}
}

// TestAsOfZeros: of right rows of one time that differ in the sign of a zero alone, which one came first doesn't show.
func TestAsOfZeros(t *testing.T) {
	left := plan.NewSchema(plan.Field{Name: "at", Type: vec.TInt64})
	right := plan.NewSchema(plan.Field{Name: "at", Type: vec.TInt64}, plan.Field{Name: "x", Type: vec.TFloat64})
	for _, zeros := range [][]float64{{0, math.Copysign(0, -1)}, {math.Copysign(0, -1), 0}, {math.Copysign(0, -1)}} {
		node := &plan.AsOf{Left: &plan.Read{Out: left}, Right: &plan.Read{Out: right}, Tolerance: -1}
		o, err := op.NewAsOf(node, op.Env{Name: "as of", Workers: 1, Account: vec.NewBudget(0).Account("as of"), Stats: &op.Stats{}})
		if err != nil {
			t.Fatal(err)
		}
		newLocal, err := o.Open([]op.Port{{Schema: left, Final: true, Bounded: true, Time: -1}, {Schema: right, Final: true, Bounded: true, Time: -1}})
		if err != nil {
			t.Fatal(err)
		}
		local, out := newLocal(), &floatBits{}
		one := &vec.Batch{N: 1, Cols: []*vec.Vec{{Type: vec.TInt64, N: 1, Data: vec.Bytes([]int64{7})}}}
		if err := local.Push(0, op.Seq{}, one, out); err != nil {
			t.Fatal(err)
		}
		for _, x := range zeros {
			b := &vec.Batch{N: 1, Cols: []*vec.Vec{{Type: vec.TInt64, N: 1, Data: vec.Bytes([]int64{7})}, {Type: vec.TFloat64, N: 1, Data: vec.Bytes([]float64{x})}}}
			if err := local.Push(1, op.Seq{}, b, out); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.EndEpoch(&op.Epoch{Number: 1, Watermarks: []int64{op.EndOfTime, op.EndOfTime}}, out); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(out.bits, []uint64{0}) {
			t.Errorf("%v: %x", zeros, out.bits)
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	}
}

// floatBits keeps the bits of the last column.
type floatBits struct{ bits []uint64 }

func (f *floatBits) Emit(_ op.OutPort, _ op.Seq, b *vec.Batch) error {
	v := b.Cols[len(b.Cols)-1]
	for i := range b.Rows() {
		f.bits = append(f.bits, math.Float64bits(vec.Of[float64](v)[b.Row(i)]))
	}
	return nil
}
