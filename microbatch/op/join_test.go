package op_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// twoSided drives an operator of two ports.
type twoSided struct {
	driver
	sides      [2]*joinSideTester
	watermarks []int64
	open       func()    // a new operator and its locals
	restarts   *restarts // nil: none
}

// joinSideTester makes one side's rows.
type joinSideTester struct {
	tester
	port  op.Port
	time  int   // −1: none
	now   int64 // rows have times from here on
	times int64 // and so many different ones
}

func newJoinSideTester(seed uint64, few int, port op.Port, time int) *joinSideTester {
	return &joinSideTester{tester: *newTester(seed, few, port.Schema.Fields()...), port: port, time: time, times: 40}
}

// openTwoSided opens an operator of two ports.
func openTwoSided(t *testing.T, workers int, sides [2]*joinSideTester, bend func(*op.Env), newOperator func(op.Env) (op.Operator, error)) *twoSided {
	t.Helper()
	d := &twoSided{sides: sides, watermarks: []int64{op.NoWatermark, op.NoWatermark}}
	d.t, d.workers, d.budget, d.stats, d.sum, d.rejected = t, workers, vec.NewBudget(0), &op.Stats{}, map[string]int64{}, map[string]int64{}
	d.open = func() {
		t.Helper()
		env := op.Env{Name: "join (job.go:1)", Source: 77, Workers: d.workers, Account: d.budget.Account("test"), Stats: d.stats, Seed: 42}
		env.Durable = d.restarts != nil
		if bend != nil {
			bend(&env)
		}
		o, err := newOperator(env)
		if err != nil {
			t.Fatal(err)
		}
		newLocal, err := o.Open([]op.Port{sides[0].port, sides[1].port})
		if err != nil {
			t.Fatal(err)
		}
		d.operator, d.locals = o, nil
		for range d.workers {
			d.locals = append(d.locals, newLocal())
		}
	}
	d.open()
	return d
}

func (d *twoSided) pushTo(port int, at op.Seq, b *vec.Batch) error {
	lent := lendBatch(b)
	defer spoilBatch(lent)
	return d.locals[d.sides[0].rng.IntN(len(d.locals))].Push(port, at, lent, d)
}

func (d *twoSided) epochNow() *op.Epoch {
	return &op.Epoch{Number: d.epoch, Parallel: parallelOn(d.workers, d), Watermarks: slices.Clone(d.watermarks)}
}

// delta is the rows that a side gets in an epoch.
type delta struct {
	rows  [][]vec.Scalar
	diffs []int64
}

// next makes a side's changes: none of them takes away a row that isn't there, or one of a time before now.
func (s *joinSideTester) next(n int) delta {
	var d delta
	for range n {
		row, diff := s.timedRow(), int64(1)
		if s.port.Kind == plan.Retract {
			diff = 1 + s.rng.Int64N(2)
			if old, ok := s.anyThere(); ok && s.rng.IntN(2) == 0 && s.isCurrent(old) {
				row, diff = old, -1-s.rng.Int64N(s.there.rows[rowOf(old)])
			}
		}
		s.there.add(row, diff)
		d.rows, d.diffs = append(d.rows, row), append(d.diffs, diff)
	}
	return d
}

func (s *joinSideTester) timedRow() []vec.Scalar {
	row := s.row()
	if s.time >= 0 && !row[s.time].Null {
		row[s.time].I = s.now + s.rng.Int64N(s.times)
	}
	return row
}

func (s *joinSideTester) isCurrent(row []vec.Scalar) bool {
	return s.time < 0 || row[s.time].Null || row[s.time].I >= s.now
}

// feed pushes both sides' changes in random pieces and ends the epoch. rightFirst: as an engine that can read the right side first.
func (d *twoSided) feed(deltas [2]delta, rightFirst bool) error {
	d.restarts.note(d, deltas, rightFirst)
	d.epoch++
	d.changes = d.changes[:0]
	type piece struct{ port, from, to int }
	var pieces []piece
	for port, of := range deltas {
		for from := 0; from < len(of.rows); {
			to := min(len(of.rows), from+1+d.sides[port].rng.IntN(12))
			pieces = append(pieces, piece{port, from, to})
			from = to
		}
	}
	rng := d.sides[0].rng
	rng.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
	if rightFirst {
		slices.SortStableFunc(pieces, func(x, y piece) int { return y.port - x.port })
	}
	ended := false
	for _, p := range pieces {
		if rightFirst && p.port == 0 && !ended {
			if err := d.endPort(); err != nil {
				return err
			}
			ended = true
		}
		side, of := d.sides[p.port], deltas[p.port]
		var diffs []int64
		if side.port.Kind == plan.Retract {
			diffs = of.diffs[p.from:p.to]
		}
		at, b := side.batch(of.rows[p.from:p.to], diffs)
		if err := d.pushTo(p.port, at, b); err != nil {
			return err
		}
	}
	if !ended {
		if err := d.endPort(); err != nil {
			return err
		}
	}
	return d.operator.EndEpoch(d.epochNow(), d)
}

func (d *twoSided) endPort() error {
	e, ok := d.operator.(op.PortEnder)
	if !ok || d.sides[1].port.Bounded && d.epoch > 1 {
		return nil
	}
	return e.EndPort(1, d.epochNow(), d)
}

// joinKeyTypes are the types of keys that joins are tested with: of a word, of several fields in a word, of bytes.
var joinKeyTypes = [][]vec.Type{
	{vec.TInt64},
	{vec.TInt32, vec.TInt16},
	{vec.TString},
	{vec.TString, vec.TInt64},
	{vec.TFloat64},
	{vec.TBool, vec.TFloat32},
	{vec.TDecimal(38, 2)},
	{vec.TList(vec.TString)},
	{vec.TDate},
	{},
}

// joinCase is a join to test.
type joinCase struct {
	kind       plan.JoinKind
	keys       []vec.Type
	nullsEqual bool
	cond       int // 0: none, 1: v < w, 2: v / w > 0, which fails where w is 0
	within     bool
	now        bool
	kinds      [2]plan.Changelog
	bounded    [2]bool
	final      bool
	workers    int
	collide    bool
}

func (c joinCase) String() string {
	return fmt.Sprintf("%s keys=%v nullsEqual=%v cond=%d within=%v now=%v kinds=%v bounded=%v final=%v workers=%d collide=%v",
		c.kind, c.keys, c.nullsEqual, c.cond, c.within, c.now, c.kinds, c.bounded, c.final, c.workers, c.collide)
}

// schemas: keys, then time, v and s on the left; keys, then time, w and u on the right.
func (c joinCase) schemas() (left, right *plan.Schema) {
	var keys []plan.Field
	for i, t := range c.keys {
		keys = append(keys, nullable(fmt.Sprintf("k%d", i), t))
	}
	time := nullable("time", vec.TTimestamp(vec.Micro))
	left = plan.NewSchema(append(slices.Clone(keys), time, nullable("v", vec.TInt64), nullable("s", vec.TString))...)
	right = plan.NewSchema(append(slices.Clone(keys), time, nullable("w", vec.TInt64), nullable("u", vec.TFloat64))...)
	return left, right
}

func (c joinCase) node() *plan.Join {
	left, right := c.schemas()
	n := &plan.Join{
		Left: &plan.Read{Out: left}, Right: &plan.Read{Out: right}, Kind: c.kind, NullsEqual: c.nullsEqual, Now: c.now,
	}
	for i := range c.keys {
		n.LeftKeys, n.RightKeys = append(n.LeftKeys, i), append(n.RightKeys, i)
	}
	if c.within {
		n.Within = &plan.Interval{LeftTime: len(c.keys), RightTime: len(c.keys), Lo: -7, Hi: 12}
	}
	v := &plan.Column{Name: "v", Index: len(c.keys) + 1, Type: vec.TInt64, Nullable: true}
	w := &plan.Column{Name: "w", Index: left.Len() + len(c.keys) + 1, Type: vec.TInt64, Nullable: true}
	switch c.cond {
	case 1:
		n.Cond = &plan.Call{Op: plan.OpLt, Args: []plan.Expr{v, w}, Type: vec.TBool}
	case 2:
		quo := &plan.Call{Op: plan.OpQuo, Args: []plan.Expr{v, w}, Type: vec.TInt64}
		n.Cond = &plan.Call{Op: plan.OpGt, Args: []plan.Expr{quo, &plan.Literal{Value: vec.Scalar{Type: vec.TInt64}}}, Type: vec.TBool}
	}
	return n
}

// matches reports whether a pair of rows belongs together.
func (c joinCase) matches(l, r []vec.Scalar) bool {
	for i := range c.keys {
		if (l[i].Null || r[i].Null) && !c.nullsEqual || rowOf(l[i:i+1]) != rowOf(r[i:i+1]) {
			return false
		}
	}
	k := len(c.keys)
	if c.within {
		if apart := r[k].I - l[k].I; l[k].Null || r[k].Null || apart < -7 || apart > 12 {
			return false
		}
	}
	v, w := l[k+1], r[k+1]
	switch {
	case c.cond == 0:
		return true
	case v.Null || w.Null:
		return false
	case c.cond == 1:
		return v.I < w.I
	default:
		return w.I != 0 && w.I != -1 && v.I/w.I > 0 || w.I == -1 && v.I < 0 && -v.I > 0
	}
}

// join is the join of two bags by nested loops.
func (c joinCase) join(left, right *bag, to map[string]int64) {
	ls, rs := c.schemas()
	matched := map[string]bool{}
	for lrow, n := range left.rows {
		l, any := left.cols[lrow], false
		for rrow, m := range right.rows {
			if !c.matches(l, right.cols[rrow]) {
				continue
			}
			any, matched[rrow] = true, true
			if c.kind != plan.Semi && c.kind != plan.Anti {
				to[lrow+" | "+rrow] += n * m
			}
		}
		switch {
		case c.kind == plan.Semi && any, c.kind == plan.Anti && !any:
			to[lrow] += n
		case (c.kind == plan.LeftOuter || c.kind == plan.FullOuter) && !any:
			to[lrow+strings.Repeat(" | NULL", rs.Len())] += n
		}
	}
	if c.kind != plan.RightOuter && c.kind != plan.FullOuter {
		return
	}
	for rrow, m := range right.rows {
		if !matched[rrow] {
			to[strings.Repeat("NULL | ", ls.Len())+rrow] += m
		}
	}
}

// run feeds random epochs and compares after each.
func (c joinCase) run(t *testing.T, seed uint64) {
	t.Helper()
	left, right := c.schemas()
	rng := rand.New(rand.NewPCG(seed, 3))
	few := 2 + rng.IntN(5)
	time := -1
	if c.within {
		time = len(c.keys)
	}
	sides := [2]*joinSideTester{}
	for i, s := range []*plan.Schema{left, right} {
		port := op.Port{Schema: s, Kind: c.kinds[i], Bounded: c.bounded[i], Final: c.final, Time: time}
		sides[i] = newJoinSideTester(seed+uint64(i), few, port, time)
	}
	n := c.node()
	n.Bad = plan.Skip
	d := openTwoSided(t, c.workers, sides, func(e *op.Env) {
		e.Bad, e.Test.ForceCollisions = plan.Skip, c.collide
	}, func(e op.Env) (op.Operator, error) { return op.NewJoin(n, e) })
	defer d.close()
	d.mayRestart(rng)
	d.appends = plan.KindOf(n, c.kinds[:], c.final) == plan.Append
	want, windows := map[string]int64{}, map[string]int64{}
	epochs, late := 6, int64(0)
	if c.bounded[0] && c.bounded[1] {
		epochs = 1
	}
	for epoch := range epochs {
		var deltas [2]delta
		before := sides[0].there.clone()
		for i, s := range sides {
			if c.final && epoch > 0 {
				s.there = newBag()
			}
			if !c.bounded[i] || epoch == 0 {
				deltas[i] = s.next(rng.IntN(40))
			}
		}
		if time >= 0 && !c.final {
			late += d.addLate(&deltas, rng)
		}
		if time >= 0 && epoch > 1 {
			d.watermarks[0], d.watermarks[1] = sides[0].now, sides[1].now
			for _, s := range sides {
				s.now += rng.Int64N(30)
			}
		}
		if err := d.feed(deltas, rng.IntN(2) == 0); err != nil {
			t.Fatalf("seed %d, %v: %v", seed, c, err)
		}
		switch {
		case c.now:
			c.join(sides[0].there.minus(before), sides[1].there, want)
		case c.final:
			c.join(sides[0].there, sides[1].there, windows)
			want = windows
		default:
			clear(want)
			c.join(sides[0].there, sides[1].there, want)
		}
		d.check(fmt.Sprintf("seed %d, epoch %d, %v", seed, epoch+1, c), want)
		d.restarts.turn(d, rng)
	}
	if n := d.stats.RowsLate.Load(); n != late {
		t.Errorf("seed %d, %v: %d rows were late, not %d", seed, c, n, late)
	}
}

// addLate adds a few rows that the watermarks have passed, and returns how many: they don't count.
func (d *twoSided) addLate(deltas *[2]delta, rng *rand.Rand) (n int64) {
	for i, s := range d.sides {
		for range rng.IntN(3) {
			row := s.timedRow()
			if d.watermarks[i] == op.NoWatermark || row[s.time].Null {
				continue
			}
			row[s.time].I = d.watermarks[i] - 1 - rng.Int64N(25)
			deltas[i].rows, deltas[i].diffs = append(deltas[i].rows, row), append(deltas[i].diffs, 1)
			n++
		}
	}
	return n
}

func (g *bag) clone() *bag {
	out := newBag()
	for row, n := range g.rows {
		out.rows[row], out.cols[row] = n, g.cols[row]
	}
	return out
}

// minus is the rows that g has more of than other.
func (g *bag) minus(other *bag) *bag {
	out := g.clone()
	for row, n := range other.rows {
		out.add(g.cols[row], -n)
	}
	return out
}

// TestJoinStreams compares joins of random streams with nested loops, after each epoch.
func TestJoinStreams(t *testing.T) {
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 1))
		c := joinCase{
			kind: plan.JoinKind(rng.IntN(6)), keys: joinKeyTypes[rng.IntN(len(joinKeyTypes))], nullsEqual: rng.IntN(4) == 0,
			cond: rng.IntN(3), kinds: [2]plan.Changelog{plan.Changelog(rng.IntN(2)), plan.Changelog(rng.IntN(2))},
			workers: 1 + rng.IntN(3), collide: rng.IntN(6) == 0,
		}
		c.bounded[rng.IntN(2)] = rng.IntN(3) == 0
		c.run(t, seed)
	}
}

// TestJoinBatches does it with all rows in one epoch, and with windows that come whole.
func TestJoinBatches(t *testing.T) {
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 2))
		c := joinCase{
			kind: plan.JoinKind(rng.IntN(6)), keys: joinKeyTypes[rng.IntN(len(joinKeyTypes))], nullsEqual: rng.IntN(4) == 0,
			cond: rng.IntN(3), final: true, workers: 1 + rng.IntN(3), collide: rng.IntN(6) == 0,
		}
		if rng.IntN(2) == 0 {
			c.kinds = [2]plan.Changelog{plan.Changelog(rng.IntN(2)), plan.Changelog(rng.IntN(2))}
		}
		if rng.IntN(4) > 0 {
			c.bounded = [2]bool{true, true}
		}
		c.within = rng.IntN(4) == 0
		c.run(t, seed)
	}
}

// TestJoinIntervals does it with times that move on, and rows that expire.
func TestJoinIntervals(t *testing.T) {
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 3))
		c := joinCase{
			kind: plan.JoinKind(rng.IntN(6)), keys: joinKeyTypes[rng.IntN(len(joinKeyTypes))], within: true, nullsEqual: rng.IntN(4) == 0,
			cond: rng.IntN(3), kinds: [2]plan.Changelog{plan.Changelog(rng.IntN(2)), plan.Changelog(rng.IntN(2))},
			workers: 1 + rng.IntN(3), collide: rng.IntN(6) == 0,
		}
		c.run(t, seed)
	}
}

// TestJoinNow does it with left rows that are answered once.
func TestJoinNow(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 4))
		c := joinCase{
			kind: plan.JoinKind(rng.IntN(2)), keys: joinKeyTypes[rng.IntN(len(joinKeyTypes))], now: true, nullsEqual: rng.IntN(4) == 0,
			cond: rng.IntN(3), kinds: [2]plan.Changelog{plan.Append, plan.Changelog(rng.IntN(2))}, workers: 1 + rng.IntN(3), collide: rng.IntN(6) == 0,
		}
		c.bounded[1] = rng.IntN(3) == 0
		c.run(t, seed)
	}
}
