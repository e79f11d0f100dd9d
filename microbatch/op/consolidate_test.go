package op_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

func retractPort(key []int, fields ...plan.Field) op.Port {
	return op.Port{Schema: plan.NewSchema(fields...), Kind: plan.Retract, Key: key, Time: -1}
}

func newConsolidate(env op.Env) op.Operator { return op.NewConsolidate(&plan.Consolidate{}, env) }

// TestConsolidateNet: of random changes, cut and spread at random, each epoch emits the net of each row, once.
func TestConsolidateNet(t *testing.T) {
	for seed := range uint64(60) {
		for _, workers := range []int{1, 3} {
			t.Run(fmt.Sprint(seed, " ", workers), func(t *testing.T) {
				g := newTester(seed, 4, testedFields[:2+seed%5]...)
				d := drive(t, retractPort(nil, g.fields...), workers, func(e *op.Env) { e.Test.ForceCollisions = seed%7 == 0 }, newConsolidate)
				defer d.close()
				for epoch := range 6 {
					for range g.rng.IntN(5) {
						at, b := g.batch(g.changes(g.rng.IntN(30)))
						if err := d.push(g.rng.IntN(workers), at, b); err != nil {
							t.Fatal(err)
						}
					}
					if err := d.end(); err != nil {
						t.Fatal(err)
					}
					d.check(fmt.Sprint("epoch ", epoch), g.there.rows)
					d.checkNet()
				}
			})
		}
	}
}

// TestConsolidatePairs: where rows have a key, the old one comes right before the new one, also of many on all workers.
func TestConsolidatePairs(t *testing.T) {
	for _, keys := range []int{3, 20_000} {
		fields := []plan.Field{{Name: "id", Type: vec.TInt64}, {Name: "x", Type: vec.TInt64}}
		g := newTester(1, 1, fields...)
		d := drive(t, retractPort([]int{0}, fields...), 2, nil, newConsolidate)
		values := make([]int64, keys)
		for epoch := range 4 {
			var rows [][]vec.Scalar
			var diffs []int64
			change := func(id, x, diff int64) {
				rows = append(rows, []vec.Scalar{{Type: vec.TInt64, I: id}, {Type: vec.TInt64, I: x}})
				diffs = append(diffs, diff)
				g.there.add(rows[len(rows)-1], diff)
			}
			for _, id := range g.rng.Perm(keys) {
				change(int64(id), values[id]+1, 1)
				if epoch > 0 {
					change(int64(id), values[id], -1)
				}
				values[id]++
			}
			for from := 0; from < len(rows); from += 1000 {
				to := min(len(rows), from+1000)
				at, b := g.batch(rows[from:to], diffs[from:to])
				if err := d.push(from/1000%2, at, b); err != nil {
					t.Fatal(err)
				}
			}
			if err := d.end(); err != nil {
				t.Fatal(err)
			}
			d.check(fmt.Sprint("epoch ", epoch), g.there.rows)
			if keys < 100 { // many are emitted by all workers at once
				d.checkPairs(0)
			}
		}
		d.close()
	}
}

// TestConsolidateTooOften: more than 2^63 of a row are told, not wrapped around.
func TestConsolidateTooOften(t *testing.T) {
	fields := []plan.Field{{Name: "id", Type: vec.TInt64}}
	g := newTester(1, 1, fields...)
	d := drive(t, retractPort(nil, fields...), 1, nil, newConsolidate)
	defer d.close()
	row := []vec.Scalar{{Type: vec.TInt64, I: 5}}
	at, b := g.batch([][]vec.Scalar{row, row}, []int64{math.MaxInt64, 1})
	if err := d.push(0, at, b); err == nil || !strings.Contains(err.Error(), "2^63 times: id=5") {
		t.Error(err)
	}
}

// TestConsolidateAppends: what only comes passes at once.
func TestConsolidateAppends(t *testing.T) {
	fields := []plan.Field{{Name: "id", Type: vec.TInt64}}
	g := newTester(1, 3, fields...)
	in := retractPort(nil, fields...)
	in.Kind = plan.Append
	d := drive(t, in, 1, nil, newConsolidate)
	defer d.close()
	at, b := g.batch([][]vec.Scalar{g.row(), g.row()}, nil)
	if err := d.push(0, at, b); err != nil || len(d.changes) != 2 {
		t.Error(d.changes, err)
	}
	if i := slices.IndexFunc(d.changes, func(c change) bool { return c.diff != 1 }); i >= 0 {
		t.Error(d.changes)
	}
}
