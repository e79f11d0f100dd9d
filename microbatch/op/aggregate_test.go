package op_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
	"github.com/pwcol/pwcol/microbatch/op"
	"github.com/pwcol/pwcol/microbatch/spill"
)

// input is a node that stands for an aggregate's input.
func input(fields ...plan.Field) plan.Node { return &plan.Read{Out: plan.NewSchema(fields...)} }

func nullable(name string, t vec.Type) plan.Field {
	return plan.Field{Name: name, Type: t, Nullable: true}
}

// aggregateNode makes the plan node of reducers over an input; results are typed as the plan does it.
func aggregateNode(in plan.Node, keys []int, aggs ...plan.Agg) *plan.Aggregate {
	n := &plan.Aggregate{Input: in, Keys: keys}
	var fields []plan.Field
	for _, k := range keys {
		fields = append(fields, in.Schema().Field(k))
	}
	for i, a := range aggs {
		a.Name, a.Type = fmt.Sprintf("agg%d", i), vec.TInt64
		if a.Arg >= 0 {
			a.Type = resultType(a.Func, in.Schema().Field(a.Arg).Type)
		}
		n.Aggs = append(n.Aggs, a)
		fields = append(fields, plan.Field{Name: a.Name, Type: a.Type, Nullable: true})
	}
	n.Out = plan.NewSchema(fields...)
	return n
}

func resultType(fn plan.AggFunc, t vec.Type) vec.Type {
	switch fn {
	case plan.AggCount, plan.AggCountDistinct:
		return vec.TInt64
	case plan.AggMin, plan.AggMax, plan.AggAny, plan.AggArgMin, plan.AggArgMax, plan.AggQuantileDisc, plan.AggBoolAnd, plan.AggBoolOr, plan.AggStringAgg:
		return t
	case plan.AggList:
		return vec.TList(t)
	}
	switch {
	case fn != plan.AggSum || t.IsFloat():
		return vec.TFloat64
	case t.Kind == vec.Decimal:
		return vec.TDecimal(38, t.Scale)
	case t.Width() == 8:
		return vec.TDecimal(38, 0)
	default:
		return vec.TInt64
	}
}

// collector keeps what is emitted, as text: a row a line. It poisons what it was lent.
type collector struct {
	t    *testing.T
	node *plan.Aggregate
	mu   sync.Mutex
	rows []string
	most int // rows of the largest batch

	spilled int64 // bytes
	blocks  int64 // that they were written in
}

func (c *collector) Emit(port op.OutPort, _ op.Seq, b *vec.Batch) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if port != op.Main || b.Sel != nil || b.Diff != nil || len(b.Cols) != c.node.Out.Len() {
		c.t.Errorf("emitted to port %d a batch of %d columns, selection %v", port, len(b.Cols), b.Sel != nil)
	}
	c.most = max(c.most, b.N)
	for i := range b.N {
		parts := make([]string, len(b.Cols))
		for j, col := range b.Cols {
			if col.Type != c.node.Out.Field(j).Type || col.N != b.N {
				c.t.Errorf("column %d is %d rows of %v, want %d of %v", j, col.N, col.Type, b.N, c.node.Out.Field(j).Type)
			}
			parts[j] = text(col.Scalar(i))
		}
		c.rows = append(c.rows, strings.Join(parts, ", "))
	}
	for _, col := range b.Cols {
		for i := range col.Data {
			col.Data[i] = 0xa5
		}
	}
	return nil
}

// text is a value to the last bit.
func text(s vec.Scalar) string {
	switch {
	case s.Null:
		return "NULL"
	case s.Type.IsFloat() && s.F != s.F:
		return "NaN"
	case s.Type.IsFloat():
		return fmt.Sprintf("%x", math.Float64bits(s.F))
	default:
		return fmt.Sprint(s.I, s.S, s.D)
	}
}

// aggRun says how to run an aggregate.
type aggRun struct {
	workers int
	budget  int64
	test    op.TestSettings

	inconsistent plan.BadRows
	durable      bool
}

// run pushes the batches round-robin to the workers' locals, in that order, and ends the epoch.
func (r aggRun) run(t *testing.T, n *plan.Aggregate, batches []*vec.Batch) (*collector, error) {
	t.Helper()
	stats := &op.Stats{}
	var blocks atomic.Int64
	dir := spill.New(t.TempDir(), func(n int64) { stats.BytesSpilled.Add(n); blocks.Add(1) })
	budget := vec.NewBudget(r.budget)
	env := op.Env{Name: "group by test", Workers: r.workers, Account: budget.Account("group"), Spill: dir, Stats: stats, Test: r.test}
	a, err := op.NewAggregate(n, env)
	if err != nil {
		t.Fatal(err)
	}
	newLocal, err := a.Open([]op.Port{{Schema: n.Input.Schema(), Final: true, Bounded: true}})
	if err != nil {
		t.Fatal(err)
	}
	out := &collector{t: t, node: n}
	err = push(newLocal, r.workers, batches, out)
	if err == nil {
		err = a.EndEpoch(&op.Epoch{Number: 1, Parallel: parallelOn(r.workers, out)}, out)
	}
	if closeErr := errors.Join(a.Close(), dir.Close()); closeErr != nil {
		t.Error(closeErr)
	}
	if budget.Used() != 0 {
		t.Errorf("%d bytes are charged after Close", budget.Used())
	}
	slices.Sort(out.rows)
	out.spilled, out.blocks = stats.BytesSpilled.Load(), blocks.Load()
	return out, err
}

func push(newLocal func() op.Local, workers int, batches []*vec.Batch, out op.Out) error {
	locals := make([]op.Local, workers)
	for i := range locals {
		locals[i] = newLocal()
	}
	for i, b := range batches {
		if err := locals[i%workers].Push(0, op.Seq{}, b, out); err != nil {
			return err
		}
	}
	return nil
}

// parallelOn is an engine's Epoch.Parallel.
func parallelOn(workers int, out op.Out) func(int, func(int, op.Out) error) error {
	return func(n int, part func(int, op.Out) error) error {
		var wg sync.WaitGroup
		errs := make([]error, workers)
		for w := range workers {
			wg.Go(func() {
				for i := w; i < n && errs[w] == nil; i += workers {
					errs[w] = part(i, out)
				}
			})
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// reference aggregates with a map and big numbers.
func reference(n *plan.Aggregate, batches []*vec.Batch) []string {
	type groupRows struct {
		key  []string
		vals [][]vec.Scalar // by reducer
		rows int64
	}
	groups := map[string]*groupRows{}
	if len(n.Keys) == 0 {
		groups[""] = &groupRows{vals: make([][]vec.Scalar, len(n.Aggs))}
	}
	for _, b := range batches {
		for k := range b.Rows() {
			i := b.Row(k)
			var parts, key []string
			for _, c := range n.Keys {
				s := b.Cols[c].Scalar(i)
				if s.Type.IsFloat() && s.F == 0 {
					s.F = 0 // −0
				}
				parts = append(parts, vectest.Key(s))
				key = append(key, text(s))
			}
			name := strings.Join(parts, "\x01")
			g := groups[name]
			if g == nil {
				g = &groupRows{key: key, vals: make([][]vec.Scalar, len(n.Aggs))}
				groups[name] = g
			}
			g.rows++
			for j, a := range n.Aggs {
				if a.Arg >= 0 && !b.Cols[a.Arg].IsNull(i) {
					g.vals[j] = append(g.vals[j], b.Cols[a.Arg].Scalar(i))
				}
			}
		}
	}
	var rows []string
	for _, g := range groups {
		parts := g.key
		for j, a := range n.Aggs {
			parts = append(parts, text(reduce(a, g.rows, g.vals[j])))
		}
		rows = append(rows, strings.Join(parts, ", "))
	}
	slices.Sort(rows)
	return rows
}

func reduce(a plan.Agg, rows int64, vals []vec.Scalar) vec.Scalar {
	out := vec.Scalar{Type: a.Type}
	switch {
	case a.Func == plan.AggCount && a.Arg < 0:
		out.I = rows
		return out
	case a.Func == plan.AggCount:
		out.I = int64(len(vals))
		return out
	case len(vals) == 0:
		out.Null = true
		return out
	case a.Func == plan.AggMin || a.Func == plan.AggMax:
		return extreme(vals, a.Func == plan.AggMax)
	}
	total := exactSum(vals)
	f, _ := total.Float64()
	switch {
	case a.Func == plan.AggAvg:
		out.F = f / float64(len(vals))
	case a.Type.Kind == vec.Float64:
		out.F = f
	case a.Type.Kind == vec.Decimal:
		out.D, _ = vec.Int128FromBig(total.Num())
	default:
		out.I = total.Num().Int64()
	}
	return out
}

// exactSum is of integers and finite floats.
func exactSum(vals []vec.Scalar) *big.Rat {
	total := new(big.Rat)
	for _, v := range vals {
		if v.Type.IsFloat() {
			total.Add(total, new(big.Rat).SetFloat64(v.F))
			continue
		}
		total.Add(total, new(big.Rat).SetInt64(v.I))
	}
	return total
}

func extreme(vals []vec.Scalar, isMax bool) vec.Scalar {
	best := vals[0]
	for _, v := range vals {
		less := v.I < best.I || v.F < best.F || v.S < best.S
		more := v.I > best.I || v.F > best.F || v.S > best.S
		if isMax && more || !isMax && less {
			best = v
		}
	}
	return best
}

// testTable is columns for keys and reducers.
var testTable = input(
	nullable("s", vec.TString), nullable("i", vec.TInt64), nullable("b", vec.TBool), nullable("f", vec.TFloat32),
	nullable("x", vec.TFloat64), nullable("n", vec.TInt32), nullable("t", vec.TString), nullable("big", vec.TInt64),
)

// testReducers reduce testTable's columns in every way.
var testReducers = []plan.Agg{
	plan.MakeAgg(plan.AggCount, -1),
	plan.MakeAgg(plan.AggCount, 4),
	plan.MakeAgg(plan.AggSum, 4),
	plan.MakeAgg(plan.AggAvg, 4),
	plan.MakeAgg(plan.AggMin, 4),
	plan.MakeAgg(plan.AggSum, 5),
	plan.MakeAgg(plan.AggAvg, 5),
	plan.MakeAgg(plan.AggMin, 6),
	plan.MakeAgg(plan.AggMax, 6),
	plan.MakeAgg(plan.AggSum, 7),
	plan.MakeAgg(plan.AggMax, 5),
}

// randomBatches are batches of testTable with keys of about distinct values. Some have selections with garbage beside them.
func randomBatches(rng *rand.Rand, sizes []int, nulls vectest.Nulls, distinct int) []*vec.Batch {
	var out []*vec.Batch
	for _, n := range sizes {
		b := &vec.Batch{N: n}
		if rng.IntN(2) == 0 {
			b.Sel = vectest.Selection(rng, n)
		}
		for _, f := range testTable.Schema().Fields() {
			col := vectest.Column(rng, f.Type, n, nulls, distinct)
			if f.Name == "x" { // the reference sums finite numbers only
				for i, v := range vec.Of[float64](col) {
					if math.IsNaN(v) || math.IsInf(v, 0) || v == 0 {
						vec.Of[float64](col)[i] = math.Ldexp(float64(i+1), i%300-150)
					}
				}
			}
			vectest.Spoil(col, b.Sel)
			if rng.IntN(2) == 0 {
				col = vectest.Dictionary(rng, col)
			}
			b.Cols = append(b.Cols, col)
		}
		out = append(out, b)
	}
	return out
}

func TestAggregateAgainstReference(t *testing.T) {
	sizes := []int{0, 1, 2, 3, 1023, 8192, 700, 1, 1023}
	for _, keys := range [][]int{{}, {0}, {1}, {2}, {3}, {0, 1}, {0, 6}, {2, 3, 5}} {
		for _, nulls := range []vectest.Nulls{vectest.No, vectest.Some, vectest.All} {
			t.Run(fmt.Sprint(keys, nulls), func(t *testing.T) {
				seed := uint64(len(keys))
				rng := rand.New(rand.NewPCG(seed, uint64(nulls)))
				batches := randomBatches(rng, sizes, nulls, 60)
				node := aggregateNode(testTable, keys, testReducers...)
				want := reference(node, batches)
				for name, r := range variants() {
					rng.Shuffle(len(batches), func(i, j int) { batches[i], batches[j] = batches[j], batches[i] })
					got, err := r.run(t, node, batches)
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					compare(t, name, got.rows, want)
				}
			})
		}
	}
}

// variants are the ways to run that must not change a bit.
func variants() map[string]aggRun {
	return map[string]aggRun{
		"1 worker":   {workers: 1},
		"3 workers":  {workers: 3},
		"fold":       {workers: 2, test: op.TestSettings{MaxLocalGroups: 10}},
		"spill":      {workers: 2, test: op.TestSettings{ForceSpill: true}},
		"collisions": {workers: 2, test: op.TestSettings{ForceCollisions: true}},
		"all three":  {workers: 3, test: op.TestSettings{ForceCollisions: true, ForceSpill: true, MaxLocalGroups: 1}},
	}
}

func compare(t *testing.T, name string, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d groups, want %d", name, len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s: group %d is\n%s, want\n%s", name, i, got[i], want[i])
		}
	}
}

// countingKeys are batches of one int64 key that takes n values, in order, twice, and a string.
func countingKeys(n int) (plan.Node, []*vec.Batch) {
	in := input(plan.Field{Name: "k", Type: vec.TInt64}, plan.Field{Name: "s", Type: vec.TString})
	var out []*vec.Batch
	for from := 0; from < 2*n; from += vec.BatchRows {
		rows := min(vec.BatchRows, 2*n-from)
		k, s := vec.NewBuilder(vec.TInt64, rows), vec.NewBuilder(vec.TString, rows)
		for i := range rows {
			vec.AppendFixed(k, int64((from+i)%n))
			s.AppendString(fmt.Sprint("text ", from+i))
		}
		out = append(out, &vec.Batch{N: rows, Cols: []*vec.Vec{k.Finish(), s.Finish()}})
	}
	return in, out
}

func TestAggregateManyGroups(t *testing.T) {
	const n = 60_000
	in, batches := countingKeys(n)
	node := aggregateNode(in, []int{0}, plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggMax, 1))
	want := reference(node, batches)
	for name, r := range map[string]aggRun{
		"in memory":                {workers: 2},
		"one worker":               {workers: 1},
		"spill, a small budget":    {workers: 2, budget: 150_000},
		"spill, a moderate budget": {workers: 2, budget: 4 << 20},
		"spill, next to no budget": {workers: 1, budget: 1 << 16},
	} {
		got, err := r.run(t, node, batches)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		compare(t, name, got.rows, want)
		if (got.spilled > 0) != (r.budget > 0) {
			t.Errorf("%s: %d bytes were spilled", name, got.spilled)
		}
		if got.most > vec.BatchRows {
			t.Errorf("%s: a batch of %d rows was emitted", name, got.most)
		}
		if got.blocks > 2000 {
			t.Errorf("%s: %d blocks were written, each of which opens a file", name, got.blocks)
		}
	}
}

// TestAggregatePartitionsSplit: partitions that are larger than the budget are spilled a second time.
func TestAggregatePartitionsSplit(t *testing.T) {
	if testing.Short() {
		t.Skip("it spills 200 MB")
	}
	const n, batches = 500, 130
	rng := rand.New(rand.NewPCG(4, 4))
	var in []*vec.Batch
	for i := range batches {
		keys, values := vec.NewBuilder(vec.TBinary, n), vec.NewBuilder(vec.TInt64, n)
		long := make([]byte, 1200)
		for k := range n {
			for j := 0; j < len(long); j += 8 {
				binary.LittleEndian.PutUint64(long[j:], rng.Uint64())
			}
			keys.AppendBytes(long)
			vec.AppendFixed(values, int64(n*i+k))
		}
		in = append(in, &vec.Batch{N: n, Cols: []*vec.Vec{keys.Finish(), values.Finish()}})
	}
	table := input(nullable("key", vec.TBinary), nullable("x", vec.TInt64))
	node := aggregateNode(table, []int{0}, plan.MakeAgg(plan.AggSum, 1))
	want := reference(node, in)
	once, err := aggRun{workers: 2, budget: 32 << 20}.run(t, node, in)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := aggRun{workers: 2, budget: 150_000}.run(t, node, in)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "once", once.rows, want)
	compare(t, "twice", twice.rows, want)
	if 2*twice.spilled < 3*once.spilled {
		t.Errorf("%d bytes were spilled, %d if partitions needn't be split", twice.spilled, once.spilled)
	}
}

func TestAggregateThatCannotBeSplit(t *testing.T) {
	in, batches := countingKeys(3000)
	node := aggregateNode(in, []int{0, 1}, plan.MakeAgg(plan.AggCount, -1))
	_, err := aggRun{workers: 1, budget: 10_000, test: op.TestSettings{ForceCollisions: true}}.run(t, node, batches)
	if err == nil || !strings.Contains(err.Error(), "group by test: out of memory: a set of groups (") || !strings.Contains(err.Error(), "10000") {
		t.Errorf("error %v", err)
	}
}

func TestAggregateOfNoRows(t *testing.T) {
	for _, batches := range [][]*vec.Batch{nil, {{N: 0, Cols: randomBatches(rand.New(rand.NewPCG(1, 1)), []int{0}, vectest.No, 5)[0].Cols}}} {
		whole, err := aggRun{workers: 2}.run(t, aggregateNode(testTable, nil, testReducers...), batches)
		if err != nil || len(whole.rows) != 1 || whole.rows[0] != reference(aggregateNode(testTable, nil, testReducers...), nil)[0] {
			t.Errorf("whole table: %v, %v", whole.rows, err)
		}
		groups, err := aggRun{workers: 2}.run(t, aggregateNode(testTable, []int{0}, testReducers...), batches)
		if err != nil || len(groups.rows) != 0 {
			t.Errorf("by group: %v, %v", groups.rows, err)
		}
	}
}

func TestAggregateWithoutReducers(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	batches := randomBatches(rng, []int{1000, 1000}, vectest.Some, 20)
	node := aggregateNode(testTable, []int{0, 2})
	got, err := aggRun{workers: 2}.run(t, node, batches)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "distinct", got.rows, reference(node, batches))
}

func TestAggregateRefusesRetractions(t *testing.T) {
	b := randomBatches(rand.New(rand.NewPCG(1, 1)), []int{3}, vectest.No, 5)[0]
	b.Sel, b.Diff = nil, []int64{1, -1, 1}
	_, err := aggRun{workers: 1}.run(t, aggregateNode(testTable, []int{0}), []*vec.Batch{b})
	if err == nil || !strings.HasPrefix(err.Error(), "group by test: ") {
		t.Errorf("error %v", err)
	}
}

func TestAggregateRefusesMeaninglessReducers(t *testing.T) {
	_, err := op.NewAggregate(aggregateNode(testTable, nil, plan.MakeAgg(plan.AggSum, 0)), op.Env{Name: "reduce"})
	if err == nil || err.Error() != "reduce: agg0: can't sum string: only numbers can be" {
		t.Errorf("error %v", err)
	}
}

func TestAggregateSumBeyondInt64(t *testing.T) {
	in := input(plan.Field{Name: "big", Type: vec.TInt64})
	col := vec.NewBuilder(vec.TInt64, 2)
	vec.AppendFixed(col, int64(math.MaxInt64))
	vec.AppendFixed(col, int64(math.MaxInt64))
	node := aggregateNode(in, nil, plan.MakeAgg(plan.AggSum, 0))
	got, err := aggRun{workers: 1}.run(t, node, []*vec.Batch{{N: 2, Cols: []*vec.Vec{col.Vec()}}})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "sum", got.rows, []string{text(vec.Scalar{Type: vec.TDecimal(38, 0), D: vec.Int128{Lo: math.MaxUint64 - 1}})})
}

// Aggregating the same groups again takes no memory.
func TestAggregatePushDoesNotAllocate(t *testing.T) {
	in, batches := countingKeys(1000)
	node := aggregateNode(in, []int{0}, plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggSum, 0))
	a, err := op.NewAggregate(node, op.Env{Workers: 1, Account: vec.NewBudget(0).Account("test")})
	if err != nil {
		t.Fatal(err)
	}
	newLocal, _ := a.Open([]op.Port{{Final: true, Bounded: true}})
	local := newLocal()
	if n := testing.AllocsPerRun(100, func() { _ = local.Push(0, op.Seq{}, batches[0], nil) }); n > 0 {
		t.Errorf("%v allocations a batch", n)
	}
	runtime.KeepAlive(a)
}
