package op_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// differs is a function that accepts a value unless it is near the kept one. It fails for 13.
func differs() *plan.Function {
	return &plan.Function{
		Name: "differs", Params: []vec.Type{vec.TInt64, vec.TInt64}, Results: []vec.Type{vec.TBool},
		Call: func(_ context.Context, args []*vec.Vec, n int) ([]*vec.Vec, error) {
			out := vec.NewBuilder(vec.TBool, n)
			for i := range n {
				x, kept := vec.Of[int64](args[0])[i], vec.Of[int64](args[1])[i]
				if x == 13 {
					return nil, errors.New("bad luck")
				}
				out.AppendBool(x > kept+1 || x < kept-1)
			}
			return []*vec.Vec{out.Finish()}, nil
		},
	}
}

// ways is a batch as it comes, or, as a union of two tables of one source has it, some of its rows and the others.
func ways(g *tester, b *vec.Batch) []*vec.Batch {
	if g.rng.IntN(3) > 0 {
		return []*vec.Batch{b}
	}
	one, other := *b, *b
	one.Sel, other.Sel = []uint32{}, []uint32{}
	for i := range b.Rows() {
		if g.rng.IntN(2) == 0 {
			one.Sel = append(one.Sel, uint32(b.Row(i)))
		} else {
			other.Sel = append(other.Sel, uint32(b.Row(i)))
		}
	}
	return []*vec.Batch{&one, &other}
}

// TestAccept: after every epoch, also when it has ended and gone on, the kept rows are those that the rows in order leave, whatever the workers.
func TestAccept(t *testing.T) {
	fields := []plan.Field{{Name: "k", Type: vec.TString}, nullable("v", vec.TInt64), {Name: "w", Type: vec.TFloat64}}
	for seed := range uint64(100) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			g := newTester(seed, 4, fields...)
			in := retractPort(nil, fields...)
			in.Kind, in.Ordered, in.Final = plan.Append, true, seed%4 == 0
			n := &plan.Accept{Input: input(fields...), Keys: []int{0}, Value: 1, Func: differs()}
			d := driveLasting(t, g.rng, in, func(e *op.Env) { e.Bad = plan.Skip }, func(env op.Env) op.Operator { return op.NewAccept(n, env) })
			defer func() { d.close() }()
			d.appends = in.Final
			kept := map[string][]vec.Scalar{}
			skipped := int64(0)
			for epoch := range 6 + 10*(seed%2) {
				var pieces []pushed
				for range g.rng.IntN(5) {
					var rows [][]vec.Scalar
					for range g.rng.IntN(12) {
						row := g.row()
						if !row[1].Null {
							row[1].I = g.rng.Int64N(20)
						}
						rows = append(rows, row)
						old, there := kept[row[0].S]
						switch {
						case row[1].Null:
						case !there:
							kept[row[0].S] = row
						case row[1].I == 13:
							skipped++
						case row[1].I > old[1].I+1 || row[1].I < old[1].I-1:
							kept[row[0].S] = row
						}
					}
					at, b := g.batch(rows, nil)
					for _, way := range ways(g, b) {
						pieces = append(pieces, pushed{at, way})
					}
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
				for _, row := range kept {
					want[rowOf(row)]++
				}
				d.check(fmt.Sprint("epoch ", epoch), want)
				if in.Final {
					clear(kept)
					clear(d.sum)
					continue
				}
				d.checkNet()
				d.checkPairs(0)
				if seed%2 == 1 {
					d.goOn()
				}
			}
			if got := d.stats.RowsSkipped.Load(); d.restarts == 0 && got != skipped {
				t.Errorf("%d rows were skipped, want %d", got, skipped)
			}
		})
	}
}
