package acc

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
)

// feed is a batch as the accumulators are to see it.
type feed struct {
	col *vec.Vec
	sel []uint32
	ids []uint32 // nil: one group
}

func (f feed) rows() int {
	if f.sel != nil {
		return len(f.sel)
	}
	return f.col.N
}

func (f feed) row(k int) int {
	if f.sel != nil {
		return int(f.sel[k])
	}
	return k
}

func (f feed) id(k int) uint32 {
	if f.ids == nil {
		return 0
	}
	return f.ids[k]
}

// feeds are batches of all sizes whose first rows make all of groups groups come in every one; groups 0: without ids.
func feeds(rng *rand.Rand, t vec.Type, nulls vectest.Nulls, groups int) []feed {
	var out []feed
	for _, n := range []int{0, 1, 2, 3, 1023, 8192} {
		if n > 0 {
			n += groups
		}
		f := feed{col: vectest.Column(rng, t, n, nulls, 500)}
		if rng.IntN(2) == 0 && n > 0 {
			f.sel = vectest.Selection(rng, n)
		}
		vectest.Spoil(f.col, f.sel)
		if rng.IntN(2) == 0 && n > 0 {
			f.col = vectest.Dictionary(rng, f.col)
		}
		if groups > 0 {
			f.ids = make([]uint32, f.rows())
			for k := range f.ids {
				f.ids[k] = uint32(rng.IntN(groups))
			}
		}
		out = append(out, f)
	}
	return out
}

// worker numbers groups in the order in which it sees them, as a worker's own table would.
type worker struct {
	acc   Accumulator
	local map[uint32]uint32
	back  []uint32
	split Splitter
}

func (w *worker) update(f feed, col *vec.Vec) {
	var ids []uint32
	n := f.rows()
	if f.ids != nil {
		ids = make([]uint32, n)
	}
	for k := range n {
		id, ok := w.local[f.id(k)]
		if !ok {
			id = uint32(len(w.back))
			w.local[f.id(k)] = id
			w.back = append(w.back, f.id(k))
		}
		if ids != nil {
			ids[k] = id
		}
	}
	if n == 0 {
		return
	}
	w.acc.Grow(len(w.back))
	w.acc.Update(w.split.Input(col, f.col.N, f.sel, ids))
}

// run is the results by group id of the batches spread over workers and merged, by Merge or by way of states.
func run(t *testing.T, origin Accumulator, batches []feed, workers int, byStates bool, rng *rand.Rand) map[uint32]vec.Scalar {
	t.Helper()
	ws := make([]*worker, workers)
	for i := range ws {
		ws[i] = &worker{acc: origin.Fresh(), local: map[uint32]uint32{}}
	}
	for i, b := range rng.Perm(len(batches)) {
		ws[i%workers].update(batches[b], batches[b].col)
	}
	total := &worker{acc: origin.Fresh(), local: map[uint32]uint32{}}
	for _, w := range ws {
		total.fold(t, w, byStates)
	}
	ids := upTo(len(total.back))
	result, err := total.acc.Result(ids)
	if err != nil {
		t.Fatal(err)
	}
	out := map[uint32]vec.Scalar{}
	for i, id := range total.back {
		out[id] = result.Scalar(i)
	}
	return out
}

func upTo(n int) []uint32 {
	ids := make([]uint32, n)
	for i := range ids {
		ids[i] = uint32(i)
	}
	return ids
}

func (w *worker) fold(t *testing.T, from *worker, byStates bool) {
	t.Helper()
	dst := make([]uint32, len(from.back))
	for i, id := range from.back {
		own, ok := w.local[id]
		if !ok {
			own = uint32(len(w.back))
			w.local[id] = own
			w.back = append(w.back, id)
		}
		dst[i] = own
	}
	w.acc.Grow(len(w.back))
	if !byStates {
		w.acc.Merge(from.acc, upTo(len(dst)), dst)
		return
	}
	if err := w.acc.MergeStates(from.acc.States(upTo(len(dst))), dst); err != nil {
		t.Fatal(err)
	}
}

// values are the reference: all values of each group.
func values(batches []feed) map[uint32][]vec.Scalar {
	out := map[uint32][]vec.Scalar{}
	for _, f := range batches {
		for k := range f.rows() {
			out[f.id(k)] = append(out[f.id(k)], f.col.Scalar(f.row(k)))
		}
	}
	return out
}

// check compares an accumulator over random batches with a reference, over workers and ways of merging.
func check(t *testing.T, origin Accumulator, typ vec.Type, want func(vals []vec.Scalar) vec.Scalar) {
	t.Helper()
	for _, nulls := range []vectest.Nulls{vectest.No, vectest.Some, vectest.All} {
		for _, groups := range []int{0, 1, 5, 3000} {
			seed := uint64(nulls)<<32 | uint64(groups)
			rng := rand.New(rand.NewPCG(seed, 1))
			batches := feeds(rng, typ, nulls, groups)
			expected := values(batches)
			results := map[uint32]vec.Scalar{}
			for id, vals := range expected {
				results[id] = want(vals)
			}
			for _, workers := range []int{1, 3} {
				for _, byStates := range []bool{false, true} {
					got := run(t, origin, batches, workers, byStates, rng)
					if len(got) != len(expected) {
						t.Fatalf("%d groups, want %d", len(got), len(expected))
					}
					for id, w := range results {
						if !same(got[id], w) {
							t.Fatalf("%v, nulls %v, %d groups, %d workers, states %v, group %d of %d values: %+v, want %+v",
								typ, nulls, groups, workers, byStates, id, len(expected[id]), got[id], w)
						}
					}
				}
			}
		}
	}
}

// same reports equality to the last bit, but for NaNs' payloads.
func same(a, b vec.Scalar) bool {
	if a.F != a.F && b.F != b.F {
		a.F, b.F = 0, 0
	}
	return a == b && math.Signbit(a.F) == math.Signbit(b.F)
}

func TestCounts(t *testing.T) {
	check(t, NewRows(), vec.TInt64, func(vals []vec.Scalar) vec.Scalar {
		return vec.Scalar{Type: vec.TInt64, I: int64(len(present(vals)))}
	})
	check(t, NewNulls(), vec.TFloat64, func(vals []vec.Scalar) vec.Scalar {
		return vec.Scalar{Type: vec.TInt64, I: int64(len(vals) - len(present(vals)))}
	})
}

// present are the values that are not NULL.
func present(vals []vec.Scalar) []vec.Scalar {
	out := vals[:0:0]
	for _, v := range vals {
		if !v.Null {
			out = append(out, v)
		}
	}
	return out
}

func TestSums(t *testing.T) {
	for _, typ := range vectest.Types {
		if !typ.IsNumeric() {
			continue
		}
		sum, err := NewSum(typ)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(typ.String(), func(t *testing.T) {
			check(t, sum, typ, func(vals []vec.Scalar) vec.Scalar { return referenceSum(typ, present(vals)) })
		})
	}
}

func referenceSum(t vec.Type, vals []vec.Scalar) vec.Scalar {
	switch {
	case t.IsFloat():
		s := vec.Scalar{Type: vec.TFloat64, Null: len(vals) == 0}
		floats := make([]float64, len(vals))
		for i, v := range vals {
			floats[i] = v.F
		}
		s.F = referenceFloatSum(floats)
		return s
	case t.Width() == 8:
		return vec.Scalar{Type: vec.TDecimal(38, 0), Null: len(vals) == 0, D: referenceIntSum(t, vals)}
	case t.Kind == vec.Decimal:
		return vec.Scalar{Type: vec.TDecimal(38, t.Scale), Null: len(vals) == 0, D: referenceIntSum(t, vals)}
	default:
		i, _ := referenceIntSum(t, vals).Int64()
		return vec.Scalar{Type: vec.TInt64, Null: len(vals) == 0, I: i}
	}
}

func referenceIntSum(t vec.Type, vals []vec.Scalar) vec.Int128 {
	sum := new(big.Int)
	for _, v := range vals {
		switch {
		case t.Kind == vec.Decimal:
			sum.Add(sum, v.D.Big())
		case t.IsUnsigned():
			sum.Add(sum, new(big.Int).SetUint64(uint64(v.I)))
		default:
			sum.Add(sum, big.NewInt(v.I))
		}
	}
	out, ok := vec.Int128FromBig(sum)
	if !ok {
		panic("the reference's sum is beyond 128 bits")
	}
	return out
}

// referenceFloatSum is the float64 nearest to the exact sum.
func referenceFloatSum(vals []float64) float64 {
	exact, odd := new(big.Rat), 0.0
	for _, v := range vals {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			odd += v
			continue
		}
		exact.Add(exact, new(big.Rat).SetFloat64(v))
	}
	if odd != 0 {
		return odd
	}
	f, _ := exact.Float64()
	return f
}

func TestExtremes(t *testing.T) {
	for _, typ := range vectest.Types {
		for _, isMax := range []bool{false, true} {
			e, err := newExtreme(typ, isMax)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(fmt.Sprint(typ, isMax), func(t *testing.T) {
				check(t, e, typ, func(vals []vec.Scalar) vec.Scalar { return referenceExtreme(typ, present(vals), isMax) })
			})
		}
	}
}

func referenceExtreme(t vec.Type, vals []vec.Scalar, isMax bool) vec.Scalar {
	if len(vals) == 0 {
		return vec.Scalar{Type: t, Null: true}
	}
	best := vals[0]
	for _, v := range vals {
		if isMax && less(t, best, v) || !isMax && less(t, v, best) {
			best = v
		}
	}
	best.F += 0 // −0 is given as 0
	return best
}

// less is the order of values; −0 comes before 0.
func less(t vec.Type, a, b vec.Scalar) bool {
	switch {
	case t.IsFloat():
		switch {
		case a.F != a.F:
			return false
		case b.F != b.F:
			return true
		case a.F == b.F:
			return math.Signbit(a.F) && !math.Signbit(b.F)
		}
		return a.F < b.F
	case t.IsVar():
		return a.S < b.S
	case t.Kind == vec.Decimal:
		return a.D.Big().Cmp(b.D.Big()) < 0
	case t.IsUnsigned():
		return uint64(a.I) < uint64(b.I)
	default:
		return a.I < b.I
	}
}

func TestAverages(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for _, typ := range []vec.Type{vec.TInt32, vec.TInt64, vec.TUint64, vec.TFloat64, vec.TDecimal(38, 2), vec.TDecimal(10, -1)} {
		sum, err := NewSum(typ)
		if err != nil {
			t.Fatal(err)
		}
		f := feed{col: vectest.Column(rng, typ, 1000, vectest.Some, 500)}
		w := &worker{acc: sum, local: map[uint32]uint32{}}
		w.update(f, f.col)
		vals := present(values([]feed{f})[0])
		n := int64(len(vals))
		got := sum.Average([]uint32{0, 0}, []int64{n, 0})
		s := referenceSum(typ, vals)
		total := s.F
		if !typ.IsFloat() {
			r := new(big.Rat).SetInt64(s.I)
			if s.Type.Kind == vec.Decimal {
				r.SetInt(s.D.Big())
				ten := big.NewRat(10, 1)
				for range typ.Scale {
					r.Quo(r, ten)
				}
				for range -typ.Scale {
					r.Mul(r, ten)
				}
			}
			total, _ = r.Float64()
		}
		if want := (vec.Scalar{Type: vec.TFloat64, F: total / float64(n)}); !same(got.Scalar(0), want) {
			t.Errorf("average of %v: %v, want %v", typ, got.Scalar(0), want)
		}
		if !got.IsNull(1) {
			t.Errorf("average of no %v: %v, want NULL", typ, got.Scalar(1))
		}
	}
}

func TestSumsBeyondTheirType(t *testing.T) {
	narrow, _ := NewSum(vec.TInt32)
	narrow.Grow(1)
	if err := narrow.MergeStates([]*vec.Vec{ints(math.MaxInt64, 1), ints(0, 0)}, []uint32{0, 0}); err != nil {
		t.Fatal(err)
	}
	if _, err := narrow.Result([]uint32{0}); err == nil || err.Error() != "the sum 9223372036854775808 is beyond int64, which goes to ±9223372036854775807" {
		t.Errorf("sum of int32 beyond int64: %v", err)
	}
	if err := narrow.MergeStates([]*vec.Vec{ints(-1), ints(0)}, []uint32{0}); err != nil {
		t.Fatal(err)
	}
	if r, err := narrow.Result([]uint32{0}); err != nil || r.Scalar(0).I != math.MaxInt64 {
		t.Errorf("sum back within int64: %v, %v", r, err)
	}

	typ := vec.TDecimal(38, 2)
	dec, _ := NewSum(typ)
	b := vec.NewBuilder(typ, 5)
	for range 5 {
		vec.AppendFixed(b, vec.Int128{Hi: 1 << 61})
	}
	dec.Grow(1)
	var split Splitter
	dec.Update(split.Input(b.Vec(), 5, nil, []uint32{0, 0, 0, 0, 0}))
	want := "the sum 212676479325586539664609129644855132160e-2 has more than the 38 digits of a decimal"
	if _, err := dec.Result([]uint32{0}); err == nil || err.Error() != want {
		t.Errorf("sum of decimals beyond 38 digits: %v", err)
	}
	if avg := dec.Average([]uint32{0}, []int64{5}).Scalar(0).F; avg != math.Ldexp(1, 125)/100 {
		t.Errorf("average of decimals whose sum is beyond 38 digits: %v", avg)
	}
}

func ints(vals ...int64) *vec.Vec {
	b := vec.NewBuilder(vec.TInt64, len(vals))
	for _, v := range vals {
		vec.AppendFixed(b, v)
	}
	return b.Finish()
}

func TestNotSummable(t *testing.T) {
	for _, typ := range []vec.Type{vec.TString, vec.TBool, vec.TTimestamp(vec.Micro)} {
		if _, err := NewSum(typ); err == nil {
			t.Errorf("a sum of %v was made", typ)
		}
	}
}

func TestResetForgets(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for _, typ := range vectest.Types {
		e, _ := NewMax(typ)
		accs := []Accumulator{e, NewRows(), NewNulls()}
		if sum, err := NewSum(typ); err == nil {
			accs = append(accs, sum)
		}
		for _, a := range accs {
			batches := feeds(rng, typ, vectest.Some, 50)
			for range 2 {
				w := &worker{acc: a, local: map[uint32]uint32{}}
				for _, f := range batches {
					w.update(f, f.col)
				}
				fresh := a.Fresh()
				again := &worker{acc: fresh, local: map[uint32]uint32{}}
				for _, f := range batches {
					again.update(f, f.col)
				}
				x, err1 := a.Result(upTo(len(w.back)))
				y, err2 := fresh.Result(upTo(len(w.back)))
				if err1 != nil || err2 != nil {
					t.Fatal(err1, err2)
				}
				for i := range x.N {
					if !same(x.Scalar(i), y.Scalar(i)) {
						t.Fatalf("%T of %v: group %d is %v in reused memory, %v in new", a, typ, i, x.Scalar(i), y.Scalar(i))
					}
				}
				a.Reset()
			}
		}
	}
}

// A sum of decimals that wraps around on the way, in parts that are merged as states, is right in the end.
func TestDecimalSumWrapsAround(t *testing.T) {
	typ := vec.TDecimal(38, 2)
	sum := newSumDecimal(typ, false)
	var split Splitter
	for _, hi := range []int64{1 << 61, -1 << 61} {
		part := sum.Fresh()
		b := vec.NewBuilder(typ, 16)
		for range 16 {
			vec.AppendFixed(b, vec.Int128{Hi: hi})
		}
		part.Grow(2)
		part.Update(split.Input(b.Vec(), 16, nil, nil))
		sum.Grow(2)
		if err := sum.MergeStates(part.States([]uint32{0}), []uint32{1}); err != nil {
			t.Fatal(err)
		}
	}
	if got := sum.total(1); got.Sign() != 0 || sum.wrapsOf(1) != 0 {
		t.Errorf("sum %v, %d wraps, want 0", got, sum.wrapsOf(1))
	}
}

// The arena of a string extreme holds little garbage, however often the best value changes.
func TestExtremeStringCompacts(t *testing.T) {
	e := &extremeString{typ: vec.TString, max: true}
	e.Grow(3)
	var split Splitter
	for n := 1; n < 2000; n++ { // "b", "bb", "bbb" …
		b := vec.NewBuilder(vec.TString, 2)
		b.AppendBytes(bytes.Repeat([]byte("b"), n))
		b.AppendBytes(bytes.Repeat([]byte("a"), n))
		e.Update(split.Input(b.Vec(), 2, nil, []uint32{0, 2}))
	}
	if len(e.arena) > 2*(minGarbage+4000) {
		t.Errorf("an arena of %d bytes for 4000", len(e.arena))
	}
	got := e.States([]uint32{0, 1, 2})[0]
	if len(got.Scalar(0).S) != 1999 || !got.Scalar(1).Null || got.Scalar(2).S != strings.Repeat("a", 1999) {
		t.Errorf("maxima %v", got)
	}
	if e.Longest() != 1999 || e.Bytes() < 4000 {
		t.Errorf("longest %d, %d bytes", e.Longest(), e.Bytes())
	}
}

// What is held covers the slots of all groups and stays after Reset.
func TestBytes(t *testing.T) {
	for _, typ := range vectest.Types {
		e, _ := NewMin(typ)
		accs := []Accumulator{e, NewRows()}
		if sum, err := NewSum(typ); err == nil {
			accs = append(accs, sum)
		}
		for _, a := range accs {
			a.Grow(10_000)
			held := a.Bytes()
			if held < 10_000 || held > 100*10_000 {
				t.Errorf("%T of %v: %d bytes for 10,000 groups", a, typ, held)
			}
			a.Reset()
			if _, isCount := a.(*Count); !isCount && a.Bytes() < 10_000 {
				t.Errorf("%T of %v: %d bytes after Reset", a, typ, a.Bytes())
			}
		}
	}
}
