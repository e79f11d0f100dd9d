package op_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
	"github.com/pwcol/pwcol/microbatch/op"
	"github.com/pwcol/pwcol/microbatch/spill"
)

// sumOfChanges adds up what an operator emits, and checks it: old and new of a group are adjacent, and nothing is taken back that
// wasn't given.
type sumOfChanges struct {
	t     *testing.T
	mu    sync.Mutex
	out   *plan.Schema
	keys  int
	kind  plan.Changelog
	rows  map[string]int64
	epoch map[string]int // rows out in this epoch, by key
}

func (s *sumOfChanges) Emit(port op.OutPort, _ op.Seq, b *vec.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if port != op.Main || b.Sel != nil || len(b.Cols) != s.out.Len() || b.N == 0 || b.N > vec.BatchRows {
		s.t.Fatalf("emitted to port %d a batch of %d rows of %d columns, selection %v", port, b.N, len(b.Cols), b.Sel != nil)
	}
	var last string // key of a row that has gone
	for i := range b.N {
		var parts []string
		for j, col := range b.Cols {
			if col.Type != s.out.Field(j).Type || col.N != b.N {
				s.t.Fatalf("column %d is %d rows of %v, want %d of %v", j, col.N, col.Type, b.N, s.out.Field(j).Type)
			}
			parts = append(parts, text(col.Scalar(i)))
		}
		row, key, d := strings.Join(parts, ", "), strings.Join(parts[:s.keys], ", "), int64(1)
		if b.Diff != nil {
			d = b.Diff[i]
		}
		switch n := s.epoch[key]; {
		case d != 1 && d != -1:
			s.t.Fatalf("row %s has diff %d", row, d)
		case d < 0 && (n > 0 || s.kind == plan.Append):
			s.t.Fatalf("row %s goes when it should not", row)
		case d > 0 && n > 0 && last != key:
			s.t.Fatalf("row %s comes, not right after the one it takes the place of", row)
		}
		s.epoch[key]++
		if last = ""; d < 0 {
			last = key
		}
		if s.rows[row] += d; s.rows[row] == 0 {
			delete(s.rows, row)
		}
	}
	for _, col := range b.Cols {
		poison(col)
	}
	return nil
}

// poison overwrites a batch that was lent, as the engine's tests do.
func poison(col *vec.Vec) {
	for i := range col.Data {
		col.Data[i] = 0xa5
	}
	for i := range col.Valid {
		col.Valid[i] = 0xa5
	}
}

func (s *sumOfChanges) lines() []string {
	var out []string
	for row, n := range s.rows {
		for range n {
			out = append(out, row)
		}
		if n < 0 {
			out = append(out, fmt.Sprint(n, " × ", row))
		}
	}
	slices.Sort(out)
	return out
}

// streamTable is columns for keys and reducers of streams.
var streamTable = input(
	nullable("s", vec.TString), nullable("i", vec.TInt64), nullable("b", vec.TBool), nullable("f", vec.TFloat64),
	nullable("x", vec.TFloat64), nullable("n", vec.TInt32), nullable("t", vec.TString), nullable("big", vec.TInt64),
	nullable("c", vec.TBool), nullable("l", vec.TList(vec.TInt64)), nullable("f32", vec.TFloat32), nullable("date", vec.TDate),
)

// streamReducers are all that there are, with and without conditions.
func streamReducers() []plan.Agg {
	with := func(f plan.AggFunc, arg int, change func(a *plan.Agg)) plan.Agg {
		a := plan.MakeAgg(f, arg)
		change(&a)
		return a
	}
	by := func(f plan.AggFunc, arg, by int) plan.Agg { return with(f, arg, func(a *plan.Agg) { a.By = by }) }
	quantile := func(f plan.AggFunc, arg int, q float64) plan.Agg {
		return with(f, arg, func(a *plan.Agg) { a.Param = q })
	}
	aggs := []plan.Agg{
		plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggCount, 4), plan.MakeAgg(plan.AggSum, 4), plan.MakeAgg(plan.AggAvg, 4),
		plan.MakeAgg(plan.AggMin, 4), plan.MakeAgg(plan.AggMax, 4), plan.MakeAgg(plan.AggSum, 5), plan.MakeAgg(plan.AggAvg, 5),
		plan.MakeAgg(plan.AggMin, 6), plan.MakeAgg(plan.AggMax, 6), plan.MakeAgg(plan.AggSum, 7), plan.MakeAgg(plan.AggAny, 6),
		plan.MakeAgg(plan.AggAny, 11), plan.MakeAgg(plan.AggSum, 10),
		plan.MakeAgg(plan.AggCountDistinct, 5), plan.MakeAgg(plan.AggCountDistinct, 6), plan.MakeAgg(plan.AggVarSamp, 5),
		plan.MakeAgg(plan.AggStddevPop, 5), plan.MakeAgg(plan.AggVarPop, 4), plan.MakeAgg(plan.AggBoolAnd, 8), plan.MakeAgg(plan.AggBoolOr, 8),
		quantile(plan.AggQuantileCont, 5, 0.5), quantile(plan.AggQuantileDisc, 6, 0.3), quantile(plan.AggQuantileDisc, 5, 1),
		by(plan.AggArgMin, 6, 5), by(plan.AggArgMax, 4, 11), plan.MakeAgg(plan.AggList, 5), by(plan.AggList, 6, 5),
		with(plan.AggStringAgg, 6, func(a *plan.Agg) { a.Text = "; " }), by(plan.AggStringAgg, 6, 4),
	}
	for _, a := range aggs {
		if a.Func != plan.AggBoolAnd {
			a.Where = 8
			aggs = append(aggs, a)
		}
	}
	return aggs
}

// changelog makes random changes of a table.
type changelog struct {
	rng  *rand.Rand
	kind plan.Changelog
	pool *vec.Batch // rows that may be in the table
	bagOfRows
}

func newChangelog(rng *rand.Rand, kind plan.Changelog, nulls vectest.Nulls, rows, distinct int) *changelog {
	c := &changelog{rng: rng, kind: kind, pool: &vec.Batch{N: rows}}
	for _, f := range streamTable.Schema().Fields() {
		c.pool.Cols = append(c.pool.Cols, vectest.Column(rng, f.Type, rows, nulls, distinct))
	}
	for i := range rows {
		row := make([]vec.Scalar, len(c.pool.Cols))
		for j, col := range c.pool.Cols {
			row[j] = col.Scalar(i)
		}
		c.rows = append(c.rows, row)
	}
	c.times = make([]int64, rows)
	return c
}

// epoch is batches with about n changes in random order. Rows may go before they come.
func (c *changelog) epoch(n int) []*vec.Batch {
	var at []uint32
	var diff []int64
	for range n {
		i := c.rng.IntN(c.pool.N)
		d := int64(1)
		if c.kind == plan.Retract {
			d = c.rng.Int64N(4) - 2
			d = max(d, -c.times[i])
		}
		c.times[i] += d
		if d != 0 {
			at, diff = append(at, uint32(i)), append(diff, d)
		}
	}
	c.rng.Shuffle(len(at), func(i, j int) { at[i], at[j] = at[j], at[i]; diff[i], diff[j] = diff[j], diff[i] })
	var out []*vec.Batch
	for len(at) > 0 {
		k := 1 + c.rng.IntN(len(at))
		out = append(out, c.batch(at[:k], diff[:k]))
		at, diff = at[k:], diff[k:]
	}
	return out
}

// clear is a batch that takes all rows away.
func (c *changelog) clear() []*vec.Batch {
	var at []uint32
	var diff []int64
	for i, n := range c.times {
		if n != 0 {
			at, diff = append(at, uint32(i)), append(diff, -n)
			c.times[i] = 0
		}
	}
	if len(at) == 0 {
		return nil
	}
	return []*vec.Batch{c.batch(at, diff)}
}

// batch is rows of the pool, some with garbage between them, in dictionaries or not.
func (c *changelog) batch(at []uint32, diff []int64) *vec.Batch {
	b := &vec.Batch{N: len(at)}
	if c.rng.IntN(2) == 0 { // every row is followed by one that isn't meant
		var with []uint32
		var diffs []int64
		for k, i := range at {
			b.Sel = append(b.Sel, uint32(2*k))
			with, diffs = append(with, i, uint32(c.rng.IntN(c.pool.N))), append(diffs, diff[k], -0x5a5a5a5a5a5a5a5a)
		}
		at, diff, b.N = with, diffs, len(with)
	}
	for _, col := range c.pool.Cols {
		col = col.Take(at)
		vectest.Spoil(col, b.Sel)
		if c.rng.IntN(3) == 0 {
			col = vectest.Dictionary(c.rng, col)
		}
		b.Cols = append(b.Cols, col)
	}
	if c.kind == plan.Retract {
		b.Diff = diff
	}
	return b
}

// streamRun is a group-by that is driven epoch by epoch.
type streamRun struct {
	t      *testing.T
	a      op.Operator
	locals []op.Local
	stats  op.Stats
	budget *vec.Budget
	dir    *spill.Dir
	sum    *sumOfChanges
	number int64
}

func newStreamRun(t *testing.T, n *plan.Aggregate, port op.Port, r aggRun) *streamRun {
	t.Helper()
	s := &streamRun{t: t, budget: vec.NewBudget(r.budget)}
	s.dir = spill.New(t.TempDir(), func(int64) {})
	kind := plan.KindOf(n, []plan.Changelog{port.Kind}, port.Final)
	s.sum = &sumOfChanges{t: t, out: n.Out, keys: len(n.Keys), kind: kind, rows: map[string]int64{}}
	env := op.Env{
		Name: "group by test", Workers: r.workers, Account: s.budget.Account("group"), Spill: s.dir, Stats: &s.stats, Test: r.test,
		Inconsistent: r.inconsistent, Seed: 7, Durable: r.durable,
	}
	a, err := op.NewAggregate(n, env)
	if err != nil {
		t.Fatal(err)
	}
	s.a = a
	port.Schema = n.Input.Schema()
	newLocal, err := a.Open([]op.Port{port})
	if err != nil {
		t.Fatal(err)
	}
	for range r.workers {
		s.locals = append(s.locals, newLocal())
	}
	return s
}

// epoch pushes batches to random locals, poisons them, and ends.
func (s *streamRun) epoch(rng *rand.Rand, batches []*vec.Batch) error {
	s.sum.epoch = map[string]int{}
	for _, b := range batches {
		if err := s.locals[rng.IntN(len(s.locals))].Push(0, op.Seq{}, b, s.sum); err != nil {
			return err
		}
		for _, col := range b.Cols {
			poison(col)
		}
	}
	s.number++
	return s.a.EndEpoch(&op.Epoch{Number: s.number, Parallel: parallelOn(2, s.sum)}, s.sum)
}

func (s *streamRun) close() {
	s.t.Helper()
	if err := s.a.Close(); err != nil {
		s.t.Error(err)
	}
	if err := s.dir.Close(); err != nil {
		s.t.Error(err)
	}
	if n := s.budget.Used(); n != 0 {
		s.t.Errorf("%d bytes are charged after Close", n)
	}
}

// After every epoch of random changes the sum of what was emitted is the reduction of the rows that there are, to the last bit.
func TestAggregateStreamAgainstReference(t *testing.T) {
	for _, kind := range []plan.Changelog{plan.Append, plan.Retract} {
		for _, keys := range [][]int{{}, {0}, {1}, {2}, {3}, {0, 1}, {0, 6}, {2, 10, 5}, {9}, {0, 9, 11}} {
			for _, nulls := range []vectest.Nulls{vectest.No, vectest.Some} {
				t.Run(fmt.Sprint(kind, keys, nulls), func(t *testing.T) {
					seed := rand.Uint64()
					t.Logf("seed %d", seed)
					testAggregateStream(t, rand.New(rand.NewPCG(seed, 1)), kind, keys, nulls)
				})
			}
		}
	}
}

func testAggregateStream(t *testing.T, rng *rand.Rand, kind plan.Changelog, keys []int, nulls vectest.Nulls) {
	aggs := streamReducers()
	rng.Shuffle(len(aggs), func(i, j int) { aggs[i], aggs[j] = aggs[j], aggs[i] })
	node := aggregateNode(streamTable, keys, aggs[:rng.IntN(len(aggs))]...)
	for name, r := range variants() {
		log := newChangelog(rng, kind, nulls, 1+rng.IntN(60), 1+rng.IntN(40))
		s := newStreamRun(t, node, op.Port{Kind: kind}, r)
		for range 1 + rng.IntN(12) {
			batches := log.epoch([]int{0, 1, 5, 40}[rng.IntN(4)])
			if kind == plan.Retract && rng.IntN(6) == 0 {
				batches = append(batches, log.clear()...)
			}
			if err := s.epoch(rng, batches); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			compare(t, name, s.sum.lines(), groupsOf(node, log.bagOfRows))
		}
		s.close()
	}
}

// Epochs of many groups are merged by all workers, in tables of which there are many then; groups come, change, go and come back.
func TestAggregateStreamManyGroups(t *testing.T) {
	in := input(plan.Field{Name: "k", Type: vec.TInt64}, plan.Field{Name: "s", Type: vec.TString})
	for name, r := range map[string]aggRun{
		"1 worker":  {workers: 1},
		"2 workers": {workers: 2},
		"folds":     {workers: 2, test: op.TestSettings{MaxLocalGroups: 7000}},
		"spills":    {workers: 2, test: op.TestSettings{ForceSpill: true}},
	} {
		node := aggregateNode(in, []int{0, 1}, plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggSum, 0), plan.MakeAgg(plan.AggMin, 1))
		s := newStreamRun(t, node, op.Port{Kind: plan.Retract}, r)
		rng := rand.New(rand.NewPCG(9, 9))
		there := map[int]int64{}
		for _, n := range []int{30_000, 3, 50_000, -40_000, 100, -39_000, 60_000} {
			if err := s.epoch(rng, manyChanges(rng, there, n)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			want := []string{}
			for k, times := range there {
				want = append(want, fmt.Sprintf("%[1]d{0 0}, 0text %[1]d{0 0}, %d{0 0}, 0{%d 0}, 0text %[1]d{0 0}", k, times, int64(k)*times))
			}
			slices.Sort(want)
			compare(t, name, s.sum.lines(), want)
			if keys := s.a.(op.Stateful).State().Keys; keys != int64(len(there)) {
				t.Errorf("%s: the state has %d groups, want %d", name, keys, len(there))
			}
		}
		s.close()
	}
}

// manyChanges inserts n rows of random keys, or takes away all of −n keys.
func manyChanges(rng *rand.Rand, there map[int]int64, n int) []*vec.Batch {
	var keys []int
	var diffs []int64
	for range n {
		keys, diffs = append(keys, rng.IntN(100_000)), append(diffs, 1)
	}
	for k, times := range there {
		if n++; n > 0 {
			break
		}
		keys, diffs = append(keys, k), append(diffs, -times)
	}
	var out []*vec.Batch
	for from := 0; from < len(keys); from += vec.BatchRows {
		to := min(len(keys), from+vec.BatchRows)
		k, s := vec.NewBuilder(vec.TInt64, to-from), vec.NewBuilder(vec.TString, to-from)
		for _, key := range keys[from:to] {
			vec.AppendFixed(k, int64(key))
			s.AppendString(fmt.Sprint("text ", key))
		}
		out = append(out, &vec.Batch{N: to - from, Cols: []*vec.Vec{k.Finish(), s.Finish()}, Diff: diffs[from:to]})
	}
	for i, k := range keys {
		if there[k] += diffs[i]; there[k] == 0 {
			delete(there, k)
		}
	}
	return out
}

// rowsOf is a batch of an int64 key and an int64 value, each with a diff.
func rowsOf(rows ...[3]int64) []*vec.Batch {
	k, x := vec.NewBuilder(vec.TInt64, len(rows)), vec.NewBuilder(vec.TInt64, len(rows))
	b := &vec.Batch{N: len(rows)}
	for _, r := range rows {
		vec.AppendFixed(k, r[0])
		vec.AppendFixed(x, r[1])
		b.Diff = append(b.Diff, r[2])
	}
	b.Cols = []*vec.Vec{k.Finish(), x.Finish()}
	return []*vec.Batch{b}
}

var keyAndValue = input(plan.Field{Name: "k", Type: vec.TInt64}, plan.Field{Name: "x", Type: vec.TInt64})

// Groups whose results stay as they were emit nothing, nor do epochs without rows.
func TestAggregateStreamEmitsOnlyWhatChanges(t *testing.T) {
	node := aggregateNode(keyAndValue, []int{0}, plan.MakeAgg(plan.AggMax, 1))
	s := newStreamRun(t, node, op.Port{Kind: plan.Retract}, aggRun{workers: 2})
	defer s.close()
	rng := rand.New(rand.NewPCG(1, 1))
	for i, e := range []struct {
		rows [][3]int64
		out  int
	}{
		{[][3]int64{{1, 5, 1}, {2, 7, 1}}, 2},
		{nil, 0},
		{[][3]int64{{1, 4, 1}, {2, 7, 3}}, 0},              // no new maximum
		{[][3]int64{{1, 4, -1}, {2, 7, -2}}, 0},            // none gone
		{[][3]int64{{3, 1, 1}, {3, 1, -1}}, 0},             // come and gone in an epoch
		{[][3]int64{{1, 9, 1}, {2, 1, 1}}, 2},              // −(1, 5) +(1, 9)
		{[][3]int64{{1, 9, -1}, {2, 7, -2}}, 4},            // back to (1, 5); (2, 7) to (2, 1)
		{[][3]int64{{1, 5, -1}, {2, 1, -1}, {3, 3, 1}}, 3}, // both gone, a new one
		{[][3]int64{{1, 5, 1}, {3, 3, -1}}, 2},             // back in another's place
	} {
		if err := s.epoch(rng, rowsOf(e.rows...)); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, rows := range s.sum.epoch {
			n += rows
		}
		if n != e.out {
			t.Errorf("epoch %d emitted %d rows, want %d", i+1, n, e.out)
		}
	}
	if got := s.sum.lines(); len(got) != 1 || got[0] != "1{0 0}, 5{0 0}" {
		t.Errorf("left are %v", got)
	}
}

// The row of a whole table is there from the first epoch, and stays when all rows have gone.
func TestAggregateStreamOfWholeTable(t *testing.T) {
	for _, kind := range []plan.Changelog{plan.Append, plan.Retract} {
		s := newStreamRun(t, aggregateNode(keyAndValue, nil, plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggSum, 1)), op.Port{Kind: kind}, aggRun{workers: 2})
		rng := rand.New(rand.NewPCG(1, 1))
		steps := []struct {
			rows [][3]int64
			want string
		}{
			{nil, "0{0 0}, NULL"},
			{nil, "0{0 0}, NULL"},
			{[][3]int64{{1, 5, 1}, {2, 6, 1}}, "2{0 0}, 0{11 0}"},
			{nil, "2{0 0}, 0{11 0}"},
			{[][3]int64{{1, 5, -1}, {2, 6, -1}}, "0{0 0}, NULL"},
			{[][3]int64{{1, 5, 1}}, "1{0 0}, 0{5 0}"},
		}
		if kind == plan.Append {
			steps = steps[:4]
		}
		for i, e := range steps {
			rows := rowsOf(e.rows...)
			if kind == plan.Append {
				rows[0].Diff = nil
			}
			if err := s.epoch(rng, rows); err != nil {
				t.Fatal(err)
			}
			if got := s.sum.lines(); len(got) != 1 || got[0] != e.want {
				t.Errorf("%s: epoch %d: rows %v, want %q", kind, i+1, got, e.want)
			}
		}
		s.close()
	}
}

// A row that goes and never came is an error that names it, or is counted and as if it had come.
func TestAggregateStreamInconsistency(t *testing.T) {
	node := aggregateNode(keyAndValue, []int{0}, plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggMax, 1))
	whole := aggregateNode(keyAndValue, nil, plan.MakeAgg(plan.AggMax, 1))
	for _, e := range []struct {
		name string
		node *plan.Aggregate
		rows [][3]int64
		want string // after the rows (1, 5) and (2, 6)
	}{
		{"an unknown key", node, [][3]int64{{7, 1, -1}}, "k=7"},
		{"too often", node, [][3]int64{{1, 5, -2}}, "k=1"},
		{"another value", node, [][3]int64{{1, 5, 1}, {1, 8, -1}}, "k=1"},
		{"whole table", whole, [][3]int64{{1, 5, -3}}, "rows=-1"},
	} {
		for _, final := range []bool{false, true} {
			t.Run(fmt.Sprint(e.name, final), func(t *testing.T) { testInconsistency(t, e.node, final, e.rows, e.want) })
		}
	}
}

func testInconsistency(t *testing.T, node *plan.Aggregate, final bool, rows [][3]int64, want string) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, policy := range []plan.BadRows{plan.Fail, plan.Skip} {
		s := newStreamRun(t, node, op.Port{Kind: plan.Retract, Final: final}, aggRun{workers: 1, inconsistent: policy})
		epochs := [][]*vec.Batch{rowsOf([3]int64{1, 5, 1}, [3]int64{2, 6, 1}), rowsOf(rows...)}
		if final { // in one epoch
			epochs = [][]*vec.Batch{slices.Concat(epochs...)}
		}
		var err error
		for _, e := range epochs {
			if err = s.epoch(rng, e); err != nil {
				break
			}
		}
		n := s.stats.Inconsistent.Load()
		switch {
		case policy == plan.Fail && (err == nil || !strings.HasPrefix(err.Error(), "group by test: ") || !strings.Contains(err.Error(), want)):
			t.Errorf("error %v, want one about %s", err, want)
		case policy == plan.Skip && (err != nil || n != 1):
			t.Errorf("error %v, %d inconsistencies", err, n)
		}
		s.close()
	}
}

// A group that has lost more rows than it had is gone, and comes back with what comes then.
func TestAggregateStreamClampsWhatIsCounted(t *testing.T) {
	node := aggregateNode(keyAndValue, []int{0}, plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggSum, 1))
	s := newStreamRun(t, node, op.Port{Kind: plan.Retract}, aggRun{workers: 1, inconsistent: plan.Skip})
	defer s.close()
	rng := rand.New(rand.NewPCG(1, 1))
	for i, want := range []string{"1{0 0}, 1{0 0}, 0{5 0}", "", "1{0 0}, 1{0 0}, 0{3 0}"} {
		rows := [][3]int64{{1, 5, 1}, {1, 5, -4}, {1, 3, 1}}[i]
		if err := s.epoch(rng, rowsOf(rows)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(s.sum.lines(), "\n"); got != want {
			t.Errorf("epoch %d: %q, want %q", i+1, got, want)
		}
	}
}

// State that outgrows the budget is an error that says whose it is.
func TestAggregateStreamOverBudget(t *testing.T) {
	node := aggregateNode(keyAndValue, []int{0}, plan.MakeAgg(plan.AggCount, -1))
	s := newStreamRun(t, node, op.Port{}, aggRun{workers: 1, budget: 4 << 20})
	defer s.close()
	rng := rand.New(rand.NewPCG(1, 1))
	var err error
	for from := int64(0); err == nil && from < 1_000_000; from += 1000 {
		var rows [][3]int64
		for k := range int64(1000) {
			rows = append(rows, [3]int64{from + k, 0, 1})
		}
		batches := rowsOf(rows...)
		batches[0].Diff = nil
		err = s.epoch(rng, batches)
	}
	if err == nil || !strings.HasPrefix(err.Error(), "group by test: ") || !strings.Contains(err.Error(), "groups by k take") || !strings.Contains(err.Error(), "4194304") {
		t.Errorf("error %v", err)
	}
}

// Behind windows that come whole every epoch is final by itself.
func TestAggregateFinalEpochs(t *testing.T) {
	for name, r := range variants() {
		seed := rand.Uint64()
		rng := rand.New(rand.NewPCG(seed, 1))
		for _, kind := range []plan.Changelog{plan.Append, plan.Retract} {
			node := aggregateNode(streamTable, []int{0, 1}, streamReducers()...)
			s := newStreamRun(t, node, op.Port{Kind: kind, Final: true}, r)
			for range 5 {
				s.sum.rows = map[string]int64{}
				log := newChangelog(rng, kind, vectest.Some, 30, 10)
				if err := s.epoch(rng, log.epoch(40)); err != nil {
					t.Fatalf("seed %d, %s: %v", seed, name, err)
				}
				compare(t, fmt.Sprint("seed ", seed, ", ", name), s.sum.lines(), groupsOf(node, log.bagOfRows))
			}
			s.close()
		}
	}
}

// As many rows as an int64 can't count are an error, never another number.
func TestAggregateStreamCountsOrFails(t *testing.T) {
	const huge = 1 << 62
	for _, keys := range [][]int{{0}, {}} {
		node := aggregateNode(keyAndValue, keys, plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggSum, 1))
		for _, final := range []bool{false, true} {
			for _, e := range []struct {
				name string
				rows [][3]int64
				want string // error
			}{
				{"in all, of a group", [][3]int64{{1, 5, math.MaxInt64}, {1, 5, math.MaxInt64}, {1, 5, 2}}, "come and go more than 4611686018427387904"},
				{"there and back", [][3]int64{{1, 5, huge}, {1, 5, math.MinInt64}, {1, 5, huge}}, "come and go more than"},
				{"as many as may be", [][3]int64{{1, 5, huge - 1}, {2, 5, 1}}, ""},
			} {
				s := newStreamRun(t, node, op.Port{Kind: plan.Retract, Final: final}, aggRun{workers: 2})
				var batches []*vec.Batch
				for _, r := range e.rows {
					batches = append(batches, rowsOf(r)...)
				}
				err := s.epoch(rand.New(rand.NewPCG(1, 1)), batches)
				if (err == nil) != (e.want == "") || err != nil && !strings.Contains(err.Error(), e.want) {
					t.Errorf("keys %v, final %v, %s: error %v, want %q", keys, final, e.name, err, e.want)
				}
				s.close()
			}
		}
		s := newStreamRun(t, node, op.Port{Kind: plan.Retract}, aggRun{workers: 2})
		rng := rand.New(rand.NewPCG(1, 1))
		if err := s.epoch(rng, rowsOf([3]int64{1, 5, huge})); err != nil {
			t.Error(err)
		}
		if err := s.epoch(rng, rowsOf([3]int64{1, 5, 1})); err == nil || !strings.Contains(err.Error(), "more than can be counted") {
			t.Errorf("keys %v: error %v for 2^62+1 rows of a group", keys, err)
		}
		s.close()
	}
}

// When the state's only table is split, all of its parts are charged, not only those that the epoch is about.
func TestAggregateStreamChargesSplitTables(t *testing.T) {
	node := aggregateNode(keyAndValue, []int{0}, plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggSum, 1))
	s := newStreamRun(t, node, op.Port{Kind: plan.Retract}, aggRun{workers: 1})
	defer s.close()
	rng := rand.New(rand.NewPCG(1, 1))
	state := func() op.State { return s.a.(op.Stateful).State() }
	for from := int64(0); from <= 1<<15; from += 1 << 12 {
		var rows [][3]int64
		for k := from; k < min(from+1<<12, 1<<15); k++ {
			rows = append(rows, [3]int64{k, 1, 1})
		}
		before := state()
		if from == 1<<15 {
			rows = append(rows, [3]int64{from, 1, 1}) // one more than one table may have
		}
		if err := s.epoch(rng, rowsOf(rows...)); err != nil {
			t.Fatal(err)
		}
		if from == 1<<15 && state().Bytes < before.Bytes/2 {
			t.Errorf("%d groups in one table take %d bytes, and %d when split", before.Keys, before.Bytes, state().Bytes)
		}
	}
}

// A worker whose large table no later epoch needs gives it back.
func TestAggregateStreamIdleWorkersHoldNothing(t *testing.T) {
	node := aggregateNode(keyAndValue, []int{0}, plan.MakeAgg(plan.AggCount, -1))
	s := newStreamRun(t, node, op.Port{Kind: plan.Retract}, aggRun{workers: 2})
	defer s.close()
	push := func(local, n int, diff int64) {
		for from := 0; from < n; from += 1000 {
			var rows [][3]int64
			for k := range min(1000, n-from) {
				rows = append(rows, [3]int64{int64(from + k), 0, diff})
			}
			if err := s.locals[local].Push(0, op.Seq{}, rowsOf(rows...)[0], s.sum); err != nil {
				t.Fatal(err)
			}
		}
	}
	end := func() {
		s.sum.epoch = map[string]int{}
		if err := s.a.EndEpoch(&op.Epoch{Parallel: parallelOn(2, s.sum)}, s.sum); err != nil {
			t.Fatal(err)
		}
	}
	push(1, 100_000, 1)
	end()
	for range 100 {
		push(0, 1, 1)
		end()
	}
	if locals := s.budget.Used() - s.a.(op.Stateful).State().Bytes; locals > 1<<20 {
		t.Errorf("%d bytes are held beside the state", locals)
	}
}
