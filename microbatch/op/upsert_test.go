package op_test

import (
	"fmt"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// TestUpsert: after every epoch, also when it has ended and gone on, the last row of each key is there, unless it was removed; what comes out is net, old before new.
func TestUpsert(t *testing.T) {
	for seed := range uint64(200) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			g := newTester(seed, 3, testedFields[:3+seed%4]...)
			key := g.rng.Perm(len(g.fields))[:1+g.rng.IntN(2)]
			in := retractPort(nil, g.fields...)
			in.Ordered, in.Final = true, seed%5 == 0
			d := driveLasting(t, g.rng, in, func(e *op.Env) { e.Test.ForceCollisions = seed%9 == 0 }, func(env op.Env) op.Operator {
				return op.NewUpsert(&plan.Upsert{Input: input(g.fields...), Key: key}, env)
			})
			defer func() { d.close() }()
			d.appends = in.Final
			there := map[string][]vec.Scalar{}
			for epoch := range 20 {
				var pieces []pushed
				for range g.rng.IntN(5) {
					var rows [][]vec.Scalar
					var diffs []int64
					for range g.rng.IntN(8) {
						row, d := g.row(), int64(1-2*truth(g.rng.IntN(3) == 0))
						rows, diffs = append(rows, row), append(diffs, d)
						var k []vec.Scalar
						for _, c := range key {
							k = append(k, row[c])
						}
						there[rowOf(k)] = row
						if d < 0 {
							delete(there, rowOf(k))
						}
					}
					at, b := g.batch(rows, diffs)
					pieces = append(pieces, pushed{at, b})
				}
				for _, i := range g.rng.Perm(len(pieces)) {
					if err := d.push(pieces[i].at, pieces[i].b); err != nil {
						t.Fatal(err)
					}
				}
				if err := d.end(); err != nil {
					t.Fatal(err)
				}
				want := map[string]int64{}
				for _, row := range there {
					want[rowOf(row)]++
				}
				d.check(fmt.Sprintf("epoch %d, key %v", epoch, key), want)
				if in.Final {
					clear(there)
					clear(d.sum)
					continue
				}
				d.checkNet()
				d.checkPairs(key...)
				if s := d.operator.(op.Stateful).State(); s.Keys != int64(len(there)) {
					t.Fatalf("%d keys are kept, %d are there", s.Keys, len(there))
				}
				d.goOn()
			}
		})
	}
}

// TestUpsertForgets: keys that come and go for ever take no more memory.
func TestUpsertForgets(t *testing.T) {
	fields := []plan.Field{{Name: "id", Type: vec.TInt64}, {Name: "text", Type: vec.TString}}
	g := newTester(1, 1, fields...)
	in := retractPort(nil, fields...)
	in.Ordered = true
	d := drive(t, in, 1, nil, func(env op.Env) op.Operator {
		return op.NewUpsert(&plan.Upsert{Input: input(fields...), Key: []int{0}}, env)
	})
	defer d.close()
	var first int64
	for epoch := range int64(60) {
		var rows [][]vec.Scalar
		var diffs []int64
		for i := range int64(2000) {
			row := []vec.Scalar{{Type: vec.TInt64, I: epoch*2000 + i}, {Type: vec.TString, S: fmt.Sprint("a text of some length ", i, epoch)}}
			gone := []vec.Scalar{{Type: vec.TInt64, I: (epoch-2)*2000 + i}, {Type: vec.TString}}
			rows, diffs = append(rows, row, gone), append(diffs, 1, -1)
		}
		at, b := g.batch(rows, diffs)
		if err := d.push(0, at, b); err != nil {
			t.Fatal(err)
		}
		if err := d.end(); err != nil {
			t.Fatal(err)
		}
		s := d.operator.(op.Stateful).State()
		if epoch == 10 {
			first = s.Bytes
		}
		if epoch > 10 && s.Bytes > 2*first || s.Keys > 4000 {
			t.Fatalf("epoch %d: %+v, %d bytes after ten", epoch, s, first)
		}
	}
}
