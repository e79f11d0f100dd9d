package op_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
	"github.com/pwcol/pwcol/microbatch/op"
)

// rowsWithoutEnds is what a window has emitted, without window_end: the rows of a group-by of window_start.
type rowsWithoutEnds struct {
	t    *testing.T
	rows []string
}

func (c *rowsWithoutEnds) Emit(port op.OutPort, _ op.Seq, b *vec.Batch) error {
	for i := range b.N {
		var parts []string
		for j, col := range b.Cols {
			if j != 1 {
				parts = append(parts, text(col.Scalar(i)))
			}
		}
		if port != op.Main || b.Diff != nil {
			c.t.Errorf("port %d, diff %v: %v", port, b.Diff, parts)
		}
		c.rows = append(c.rows, strings.Join(parts, ", "))
	}
	return nil
}

// TestWindowsReduceAsGroupBy: all reducers, of rows that come and go, are what a group-by of the rows of each window has.
func TestWindowsReduceAsGroupBy(t *testing.T) {
	for _, kind := range []plan.Changelog{plan.Append, plan.Retract} {
		for _, n := range []plan.Window{
			{Kind: plan.Tumbling, Size: 20},
			{Kind: plan.Sliding, Size: 32, Step: 1},
			{Kind: plan.Sliding, Size: 15, Step: 6},
			{Kind: plan.Session, Size: 3},
		} {
			t.Run(fmt.Sprint(n.Kind, n.Size, kind), func(t *testing.T) { reduceAsGroupBy(t, n, kind) })
		}
	}
}

func reduceAsGroupBy(t *testing.T, n plan.Window, kind plan.Changelog) {
	rng := rand.New(rand.NewPCG(uint64(n.Size), uint64(kind)))
	const rows, span = 300, 120
	fields := append(slices.Clone(streamTable.Schema().Fields()), plan.Field{Name: "ts", Type: vec.TTimestamp(vec.Micro)})
	schema := plan.NewSchema(fields...)
	at := len(fields) - 1
	pool := &vec.Batch{N: rows}
	for _, f := range streamTable.Schema().Fields() {
		pool.Cols = append(pool.Cols, vectest.Column(rng, f.Type, rows, vectest.Some, 12))
	}
	ts := vec.NewBuilder(fields[at].Type, rows)
	for i := range rows {
		vec.AppendFixed(ts, int64(i*span/rows))
	}
	pool.Cols = append(pool.Cols, ts.Finish())
	n.Input, n.Time, n.Keys, n.Aggs = &plan.Read{Out: schema}, at, []int{2}, streamReducers()
	agg := aggregateNode(input(append(fields, plan.Field{Name: "window_start", Type: fields[at].Type})...), []int{at + 1, 2}, n.Aggs...)
	out := slices.Clone(agg.Out.Fields())
	n.Aggs, n.Out = agg.Aggs, plan.NewSchema(slices.Insert(out, 1, plan.Field{Name: "window_end", Type: fields[at].Type})...)

	times, gone := pushChanges(t, rng, &n, kind, pool)
	batch := windowed(&n, pool, vec.Of[int64](pool.Cols[at]), gone)
	want, err := aggRun{workers: 1}.run(t, agg, []*vec.Batch{batch})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(times)
	compare(t, "windows", times, want.rows)
}

// pushChanges pushes the rows of pool in the order of their times, and takes some back before their windows close. It returns what comes out, and which
// rows were taken back.
func pushChanges(t *testing.T, rng *rand.Rand, n *plan.Window, kind plan.Changelog, pool *vec.Batch) (out []string, gone []bool) {
	w, err := op.NewWindow(n, op.Env{Name: "window", Workers: 2, Account: vec.NewBudget(0).Account("window"), Stats: &op.Stats{}})
	if err != nil {
		t.Fatal(err)
	}
	newLocal, err := w.Open([]op.Port{{Schema: n.Input.Schema(), Kind: kind, Time: n.Time}})
	if err != nil {
		t.Fatal(err)
	}
	locals := []op.Local{newLocal(), newLocal()}
	rows := &rowsWithoutEnds{t: t}
	gone = make([]bool, pool.N)
	push := func(row int, diff int64) {
		b := &vec.Batch{N: pool.N, Cols: pool.Cols, Sel: []uint32{uint32(row)}}
		if kind == plan.Retract {
			b.Diff = make([]int64, pool.N)
			b.Diff[row] = diff
		}
		if err := locals[rng.IntN(2)].Push(0, op.Seq{}, b, rows); err != nil {
			t.Fatal(err)
		}
	}
	times := vec.Of[int64](pool.Cols[n.Time])
	for i := range pool.N {
		push(i, 1)
		if back := i - rng.IntN(4); kind == plan.Retract && rng.IntN(3) == 0 && back >= 0 && !gone[back] {
			gone[back] = true
			push(back, -1)
		}
		last := i == pool.N-1
		if rng.IntN(5) == 0 || last {
			e := &op.Epoch{Now: 1, Last: last, Watermarks: []int64{times[i] - 3}, Parallel: parallelOn(1, rows)}
			if err := w.EndEpoch(e, rows); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return rows.rows, gone
}

// windowed is each row of pool that stays, once for each of its windows, whose start comes last.
func windowed(n *plan.Window, pool *vec.Batch, times []int64, gone []bool) *vec.Batch {
	var rows []uint32
	starts := vec.NewBuilder(vec.TTimestamp(vec.Micro), 0)
	add := func(i int, start int64) {
		rows = append(rows, uint32(i))
		vec.AppendFixed(starts, start)
	}
	slow := newNaive(n, vec.Micro, false)
	first, last := map[string]int64{}, map[string]int64{} // of sessions, by key
	for i := range pool.N {
		if gone[i] {
			continue
		}
		if n.Kind != plan.Session {
			for _, w := range slow.windowsOf(times[i]) {
				add(i, w.start)
			}
			continue
		}
		key := text(pool.Cols[2].Scalar(i))
		if l, ok := last[key]; !ok || times[i]-l >= n.Size {
			first[key] = times[i]
		}
		last[key] = times[i]
		add(i, first[key])
	}
	out := &vec.Batch{N: len(rows)}
	for _, c := range pool.Cols {
		out.Cols = append(out.Cols, c.Take(rows))
	}
	out.Cols = append(out.Cols, starts.Finish())
	return out
}
