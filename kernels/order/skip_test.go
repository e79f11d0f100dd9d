package order_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
)

// Behind a value is what Decode leaves.
func TestSkip(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for _, typ := range append(decodeTypes(), vectest.Lists...) {
		for _, k := range []order.Key{{}, {Desc: true}, {NullsFirst: true}, {Desc: true, NullsFirst: true}} {
			cols := []*vec.Vec{vectest.Column(rng, typ, 300, vectest.Some, 100), vectest.Column(rng, vec.TBinary, 300, vectest.Some, 9)}
			enc := order.Encode(cols, []order.Key{k, {Desc: true}}, 300)
			for i := range 300 {
				want, err := order.Decode(vec.NewBuilder(typ, 0), enc.Row(i), k)
				if got := order.Skip(enc.Row(i), typ, k); err != nil || !bytes.Equal(got, want) {
					t.Fatalf("%v, %+v, row %d: %d bytes left, want %d, %v", typ, k, i, len(got), len(want), err)
				}
			}
		}
	}
}
