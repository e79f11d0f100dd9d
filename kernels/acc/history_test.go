package acc

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
)

// reducer is a reducer under test.
type reducer struct {
	name    string
	typ     vec.Type // of Col
	arg     vec.Type // of Arg; Invalid: there is none
	nulls   bool     // takes NULLs of Col
	append  Accumulator
	retract Accumulator
	want    func(rows []pair) vec.Scalar // of a group's rows, each as often as it is there
}

// pair is a row: what Col and Arg have.
type pair struct{ col, arg vec.Scalar }

func must[A Accumulator](a A, err error) Accumulator {
	if err != nil {
		panic(err)
	}
	return a
}

// reducers are all reducers of values of that type.
func reducers(t vec.Type) []reducer {
	one := func(name string, a, r Accumulator, want func(vals []vec.Scalar) vec.Scalar) reducer {
		return reducer{name: name, typ: t, append: a, retract: r, want: func(rows []pair) vec.Scalar { return want(present(cols(rows))) }}
	}
	both := func(name string, a Accumulator, want func(vals []vec.Scalar) vec.Scalar) reducer {
		return one(name, a, a, want)
	}
	out := []reducer{
		both("rows", NewRows(), func(vals []vec.Scalar) vec.Scalar { return vec.Scalar{Type: vec.TInt64, I: int64(len(vals))} }),
		one("min", must(NewMin(t)), must(NewMinRetract(t)), func(vals []vec.Scalar) vec.Scalar { return referenceExtreme(t, vals, false) }),
		one("max", must(NewMax(t)), must(NewMaxRetract(t)), func(vals []vec.Scalar) vec.Scalar { return referenceExtreme(t, vals, true) }),
		one("any", must(NewAny(t, Append)), must(NewAny(t, Retract)), func(vals []vec.Scalar) vec.Scalar { return referenceExtreme(t, vals, false) }),
		both("count_distinct", NewCountDistinct(t), func(vals []vec.Scalar) vec.Scalar {
			return vec.Scalar{Type: vec.TInt64, I: int64(len(frequencies(vals)))}
		}),
		both("mode", must(NewMode(t)), func(vals []vec.Scalar) vec.Scalar { return referenceMode(t, vals) }),
		both("list", must(NewList(t)), nil),
		both("list by", must(NewListBy(t, vec.TInt16)), nil),
	}
	list, by := &out[len(out)-2], &out[len(out)-1]
	list.nulls, list.want = true, func(rows []pair) vec.Scalar { return referenceList(t, sortValues(cols(rows))) }
	by.nulls, by.typ, by.arg = true, vec.TInt16, t
	by.want = func(rows []pair) vec.Scalar { return referenceList(t, argsOf(sortPairs(rows))) }
	for _, q := range []float64{0, 0.5, 0.9, 1} {
		out = append(out, both(fmt.Sprint("disc ", q), must(NewQuantileDisc(t, q)), func(vals []vec.Scalar) vec.Scalar { return referenceDisc(t, vals, q) }))
	}
	for _, arg := range []vec.Type{vec.TInt32, vec.TString, vec.TFloat64, vec.TDecimal(20, 3), vec.TList(vec.TInt8)} {
		for _, isMax := range []bool{false, true} {
			out = append(out, argReducer(t, arg, isMax))
		}
	}
	switch {
	case t.IsNumeric():
		out = append(out, numericReducers(t, one, both)...)
	case t.Kind == vec.Bool:
		out = append(out, one("and", NewBoolAnd(Append), NewBoolAnd(Retract), func(vals []vec.Scalar) vec.Scalar { return referenceExtreme(t, vals, false) }))
		out = append(out, one("or", NewBoolOr(Append), NewBoolOr(Retract), func(vals []vec.Scalar) vec.Scalar { return referenceExtreme(t, vals, true) }))
	case t.Kind == vec.String:
		text := both("string_agg", NewStringAgg(", "), nil)
		text.nulls, text.want = true, func(rows []pair) vec.Scalar { return referenceText(present(sortValues(cols(rows)))) }
		textBy := both("string_agg by", NewStringAggBy(", ", vec.TInt16), nil)
		textBy.nulls, textBy.typ, textBy.arg = true, vec.TInt16, t
		textBy.want = func(rows []pair) vec.Scalar { return referenceText(present(argsOf(sortPairs(rows)))) }
		out = append(out, text, textBy)
	}
	return out
}

func numericReducers(t vec.Type, one func(string, Accumulator, Accumulator, func([]vec.Scalar) vec.Scalar) reducer,
	both func(string, Accumulator, func([]vec.Scalar) vec.Scalar) reducer,
) []reducer {
	out := []reducer{one("sum", must(NewSum(t)), must(NewSumRetract(t)), func(vals []vec.Scalar) vec.Scalar { return referenceSum(t, vals) })}
	for _, q := range []float64{0, 0.25, 0.5, 1} {
		out = append(out, both(fmt.Sprint("cont ", q), must(NewQuantileCont(t, q)), func(vals []vec.Scalar) vec.Scalar { return referenceCont(vals, q) }))
	}
	for _, s := range []Spread{VarSamp, VarPop, StddevSamp, StddevPop} {
		out = append(out, both(fmt.Sprint("spread ", s), must(NewSpread(t, s)), func(vals []vec.Scalar) vec.Scalar { return referenceSpread(t, vals, s) }))
	}
	return out
}

func argReducer(t, arg vec.Type, isMax bool) reducer {
	make := NewArgMin
	if isMax {
		make = NewArgMax
	}
	return reducer{
		name: fmt.Sprint("arg ", isMax, " ", arg), typ: t, arg: arg, append: must(make(t, arg, Append)), retract: must(make(t, arg, Retract)),
		want: func(rows []pair) vec.Scalar {
			rows = slices.DeleteFunc(slices.Clone(rows), func(p pair) bool { return p.col.Null })
			if len(rows) == 0 {
				return vec.Scalar{Type: arg, Null: true}
			}
			rows = sortPairs(rows)
			if last := rows[len(rows)-1].col; isMax {
				rows = rows[slices.IndexFunc(rows, func(p pair) bool { return compareScalars(p.col, last) == 0 }):]
			}
			return canonical(rows[0].arg)
		},
	}
}

func cols(rows []pair) []vec.Scalar {
	out := make([]vec.Scalar, len(rows))
	for i, r := range rows {
		out[i] = r.col
	}
	return out
}

func argsOf(rows []pair) []vec.Scalar {
	out := make([]vec.Scalar, len(rows))
	for i, r := range rows {
		out[i] = r.arg
	}
	return out
}

// compareScalars is the order of values of a type, NULLs last, −0 equal to 0.
func compareScalars(a, b vec.Scalar) int {
	a, b = canonical(a), canonical(b)
	switch {
	case a.Null || b.Null:
		return boolInt(a.Null) - boolInt(b.Null)
	case a.Type.Kind == vec.List:
		return slices.CompareFunc(a.Elems(), b.Elems(), compareScalars)
	case less(a.Type, a, b):
		return -1
	case less(a.Type, b, a):
		return 1
	}
	return 0
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// canonical is a value as reducers give it: −0 is 0, and there is one NaN.
func canonical(s vec.Scalar) vec.Scalar {
	s.F += 0
	if s.F != s.F {
		s.F = math.NaN()
	}
	return s
}

func sortValues(vals []vec.Scalar) []vec.Scalar {
	out := slices.Clone(vals)
	slices.SortStableFunc(out, compareScalars)
	return out
}

func sortPairs(rows []pair) []pair {
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b pair) int {
		if c := compareScalars(a.col, b.col); c != 0 {
			return c
		}
		return compareScalars(a.arg, b.arg)
	})
	return out
}

func frequencies(vals []vec.Scalar) map[string]int {
	out := map[string]int{}
	for _, v := range vals {
		out[vectest.Key(v)]++
	}
	return out
}

func referenceMode(t vec.Type, vals []vec.Scalar) vec.Scalar {
	best, most := vec.Scalar{Type: t, Null: true}, 0
	counts := frequencies(vals)
	for _, v := range sortValues(vals) {
		if n := counts[vectest.Key(v)]; n > most {
			best, most = canonical(v), n
		}
	}
	return best
}

func referenceDisc(t vec.Type, vals []vec.Scalar, q float64) vec.Scalar {
	for i, v := range sortValues(vals) {
		if float64(i+1) >= q*float64(len(vals)) {
			return canonical(v)
		}
	}
	return vec.Scalar{Type: t, Null: true}
}

func referenceCont(vals []vec.Scalar, q float64) vec.Scalar {
	if len(vals) == 0 {
		return vec.Scalar{Type: vec.TFloat64, Null: true}
	}
	sorted := sortValues(vals)
	at := q * float64(len(vals)-1)
	low, high := floatValue(sorted[int(math.Floor(at))]), floatValue(sorted[int(math.Ceil(at))])
	out := vec.Scalar{Type: vec.TFloat64, F: low}
	if low != high {
		part := at - math.Floor(at)
		if out.F = low + float64(part*(high-low)); part == 0 {
			out.F = low
		}
	}
	return canonical(out)
}

// floatValue is the float64 nearest to a number.
func floatValue(s vec.Scalar) float64 {
	if s.Type.IsFloat() {
		return s.F
	}
	f, _ := exactValue(s).Float64()
	return f
}

func exactValue(s vec.Scalar) *big.Rat {
	switch {
	case s.Type.IsFloat():
		return new(big.Rat).SetFloat64(s.F)
	case s.Type.Kind == vec.Decimal:
		power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(s.Type.Scale)), nil)
		return new(big.Rat).SetFrac(s.D.Big(), power)
	case s.Type.IsUnsigned():
		return new(big.Rat).SetInt(new(big.Int).SetUint64(uint64(s.I)))
	default:
		return new(big.Rat).SetInt64(s.I)
	}
}

// referenceSpread is by the definition: the squared distances from the mean.
func referenceSpread(t vec.Type, vals []vec.Scalar, s Spread) vec.Scalar {
	out := vec.Scalar{Type: vec.TFloat64}
	degrees := len(vals)
	if s == VarSamp || s == StddevSamp {
		degrees--
	}
	if degrees <= 0 {
		out.Null = true
		return out
	}
	mean, sum := new(big.Rat), new(big.Rat)
	for _, v := range vals {
		if t.IsFloat() && v.F-v.F != 0 {
			out.F = math.NaN()
			return out
		}
		mean.Add(mean, exactValue(v))
	}
	mean.Quo(mean, new(big.Rat).SetInt64(int64(len(vals))))
	for _, v := range vals {
		d := new(big.Rat).Sub(exactValue(v), mean)
		sum.Add(sum, d.Mul(d, d))
	}
	out.F, _ = sum.Quo(sum, new(big.Rat).SetInt64(int64(degrees))).Float64()
	if s == StddevSamp || s == StddevPop {
		out.F = math.Sqrt(out.F)
	}
	return out
}

func referenceList(t vec.Type, vals []vec.Scalar) vec.Scalar {
	b := vec.NewBuilder(vec.TList(t), 1)
	if len(vals) == 0 {
		b.AppendNull()
	} else {
		for _, v := range vals {
			b.Elems().AppendScalar(canonical(v))
		}
		b.AppendList()
	}
	return b.Finish().Scalar(0)
}

func referenceText(vals []vec.Scalar) vec.Scalar {
	var texts []string
	for _, v := range vals {
		texts = append(texts, v.S)
	}
	return vec.Scalar{Type: vec.TString, Null: len(vals) == 0, S: strings.Join(texts, ", ")}
}

// Every reducer over a random history of rows that come and go, in epochs, by way of workers that are merged: after each epoch every group's
// result is that of the rows which are there then, and that of an accumulator that has seen no others.
func TestHistories(t *testing.T) {
	for _, typ := range vectest.Types {
		for _, r := range reducers(typ) {
			t.Run(fmt.Sprint(typ, "/", r.name), func(t *testing.T) {
				seed := rand.Uint64()
				h := newTestHistory(r, rand.New(rand.NewPCG(seed, 0)))
				for epoch := range 8 {
					if err := h.epoch(epoch >= 5); err != nil {
						t.Fatalf("seed %d, epoch %d: %v", seed, epoch, err)
					}
				}
			})
		}
	}
}

// testHistory is an accumulator and the rows that are there by now.
type testHistory struct {
	r     reducer
	rng   *rand.Rand
	state Accumulator
	rows  [][]pair // by group
}

const historyGroups = 9

func newTestHistory(r reducer, rng *rand.Rand) *testHistory {
	h := &testHistory{r: r, rng: rng, state: r.retract.Fresh(), rows: make([][]pair, historyGroups)}
	h.state.Grow(historyGroups)
	return h
}

// epoch makes a number of batches, on up to three workers, and compares. When shrinking, rows go rather than come.
func (h *testHistory) epoch(shrinking bool) error {
	var workers []*changeWorker
	for range 1 + h.rng.IntN(3) {
		workers = append(workers, &changeWorker{acc: h.state.Fresh(), local: map[uint32]uint32{}})
	}
	for range h.rng.IntN(4) {
		w := workers[h.rng.IntN(len(workers))]
		w.update(h.r, h.batch(shrinking))
	}
	for _, w := range workers {
		if err := h.fold(w); err != nil {
			return err
		}
	}
	if h.rng.IntN(4) == 0 {
		id := uint32(h.rng.IntN(historyGroups))
		h.state.Clear([]uint32{id})
		h.rows[id] = nil
	}
	if err := h.compare("the state", h.state, upTo(historyGroups)); err != nil {
		return err
	}
	return h.compareFresh()
}

// changes is a batch for one accumulator.
type changes struct {
	b   *vec.Batch
	ids []uint32
}

// batch is random rows that come and go: half of them as dictionaries, under a selection, or without.
func (h *testHistory) batch(shrinking bool) changes {
	n := []int{1, 3, 60, 300}[h.rng.IntN(4)]
	var rows []pair
	var ids []uint32
	var diff []int64
	for range n {
		id, d := uint32(h.rng.IntN(historyGroups)), int64(1+h.rng.IntN(2))
		if have := h.rows[id]; len(have) > 0 && (shrinking || h.rng.IntN(3) == 0) {
			i := h.rng.IntN(len(have))
			rows, ids, diff = append(rows, have[i]), append(ids, id), append(diff, -1)
			h.rows[id] = slices.Delete(have, i, i+1)
			continue
		} else if shrinking {
			continue
		}
		p := pair{h.value(h.r.typ), h.value(h.r.arg)}
		rows, ids, diff = append(rows, p), append(ids, id), append(diff, d)
		for range d {
			h.rows[id] = append(h.rows[id], p)
		}
	}
	return h.asBatch(rows, ids, diff)
}

func (h *testHistory) value(t vec.Type) vec.Scalar {
	switch {
	case t.Kind == vec.Invalid || h.rng.IntN(5) == 0:
		return vec.Scalar{Type: t, Null: true}
	case t.Kind == vec.List:
		b := vec.NewBuilder(t, 1)
		for range h.rng.IntN(3) {
			b.Elems().AppendScalar(h.value(t.ElemType()))
		}
		b.AppendList()
		return b.Finish().Scalar(0)
	case t.Kind == vec.Float64 && h.rng.IntN(4) == 0: // of every size
		return vec.Scalar{Type: t, F: math.Float64frombits(h.rng.Uint64())}
	}
	s := vectest.Value(t, 5+h.rng.IntN(30))
	if h.rng.IntN(20) == 0 { // the special ones
		s = vectest.Value(t, h.rng.IntN(5))
	}
	if t.Kind == vec.Float32 {
		s.F = float64(float32(s.F))
	}
	return s
}

// asBatch is rows as a batch: some slots that are not selected between them, values spoilt there.
func (h *testHistory) asBatch(rows []pair, ids []uint32, diff []int64) changes {
	col, arg := vec.NewBuilder(h.r.typ, len(rows)), (*vec.Builder)(nil)
	if h.r.arg.Kind != vec.Invalid {
		arg = vec.NewBuilder(h.r.arg, len(rows))
	}
	out := changes{b: &vec.Batch{}, ids: ids}
	gaps := h.rng.IntN(2) == 0
	if gaps {
		out.b.Sel = []uint32{}
	}
	var all []int64
	for i := 0; i < len(rows); {
		take := !gaps || h.rng.IntN(2) == 0
		p := pair{h.value(h.r.typ), h.value(h.r.arg)}
		if all = append(all, 99); take {
			p, all[len(all)-1] = rows[i], diff[i]
			if i++; gaps {
				out.b.Sel = append(out.b.Sel, uint32(col.Len()))
			}
		}
		col.AppendScalar(p.col)
		if arg != nil {
			arg.AppendScalar(p.arg)
		}
	}
	out.b.Diff, out.b.N = all, col.Len()
	out.b.Cols = []*vec.Vec{col.Finish(), nil}
	if arg != nil {
		out.b.Cols[1] = arg.Finish()
	}
	for i, c := range out.b.Cols {
		if c != nil && c.Type.Kind != vec.List && h.rng.IntN(2) == 0 {
			vectest.Spoil(c, out.b.Sel)
			out.b.Cols[i] = vectest.Dictionary(h.rng, c)
		}
	}
	if !slices.ContainsFunc(all, func(d int64) bool { return d != 1 }) {
		out.b.Diff = nil
	}
	return out
}

// changeWorker numbers groups in the order in which it sees them.
type changeWorker struct {
	acc   Accumulator
	local map[uint32]uint32
	back  []uint32
	split Splitter
}

func (w *changeWorker) update(r reducer, c changes) {
	ids := make([]uint32, len(c.ids))
	for k, id := range c.ids {
		own, ok := w.local[id]
		if !ok {
			own = uint32(len(w.back))
			w.local[id] = own
			w.back = append(w.back, id)
		}
		ids[k] = own
	}
	w.acc.Grow(len(w.back))
	w.acc.Update(w.split.Changes(Columns{Col: c.b.Cols[0], Arg: c.b.Cols[1], Nulls: r.nulls}, c.b, ids))
}

// fold merges a worker's groups into the state: directly, or as states.
func (h *testHistory) fold(w *changeWorker) error {
	src := upTo(len(w.back))
	if h.rng.IntN(2) == 0 {
		h.state.Merge(w.acc, src, w.back)
		return nil
	}
	return h.state.MergeStates(w.acc.States(src), w.back)
}

// compareFresh compares the state with accumulators of the rows that are there, of the form for rows that only come too.
func (h *testHistory) compareFresh() error {
	var rows []pair
	var ids, some []uint32
	var diff []int64
	for id, have := range h.rows {
		for _, p := range have {
			rows, ids, diff = append(rows, p), append(ids, uint32(len(some))), append(diff, 1)
		}
		if len(have) > 0 {
			some = append(some, uint32(id))
		}
	}
	for name, a := range map[string]Accumulator{"append": h.r.append.Fresh(), "retract": h.r.retract.Fresh()} {
		w := &changeWorker{acc: a, local: map[uint32]uint32{}}
		if w.update(h.r, h.asBatch(rows, ids, diff)); len(w.back) != len(some) {
			panic("the test's groups")
		}
		if err := h.compare("a fresh one, "+name, a, some); err != nil {
			return err
		}
	}
	return nil
}

// compare compares the results of an accumulator whose group k is group ids[k].
func (h *testHistory) compare(what string, a Accumulator, ids []uint32) error {
	got, err := a.Result(upTo(len(ids)))
	if err != nil {
		return err
	}
	if bad := a.Negative(upTo(len(ids))); len(bad) > 0 {
		return fmt.Errorf("%s: groups %v are negative", what, bad)
	}
	for k, id := range ids {
		if want := h.r.want(h.rows[id]); !same(got.Scalar(k), want) {
			return fmt.Errorf("%s: group %d of %d rows: %+v, want %+v", what, id, len(h.rows[id]), got.Scalar(k), want)
		}
	}
	return nil
}
