package op_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// arrived is a row with its place in the source.
type arrived struct {
	cols []vec.Scalar
	at   op.Seq
	row  int
	n    int64
}

// ranked is what a Top yields of rows, slowly.
func ranked(n *plan.Top, rows []arrived, ordered bool) map[string]int64 {
	schema := n.Input.Schema()
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y arrived) int {
		for _, k := range n.Order {
			if c := compareScalars(x.cols[k.Column], y.cols[k.Column], k.Desc, k.NullsFirst); c != 0 {
				return c
			}
		}
		if c := x.at.Compare(y.at); ordered && (c != 0 || x.row != y.row) {
			if c == 0 {
				c = x.row - y.row
			}
			if n.Last {
				return -c
			}
			return c
		}
		for c := range schema.Len() {
			if c := compareScalars(x.cols[c], y.cols[c], false, false); c != 0 {
				return c
			}
		}
		return 0
	})
	out := map[string]int64{}
	seen := map[string]int64{}
	for _, r := range rows {
		var key []vec.Scalar
		for _, k := range n.Keys {
			key = append(key, r.cols[k])
		}
		for range r.n {
			seen[rowOf(key)]++
			number := seen[rowOf(key)]
			if number <= n.Offset || n.N >= 0 && number > n.Offset+n.N {
				continue
			}
			cols := slices.Clone(r.cols)
			if n.Number {
				cols = append(cols, vec.Scalar{Type: vec.TInt64, I: number})
			}
			out[rowOf(cols)]++
		}
	}
	return out
}

// randomTop is a Top of any kind over a tester's rows.
func randomTop(g *tester) *plan.Top {
	n := &plan.Top{Input: input(g.fields...), N: int64(g.rng.IntN(5)), Number: g.rng.IntN(2) == 0, Last: g.rng.IntN(2) == 0}
	switch g.rng.IntN(4) {
	case 0:
		n.N = -1
	case 1:
		n.N = 1
	}
	if g.rng.IntN(3) == 0 {
		n.Offset = int64(g.rng.IntN(4))
	}
	n.Keys = g.rng.Perm(len(g.fields))[:g.rng.IntN(3)]
	for _, c := range g.rng.Perm(len(g.fields))[:g.rng.IntN(3)] {
		n.Order = append(n.Order, plan.SortKey{Column: c, Desc: g.rng.IntN(2) == 0, NullsFirst: g.rng.IntN(2) == 0})
	}
	return n
}

func newTop(n *plan.Top) func(op.Env) op.Operator {
	return func(env op.Env) op.Operator { return op.NewTop(n, env) }
}

// TestTopOfAppends: after every epoch, whenever it has ended and gone on, whatever the cuts, workers and partitions, the rows are those of all input so far.
func TestTopOfAppends(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			g := newTester(seed, 3, testedFields[:3+seed%4]...)
			n := randomTop(g)
			in := retractPort(nil, g.fields...)
			in.Kind, in.Ordered, in.Final = plan.Append, g.rng.IntN(3) > 0, g.rng.IntN(4) == 0
			bend := func(e *op.Env) {
				e.Test.ForceCollisions = seed%9 == 0
				e.Test.MaxLocalGroups = g.rng.IntN(3)
			}
			d := driveLasting(t, g.rng, in, bend, newTop(n))
			defer func() { d.close() }()
			d.appends = in.Final
			var all []arrived
			var last op.Seq
			for epoch := range 12 {
				for range g.rng.IntN(5) {
					var rows [][]vec.Scalar
					for range g.rng.IntN(12) {
						rows = append(rows, g.row())
					}
					at, b := g.batch(rows, nil)
					at.Partition = uint32(g.rng.IntN(3))
					if g.rng.IntN(4) == 0 { // as a union of two tables of one source has it
						at = last
					}
					last = at
					for i := range b.Rows() {
						all = append(all, arrived{rows[i], at, b.Row(i), 1})
					}
					if err := d.push(at, b); err != nil {
						t.Fatal(err)
					}
				}
				if err := d.end(); err != nil {
					t.Fatal(err)
				}
				d.check(fmt.Sprintf("epoch %d of %+v, ordered %v", epoch, n, in.Ordered), ranked(n, all, in.Ordered))
				if in.Final {
					d.sum, all = map[string]int64{}, nil // windows: as new
					continue
				}
				d.checkNet()
				if n.N == 1 {
					d.checkPairs(n.Keys...)
				}
				d.goOn()
			}
			if s := d.operator.(op.Stateful).State(); in.Final && s != (op.State{}) {
				t.Errorf("%+v is kept of windows that are done", s)
			}
		})
	}
}

// TestTopOfRetractions: the same where rows go.
func TestTopOfRetractions(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			g := newTester(seed, 3, testedFields[:3+seed%4]...)
			n := randomTop(g)
			in := retractPort(nil, g.fields...)
			in.Final = g.rng.IntN(5) == 0
			d := driveLasting(t, g.rng, in, nil, newTop(n))
			defer func() { d.close() }()
			d.appends = in.Final
			for epoch := range 16 {
				for range g.rng.IntN(4) {
					at, b := g.batch(g.changes(g.rng.IntN(20)))
					if err := d.push(at, b); err != nil {
						t.Fatal(err)
					}
				}
				if err := d.end(); err != nil {
					t.Fatal(err)
				}
				var all []arrived
				for row, n := range g.there.rows {
					all = append(all, arrived{cols: g.there.cols[row], n: n})
				}
				d.check(fmt.Sprintf("epoch %d of %+v", epoch, n), ranked(n, all, false))
				if in.Final {
					d.sum, g.there = map[string]int64{}, newBag()
					continue
				}
				d.checkNet()
				d.goOn()
			}
			if s := d.operator.(op.Stateful).State(); len(g.there.rows) == 0 && s.Keys > 0 {
				t.Errorf("%+v is kept of no rows", s)
			}
		})
	}
}

// TestTopOfMany: many keys and rows, on all workers at once, with long runs that are cut.
func TestTopOfMany(t *testing.T) {
	fields := []plan.Field{{Name: "k", Type: vec.TInt64}, {Name: "v", Type: vec.TInt64}, {Name: "s", Type: vec.TString}}
	for _, n := range []*plan.Top{
		{N: 1, Keys: []int{0}, Order: []plan.SortKey{{Column: 1, Desc: true}}},
		{N: 10, Keys: []int{0}, Order: []plan.SortKey{{Column: 1, Desc: true}}, Number: true},
		{N: 40, Order: []plan.SortKey{{Column: 1}}},
		{N: 100, Keys: []int{2}, Order: []plan.SortKey{{Column: 1}}, Offset: 3},
	} {
		for _, kind := range []plan.Changelog{plan.Append, plan.Retract} {
			g := newTester(7, 9, fields...)
			n.Input = input(fields...)
			in := retractPort(nil, fields...)
			in.Kind = kind
			d := drive(t, in, 2, nil, newTop(n))
			all := newBag()
			for epoch := range 3 {
				for i := range 20 {
					rows, diffs := make([][]vec.Scalar, 600), []int64(nil)
					for r := range rows {
						rows[r] = []vec.Scalar{
							{Type: vec.TInt64, I: g.rng.Int64N(6000)},
							{Type: vec.TInt64, I: g.rng.Int64N(100_000)},
							{Type: vec.TString, S: fmt.Sprint("text ", g.rng.IntN(5))},
						}
						all.add(rows[r], 1)
					}
					if kind == plan.Retract && i > 0 {
						diffs = slices.Repeat([]int64{1}, len(rows))
						for r := 0; r < 200; r++ {
							all.add(rows[r], -1)
							rows, diffs = append(rows, rows[r]), append(diffs, -1)
						}
					}
					at, b := g.batch(rows, diffs)
					if err := d.push(i%2, at, b); err != nil {
						t.Fatal(err)
					}
				}
				if err := d.end(); err != nil {
					t.Fatal(err)
				}
				var there []arrived
				for row, n := range all.rows {
					there = append(there, arrived{cols: all.cols[row], n: n})
				}
				d.check(fmt.Sprintf("epoch %d of %+v", epoch, n), ranked(n, there, false))
				d.checkNet()
			}
			d.close()
		}
	}
}

// TestTopOfInconsistent: a row that goes and never came is an error that names it, or counted.
func TestTopOfInconsistent(t *testing.T) {
	fields := []plan.Field{{Name: "k", Type: vec.TInt64}, {Name: "v", Type: vec.TInt64}}
	n := &plan.Top{Input: input(fields...), N: 2, Keys: []int{0}, Order: []plan.SortKey{{Column: 1}}}
	row := []vec.Scalar{{Type: vec.TInt64, I: 5}, {Type: vec.TInt64, I: 7}}
	g := newTester(1, 1, fields...)
	for _, policy := range []plan.BadRows{plan.Fail, plan.Skip} {
		d := drive(t, retractPort(nil, fields...), 1, func(e *op.Env) { e.Inconsistent = policy }, newTop(n))
		at, b := g.batch([][]vec.Scalar{row}, []int64{-1})
		err := errors.Join(d.push(0, at, b), d.end())
		if policy == plan.Fail {
			if err == nil || !strings.Contains(err.Error(), "tested (job.go:1): a row goes that never came: k=5, v=7") {
				t.Error(err)
			}
			d.close()
			continue
		}
		if err != nil || d.stats.Inconsistent.Load() != 1 {
			t.Error(err, d.stats.Inconsistent.Load())
		}
		at, b = g.batch([][]vec.Scalar{row, row}, nil)
		if err := errors.Join(d.push(0, at, b), d.end()); err != nil || d.stats.Inconsistent.Load() != 1 {
			t.Error(err, d.stats.Inconsistent.Load())
		}
		d.check("what came later", map[string]int64{rowOf(row): 1})
		d.close()
	}
}

// TestTopOfOnePlace: of rows that have come from one place on two ways, in whatever epochs, the smaller one is kept.
func TestTopOfOnePlace(t *testing.T) {
	fields := []plan.Field{{Name: "k", Type: vec.TInt64}, {Name: "v", Type: vec.TInt64}}
	row := func(v int64) []vec.Scalar { return []vec.Scalar{{Type: vec.TInt64, I: 5}, {Type: vec.TInt64, I: v}} }
	for _, last := range []bool{false, true} {
		for _, values := range [][]int64{{1, 2}, {2, 1}} {
			g := newTester(1, 1, fields...)
			in := retractPort(nil, fields...)
			in.Kind, in.Ordered = plan.Append, true
			d := drive(t, in, 1, nil, newTop(&plan.Top{Input: input(fields...), Keys: []int{0}, N: 1, Last: last}))
			for _, v := range values {
				_, b := g.batch([][]vec.Scalar{row(v)}, nil)
				b = &vec.Batch{N: 1, Cols: []*vec.Vec{b.Cols[0].Slice(b.Row(0), b.Row(0)+1), b.Cols[1].Slice(b.Row(0), b.Row(0)+1)}}
				if err := errors.Join(d.push(0, op.Seq{Source: 1}, b), d.end()); err != nil {
					t.Fatal(err)
				}
			}
			d.check(fmt.Sprint(values, last), map[string]int64{rowOf(row(1)): 1})
			d.close()
		}
	}
}
