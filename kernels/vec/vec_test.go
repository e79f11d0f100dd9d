package vec_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
)

var types = []vec.Type{
	vec.TBool, vec.TInt8, vec.TInt16, vec.TInt32, vec.TInt64, vec.TUint8, vec.TUint16, vec.TUint32, vec.TUint64,
	vec.TFloat32, vec.TFloat64, vec.TString, vec.TBinary, vec.TDate, vec.TTime(vec.Micro),
	vec.TTimestamp(vec.Nano), vec.TDuration(vec.Second), vec.TDecimal(38, 2),
	vec.TList(vec.TInt16), vec.TList(vec.TBool), vec.TList(vec.TString), vec.TList(vec.TDecimal(38, 2)),
}

var sizes = []int{0, 1, 2, 3, 63, 64, 65, 1023, 8192}

// randomScalar is a value of type t that a column of that type gives back unchanged.
func randomScalar(r *rand.Rand, t vec.Type) vec.Scalar {
	s := vec.Scalar{Type: t}
	switch t.Kind {
	case vec.Bool:
		s.I = r.Int64N(2)
	case vec.Int8:
		s.I = int64(int8(r.Uint64()))
	case vec.Int16:
		s.I = int64(int16(r.Uint64()))
	case vec.Int32, vec.Date:
		s.I = int64(int32(r.Uint64()))
	case vec.Uint8:
		s.I = int64(uint8(r.Uint64()))
	case vec.Uint16:
		s.I = int64(uint16(r.Uint64()))
	case vec.Uint32:
		s.I = int64(uint32(r.Uint64()))
	case vec.Float32:
		s.F = float64(r.Float32())
	case vec.Float64:
		s.F = r.NormFloat64()
	case vec.String, vec.Binary:
		s.S = string(make([]byte, r.IntN(20)))
		if len(s.S) > 0 {
			s.S = string(rune('a'+r.IntN(26))) + s.S
		}
	case vec.Decimal:
		s.D = vec.Int128{Lo: r.Uint64(), Hi: int64(r.Uint64())}
	case vec.List:
		s = randomList(r, t.ElemType())
	default:
		s.I = int64(r.Uint64())
	}
	return s
}

func randomList(r *rand.Rand, elem vec.Type) vec.Scalar {
	var elems []vec.Scalar
	for range r.IntN(5) {
		e := vec.Scalar{Type: elem, Null: true}
		if r.IntN(4) > 0 {
			e = randomScalar(r, elem)
		}
		elems = append(elems, e)
	}
	return vec.ListScalar(elem, elems...)
}

// randomColumn is n random scalars, NULL with that probability, and the column of them.
func randomColumn(r *rand.Rand, t vec.Type, n int, nulls float64) ([]vec.Scalar, *vec.Vec) {
	b := vec.NewBuilder(t, 0)
	rows := make([]vec.Scalar, n)
	for i := range rows {
		rows[i] = vec.Scalar{Type: t, Null: true}
		if r.Float64() >= nulls {
			rows[i] = randomScalar(r, t)
		}
		b.AppendScalar(rows[i])
	}
	return rows, b.Finish()
}

// asDictionary is a column with the values of v, which must not be empty, as a dictionary column.
func asDictionary(rows []vec.Scalar, t vec.Type) *vec.Vec {
	values := vec.NewBuilder(t, 0)
	out := &vec.Vec{Type: t, N: len(rows), Valid: vec.Alloc(vec.BitmapLen(len(rows)))}
	place := map[vec.Scalar]uint32{}
	for i, s := range rows {
		if s.Null {
			out.Codes = append(out.Codes, 0)
			continue
		}
		code, ok := place[s]
		if !ok {
			code = uint32(values.Len())
			place[s] = code
			values.AppendScalar(s)
		}
		out.Codes = append(out.Codes, code)
		vec.SetBit(out.Valid, i)
	}
	out.Dict = &vec.Dict{Values: *values.Finish()}
	return out
}

func check(t *testing.T, what string, got *vec.Vec, want []vec.Scalar) {
	t.Helper()
	if got.N != len(want) {
		t.Fatalf("%s: %d rows, want %d", what, got.N, len(want))
	}
	for i, w := range want {
		if g := got.Scalar(i); g != w {
			t.Fatalf("%s: row %d is %+v, want %+v", what, i, g, w)
		}
	}
}

func randomSelection(r *rand.Rand, n int) []uint32 {
	sel := []uint32{}
	for i := range n {
		if r.IntN(3) == 0 {
			sel = append(sel, uint32(i))
		}
	}
	return sel
}

func pick(rows []vec.Scalar, sel []uint32) []vec.Scalar {
	out := []vec.Scalar{}
	for _, s := range sel {
		out = append(out, rows[s])
	}
	return out
}

// everyColumn calls f with columns of all types, sizes and shares of NULLs, plain and as a dictionary.
func everyColumn(t *testing.T, f func(t *testing.T, r *rand.Rand, rows []vec.Scalar, v *vec.Vec)) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, 0))
	for _, typ := range types {
		for _, n := range sizes {
			for _, nulls := range []float64{0, 0.3, 1} {
				rows, v := randomColumn(r, typ, n, nulls)
				f(t, r, rows, v)
				f(t, r, rows, asDictionary(rows, typ))
			}
		}
	}
}

func TestTakeAndSlice(t *testing.T) {
	everyColumn(t, func(t *testing.T, r *rand.Rand, rows []vec.Scalar, v *vec.Vec) {
		check(t, "column", v, rows)
		check(t, "take all", v.Take(nil), rows)
		check(t, "plain", v.Plain(), rows)
		sel := randomSelection(r, len(rows))
		check(t, "take some", v.Take(sel), pick(rows, sel))
		from := r.IntN(len(rows) + 1)
		to := from + r.IntN(len(rows)-from+1)
		check(t, "slice", v.Slice(from, to), rows[from:to])
		check(t, "take of a slice", v.Slice(from, to).Take(nil), rows[from:to])
	})
}

func TestBuilderAppendsColumns(t *testing.T) {
	everyColumn(t, func(t *testing.T, r *rand.Rand, rows []vec.Scalar, v *vec.Vec) {
		sel := randomSelection(r, len(rows))
		b := vec.NewBuilder(v.Type, 0)
		b.Append(v, nil)
		b.Append(v, sel)
		b.AppendNull()
		b.Append(v.Take(sel), nil)
		want := append(append([]vec.Scalar{}, rows...), pick(rows, sel)...)
		want = append(append(want, vec.Scalar{Type: v.Type, Null: true}), pick(rows, sel)...)
		check(t, "builder", b.Vec(), want)
		b.Reset()
		b.Append(v, sel)
		check(t, "builder after Reset", b.Finish(), pick(rows, sel))
		check(t, "builder after Finish", b.Vec(), nil)
	})
}

func TestGather(t *testing.T) {
	everyColumn(t, func(t *testing.T, r *rand.Rand, rows []vec.Scalar, v *vec.Vec) {
		if len(rows) == 0 {
			return
		}
		other, w := randomColumn(r, v.Type, len(rows), 0.5)
		var refs []vec.Ref
		var want []vec.Scalar
		for range 2 * len(rows) {
			ref := vec.Ref{Batch: uint32(r.IntN(2)), Row: uint32(r.IntN(len(rows)))}
			refs = append(refs, ref)
			want = append(want, [][]vec.Scalar{rows, other}[ref.Batch][ref.Row])
		}
		check(t, "gather", vec.Gather([]*vec.Vec{v, w}, refs), want)
	})
}

func TestNullCount(t *testing.T) {
	everyColumn(t, func(t *testing.T, r *rand.Rand, rows []vec.Scalar, v *vec.Vec) {
		sel := randomSelection(r, len(rows))
		if got, want := v.NullCount(nil), nulls(rows); got != want {
			t.Fatalf("%d NULLs, want %d", got, want)
		}
		if got, want := v.NullCount(sel), nulls(pick(rows, sel)); got != want {
			t.Fatalf("%d NULLs among the selected, want %d", got, want)
		}
	})
}

func nulls(rows []vec.Scalar) int {
	n := 0
	for _, s := range rows {
		if s.Null {
			n++
		}
	}
	return n
}

func TestKeepIsDenseAndCharged(t *testing.T) {
	budget := vec.NewBudget(1 << 20)
	acct := budget.Account("test")
	ints := vec.NewBuilder(vec.TInt64, 0)
	for i := range 10 {
		vec.AppendFixed(ints, int64(i))
	}
	b := &vec.Batch{N: 10, Cols: []*vec.Vec{ints.Vec()}, Sel: []uint32{1, 4, 9}, Diff: []int64{0, 1, 0, 0, -1, 0, 0, 0, 0, 2}}
	kept := b.Keep(acct)
	clear(ints.Vec().Data)
	if kept.N != 3 || kept.Sel != nil || kept.Cols[0].Scalar(2).I != 9 || kept.Diff[1] != -1 {
		t.Fatalf("kept %+v", kept)
	}
	if acct.Used() != kept.Size() || budget.Used() != kept.Size() {
		t.Fatalf("charged %d, the batch is %d bytes", acct.Used(), kept.Size())
	}
	kept.Drop(acct)
	if budget.Used() != 0 || budget.Peak() != kept.Size() {
		t.Fatalf("used %d, peak %d", budget.Used(), budget.Peak())
	}
}

func TestBatchSlice(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	const n = 70
	b := &vec.Batch{N: n, Diff: make([]int64, n)}
	for i := range b.Diff {
		b.Diff[i] = int64(i)
	}
	for _, typ := range vectest.Types {
		b.Cols = append(b.Cols, vectest.Column(r, typ, n, vectest.Some, 20))
	}
	for _, c := range [][2]int{{0, n}, {0, 0}, {n, n}, {3, 4}, {8, 69}, {1, n}} {
		from, to := c[0], c[1]
		got := b.Slice(from, to)
		if got.N != to-from || len(got.Diff) != got.N || len(got.Cols) != len(b.Cols) {
			t.Fatalf("[%d, %d): %d rows of %d columns", from, to, got.N, len(got.Cols))
		}
		for i := range got.N {
			for j, v := range got.Cols {
				if x, y := v.Scalar(i), b.Cols[j].Scalar(from+i); x != y && x.F == x.F {
					t.Errorf("[%d, %d): row %d of %s is %+v, want %+v", from, to, i, v.Type, x, y)
				}
			}
			if got.Diff[i] != int64(from+i) {
				t.Errorf("[%d, %d): diff %d is %d", from, to, i, got.Diff[i])
			}
		}
	}
}

func TestInt128AgainstBig(t *testing.T) {
	const seed = 3
	r := rand.New(rand.NewPCG(seed, 0))
	edges := []vec.Int128{{}, {Lo: 1}, vec.Int128From(-1), {Lo: ^uint64(0), Hi: 1<<63 - 1}, {Hi: -1 << 63}, {Hi: 1}, vec.Int128From(-1 << 63)}
	random := func() vec.Int128 {
		if r.IntN(4) == 0 {
			return edges[r.IntN(len(edges))]
		}
		return vec.Int128{Lo: r.Uint64(), Hi: int64(r.Uint64()) >> r.IntN(64)}
	}
	fits := func(v *big.Int) bool {
		_, ok := vec.Int128FromBig(v)
		limit := new(big.Int).Lsh(big.NewInt(1), 127)
		inRange := v.Cmp(limit) < 0 && v.Cmp(new(big.Int).Neg(limit)) >= 0
		if ok != inRange {
			t.Fatalf("seed %d: Int128FromBig(%s) fits: %v", seed, v, ok)
		}
		return ok
	}
	same := func(op string, a, b, got vec.Int128, ok bool, want *big.Int) {
		t.Helper()
		if ok != fits(want) || ok && got.Big().Cmp(want) != 0 {
			t.Fatalf("seed %d: %s %s %s = %s, %v; want %s", seed, a.Big(), op, b.Big(), got.Big(), ok, want)
		}
	}
	for range 20_000 {
		a, b := random(), random()
		sum, ok := a.Add(b)
		same("+", a, b, sum, ok, new(big.Int).Add(a.Big(), b.Big()))
		diff, ok := a.Sub(b)
		same("-", a, b, diff, ok, new(big.Int).Sub(a.Big(), b.Big()))
		neg, ok := a.Neg()
		same("neg", a, a, neg, ok, new(big.Int).Neg(a.Big()))
		if got, want := a.Cmp(b), a.Big().Cmp(b.Big()); got != want {
			t.Fatalf("seed %d: cmp(%s, %s) = %d", seed, a.Big(), b.Big(), got)
		}
		want, _ := new(big.Float).SetInt(a.Big()).Float64()
		if a.Float64() != want {
			t.Fatalf("seed %d: %s as float64 is %v, want %v", seed, a.Big(), a.Float64(), want)
		}
	}
}

func TestCopyBits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	src := make([]byte, 40)
	for i := range src {
		src[i] = byte(r.Uint32())
	}
	for from := range 70 {
		for n := range 200 {
			dst := make([]byte, vec.BitmapLen(n))
			vec.CopyBits(dst, src, from, n)
			for i := range n {
				if vec.Bit(dst, i) != vec.Bit(src, from+i) {
					t.Fatalf("copy of %d bits from %d: bit %d differs", n, from, i)
				}
			}
			if vec.CountBits(dst, n) != vec.CountBits(dst, 8*len(dst)) {
				t.Fatalf("copy of %d bits from %d: bits behind the last are set", n, from)
			}
		}
	}
}
