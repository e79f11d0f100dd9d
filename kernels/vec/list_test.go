package vec_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
)

func TestListTypes(t *testing.T) {
	for _, c := range []struct {
		elem vec.Type
		want string
	}{
		{vec.TInt64, "list(int64)"},
		{vec.Type{Kind: vec.Timestamp, Unit: vec.Micro, Zone: "Europe/Vienna"}, "list(timestamp[us, Europe/Vienna])"},
		{vec.TDecimal(10, 2), "list(decimal(10, 2))"},
	} {
		l := vec.TList(c.elem)
		if l.String() != c.want || l.ElemType() != c.elem {
			t.Errorf("list of %s: %s, of %s", c.elem, l, l.ElemType())
		}
	}
	if got := vec.TList(vec.TList(vec.TBool)); got.Kind != vec.Invalid {
		t.Errorf("a list of lists is %s", got)
	}
	if got := vec.TInt64.ElemType(); got.Kind != vec.Invalid {
		t.Errorf("an int64's elements are %s", got)
	}
}

func TestListBuilder(t *testing.T) {
	b := vec.NewBuilder(vec.TList(vec.TInt64), 4)
	vec.AppendFixed(b.Elems(), int64(7))
	b.Elems().AppendNull()
	b.AppendList()
	b.AppendNull()
	b.AppendList()
	vec.AppendFixed(b.Elems(), int64(9))
	b.AppendList()
	v := b.Finish()
	if !slices.Equal(v.Offsets, []int32{0, 2, 2, 2, 3}) || v.Child.N != 3 || !v.IsNull(1) || v.IsNull(2) || !v.Child.IsNull(1) {
		t.Errorf("got %+v of %+v", v, v.Child)
	}
	if elems := v.Scalar(0).Elems(); len(elems) != 2 || elems[0].I != 7 || !elems[1].Null {
		t.Errorf("elements %+v", elems)
	}
}

// TestListScalarsAreEqualAsTheirElementsAre: what is compared with == must not confuse values, lengths and NULLs.
func TestListScalarsAreEqualAsTheirElementsAre(t *testing.T) {
	text := func(s string) vec.Scalar { return vec.Scalar{Type: vec.TString, S: s} }
	null := vec.Scalar{Type: vec.TString, Null: true}
	lists := [][]vec.Scalar{
		nil,
		{null},
		{text("")},
		{null, null},
		{text(""), text("")},
		{text("\x00")},
		{text("\x01\x00")},
		{text("a"), text("b")},
		{text("ab")},
		{text("a"), null},
		{null, text("a")},
		{text(strings.Repeat("x", 200))},
	}
	seen := map[vec.Scalar]int{}
	for i, l := range lists {
		s := vec.ListScalar(vec.TString, l...)
		if j, ok := seen[s]; ok {
			t.Errorf("%v and %v are the same scalar", lists[j], l)
		}
		seen[s] = i
		if !slices.Equal(s.Elems(), l) {
			t.Errorf("%v came back as %v", l, s.Elems())
		}
	}
	nan := vec.Scalar{Type: vec.TFloat64, F: math.NaN()}
	if vec.ListScalar(vec.TFloat64, nan) != vec.ListScalar(vec.TFloat64, nan) {
		t.Error("a list of a NaN isn't equal to itself")
	}
}

// TestListsOfNullRows: a NULL row may have elements, which nobody must see.
func TestListsOfNullRows(t *testing.T) {
	elems := vec.NewBuilder(vec.TInt64, 4)
	for i := range int64(4) {
		vec.AppendFixed(elems, i)
	}
	v := &vec.Vec{Type: vec.TList(vec.TInt64), N: 3, Offsets: []int32{0, 1, 3, 4}, Child: elems.Finish(), Valid: []byte{0b101}}
	for name, got := range map[string]*vec.Vec{
		"take all":  v.Take(nil),
		"take some": v.Take([]uint32{0, 1, 2}),
		"gather":    vec.Gather([]*vec.Vec{v}, []vec.Ref{{Row: 0}, {Row: 1}, {Row: 2}}),
		"append":    appended(v, nil),
		"append of": appended(v, []uint32{0, 1, 2}),
	} {
		if got.Child.N != 2 || !slices.Equal(got.Offsets, []int32{0, 1, 1, 2}) {
			t.Errorf("%s: offsets %v, %d elements", name, got.Offsets, got.Child.N)
		}
	}
}

func appended(v *vec.Vec, sel []uint32) *vec.Vec {
	b := vec.NewBuilder(v.Type, 0)
	b.Append(v, sel)
	return b.Finish()
}

func TestKeepListsChargesElements(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, typ := range vectest.Lists {
		acct := vec.NewBudget(0).Account("test")
		v := vectest.Column(r, typ, 1000, vectest.Some, 30)
		for _, c := range []*vec.Vec{v, vectest.Dictionary(r, v)} {
			b := &vec.Batch{N: c.N, Cols: []*vec.Vec{c}, Sel: vectest.Selection(r, c.N)}
			kept := b.Keep(acct)
			if kept.Cols[0].Dict == nil && kept.Size() < kept.Cols[0].Child.Size() || acct.Used() < kept.Size() {
				t.Errorf("%s: kept %d bytes, charged %d", typ, kept.Size(), acct.Used())
			}
			for i, s := range b.Sel {
				if got, want := kept.Cols[0].Scalar(i), c.Scalar(int(s)); got != want {
					t.Fatalf("%s: row %d is %+v, want %+v", typ, i, got, want)
				}
			}
			kept.Drop(acct)
			if acct.Used() != 0 {
				t.Errorf("%s: %d bytes are still charged", typ, acct.Used())
			}
		}
	}
}

func TestPiecesOfLists(t *testing.T) {
	elems := vec.NewBuilder(vec.TList(vec.TInt64), 1)
	for i := range int64(1 << 20) {
		vec.AppendFixed(elems.Elems(), i)
	}
	elems.AppendList()
	v := &vec.Vec{Type: elems.Type, N: 20, Codes: make([]uint32, 20), Dict: &vec.Dict{Values: *elems.Finish()}} // of 8 MiB each
	pieces := 0
	for from, p := range (&vec.Batch{N: 20, Cols: []*vec.Vec{v}}).Pieces() {
		if from != 8*pieces || p.N > 8 {
			t.Errorf("%d rows at row %d", p.N, from)
		}
		pieces++
	}
	if pieces != 3 {
		t.Errorf("%d pieces", pieces)
	}
}
