package op_test

import (
	"fmt"
	"maps"
	"math"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// TestChangesThereAndBack: the changes of a table, taken back, are the table, after every epoch; their time is the epoch's number.
func TestChangesThereAndBack(t *testing.T) {
	for seed := range uint64(40) {
		g := newTester(seed, 4, testedFields[:2+seed%5]...)
		workers := 1 + int(seed%3)
		in := retractPort(nil, g.fields...)
		d := drive(t, in, workers, nil, func(env op.Env) op.Operator { return op.NewChanges(&plan.Changes{}, env) })
		d.appends = true
		logged := plan.ChangesSchema(in.Schema)
		last := len(g.fields) + 1
		back := drive(t, retractPort(nil, logged.Fields()...), 1, nil, func(env op.Env) op.Operator {
			return op.NewFromChanges(plan.NewFromChanges(plan.Base{}, input(logged.Fields()...), last), env)
		})
		sum := newBag()
		for epoch := range int64(5) {
			for range g.rng.IntN(4) {
				at, b := g.batch(g.changes(g.rng.IntN(20)))
				if err := d.push(g.rng.IntN(workers), at, b); err != nil {
					t.Fatal(err)
				}
			}
			if err := d.end(); err != nil {
				t.Fatal(err)
			}
			back.changes = nil
			for _, c := range d.changes {
				if time := c.cols[last-1]; time.I != epoch+1 || time.Type != vec.TTimestamp(vec.Micro) {
					t.Fatalf("the time of epoch %d is %v", epoch+1, time)
				}
				b := &tester{rng: g.rng, fields: logged.Fields()}
				at, batch := b.batch([][]vec.Scalar{c.cols}, nil)
				if err := back.push(0, at, batch); err != nil {
					t.Fatal(err)
				}
			}
			for _, c := range back.changes {
				sum.add(c.cols[:last-1], c.diff)
			}
			back.sum = maps.Clone(sum.rows)
			back.check(fmt.Sprint("epoch ", epoch), g.there.rows)
		}
		d.close()
		back.close()
	}
}

// TestChangesKeepOrder: changes of rows that only come are in the order of their source, whichever worker had them.
func TestChangesKeepOrder(t *testing.T) {
	fields := []plan.Field{{Name: "id", Type: vec.TInt64}}
	g := newTester(3, 1, fields...)
	in := retractPort(nil, fields...)
	in.Kind, in.Ordered = plan.Append, true
	d := drive(t, in, 3, nil, func(env op.Env) op.Operator { return op.NewChanges(&plan.Changes{}, env) })
	defer d.close()
	type piece struct {
		at op.Seq
		b  *vec.Batch
	}
	var pieces []piece
	for id := range int64(50) {
		at, b := g.batch([][]vec.Scalar{{{Type: vec.TInt64, I: id}}}, nil)
		pieces = append(pieces, piece{at, b})
	}
	for _, i := range g.rng.Perm(len(pieces)) {
		if err := d.push(g.rng.IntN(3), pieces[i].at, pieces[i].b); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.end(); err != nil {
		t.Fatal(err)
	}
	for i, c := range d.changes {
		if c.cols[0].I != int64(i) || c.cols[2].I != 1 {
			t.Fatalf("row %d is %v", i, c.cols)
		}
	}
}

// TestFromChangesBadRows: NULL and numbers that don't fit are bad rows; 0 is none.
func TestFromChangesBadRows(t *testing.T) {
	for _, test := range []struct {
		value vec.Scalar
		diff  int64 // of the row that has it
		want  int64 // 0: nothing comes out
		bad   string
	}{
		{vec.Scalar{Type: vec.TInt8, I: -3}, 1, -3, ""},
		{vec.Scalar{Type: vec.TInt8, I: 3}, -2, -6, ""},
		{vec.Scalar{Type: vec.TUint32, I: 7}, 1, 7, ""},
		{vec.Scalar{Type: vec.TInt64}, 1, 0, ""},
		{vec.Scalar{Type: vec.TInt64, Null: true}, 1, 0, "how often the row comes or goes is NULL; expected an integer: x=5, diff=NULL"},
		{vec.Scalar{Type: vec.TUint64, I: -1}, 1, 0, "how often the row comes is 18446744073709551615; expected less than 2^63: x=5, diff=18446744073709551615"},
		{vec.Scalar{Type: vec.TInt64, I: math.MinInt64}, -1, 0, "a row with -9223372036854775808 that comes -1 times would come or go more than 2^63 times: x=5, diff=-9223372036854775808"},
	} {
		for _, policy := range []plan.BadRows{plan.Fail, plan.Skip, plan.Reject} {
			fields := []plan.Field{{Name: "x", Type: vec.TInt64}, nullable("diff", test.value.Type)}
			g := newTester(1, 1, fields...)
			d := drive(t, retractPort(nil, fields...), 1, func(e *op.Env) { e.Bad = policy }, func(env op.Env) op.Operator {
				return op.NewFromChanges(plan.NewFromChanges(plan.Base{}, input(fields...), 1), env)
			})
			at, b := g.batch([][]vec.Scalar{{{Type: vec.TInt64, I: 5}, test.value}}, []int64{test.diff})
			err := d.push(0, at, b)
			if (err != nil) != (test.bad != "" && policy == plan.Fail) {
				t.Errorf("%v, policy %v: %v", test.value, policy, err)
			}
			want := map[string]int64{}
			if test.want != 0 {
				want[rowOf([]vec.Scalar{{Type: vec.TInt64, I: 5}})] = test.want
			}
			d.check(fmt.Sprint(test.value), want)
			if policy == plan.Reject && test.bad != "" && (len(d.rejected) != 1 || d.rejected[test.bad] != test.diff) {
				t.Errorf("%v: rejected %v, want %d of %q", test.value, d.rejected, test.diff, test.bad)
			}
			d.close()
		}
	}
}
