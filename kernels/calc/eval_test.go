package calc_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// same reports whether two values are the same, NaN and NaN too.
func same(a, b vec.Scalar) bool {
	if math.IsNaN(a.F) && math.IsNaN(b.F) {
		a.F, b.F = 0, 0
	}
	return a == b && math.Signbit(a.F) == math.Signbit(b.F)
}

// check evaluates and selects for rows sel of b and compares with the reference.
func check(t *testing.T, n *node, e calc.Expr, b *vec.Batch, sel []uint32) {
	t.Helper()
	rows := make([][]vec.Scalar, b.N)
	for i := range rows {
		rows[i] = make([]vec.Scalar, len(b.Cols))
		for c, v := range b.Cols {
			rows[i][c] = v.Scalar(i)
		}
	}
	wanted := sel
	if sel == nil {
		for i := range b.N {
			wanted = append(wanted, uint32(i))
		}
	}
	checkEval(t, n, e, b, sel, wanted, rows)
	if n.t.Kind == vec.Bool {
		checkSelect(t, n, e, b, sel, wanted, rows)
	}
}

func badRows(bad calc.Bad) []uint32 {
	rows := []uint32{}
	for _, r := range bad.Rows {
		rows = append(rows, r.Row)
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

func checkEval(t *testing.T, n *node, e calc.Expr, b *vec.Batch, sel, wanted []uint32, rows [][]vec.Scalar) {
	t.Helper()
	var bad calc.Bad
	got := e.Eval(b, sel, &bad)
	if got.N != b.N || got.Type != n.t {
		t.Fatalf("%s: %d rows of %s, want %d of %s", n, got.N, got.Type, b.N, n.t)
	}
	wantBad := []uint32{}
	for _, row := range wanted {
		want, ok := n.eval(rows[row])
		if !ok {
			want = vec.Scalar{Null: true}
			wantBad = append(wantBad, row)
		}
		want.Type = n.t
		if want.Null {
			want = vec.Scalar{Type: n.t, Null: true}
		}
		if s := got.Scalar(int(row)); !same(s, want) {
			t.Fatalf("%s: row %d %+v: got %+v, want %+v", n, row, rows[row], s, want)
		}
	}
	if rows := badRows(bad); !slices.Equal(rows, wantBad) {
		t.Fatalf("%s: bad rows %v (%v), want %v", n, rows, bad.Rows[:min(3, len(bad.Rows))], wantBad)
	}
}

func checkSelect(t *testing.T, n *node, e calc.Expr, b *vec.Batch, sel, wanted []uint32, rows [][]vec.Scalar) {
	t.Helper()
	var bad calc.Bad
	before := []uint32{77, 5}
	got := calc.Select(e, b, sel, &bad, slices.Clone(before))
	want, wantBad := slices.Clone(before), []uint32{}
	for _, row := range wanted {
		found, ok := n.selects(rows[row], true)
		if !ok {
			wantBad = append(wantBad, row)
		} else if found {
			want = append(want, row)
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%s: selected %v, want %v", n, got, want)
	}
	if rows := badRows(bad); !slices.Equal(rows, wantBad) {
		t.Fatalf("%s: bad rows of Select %v, want %v", n, rows, wantBad)
	}
	if calc.Select(e, b, sel, &bad, nil) == nil {
		t.Fatalf("%s: Select returned nil, which means all rows", n)
	}
}

// sweep checks the expression over columns of those types, of all sizes and shapes and under all
// selections; the large batch once.
func sweep(t *testing.T, r *rand.Rand, n *node, columns ...vec.Type) {
	t.Helper()
	e := n.build() // one Expr for all batches: what it keeps of one must not show in the next
	batch := func(size int, s shape) *vec.Batch {
		b := &vec.Batch{N: size}
		for i, c := range columns {
			if i > 0 {
				s = shapes[r.IntN(len(shapes))]
			}
			b.Cols = append(b.Cols, randomColumn(r, c, size, s))
		}
		return b
	}
	for _, size := range []int{0, 1, 2, 3, 65} {
		for _, s := range shapes {
			b := batch(size, s)
			for _, sel := range selections(r, size) {
				check(t, n, e, b, sel)
			}
		}
	}
	for _, size := range []int{1023, 8192} {
		if r.IntN(size/512) == 0 {
			check(t, n, e, batch(size, shapes[r.IntN(len(shapes))]), selections(r, size)[r.IntN(3)])
		}
	}
	empty := &vec.Batch{N: 9}
	for _, c := range columns {
		empty.Cols = append(empty.Cols, emptyDict(c, 9))
	}
	check(t, n, e, empty, nil)
}

func TestArithmeticAgainstReference(t *testing.T) {
	r := newRand(t)
	ops := []calc.ArithOp{calc.Add, calc.Sub, calc.Mul, calc.Quo, calc.Rem, calc.Div}
	for _, typ := range numbers {
		for _, op := range ops {
			if op == calc.Div && typ.IsInteger() || op > calc.Mul && typ.Kind == vec.Decimal {
				continue
			}
			result := typ
			if typ.Kind == vec.Decimal && op == calc.Mul {
				result = vec.TDecimal(38, 2*typ.Scale)
			}
			t.Run(fmt.Sprintf("%s %s", typ, op), func(t *testing.T) {
				sweep(t, r, arith(op, result, col(0, typ), col(1, typ)), typ, typ)
				sweep(t, r, arith(op, result, col(0, typ), lit(value(r, typ))), typ)
				sweep(t, r, arith(op, result, lit(value(r, typ)), col(0, typ)), typ)
			})
		}
		t.Run("-"+typ.String(), func(t *testing.T) { sweep(t, r, call("neg", typ, col(0, typ)), typ) })
	}
}

func TestComparisonsAgainstReference(t *testing.T) {
	r := newRand(t)
	for _, typ := range types {
		t.Run(typ.String(), func(t *testing.T) {
			for op := calc.Eq; op <= calc.Ge; op++ {
				sweep(t, r, compare(op, col(0, typ), col(1, typ)), typ, typ)
				for range 3 {
					sweep(t, r, compare(op, col(0, typ), lit(value(r, typ))), typ)
					sweep(t, r, compare(op, lit(value(r, typ)), col(0, typ)), typ)
				}
				sweep(t, r, compare(op, col(0, typ), lit(vec.Scalar{Type: typ, Null: true})), typ)
				sweep(t, r, compare(op, lit(value(r, typ)), lit(value(r, typ))))
				if typ.IsFloat() {
					sweep(t, r, compare(op, col(0, typ), lit(vec.Scalar{Type: typ, F: math.NaN()})), typ)
				}
			}
		})
	}
}

func TestNullsAndChoicesAgainstReference(t *testing.T) {
	r := newRand(t)
	for _, typ := range slices.Concat(types, lists) {
		t.Run(typ.String(), func(t *testing.T) {
			sweep(t, r, call("is null", vec.TBool, col(0, typ)), typ)
			sweep(t, r, call("is not null", vec.TBool, col(0, typ)), typ)
			sweep(t, r, call("coalesce", typ, col(0, typ)), typ)
			sweep(t, r, call("coalesce", typ, col(0, typ), col(1, typ), lit(value(r, typ))), typ, typ)
			sweep(t, r, call("coalesce", typ, col(0, typ), col(1, typ)), typ, typ)
			sweep(t, r, call("if", typ, col(0, vec.TBool), col(1, typ), col(2, typ)), vec.TBool, typ, typ)
			sweep(t, r, call("if", typ, col(0, vec.TBool), lit(value(r, typ)), col(1, typ)), vec.TBool, typ)
		})
	}
}

func TestCastsAgainstReference(t *testing.T) {
	r := newRand(t)
	targets := append(slices.Clone(types), vec.TTime(vec.Nano), vec.TTime(vec.Second), vec.TDuration(vec.Second),
		vec.TTimestamp(vec.Second), vec.TTimestamp(vec.Nano), zoned(vec.Milli, "America/New_York"), vec.TDecimal(38, 30),
		vec.TDecimal(5, -2), vec.TDecimal(3, 3), vec.TDecimal(38, 0), vec.TDecimal(12, 2))
	for _, from := range targets {
		for _, to := range targets {
			if !calc.CanCast(from, to) {
				continue
			}
			t.Run(fmt.Sprintf("%s to %s", from, to), func(t *testing.T) {
				sweep(t, r, call("cast", to, col(0, from)), from)
			})
		}
	}
}
