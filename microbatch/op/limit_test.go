package op_test

import (
	"fmt"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// TestLimitOfAStream: over all epochs the first rows come out, in the order of the source, whichever workers had them and however they were cut. The limit is sated
// when it has them, and not before.
func TestLimitOfAStream(t *testing.T) {
	fields := []plan.Field{{Name: "id", Type: vec.TInt64}}
	for seed := range uint64(200) {
		g := newTester(seed, 1, fields...)
		n := &plan.Limit{Input: input(fields...), N: g.rng.Int64N(30), Offset: g.rng.Int64N(2) * g.rng.Int64N(10)}
		in := retractPort(nil, fields...)
		in.Kind, in.Ordered = plan.Append, true
		d := driveLasting(t, g.rng, in, nil, func(env op.Env) op.Operator { return op.NewLimit(n, env) })
		d.appends = true
		want, came := newBag(), int64(0)
		for epoch := range 6 {
			for range g.rng.IntN(4) {
				var rows [][]vec.Scalar
				for range g.rng.IntN(6) {
					rows = append(rows, []vec.Scalar{{Type: vec.TInt64, I: came}})
					if n.Offset <= came && came < n.Offset+n.N {
						want.add(rows[len(rows)-1], 1)
					}
					came++
				}
				at, b := g.batch(rows, nil)
				if err := d.push(at, b); err != nil {
					t.Fatal(err)
				}
			}
			if err := d.end(); err != nil {
				t.Fatal(err)
			}
			d.check(fmt.Sprintf("seed %d, epoch %d of %+v", seed, epoch, n), want.rows)
			if sated := d.operator.(op.Sated).Sated(); sated != (n.N == 0 || came >= n.Offset+n.N) {
				t.Fatalf("seed %d, epoch %d of %+v: sated %v after %d rows", seed, epoch, n, sated, came)
			}
			d.goOn()
		}
		d.close()
	}
}
