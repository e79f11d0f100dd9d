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

// openCase opens a join with rows of the case's schemas.
func openCase(t *testing.T, c joinCase, bend func(*op.Env)) *twoSided {
	t.Helper()
	left, right := c.schemas()
	sides := [2]*joinSideTester{}
	for i, s := range []*plan.Schema{left, right} {
		sides[i] = newJoinSideTester(uint64(i), 1000, op.Port{Schema: s, Kind: c.kinds[i], Bounded: c.bounded[i], Final: c.final, Time: -1}, -1)
		if c.within {
			sides[i].time = len(c.keys)
		}
	}
	return openTwoSided(t, c.workers, sides, bend, func(e op.Env) (op.Operator, error) { return op.NewJoin(c.node(), e) })
}

func (d *twoSided) state() op.State { return d.operator.(op.Stateful).State() }

// allGone is the changes that take all rows of a side away.
func (s *joinSideTester) allGone() delta {
	var d delta
	for row, n := range s.there.rows {
		d.rows, d.diffs = append(d.rows, s.there.cols[row]), append(d.diffs, -n)
	}
	s.there = newBag()
	return d
}

// mostKept is what a join without rows may hold: in each partition room for a few rows (minFree), and what the workers' inboxes keep of an epoch.
const mostKept = 64*(4<<10) + 1<<20

// TestJoinFreesRetractedRows: what is gone takes no memory, whatever the order of coming and going.
func TestJoinFreesRetractedRows(t *testing.T) {
	for kind := range plan.Anti + 1 {
		for _, keys := range [][]vec.Type{{vec.TInt64}, {vec.TString, vec.TInt32}} {
			c := joinCase{kind: kind, keys: keys, kinds: [2]plan.Changelog{plan.Retract, plan.Retract}, workers: 2}
			d := openCase(t, c, nil)
			full := int64(0)
			for round := range 4 {
				if err := d.feed([2]delta{d.sides[0].nextNew(3000), d.sides[1].nextNew(3000)}, false); err != nil {
					t.Fatal(err)
				}
				full = d.state().Bytes
				if err := d.feed([2]delta{d.sides[0].allGone(), d.sides[1].allGone()}, false); err != nil {
					t.Fatal(err)
				}
				d.check(fmt.Sprint(kind, " round ", round), map[string]int64{})
				s := d.state()
				if s.Keys != 0 {
					t.Errorf("%v: %d rows are left", kind, s.Keys)
				}
				if s.Bytes > mostKept {
					t.Errorf("%v: round %d leaves %d bytes; full it took %d", kind, round, s.Bytes, full)
				}
			}
			d.close()
		}
	}
}

// TestJoinGivesBackMemory: of rows that come and go, what is held follows those that are left, however they lie among the others.
func TestJoinGivesBackMemory(t *testing.T) {
	const rows = 100_000
	for kind := range plan.Anti + 1 {
		s := intSchema(2)
		n := &plan.Join{Kind: kind, Left: &plan.Read{Out: s}, Right: &plan.Read{Out: s}, LeftKeys: []int{0}, RightKeys: []int{0}}
		side := newJoinSideTester(0, 1, op.Port{Schema: s, Kind: plan.Retract, Time: -1}, -1)
		d := openTwoSided(t, 1, [2]*joinSideTester{side, side}, nil, func(e op.Env) (op.Operator, error) { return op.NewJoin(n, e) })
		feed := func(diff int64, goes func(i int64) bool) int64 {
			for port := range 2 {
				for _, b := range intBatches(rows, 2, func(i int) int64 { return int64(i) }) {
					b.Diff = slices.Repeat([]int64{diff}, b.N)
					for i := range b.N {
						if goes(vec.Of[int64](b.Cols[1])[i]) {
							b.Sel = append(b.Sel, uint32(i))
						}
					}
					if err := d.locals[0].Push(port, op.Seq{}, b, &largest{}); err != nil {
						t.Fatal(err)
					}
				}
			}
			e := d.epochNow()
			e.Parallel = parallelOn(1, &largest{})
			if err := d.operator.EndEpoch(e, &largest{}); err != nil {
				t.Fatal(err)
			}
			return d.state().Bytes
		}
		full := feed(1, func(int64) bool { return true })
		if left := feed(-1, func(i int64) bool { return i%20 > 0 }); left > full/8 { // a twentieth is left, in memory that is half empty at most
			t.Errorf("%v: a twentieth of %d bytes holds %d", kind, full, left)
		}
		if left := feed(-1, func(i int64) bool { return i%20 == 0 }); d.state().Keys != 0 || left > mostKept {
			t.Errorf("%v: %+v is left, it was %d bytes", kind, d.state(), full)
		}
		d.close()
	}
}

// nextNew is n rows that come.
func (s *joinSideTester) nextNew(n int) delta {
	var d delta
	for range n {
		row := s.timedRow()
		s.there.add(row, 1)
		d.rows, d.diffs = append(d.rows, row), append(d.diffs, 1)
	}
	return d
}

// TestJoinIntervalForgets runs on and on: what is kept stays flat as the watermarks move, and is nothing at their end.
func TestJoinIntervalForgets(t *testing.T) {
	for kind := range plan.Anti + 1 {
		c := joinCase{kind: kind, keys: []vec.Type{vec.TInt16}, within: true, workers: 1}
		d := openCase(t, c, nil)
		most, early := int64(0), int64(0)
		for epoch := range 120 {
			for i, s := range d.sides {
				d.watermarks[i] = s.now
				s.now += 20
				s.there = newBag()
			}
			if err := d.feed([2]delta{d.sides[0].nextNew(300), d.sides[1].nextNew(300)}, false); err != nil {
				t.Fatal(err)
			}
			clear(d.sum)
			s := d.state()
			if s.Keys > 6*300 {
				t.Fatalf("%v: %d rows are kept in epoch %d", kind, s.Keys, epoch)
			}
			if epoch < 60 {
				early = max(early, s.Bytes)
			}
			most = max(most, s.Bytes)
		}
		if most > early*11/10 {
			t.Errorf("%v: %d bytes at most, %d in the first half", kind, most, early)
		}
		later := int64(12) // a left row may have a match so much later, a right row 7
		if kind == plan.RightOuter {
			later = 7
		}
		if w := d.operator.(op.Clocked).Watermark(); w != d.watermarks[1]-later {
			t.Errorf("the watermark is %d, the inputs' are %v", w, d.watermarks)
		}
		d.watermarks = []int64{op.EndOfTime, op.EndOfTime}
		if err := d.feed([2]delta{}, false); err != nil {
			t.Fatal(err)
		}
		if s := d.state(); s.Keys != 0 {
			t.Errorf("%v: %d rows are kept at the end of time", kind, s.Keys)
		}
		d.close()
	}
}

// TestJoinIntervalFreesTimes: rows that come and go at ever later times leave nothing, though older ones stay and no watermark moves.
func TestJoinIntervalFreesTimes(t *testing.T) {
	both := [2]plan.Changelog{plan.Retract, plan.Retract}
	d := openCase(t, joinCase{kind: plan.LeftOuter, keys: []vec.Type{vec.TInt16}, kinds: both, within: true, workers: 1}, nil)
	if err := d.feed([2]delta{d.sides[0].nextNew(300), {}}, false); err != nil {
		t.Fatal(err)
	}
	d.sides[0].there = newBag() // those stay
	kept, first := d.state().Keys, int64(0)
	for round := range 60 {
		for _, s := range d.sides {
			s.now, s.times = s.now+100_000, 100_000
		}
		if err := d.feed([2]delta{d.sides[0].nextNew(500), d.sides[1].nextNew(500)}, false); err != nil {
			t.Fatal(err)
		}
		if err := d.feed([2]delta{d.sides[0].allGone(), d.sides[1].allGone()}, false); err != nil {
			t.Fatal(err)
		}
		switch s := d.state(); {
		case s.Keys != kept:
			t.Fatalf("round %d leaves %d rows", round, s.Keys-kept)
		case round == 19:
			first = s.Bytes
		case round > 19 && s.Bytes > first*5/4:
			t.Fatalf("round %d leaves %d bytes, the twentieth left %d", round, s.Bytes, first)
		}
	}
	d.close()
}

// TestJoinForgetsSides: rows are not kept for the sake of a side that has no more.
func TestJoinForgetsSides(t *testing.T) {
	for name, c := range map[string]joinCase{
		"left of a bounded right side":  {kind: plan.Inner, bounded: [2]bool{false, true}},
		"right of a bounded left side":  {kind: plan.Inner, bounded: [2]bool{true, false}},
		"left of as-of-now":             {kind: plan.LeftOuter, now: true},
		"retracting left, bounded full": {kind: plan.FullOuter, bounded: [2]bool{false, true}, kinds: [2]plan.Changelog{plan.Retract, plan.Append}},
	} {
		c.keys, c.workers = []vec.Type{vec.TInt64}, 1
		d := openCase(t, c, nil)
		kept, forgotten := 1, 0
		if c.bounded[0] {
			kept, forgotten = 0, 1
		}
		var first [2]delta
		first[kept] = d.sides[kept].nextNew(500)
		if err := d.feed(first, true); err != nil {
			t.Fatal(err)
		}
		before := d.state()
		for range 5 {
			var more [2]delta
			more[forgotten] = d.sides[forgotten].nextNew(500)
			if err := d.feed(more, true); err != nil {
				t.Fatal(err)
			}
		}
		if after := d.state(); after.Keys != before.Keys {
			t.Errorf("%s: %d rows, and after 5 epochs of the other side %d", name, before.Keys, after.Keys)
		}
		d.close()
	}
}

// TestJoinSkew joins a row with 300,000: it comes out in batches, and memory stays that of the rows.
func TestJoinSkew(t *testing.T) {
	for _, final := range []bool{false, true} {
		c := joinCase{kind: plan.Inner, keys: []vec.Type{vec.TInt64}, workers: 1, final: final, bounded: [2]bool{final, final}}
		d := openCase(t, c, nil)
		out := &largest{}
		one, many := constantRows(c, 0, 2), constantRows(c, 1, 300_000)
		for _, side := range []int{1, 0} {
			if side == 0 && final {
				if err := d.endPort(); err != nil {
					t.Fatal(err)
				}
			}
			b := one
			if side == 1 {
				b = many
			}
			if err := d.locals[0].Push(side, op.Seq{}, b, out); err != nil {
				t.Fatal(err)
			}
		}
		e := d.epochNow()
		e.Parallel = parallelOn(1, out)
		if err := d.operator.EndEpoch(e, out); err != nil {
			t.Fatal(err)
		}
		if out.rows != 600_000 || out.most > vec.BatchRows {
			t.Errorf("final %v: %d rows, %d in the largest batch", final, out.rows, out.most)
		}
		if peak := d.budget.Peak(); peak > 300_000*250 {
			t.Errorf("final %v: %d bytes were held", final, peak)
		}
		d.close()
	}
}

type largest struct {
	rows int64
	most int
}

func (l *largest) Emit(_ op.OutPort, _ op.Seq, b *vec.Batch) error {
	l.rows += int64(b.Rows())
	l.most = max(l.most, b.N)
	return nil
}

// constantRows is n equal rows of a side.
func constantRows(c joinCase, side, n int) *vec.Batch {
	left, right := c.schemas()
	b := &vec.Batch{N: n}
	for _, f := range []*plan.Schema{left, right}[side].Fields() {
		col := vec.NewBuilder(f.Type, n)
		for range n {
			col.AppendScalar(vec.Scalar{Type: f.Type, I: 7, S: "text"})
		}
		b.Cols = append(b.Cols, col.Finish())
	}
	return b
}

// TestJoinLongStrings joins texts of megabytes, more of them than a column could hold.
func TestJoinLongStrings(t *testing.T) {
	schema := plan.NewSchema(plan.Field{Name: "k", Type: vec.TInt64}, plan.Field{Name: "s", Type: vec.TString})
	n := &plan.Join{Left: &plan.Read{Out: schema}, Right: &plan.Read{Out: schema}, LeftKeys: []int{0}, RightKeys: []int{0}}
	for _, final := range []bool{false, true} {
		sides := [2]*joinSideTester{}
		for i := range sides {
			sides[i] = newJoinSideTester(1, 2, op.Port{Schema: schema, Final: final, Bounded: final, Time: -1}, -1)
		}
		d := openTwoSided(t, 1, sides, nil, func(e op.Env) (op.Operator, error) { return op.NewJoin(n, e) })
		out := &largest{}
		long := strings.Repeat("x", 4<<20)
		for _, side := range []int{1, 0} {
			k, s := vec.NewBuilder(vec.TInt64, 24), vec.NewBuilder(vec.TString, 24)
			for range 24 {
				vec.AppendFixed(k, int64(1))
				s.AppendString(long)
			}
			if side == 0 {
				if err := d.endPort(); err != nil {
					t.Fatal(err)
				}
			}
			if err := d.locals[0].Push(side, op.Seq{}, &vec.Batch{N: 24, Cols: []*vec.Vec{k.Finish(), s.Finish()}}, out); err != nil {
				t.Fatal(err)
			}
		}
		e := d.epochNow()
		e.Parallel = parallelOn(1, out)
		if err := d.operator.EndEpoch(e, out); err != nil {
			t.Fatal(err)
		}
		if out.rows != 24*24 || out.most > 16 {
			t.Errorf("final %v: %d rows, %d in the largest batch", final, out.rows, out.most)
		}
		d.close()
	}
}

// TestJoinForgetsLongStrings: what a text of megabytes made smaller is as large as ever when the text is gone, and where it never was.
func TestJoinForgetsLongStrings(t *testing.T) {
	schema := plan.NewSchema(plan.Field{Name: "k", Type: vec.TInt64}, plan.Field{Name: "s", Type: vec.TString})
	n := &plan.Join{Left: &plan.Read{Out: schema}, Right: &plan.Read{Out: schema}, LeftKeys: []int{0}, RightKeys: []int{0}}
	for _, goes := range []bool{false, true} {
		side := newJoinSideTester(1, 2, op.Port{Schema: schema, Kind: plan.Retract, Time: -1}, -1)
		d := openTwoSided(t, 1, [2]*joinSideTester{side, side}, nil, func(e op.Env) (op.Operator, error) { return op.NewJoin(n, e) })
		feed := func(port int, rows int, key int64, text string, diff int64) *largest {
			k, s := vec.NewBuilder(vec.TInt64, rows), vec.NewBuilder(vec.TString, rows)
			for i := range rows {
				vec.AppendFixed(k, key)
				s.AppendString(fmt.Sprint(text, i))
			}
			out := &largest{}
			b := &vec.Batch{N: rows, Cols: []*vec.Vec{k.Finish(), s.Finish()}, Diff: slices.Repeat([]int64{diff}, rows)}
			if err := d.locals[0].Push(port, op.Seq{}, b, out); err != nil {
				t.Fatal(err)
			}
			if text == "" { // else more rows come in the same batch
				if err := d.operator.EndEpoch(d.epochNow(), out); err != nil {
					t.Fatal(err)
				}
			}
			return out
		}
		key := int64(1)
		if !goes {
			key = 2
		}
		feed(0, 1, key, strings.Repeat("x", 16<<20), 1)
		feed(0, 100, 1, "", 1)
		if goes {
			feed(0, 1, key, strings.Repeat("x", 16<<20), -1)
			feed(1, 0, 1, "", 1)
			if s := d.state(); s.Bytes > 4<<20 {
				t.Errorf("%d bytes are held when it is gone", s.Bytes)
			}
		}
		if out := feed(1, 20, 1, "", 1); out.rows != 2000 || out.most < 2000 {
			t.Errorf("goes %v: %d rows, %d in the largest batch", goes, out.rows, out.most)
		}
		d.close()
	}
}

// TestJoinInconsistent retracts rows that never were.
func TestJoinInconsistent(t *testing.T) {
	for kind := range plan.Anti + 1 {
		for side := range 2 {
			c := joinCase{kind: kind, keys: []vec.Type{vec.TInt64}, kinds: [2]plan.Changelog{plan.Retract, plan.Retract}, workers: 1}
			var gone [2]delta
			d := openCase(t, c, nil)
			row := d.sides[side].row()
			row[0] = vec.Scalar{Type: vec.TInt64, I: 4711}
			gone[side] = delta{rows: [][]vec.Scalar{row}, diffs: []int64{-1}}
			if err := d.feed(gone, false); err == nil || !strings.Contains(err.Error(), "a row goes that never came") || !strings.Contains(err.Error(), "k0=4711") {
				t.Errorf("%v, side %d: %v", kind, side, err)
			}
			d.close()

			d = openCase(t, c, func(e *op.Env) { e.Inconsistent = plan.Skip })
			if err := d.feed(gone, false); err != nil {
				t.Fatal(err)
			}
			both := [2]delta{d.sides[0].next(30), d.sides[1].next(30)}
			if err := d.feed(both, false); err != nil {
				t.Fatal(err)
			}
			want := map[string]int64{}
			c.join(d.sides[0].there, d.sides[1].there, want)
			d.check(fmt.Sprint(kind, side), want)
			if n := d.stats.Inconsistent.Load(); n != 1 {
				t.Errorf("%v, side %d: %d rows were counted", kind, side, n)
			}
			d.close()
		}
	}
}

// TestJoinBadCondition: pairs that can't be computed are an error, or rejected as often as they are there.
func TestJoinBadCondition(t *testing.T) {
	for _, bounded := range []bool{false, true} {
		c := joinCase{kind: plan.Inner, cond: 2, workers: 1, kinds: [2]plan.Changelog{plan.Retract, plan.Append}, bounded: [2]bool{false, bounded}}
		row := func(v int64, text vec.Scalar) []vec.Scalar {
			return []vec.Scalar{{Type: vec.TTimestamp(vec.Micro)}, {Type: vec.TInt64, I: v}, text}
		}
		left, right := row(5, vec.Scalar{Type: vec.TString, S: "five"}), row(0, vec.Scalar{Type: vec.TFloat64})
		both := [2]delta{{[][]vec.Scalar{left}, []int64{1}}, {[][]vec.Scalar{right}, []int64{1}}}

		d := openCase(t, c, nil)
		if err := d.feed(both, true); err == nil || !strings.Contains(err.Error(), "join (job.go:1)") || !strings.Contains(err.Error(), "s=five") {
			t.Error(err)
		}
		d.close()

		d = openCase(t, c, func(e *op.Env) { e.Bad = plan.Reject })
		if err := d.feed(both, true); err != nil {
			t.Fatal(err)
		}
		for i, step := range []struct{ diff, there int64 }{{0, 1}, {2, 3}, {-1, 2}, {-2, 0}} {
			if err := d.feed([2]delta{{[][]vec.Scalar{left}, []int64{step.diff}}, {}}, true); err != nil {
				t.Fatal(err)
			}
			there := int64(0)
			for _, n := range d.rejected {
				there += n
			}
			if there != step.there || d.stats.RowsRejected.Load() != there || len(d.sum) != 0 {
				t.Errorf("bounded %v, epoch %d: rejected %v, want %d, rows %v", bounded, i, d.rejected, step.there, d.sum)
			}
		}
		d.close()
	}
}

// TestJoinBudget: without memory there is an error that says so, and everything is given back.
func TestJoinBudget(t *testing.T) {
	for _, final := range []bool{false, true} {
		c := joinCase{kind: plan.Inner, keys: []vec.Type{vec.TInt64}, workers: 1, final: final, bounded: [2]bool{final, final}}
		d := openCase(t, c, func(e *op.Env) {})
		d.budget = vec.NewBudget(1 << 20)
		account := d.budget.Account("small")
		o, err := op.NewJoin(c.node(), op.Env{Name: "join (job.go:1)", Workers: 1, Account: account, Stats: &op.Stats{}})
		if err != nil {
			t.Fatal(err)
		}
		newLocal, err := o.Open([]op.Port{d.sides[0].port, d.sides[1].port})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.operator.Close(); err != nil {
			t.Fatal(err)
		}
		d.operator, d.locals = o, []op.Local{newLocal()}
		err = nil
		for i := 0; i < 50 && err == nil; i++ {
			err = d.locals[0].Push(1, op.Seq{}, constantRows(c, 1, 5000), d)
		}
		if err == nil || !strings.Contains(err.Error(), "max_memory") {
			t.Error(err)
		}
		d.close()
	}
}

// TestJoinWideBatches takes batches of more rows than an inbox's, with selections.
func TestJoinWideBatches(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	s := intSchema(2)
	n := &plan.Join{Left: &plan.Read{Out: s}, Right: &plan.Read{Out: s}, LeftKeys: []int{0}, RightKeys: []int{0}}
	for _, final := range []bool{false, true} {
		sides := [2]*joinSideTester{}
		for i := range sides {
			sides[i] = newJoinSideTester(1, 2, op.Port{Schema: s, Final: final, Bounded: final, Time: -1}, -1)
		}
		d := openTwoSided(t, 1, sides, nil, func(e op.Env) (op.Operator, error) { return op.NewJoin(n, e) })
		b := &vec.Batch{N: 300_000}
		key := &vec.Vec{Type: vec.TInt64, N: b.N, Data: vec.Alloc(8 * b.N)}
		for i := range b.N {
			vec.Of[int64](key)[i] = int64(i)
			if rng.IntN(4) > 0 {
				b.Sel = append(b.Sel, uint32(i))
			}
		}
		b.Cols = []*vec.Vec{key, key}
		out := &largest{}
		for _, side := range []int{1, 0} {
			if side == 0 {
				if err := d.endPort(); err != nil {
					t.Fatal(err)
				}
			}
			if err := d.locals[0].Push(side, op.Seq{}, b, out); err != nil {
				t.Fatal(err)
			}
		}
		e := d.epochNow()
		e.Parallel = parallelOn(1, out)
		if err := d.operator.EndEpoch(e, out); err != nil {
			t.Fatal(err)
		}
		if out.rows != int64(len(b.Sel)) {
			t.Errorf("final %v: %d rows of %d", final, out.rows, len(b.Sel))
		}
		d.close()
	}
}

// TestJoinErrors: what can't be is said before any row.
func TestJoinErrors(t *testing.T) {
	c := joinCase{kind: plan.FullOuter, keys: []vec.Type{vec.TInt64}}
	env := op.Env{Name: "join (job.go:1)", Stats: &op.Stats{}}
	n := c.node()
	n.Now = true
	if _, err := op.NewJoin(n, env); err == nil || !strings.Contains(err.Error(), "inner or left, not full") {
		t.Error(err)
	}
	a := asofCase{joinCase: c, timeType: vec.TString, tolerance: -1}
	a.kind = plan.Inner
	if _, err := op.NewAsOf(a.asofNode(), env); err == nil || !strings.Contains(err.Error(), "not by a string") {
		t.Error(err)
	}
	a.timeType, a.tolerance = vec.TFloat64, 3
	if _, err := op.NewAsOf(a.asofNode(), env); err == nil || !strings.Contains(err.Error(), "without a tolerance") {
		t.Error(err)
	}
}
