package order_test

import (
	"bytes"
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
)

// compareScalars is the order of two values, slowly.
func compareScalars(a, b vec.Scalar, k order.Key) int {
	if a.Null || b.Null {
		c := 0
		switch {
		case a.Null && b.Null:
		case a.Null:
			c = 1
		default:
			c = -1
		}
		if k.NullsFirst {
			c = -c
		}
		return c
	}
	c := compareValues(a, b)
	if k.Desc {
		return -c
	}
	return c
}

func compareValues(a, b vec.Scalar) int {
	switch a.Type.Kind {
	case vec.Float32, vec.Float64:
		switch {
		case math.IsNaN(a.F) && math.IsNaN(b.F):
			return 0
		case math.IsNaN(a.F):
			return 1
		case math.IsNaN(b.F):
			return -1
		}
		return cmp.Compare(a.F, b.F)
	case vec.String, vec.Binary:
		return strings.Compare(a.S, b.S)
	case vec.Decimal:
		return a.D.Cmp(b.D)
	case vec.Uint64:
		return cmp.Compare(uint64(a.I), uint64(b.I))
	case vec.List:
		return slices.CompareFunc(a.Elems(), b.Elems(), func(x, y vec.Scalar) int {
			return compareScalars(x, y, order.Key{})
		})
	default:
		return cmp.Compare(a.I, b.I)
	}
}

// edges are values of each type that lie next to each other or at the ends of the range.
var edges = map[vec.Type][]vec.Scalar{
	vec.TBool:                 ints(0, 1),
	vec.TInt8:                 ints(-128, -1, 0, 1, 127),
	vec.TUint8:                ints(0, 1, 127, 128, 255),
	vec.TInt16:                ints(math.MinInt16, -256, -1, 0, 1, 256, math.MaxInt16),
	vec.TUint16:               ints(0, 1, 255, 256, math.MaxUint16),
	vec.TInt32:                ints(math.MinInt32, -65536, -1, 0, 1, math.MaxInt32),
	vec.TUint32:               ints(0, 1, 65536, math.MaxInt32, math.MaxUint32),
	vec.TDate:                 ints(math.MinInt32, -1, 0, 15706),
	vec.TInt64:                ints(math.MinInt64, -1<<40, -1, 0, 1, math.MaxInt64),
	vec.TUint64:               ints(0, 1, math.MaxInt64, -1, math.MinInt64),
	vec.TTimestamp(vec.Micro): ints(math.MinInt64, -1, 0, 1),
	vec.TFloat32:              floats(math.Inf(-1), -1, math.Copysign(0, -1), 0, math.SmallestNonzeroFloat32, 1, math.Inf(1), math.NaN()),
	vec.TFloat64:              floats(math.Inf(-1), -math.MaxFloat64, -1e-300, math.Copysign(0, -1), 0, 5e-324, 1, math.Inf(1), math.NaN(), -math.NaN()),
	vec.TDecimal(38, 0):       {{D: vec.Int128{Hi: math.MinInt64}}, {D: vec.Int128From(-1)}, {}, {D: vec.Int128{Lo: 1}}, {D: vec.Int128{Hi: 1}}},
	vec.TList(vec.TInt64):     lists(vec.TInt64, ints(-1, 0, 1, math.MaxInt64)),
	vec.TList(vec.TString):    lists(vec.TString, texts("", "\x00", "\x00\x00", "a", "a\x00", "b")),
	vec.TString:               texts("", "\x00", "\x00\x00", "\x00\xff", "a", "a\x00", "a\x00b", "ab", "b", "\xff", "\xff\xff"),
}

func ints(values ...int64) (out []vec.Scalar) {
	for _, v := range values {
		out = append(out, vec.Scalar{I: v})
	}
	return out
}

func floats(values ...float64) (out []vec.Scalar) {
	for _, v := range values {
		out = append(out, vec.Scalar{F: v})
	}
	return out
}

// lists are the lists of up to two of the values, NULL among them.
func lists(elem vec.Type, values []vec.Scalar) []vec.Scalar {
	out := []vec.Scalar{vec.ListScalar(elem)}
	values = append(values, vec.Scalar{Null: true})
	for i := range values {
		values[i].Type = elem
	}
	for _, x := range values {
		out = append(out, vec.ListScalar(elem, x))
		for _, y := range values {
			out = append(out, vec.ListScalar(elem, x, y))
		}
	}
	return out
}

func texts(values ...string) (out []vec.Scalar) {
	for _, v := range values {
		out = append(out, vec.Scalar{S: v})
	}
	return out
}

func TestKeysOrderLikeValues(t *testing.T) {
	for typ, values := range edges {
		for _, k := range []order.Key{{}, {Desc: true}, {NullsFirst: true}, {Desc: true, NullsFirst: true}} {
			rows := []vec.Scalar{{Type: typ, Null: true}}
			for _, v := range values {
				v.Type = typ
				rows = append(rows, v)
			}
			b := vec.NewBuilder(typ, 0)
			for _, s := range rows {
				b.AppendScalar(s)
			}
			keys := order.Encode([]*vec.Vec{b.Finish()}, []order.Key{k}, len(rows))
			for i := range rows {
				for j := range rows {
					want := compareScalars(rows[i], rows[j], k)
					if got := bytes.Compare(keys.Row(i), keys.Row(j)); got != want {
						t.Errorf("%s %+v: keys of %+v and %+v compare as %d, want %d", typ, k, rows[i], rows[j], got, want)
					}
					if c := cmp.Compare(keys.Prefix(i), keys.Prefix(j)); c != 0 && c != want {
						t.Errorf("%s %+v: prefixes of %+v and %+v compare as %d, want %d", typ, k, rows[i], rows[j], c, want)
					}
				}
			}
		}
	}
}

func TestKeysOfSeveralColumns(t *testing.T) {
	const seed = 11
	r := rand.New(rand.NewPCG(seed, 0))
	var kinds []vec.Type
	for typ := range edges {
		kinds = append(kinds, typ)
	}
	for range 200 {
		keys := make([]order.Key, 1+r.IntN(3))
		rows := make([][]vec.Scalar, 20)
		var cols []*vec.Vec
		for c := range keys {
			keys[c] = order.Key{Desc: r.IntN(2) == 0, NullsFirst: r.IntN(2) == 0}
			typ := kinds[r.IntN(len(kinds))]
			b := vec.NewBuilder(typ, 0)
			for i := range rows {
				s := vec.Scalar{Null: true}
				if r.IntN(4) > 0 {
					s = edges[typ][r.IntN(len(edges[typ]))]
				}
				s.Type = typ
				rows[i] = append(rows[i], s)
				b.AppendScalar(s)
			}
			cols = append(cols, b.Finish())
		}
		encoded := order.Encode(cols, keys, len(rows))
		for i := range rows {
			for j := range rows {
				want := 0
				for c := 0; c < len(keys) && want == 0; c++ {
					want = compareScalars(rows[i][c], rows[j][c], keys[c])
				}
				if got := bytes.Compare(encoded.Row(i), encoded.Row(j)); got != want {
					t.Fatalf("seed %d: %v and %v by %+v compare as %d, want %d", seed, rows[i], rows[j], keys, got, want)
				}
			}
		}
	}
}
