package order_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
)

// decodeTypes are those of vectest and a list.
func decodeTypes() []vec.Type {
	return append([]vec.Type{vec.TList(vec.TFloat32), vec.TList(vec.TString)}, vectest.Types...)
}

// What was encoded comes back, in the same bytes when it is encoded again.
func TestDecode(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	keys := []order.Key{{}, {Desc: true}, {NullsFirst: true}, {Desc: true, NullsFirst: true}}
	for _, typ := range decodeTypes() {
		for _, k := range keys {
			cols := []*vec.Vec{vectest.Column(rng, typ, 200, vectest.Some, 100), vectest.Column(rng, vec.TInt16, 200, vectest.Some, 9)}
			both := []order.Key{k, {}}
			enc := order.Encode(cols, both, 200)
			b := vec.NewBuilder(typ, 0)
			for i := range 200 {
				rest, err := order.Decode(b, enc.Row(i), k)
				if err != nil {
					t.Fatalf("%v, %+v, row %d: %v", typ, k, i, err)
				}
				second := vec.NewBuilder(vec.TInt16, 0)
				if rest, err = order.Decode(second, rest, order.Key{}); err != nil || len(rest) > 0 {
					t.Fatalf("%v, %+v, row %d: the second column: %d bytes left, %v", typ, k, i, len(rest), err)
				}
				if got, want := second.Vec().Scalar(0), cols[1].Scalar(i); got != want {
					t.Fatalf("%v, %+v, row %d: the second column is %v, want %v", typ, k, i, got, want)
				}
			}
			again := order.Encode([]*vec.Vec{b.Finish(), cols[1]}, both, 200)
			if !bytes.Equal(again.Data, enc.Data) {
				t.Errorf("%v, %+v: encoding what was decoded gives other bytes", typ, k)
			}
		}
	}
}

// FuzzDecode: bytes that are decoded are those that their value is encoded as.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{1, 'a', 0, 0xff, 0, 0}, uint8(0), false)
	f.Add([]byte{1, 1, 128, 0, 0, 0, 0}, uint8(1), true)
	f.Fuzz(func(t *testing.T, key []byte, typ uint8, desc bool) {
		types := decodeTypes()
		b := vec.NewBuilder(types[int(typ)%len(types)], 0)
		k := order.Key{Desc: desc}
		rest, err := order.Decode(b, key, k)
		if err != nil {
			return
		}
		again := order.Encode([]*vec.Vec{b.Finish()}, []order.Key{k}, 1)
		if want := key[:len(key)-len(rest)]; !bytes.Equal(again.Row(0), want) {
			t.Fatalf("%v: encoded as %x, decoded from %x", b.Type, again.Row(0), want)
		}
	})
}
