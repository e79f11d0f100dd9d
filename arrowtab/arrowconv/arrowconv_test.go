package arrowconv

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/float16"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

var types = []vec.Type{
	vec.TBool, vec.TInt8, vec.TInt16, vec.TInt32, vec.TInt64, vec.TUint8, vec.TUint16, vec.TUint32, vec.TUint64,
	vec.TFloat32, vec.TFloat64, vec.TString, vec.TBinary, vec.TDate, vec.TTime(vec.Second), vec.TTime(vec.Milli),
	vec.TTime(vec.Micro), vec.TTime(vec.Nano), vec.TTimestamp(vec.Second), vec.TTimestamp(vec.Milli), vec.TTimestamp(vec.Micro),
	{Kind: vec.Timestamp, Unit: vec.Nano, Zone: "Europe/Vienna"},
	vec.TDuration(vec.Milli), vec.TDecimal(38, 4),
	vec.TList(vec.TInt32), vec.TList(vec.TString), vec.TList(vec.TBool), vec.TList(vec.TTime(vec.Milli)),
}

// random is a value of type t, sometimes NULL: 0 never, 1 some, 2 always.
func random(r *rand.Rand, t vec.Type, nulls int) vec.Scalar {
	s := vec.Scalar{Type: t}
	switch {
	case nulls == 2 || nulls == 1 && r.IntN(3) == 0:
		s.Null = true
	case t.IsFloat():
		s.F = float64(r.IntN(1000)) / 4
	case t.IsVar():
		s.S = strings.Repeat("é", r.IntN(20))
	case t.Kind == vec.List:
		var elems []vec.Scalar
		for range r.IntN(4) {
			elems = append(elems, random(r, t.ElemType(), 1))
		}
		s = vec.ListScalar(t.ElemType(), elems...)
	case t.Kind == vec.Decimal:
		s.D = vec.Int128From(r.Int64() - r.Int64())
	case t.Kind == vec.Bool:
		s.I = r.Int64N(2)
	case t.IsUnsigned() || t.Kind == vec.Time:
		s.I = r.Int64N(200)
	default:
		s.I = r.Int64N(200) - 100
	}
	return s
}

func column(r *rand.Rand, t vec.Type, n, nulls int) (*vec.Vec, []vec.Scalar) {
	b := vec.NewBuilder(t, n)
	want := make([]vec.Scalar, n)
	for i := range want {
		want[i] = random(r, t, nulls)
		b.AppendScalar(want[i])
	}
	return b.Finish(), want
}

func check(t *testing.T, v *vec.Vec, want []vec.Scalar) {
	t.Helper()
	if v.N != len(want) {
		t.Fatalf("%d rows, want %d", v.N, len(want))
	}
	for i := range want {
		if got := v.Scalar(i); got != want[i] {
			t.Fatalf("row %d: got %+v, want %+v", i, got, want[i])
		}
	}
}

func TestThereAndBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, typ := range types {
		for _, n := range []int{0, 1, 2, 3, 9, 1023, 8192} {
			for nulls := range 3 {
				v, want := column(r, typ, n, nulls)
				a := Array(v)
				if a.Len() != n || a.NullN() != v.NullCount(nil) {
					t.Fatalf("%s: an array of %d rows and %d NULLs", typ, a.Len(), a.NullN())
				}
				for from := range min(n, 10) {
					slice := array.NewSlice(a, int64(from), int64(n))
					back, err := Vec(slice)
					if err != nil {
						t.Fatalf("%s: %v", typ, err)
					}
					check(t, back, want[from:])
				}
				back, err := Vec(a)
				if err != nil {
					t.Fatal(err)
				}
				check(t, back, want)
			}
		}
	}
}

func TestValuesAreShared(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, typ := range types {
		if typ.Kind == vec.List {
			continue
		}
		v, _ := column(r, typ, 100, 0)
		back, err := Vec(Array(v))
		if err != nil {
			t.Fatal(err)
		}
		copied := typ.Kind == vec.Time && typ.Unit <= vec.Milli
		if shared := unsafe.SliceData(back.Data) == unsafe.SliceData(v.Data); shared == copied {
			t.Errorf("%s: shared %v", typ, shared)
		}
	}
}

func TestUnalignedBuffersAreCopied(t *testing.T) {
	raw := vec.Alloc(8*3 + 1)[1:]
	data := array.NewData(arrow.PrimitiveTypes.Int64, 3, []*memory.Buffer{nil, memory.NewBufferBytes(raw)}, nil, 0, 0)
	raw[8] = 7
	v, err := Vec(array.MakeFromData(data))
	if err != nil {
		t.Fatal(err)
	}
	if uintptr(unsafe.Pointer(&v.Data[0]))%8 != 0 || vec.Of[int64](v)[1] != 7 {
		t.Error("not copied to an aligned place")
	}
}

// fromJSON makes an array the way Arrow reads JSON: for the types that we don't write.
func fromJSON(t *testing.T, typ arrow.DataType, json string) arrow.Array {
	t.Helper()
	a, _, err := array.FromJSON(memory.DefaultAllocator, typ, strings.NewReader(json))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func texts(v *vec.Vec) string {
	out := make([]string, v.N)
	for i := range out {
		s := v.Scalar(i)
		switch {
		case s.Null:
			out[i] = "NULL"
		case v.Type.IsVar():
			out[i] = s.S
		case v.Type.IsFloat():
			out[i] = fmt.Sprint(s.F)
		default:
			out[i] = fmt.Sprint(s.I)
		}
	}
	return strings.Join(out, " ")
}

func TestOtherLayouts(t *testing.T) {
	half := array.NewFloat16Builder(memory.DefaultAllocator)
	half.AppendValues([]float16.Num{float16.New(0.5), float16.New(-2)}, nil)
	half.AppendNull()
	for _, c := range []struct {
		a    arrow.Array
		typ  vec.Type
		want string
	}{
		{fromJSON(t, arrow.BinaryTypes.LargeString, `["a", null, "", "bc"]`), vec.TString, "a NULL  bc"},
		{fromJSON(t, arrow.BinaryTypes.StringView, `["a", null, "a string of more than twelve bytes"]`), vec.TString, "a NULL a string of more than twelve bytes"},
		{fromJSON(t, arrow.BinaryTypes.LargeBinary, `["YQ==", null]`), vec.TBinary, "a NULL"},
		{fromJSON(t, arrow.BinaryTypes.BinaryView, `["YQ==", null]`), vec.TBinary, "a NULL"},
		{fromJSON(t, &arrow.FixedSizeBinaryType{ByteWidth: 2}, `["YWI=", null, "Y2Q="]`), vec.TBinary, "ab NULL cd"},
		{fromJSON(t, arrow.FixedWidthTypes.Date64, `["1970-01-02", null, "1969-12-31"]`), vec.TDate, "1 NULL -1"},
		{half.NewArray(), vec.TFloat32, "0.5 -2 NULL"},
	} {
		v, err := Vec(c.a)
		if err != nil {
			t.Errorf("%s: %v", c.a.DataType(), err)
			continue
		}
		if v.Type != c.typ || texts(v) != c.want {
			t.Errorf("%s: got %s %q, want %s %q", c.a.DataType(), v.Type, texts(v), c.typ, c.want)
		}
		slice, err := Vec(array.NewSlice(c.a, 1, int64(c.a.Len())))
		if err != nil || texts(slice) != c.want[strings.Index(c.want, " ")+1:] {
			t.Errorf("%s, sliced: got %q, %v", c.a.DataType(), texts(slice), err)
		}
	}
}

func TestDictionaries(t *testing.T) {
	for _, index := range []arrow.DataType{
		arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
		arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
	} {
		codes := fromJSON(t, index, `[0, 2, null, 1, 1]`)
		values := fromJSON(t, arrow.BinaryTypes.String, `["x", null, "z"]`)
		typ := &arrow.DictionaryType{IndexType: index, ValueType: values.DataType()}
		a := array.NewDictionaryArray(typ, codes, values)
		for from, want := range map[int64]string{0: "x z NULL NULL NULL", 1: "z NULL NULL NULL"} {
			v, err := Vec(array.NewSlice(a, from, 5))
			if err != nil {
				t.Fatal(err)
			}
			if v.Dict == nil || v.Dict.Values.MayHaveNulls() || texts(v) != want {
				t.Errorf("%s from %d: got %q, want %q", index, from, texts(v), want)
			}
			back, err := Vec(Array(v))
			if err != nil || back.Dict == nil || texts(back) != want {
				t.Errorf("%s: and back %q, %v", index, texts(back), err)
			}
		}
	}
}

func TestDictionaryOfNumbersAndOfNothing(t *testing.T) {
	codes := fromJSON(t, arrow.PrimitiveTypes.Int8, `[1, 0]`)
	typ := &arrow.DictionaryType{IndexType: codes.DataType(), ValueType: arrow.PrimitiveTypes.Int64}
	v, err := Vec(array.NewDictionaryArray(typ, codes, fromJSON(t, typ.ValueType, `[10, 20]`)))
	if err != nil || v.Type != vec.TInt64 || texts(v) != "20 10" {
		t.Errorf("got %v, %v", v, err)
	}
	nulls := fromJSON(t, arrow.PrimitiveTypes.Int8, `[null, null]`)
	v, err = Vec(array.NewDictionaryArray(typ, nulls, fromJSON(t, typ.ValueType, `[]`)))
	if err != nil || texts(v) != "NULL NULL" || v.Dict.Values.N == 0 {
		t.Errorf("got %v, %v", v, err)
	}
	if plain := v.Plain(); texts(plain) != "NULL NULL" {
		t.Errorf("plain: %s", texts(plain))
	}
}

func TestCorruptArraysAreRefused(t *testing.T) {
	codes := array.NewData(arrow.PrimitiveTypes.Int8, 1, []*memory.Buffer{nil, memory.NewBufferBytes([]byte{9})}, nil, 0, 0)
	values := fromJSON(t, arrow.BinaryTypes.String, `["x"]`)
	typ := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: values.DataType()}
	a := array.NewDictionaryData(array.NewDataWithDictionary(typ, 1, codes.Buffers(), 0, 0, values.Data().(*array.Data)))
	_, err := Vec(a)
	if err == nil || err.Error() != "row 0: code 9 isn't in the dictionary, which has 1 values" {
		t.Errorf("got %v", err)
	}
	offsets := memory.NewBufferBytes(vec.Bytes([]int32{0, 5, 2}))
	data := array.NewData(arrow.BinaryTypes.String, 2, []*memory.Buffer{nil, offsets, memory.NewBufferBytes([]byte("abcde"))}, nil, 0, 0)
	_, err = Vec(array.NewStringData(data))
	if err == nil || err.Error() != "row 1: the array is corrupt: offset 2 behind 5, of 5 bytes" {
		t.Errorf("got %v", err)
	}
}

func TestUnsupportedTypesAreNamed(t *testing.T) {
	for _, typ := range []arrow.DataType{
		arrow.ListOf(arrow.ListOf(arrow.PrimitiveTypes.Int64)), arrow.LargeListOf(arrow.PrimitiveTypes.Int64), arrow.StructOf(arrow.Field{Name: "x", Type: arrow.PrimitiveTypes.Int8}),
		&arrow.Decimal256Type{Precision: 50}, arrow.Null, arrow.FixedWidthTypes.MonthInterval,
	} {
		s := arrow.NewSchema([]arrow.Field{{Name: "ok", Type: arrow.PrimitiveTypes.Int8}, {Name: "odd", Type: typ}}, nil)
		_, err := FromSchema(s)
		want := fmt.Sprintf(`column "odd": the Arrow type %s isn't supported; leave the column out or cast it`, typ)
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	_, err := Type(&arrow.Decimal128Type{Precision: 5, Scale: -2})
	if err == nil {
		t.Error("a negative scale is accepted")
	}
}

func TestRecords(t *testing.T) {
	s := plan.NewSchema(plan.Field{Name: "id", Type: vec.TInt64}, plan.Field{Name: "name", Type: vec.TString, Nullable: true})
	values := vec.NewBuilder(vec.TString, 2)
	values.AppendString("x")
	values.AppendString("y")
	ids, _ := column(rand.New(rand.NewPCG(5, 6)), vec.TInt64, 3, 0)
	b := &vec.Batch{N: 3, Cols: []*vec.Vec{
		ids,
		{Type: vec.TString, N: 3, Codes: []uint32{1, 0, 1}, Valid: []byte{0b011}, Dict: &vec.Dict{Values: *values.Finish()}},
	}}
	r, err := Record(s, b)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r.Schema().String(), ToSchema(s).String(); got != want {
		t.Errorf("schema %s, want %s", got, want)
	}
	back, err := FromSchema(r.Schema())
	if err != nil || back.String() != s.String() || back.Field(0).Nullable || !back.Field(1).Nullable {
		t.Errorf("got schema %s, %v", back, err)
	}
	again, err := Batch(r)
	if err != nil || texts(again.Cols[1]) != "y x NULL" || again.N != 3 {
		t.Errorf("got %v, %v", again, err)
	}
	b.Sel = []uint32{1}
	r, err = Record(s, b)
	if err != nil || r.NumRows() != 1 || r.Column(1).(*array.String).Value(0) != "x" {
		t.Errorf("got %v, %v", r, err)
	}
	b.Diff = []int64{1, -1, 1}
	if _, err = Record(s, b); err == nil {
		t.Error("a retraction went into a record")
	}
}

func TestRecordWithoutColumns(t *testing.T) {
	r, err := Record(plan.NewSchema(), &vec.Batch{N: 5})
	if err != nil || r.NumRows() != 5 {
		t.Fatalf("got %v, %v", r, err)
	}
	b, err := Batch(r)
	if err != nil || b.N != 5 {
		t.Errorf("got %v, %v", b, err)
	}
}

func TestLists(t *testing.T) {
	a := fromJSON(t, arrow.ListOf(arrow.BinaryTypes.LargeString), `[["a", null], null, [], ["bc"]]`)
	v, err := Vec(array.NewSlice(a, 1, 4))
	if err != nil || v.Type != vec.TList(vec.TString) || v.N != 3 || !v.IsNull(0) || len(v.Scalar(1).Elems()) != 0 || v.Scalar(2).Elems()[0].S != "bc" {
		t.Errorf("got %+v, %v", v, err)
	}
	elems := fromJSON(t, arrow.PrimitiveTypes.Int8, `[1, 2]`)
	offsets := memory.NewBufferBytes(vec.Bytes([]int32{0, 1, 3}))
	data := array.NewData(arrow.ListOf(elems.DataType()), 2, []*memory.Buffer{nil, offsets}, []arrow.ArrayData{elems.Data()}, 0, 0)
	if _, err = Vec(array.NewListData(data)); err == nil || err.Error() != "row 1: the array is corrupt: offset 3 behind 1, of 2 elements" {
		t.Errorf("got %v", err)
	}
}
