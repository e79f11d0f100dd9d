package vec_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
)

// TestAppendRefs appends random rows of random columns, NULL rows among them, and compares value by value.
func TestAppendRefs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, typ := range append(slices.Clone(vectest.Types), vectest.Lists...) {
		for _, nulls := range []vectest.Nulls{vectest.No, vectest.Some, vectest.All} {
			var from []*vec.Vec
			for range 3 {
				v := vectest.Column(rng, typ, 50, nulls, 20)
				if typ.IsVar() || typ.Kind == vec.List {
					v = vectest.Dictionary(rng, v)
				}
				from = append(from, v)
			}
			b := vec.NewBuilder(typ, 0)
			var want []vec.Scalar
			for range 4 {
				var refs []vec.Ref
				for range rng.IntN(40) {
					r := vec.Ref{Batch: uint32(rng.IntN(3)), Row: uint32(rng.IntN(50))}
					s := from[r.Batch].Scalar(int(r.Row))
					if rng.IntN(10) == 0 && nulls != vectest.No {
						r.Row, s = vec.NoRow, vec.Scalar{Type: typ, Null: true}
					}
					refs, want = append(refs, r), append(want, s)
				}
				b.AppendRefs(from, refs)
			}
			var got vec.Vec
			b.View(&got)
			if got.N != len(want) || nulls == vectest.No && got.Valid != nil {
				t.Fatalf("%v: %d rows, want %d; validity %v", typ, got.N, len(want), got.Valid != nil)
			}
			for i, w := range want {
				if g := got.Scalar(i); g != w && (g.F == g.F || w.F == w.F) {
					t.Fatalf("%v: row %d is %v, want %v", typ, i, g, w)
				}
			}
		}
	}
}
