package acc

import (
	"bytes"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
)

// feedDiffs adds values to group 0 of an accumulator, each so many times.
func feedDiffs(a Accumulator, t vec.Type, vals []vec.Scalar, diff []int64) {
	b := vec.NewBuilder(t, len(vals))
	for _, v := range vals {
		b.AppendScalar(v)
	}
	var split Splitter
	a.Grow(1)
	a.Update(split.Changes(Columns{Col: b.Finish()}, &vec.Batch{N: len(vals), Diff: diff}, nil))
}

// Sums, and moments by way of the variance, of values that come any number of times, up to the limits of int64.
func TestLargeDiffs(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, typ := range vectest.Types {
		if !typ.IsNumeric() {
			continue
		}
		for range 300 {
			sum := must(NewSumRetract(typ))
			exact := new(big.Rat)
			var vals []vec.Scalar
			var diff []int64
			for range 1 + rng.IntN(5) {
				v := vectest.Value(typ, 6+rng.IntN(40))
				d := rng.Int64() >> rng.IntN(63)
				if typ.Kind == vec.Float32 {
					v.F = float64(float32(v.F))
				}
				if typ.Kind == vec.Float64 && rng.IntN(3) == 0 {
					v.F = math.Ldexp(rng.Float64()-0.5, rng.IntN(1800)-900)
				}
				vals, diff = append(vals, v), append(diff, d)
				part := exactValue(v)
				exact.Add(exact, part.Mul(part, new(big.Rat).SetInt64(d)))
			}
			feedDiffs(sum, typ, vals, diff)
			counts := []int64{1}
			got := sum.(Sum).Average([]uint32{0}, counts).Scalar(0).F
			if want, _ := exact.Float64(); got != want {
				t.Fatalf("sum of %v ×%v: %v, want %v", vals, diff, got, want)
			}
			for i := range diff {
				diff[i] = -diff[i]
			}
			feedDiffs(sum, typ, vals, diff)
			if r, err := sum.Result([]uint32{0}); err != nil || !r.IsNull(0) {
				t.Fatalf("sum of %v ×%v taken back: %v, %v, want NULL", vals, diff, r, err)
			}
		}
	}
}

// The variance of n copies of one value and m of another is n·m·(a − b)²/(n + m)².
func TestLargeDiffsOfMoments(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for _, typ := range vectest.Types {
		if !typ.IsNumeric() {
			continue
		}
		for range 300 {
			a, b := vectest.Value(typ, 6+rng.IntN(40)), vectest.Value(typ, 6+rng.IntN(40))
			if typ.Kind == vec.Float32 {
				a.F, b.F = float64(float32(a.F)), float64(float32(b.F))
			}
			if typ.Kind == vec.Float64 {
				a.F = math.Ldexp(rng.Float64()-0.5, rng.IntN(1800)-900)
			}
			n, m := 1+rng.Int64()>>1>>rng.IntN(60), 1+rng.Int64()>>1>>rng.IntN(60)
			spread := must(NewSpread(typ, VarPop))
			feedDiffs(spread, typ, []vec.Scalar{a, b}, []int64{n, m})
			want := new(big.Rat).Sub(exactValue(a), exactValue(b))
			want.Mul(want, want).Mul(want, new(big.Rat).SetInt64(n)).Mul(want, new(big.Rat).SetInt64(m))
			total := new(big.Rat).SetInt64(n + m)
			want.Quo(want, total.Mul(total, total))
			got, _ := spread.Result([]uint32{0})
			if w, _ := want.Float64(); got.Scalar(0).F != w {
				t.Fatalf("variance of %v ×%d, %v ×%d: %v, want %v", a, n, b, m, got.Scalar(0).F, w)
			}
		}
	}
}

// Values that have gone before they came are told, until they come.
func TestNegative(t *testing.T) {
	for _, typ := range vectest.Types {
		for _, r := range reducers(typ) {
			if r.nulls || r.arg.Kind != vec.Invalid {
				continue
			}
			a, v := r.retract.Fresh(), []vec.Scalar{vectest.Value(typ, 6)}
			feedDiffs(a, typ, v, []int64{-1})
			if got := a.Negative([]uint32{0}); !slices.Equal(got, []uint32{0}) {
				t.Errorf("%v, %s: negative groups %v after a value has gone that never came, want 0", typ, r.name, got)
			}
			feedDiffs(a, typ, v, []int64{2})
			if got := a.Negative([]uint32{0}); len(got) > 0 {
				t.Errorf("%v, %s: groups %v are negative still", typ, r.name, got)
			}
		}
	}
}

// Under a condition, other rows count as NULL, or are gone.
func TestWhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for range 200 {
		n := 1 + rng.IntN(100)
		col := vectest.Column(rng, vec.TInt32, n, vectest.Some, 50)
		where := vectest.Column(rng, vec.TBool, n, vectest.Some, 50)
		b := &vec.Batch{N: n, Diff: make([]int64, n)}
		if rng.IntN(2) == 0 {
			b.Sel = vectest.Selection(rng, n)
		}
		ids := make([]uint32, b.Rows())
		var wantIDs, wantNulls []uint32
		var wantDiff, wantNullDiff []int64
		for i := range b.Diff {
			b.Diff[i] = rng.Int64N(9) - 4
		}
		for k := range ids {
			ids[k] = uint32(rng.IntN(5))
			i := b.Row(k)
			if !where.IsNull(i) && where.Bool(i) && !col.IsNull(i) {
				wantIDs, wantDiff = append(wantIDs, ids[k]), append(wantDiff, b.Diff[i])
				continue
			}
			wantNulls, wantNullDiff = append(wantNulls, ids[k]), append(wantNullDiff, b.Diff[i])
		}
		var split Splitter
		in := split.Changes(Columns{Col: col, Where: where}, b, ids)
		if !slices.Equal(in.IDs, wantIDs) || !slices.Equal(in.Diff, wantDiff) || in.N != len(wantIDs) {
			t.Fatalf("rows %v ×%v, want %v ×%v", in.IDs, in.Diff, wantIDs, wantDiff)
		}
		if !slices.Equal(in.Nulls, wantNulls) || !slices.Equal(in.NullDiff, wantNullDiff) || in.NullN != len(wantNulls) {
			t.Fatalf("NULLs %v ×%v, want %v ×%v", in.Nulls, in.NullDiff, wantNulls, wantNullDiff)
		}
	}
}

// A cleared group is as good as new in the forms for rows that only come too, and if its next value is a NULL.
func TestClear(t *testing.T) {
	for _, typ := range vectest.Types {
		for _, r := range reducers(typ) {
			for _, a := range []Accumulator{r.append, r.retract} {
				h := newTestHistory(r, rand.New(rand.NewPCG(3, 3)))
				w := &changeWorker{acc: a.Fresh(), local: map[uint32]uint32{}}
				rows, ids, ones := []pair{{vectest.Value(r.typ, 7), h.value(r.arg)}}, []uint32{0}, []int64{1}
				w.update(r, h.asBatch(rows, ids, ones))
				w.acc.Clear([]uint32{0})
				rows[0].col = vec.Scalar{Type: r.typ, Null: true}
				w.update(r, h.asBatch(rows, ids, ones))
				h.rows[0] = rows
				if err := h.compare("a cleared one", w.acc, []uint32{0}); err != nil {
					t.Errorf("%v, %s: %v", typ, r.name, err)
				}
			}
		}
	}
}

// FuzzStates feeds bytes to all accumulators whose states are bytes: they are refused, or taken and given back the same.
func FuzzStates(f *testing.F) {
	var all []Accumulator
	for _, typ := range []vec.Type{vec.TBool, vec.TInt8, vec.TFloat32, vec.TFloat64, vec.TString, vec.TDecimal(20, 2)} {
		for _, r := range reducers(typ) {
			for _, a := range []Accumulator{r.append, r.retract} {
				if types := a.StateTypes(); len(types) == 1 && types[0] == vec.TBinary {
					all = append(all, a)
				}
			}
		}
	}
	for i, a := range all {
		a = a.Fresh()
		a.Grow(1)
		f.Add(uint(i), a.States([]uint32{0})[0].Data)
	}
	f.Add(uint(3), []byte{0, 0, 0, 0, 0, 0, 0, 0x80, 2})
	f.Fuzz(func(t *testing.T, i uint, data []byte) {
		a := all[i%uint(len(all))].Fresh()
		a.Grow(1)
		b := vec.NewBuilder(vec.TBinary, 1)
		b.AppendBytes(data)
		if a.MergeStates([]*vec.Vec{b.Finish()}, []uint32{0}) != nil {
			return
		}
		states := a.States([]uint32{0})
		again := a.Fresh()
		again.Grow(1)
		if err := again.MergeStates(states, []uint32{0}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.States([]uint32{0})[0].Data, states[0].Data) {
			t.Fatal("the states of what was taken are not taken")
		}
		if total, huge := a.(*ordered); !huge || total.bags.Total(0) < 1000 {
			if _, err := a.Result([]uint32{0}); err != nil {
				t.Log(err)
			}
		}
	})
}

// Results that are equal have the same bits, or a change to an equal one would be emitted: there is one NaN, and no −0.
func TestResultsHaveOneNaNAndZero(t *testing.T) {
	floats := func(vals ...float64) []vec.Scalar {
		out := make([]vec.Scalar, len(vals))
		for i, v := range vals {
			out[i] = vec.Scalar{Type: vec.TFloat64, F: v}
		}
		return out
	}
	median := must(NewQuantileCont(vec.TFloat64, 0.5))
	feedDiffs(median, vec.TFloat64, floats(math.Inf(-1), math.Inf(1)), []int64{1, 1})
	got, _ := median.Result([]uint32{0})
	if bits := math.Float64bits(vec.Of[float64](got)[0]); bits != math.Float64bits(math.NaN()) {
		t.Errorf("between −Inf and +Inf is %x, want the NaN %x", bits, math.Float64bits(math.NaN()))
	}
	sum := must(NewSumRetract(vec.TFloat64)).(Sum)
	feedDiffs(sum, vec.TFloat64, floats(-math.SmallestNonzeroFloat64, 0), []int64{1, 1})
	if avg := vec.Of[float64](sum.Average([]uint32{0}, []int64{2}))[0]; math.Float64bits(avg) != 0 {
		t.Errorf("half of the largest number below 0 is %v, want 0", avg)
	}
}

// Ranks among nearly 2^63 values, which a float64 rounds up to it.
func TestQuantilesOfManyTimes(t *testing.T) {
	one, two := vec.Scalar{Type: vec.TInt64, I: 1}, vec.Scalar{Type: vec.TInt64, I: 2}
	for _, a := range []Accumulator{must(NewQuantileCont(vec.TInt64, 1)), must(NewQuantileDisc(vec.TInt64, 1))} {
		feedDiffs(a, vec.TInt64, []vec.Scalar{one, two}, []int64{math.MaxInt64 - 1, 1})
		got, _ := a.Result([]uint32{0})
		if s := got.Scalar(0); s.I != 2 && s.F != 2 {
			t.Errorf("the last of 2^63−1 values is %+v, want 2", s)
		}
	}
}
