package op_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
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
)

// driver runs one operator as the engine would, epoch by epoch, with lent batches that are overwritten, and adds up what it emits.
type driver struct {
	t        *testing.T
	operator op.Operator
	locals   []op.Local
	workers  int
	budget   *vec.Budget
	stats    *op.Stats
	appends  bool // nothing may go
	epoch    int64

	mu       sync.Mutex
	sum      map[string]int64 // rows that there are
	changes  []change         // of the last epoch, as emitted by one caller
	rejected map[string]int64 // rejected rows that there are: reason and row
}

// change is an emitted row.
type change struct {
	row  string
	cols []vec.Scalar
	diff int64
}

// drive opens an operator. seed is of its hashes; env may be bent.
func drive(t *testing.T, in op.Port, workers int, bend func(*op.Env), newOperator func(op.Env) op.Operator) *driver {
	t.Helper()
	d := &driver{t: t, workers: workers, budget: vec.NewBudget(0), stats: &op.Stats{}, sum: map[string]int64{}, rejected: map[string]int64{}}
	env := op.Env{Name: "tested (job.go:1)", Source: 77, Workers: workers, Account: d.budget.Account("test"), Stats: d.stats, Seed: 42}
	if bend != nil {
		bend(&env)
	}
	d.operator = newOperator(env)
	newLocal, err := d.operator.Open([]op.Port{in})
	if err != nil {
		t.Fatal(err)
	}
	for range workers {
		d.locals = append(d.locals, newLocal())
	}
	return d
}

// Emit takes what the operator emits, and overwrites it.
func (d *driver) Emit(port op.OutPort, _ op.Seq, b *vec.Batch) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if port == op.Rejected {
		for i := range b.Rows() {
			row := string(b.Cols[5].Str(b.Row(i))) + ": " + string(b.Cols[6].Str(b.Row(i)))
			n := int64(1)
			if b.Diff != nil {
				n = b.Diff[b.Row(i)]
			}
			if d.rejected[row] += n; d.rejected[row] == 0 {
				delete(d.rejected, row)
			}
		}
		return nil
	}
	if d.appends && b.Diff != nil {
		d.t.Error("an edge on which rows only come has got a Diff")
	}
	for i := range b.Rows() {
		c := change{diff: 1}
		if b.Diff != nil {
			c.diff = b.Diff[b.Row(i)]
		}
		for _, v := range b.Cols {
			if v.N != b.N {
				d.t.Fatalf("a column of %d rows in a batch of %d", v.N, b.N)
			}
			c.cols = append(c.cols, v.Scalar(b.Row(i)))
		}
		c.row = rowOf(c.cols)
		d.changes = append(d.changes, c)
		if d.sum[c.row] += c.diff; d.sum[c.row] == 0 {
			delete(d.sum, c.row)
		}
	}
	return nil
}

// rowOf is a row as text; rows that are equal have the same.
func rowOf(cols []vec.Scalar) string {
	parts := make([]string, len(cols))
	for i, s := range cols {
		if s.F == 0 {
			s.F = 0 // −0
		}
		parts[i] = text(s)
	}
	return strings.Join(parts, " | ")
}

func (d *driver) push(local int, at op.Seq, b *vec.Batch) error {
	lent := lendBatch(b)
	defer spoilBatch(lent)
	return d.locals[local].Push(0, at, lent, d)
}

func (d *driver) end() error {
	d.epoch++
	d.changes = d.changes[:0]
	return d.operator.EndEpoch(&op.Epoch{Number: d.epoch, Parallel: parallelOn(d.workers, d), Calls: callsOn}, d)
}

// callsOn is an engine's Epoch.Calls.
func callsOn(limit, n int, call func(ctx context.Context, i int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, limit)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			call(context.Background(), i)
		})
	}
	wg.Wait()
}

// close makes sure that everything is given back.
func (d *driver) close() {
	d.t.Helper()
	if err := d.operator.Close(); err != nil {
		d.t.Error(err)
	}
	if used := d.budget.Used(); used != 0 {
		d.t.Errorf("%d bytes are charged after Close", used)
	}
}

// check compares the rows that there are with those that there should be.
func (d *driver) check(what string, want map[string]int64) {
	d.t.Helper()
	if maps.Equal(d.sum, want) {
		return
	}
	var lines []string
	for row, n := range d.sum {
		if want[row] != n {
			lines = append(lines, fmt.Sprintf("%+d instead of %+d: %s", n, want[row], row))
		}
	}
	for row, n := range want {
		if _, there := d.sum[row]; !there {
			lines = append(lines, fmt.Sprintf("+0 instead of %+d: %s", n, row))
		}
	}
	slices.Sort(lines)
	d.t.Fatalf("%s: %d rows differ:\n%s", what, len(lines), strings.Join(lines[:min(len(lines), 12)], "\n"))
}

// checkNet makes sure that no row came and went in the last epoch.
func (d *driver) checkNet() {
	d.t.Helper()
	seen := map[string]bool{}
	for _, c := range d.changes {
		if seen[c.row] || c.diff == 0 {
			d.t.Fatalf("the row %s was emitted twice in an epoch, or with 0", c.row)
		}
		seen[c.row] = true
	}
}

// checkPairs makes sure that what goes of a key, by those columns, comes right before what comes.
func (d *driver) checkPairs(key ...int) {
	d.t.Helper()
	last := map[string]int{}
	for i, c := range d.changes {
		var cols []vec.Scalar
		for _, k := range key {
			cols = append(cols, c.cols[k])
		}
		at, there := last[rowOf(cols)]
		if there && (at != i-1 || d.changes[at].diff > 0 || c.diff < 0) {
			d.t.Fatalf("the key %s: change %d (%+d), then change %d (%+d)", rowOf(cols), at, d.changes[at].diff, i, c.diff)
		}
		last[rowOf(cols)] = i
	}
}

// lendBatch is a copy of a batch that may be overwritten.
func lendBatch(b *vec.Batch) *vec.Batch {
	out := &vec.Batch{N: b.N, Sel: slices.Clone(b.Sel), Diff: slices.Clone(b.Diff)}
	for _, c := range b.Cols {
		v := *c
		v.Valid, v.Offsets, v.Codes = slices.Clone(c.Valid), slices.Clone(c.Offsets), slices.Clone(c.Codes)
		v.Data = vec.Alloc(len(c.Data))
		copy(v.Data, c.Data)
		out.Cols = append(out.Cols, &v)
	}
	return out
}

func spoilBatch(b *vec.Batch) {
	spoil(b.Sel, 0xA5A5A5A5)
	spoil(b.Diff, -0x5A5A5A5A5A5A5A5B)
	for _, c := range b.Cols {
		spoil(c.Valid, 0xA5)
		spoil(c.Data, 0xA5)
		spoil(c.Offsets, -0x5A5A5A5B)
		spoil(c.Codes, 0xA5A5A5A5)
	}
}

func spoil[T any](s []T, x T) {
	for i := range s {
		s[i] = x
	}
}

// bag is rows with how often they are there.
type bag struct {
	rows map[string]int64
	cols map[string][]vec.Scalar
}

func newBag() *bag { return &bag{map[string]int64{}, map[string][]vec.Scalar{}} }

func (g *bag) add(cols []vec.Scalar, n int64) {
	row := rowOf(cols)
	g.cols[row] = cols
	if g.rows[row] += n; g.rows[row] == 0 {
		delete(g.rows, row)
	}
}

// tester makes random batches for a schema: of few different values, with selections, dictionaries and garbage.
type tester struct {
	rng    *rand.Rand
	fields []plan.Field
	few    int // different values of a column
	offset int64
	there  *bag // all rows that have come and not gone
}

var testedFields = []plan.Field{
	nullable("k", vec.TInt16), nullable("name", vec.TString), nullable("v", vec.TFloat64),
	{Name: "on", Type: vec.TBool},
	nullable("amount", vec.TDecimal(38, 2)), nullable("tags", vec.TList(vec.TString)),
}

func newTester(seed uint64, few int, fields ...plan.Field) *tester {
	return &tester{rng: rand.New(rand.NewPCG(seed, 9)), fields: fields, few: few, there: newBag()}
}

// row is a random row.
func (g *tester) row() []vec.Scalar {
	row := make([]vec.Scalar, len(g.fields))
	for i, f := range g.fields {
		row[i] = vectest.Value(f.Type, g.rng.IntN(g.few))
		if f.Nullable && g.rng.IntN(6) == 0 {
			row[i] = vec.Scalar{Type: f.Type, Null: true}
		}
	}
	return row
}

// anyThere is a row that is there, if there is one.
func (g *tester) anyThere() ([]vec.Scalar, bool) {
	rows := slices.Sorted(maps.Keys(g.there.rows))
	if len(rows) == 0 {
		return nil, false
	}
	return g.there.cols[rows[g.rng.IntN(len(rows))]], true
}

// changes is n random changes: none of them takes away a row that isn't there.
func (g *tester) changes(n int) (rows [][]vec.Scalar, diffs []int64) {
	for range n {
		row, d := g.row(), int64(1+g.rng.IntN(2))
		if old, ok := g.anyThere(); ok && g.rng.IntN(2) == 0 {
			row, d = old, -1-g.rng.Int64N(g.there.rows[rowOf(old)])
		}
		g.there.add(row, d)
		rows, diffs = append(rows, row), append(diffs, d)
	}
	return rows, diffs
}

// batch is rows as a batch, among others that its selection leaves out. Rows' places in the source go on.
func (g *tester) batch(rows [][]vec.Scalar, diffs []int64) (op.Seq, *vec.Batch) {
	at := op.Seq{Source: 1, Offset: g.offset}
	b := &vec.Batch{}
	var of []int // the row, −1: left out
	for i := range rows {
		for g.rng.IntN(4) == 0 {
			of = append(of, -1)
		}
		of = append(of, i)
	}
	b.N = len(of)
	g.offset += int64(b.N)
	if len(rows) < b.N || g.rng.IntN(3) == 0 {
		b.Sel = []uint32{}
	}
	if diffs != nil {
		b.Diff = make([]int64, b.N)
	}
	for p, i := range of {
		if i < 0 {
			continue
		}
		if b.Sel != nil {
			b.Sel = append(b.Sel, uint32(p))
		}
		if diffs != nil {
			b.Diff[p] = diffs[i]
		}
	}
	for c, f := range g.fields {
		col := vec.NewBuilder(f.Type, b.N)
		for _, i := range of {
			if i < 0 {
				col.AppendScalar(vectest.Value(f.Type, g.rng.IntN(1000)))
				continue
			}
			col.AppendScalar(rows[i][c])
		}
		v := col.Finish()
		if f.Type.IsVar() && g.rng.IntN(3) == 0 {
			v = vectest.Dictionary(g.rng, v)
		}
		b.Cols = append(b.Cols, v)
	}
	return at, b
}

// compareScalars orders values as the plan says: NaN above all, NULLs last unless asked for otherwise.
func compareScalars(x, y vec.Scalar, desc, nullsFirst bool) int {
	if x.Null || y.Null {
		c := cmp.Compare(truth(x.Null), truth(y.Null))
		if nullsFirst {
			return -c
		}
		return c
	}
	c := 0
	switch t := x.Type; {
	case t.IsFloat():
		c = cmp.Compare(truth(math.IsNaN(x.F)), truth(math.IsNaN(y.F)))
		if c == 0 && x.F == x.F {
			c = cmp.Compare(x.F, y.F)
		}
	case t.IsVar():
		c = strings.Compare(x.S, y.S)
	case t.Kind == vec.Decimal:
		c = x.D.Cmp(y.D)
	case t.Kind == vec.List:
		c = slices.CompareFunc(x.Elems(), y.Elems(), func(a, b vec.Scalar) int { return compareScalars(a, b, false, false) })
	case t.Kind == vec.Uint64:
		c = cmp.Compare(uint64(x.I), uint64(y.I))
	default:
		c = cmp.Compare(x.I, y.I)
	}
	if desc {
		return -c
	}
	return c
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
