package calc_test

import (
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// condition is a random bool expression over columns 0 and 1 (bool), 2 and 3 (int64), part of which can fail.
func condition(r *rand.Rand, depth int) *node {
	if depth == 0 {
		switch r.IntN(4) {
		case 0:
			return col(r.IntN(2), vec.TBool)
		case 1:
			return lit([]vec.Scalar{boolean(true), boolean(false), {Type: vec.TBool, Null: true}}[r.IntN(3)])
		case 2:
			return compare(calc.CompareOp(r.IntN(6)), number64(r), number64(r))
		default:
			return call("is null", vec.TBool, number64(r))
		}
	}
	switch r.IntN(5) {
	case 0:
		return call("not", vec.TBool, condition(r, depth-1))
	case 1:
		return call("if", vec.TBool, condition(r, depth-1), condition(r, depth-1), condition(r, depth-1))
	case 2:
		return call("coalesce", vec.TBool, condition(r, depth-1), condition(r, depth-1))
	}
	args := []*node{}
	for range 1 + r.IntN(3) {
		args = append(args, condition(r, depth-1))
	}
	return call([]string{"and", "or"}[r.IntN(2)], vec.TBool, args...)
}

// number64 is an int64 that fails where column 2 or 3 is 0.
func number64(r *rand.Rand) *node {
	switch r.IntN(4) {
	case 0:
		return lit(vec.Scalar{Type: vec.TInt64, I: r.Int64N(3) - 1})
	case 1:
		return arith(calc.Quo, vec.TInt64, lit(vec.Scalar{Type: vec.TInt64, I: 10}), col(2+r.IntN(2), vec.TInt64))
	default:
		return col(2+r.IntN(2), vec.TInt64)
	}
}

// smallInts are −1, 0 and 1, as plain values or as a dictionary's, some NULL.
func smallInts(r *rand.Rand, n int) *vec.Vec {
	v := randomColumn(r, vec.TInt64, n, shapes[r.IntN(len(shapes))])
	values := v
	if v.Dict != nil {
		values = &v.Dict.Values
	}
	for i := range vec.Of[int64](values) {
		vec.Of[int64](values)[i] = r.Int64N(3) - 1
	}
	return v
}

func TestRandomConditionsAgainstReference(t *testing.T) {
	r := newRand(t)
	for range 600 {
		n := condition(r, 1+r.IntN(3))
		e := n.build()
		for range 4 {
			size := []int{0, 1, 2, 3, 65, 200}[r.IntN(6)]
			b := &vec.Batch{N: size, Cols: []*vec.Vec{
				randomColumn(r, vec.TBool, size, shapes[r.IntN(len(shapes))]),
				randomColumn(r, vec.TBool, size, shapes[r.IntN(len(shapes))]),
				smallInts(r, size), smallInts(r, size),
			}}
			for _, sel := range selections(r, size) {
				check(t, n, e, b, sel)
			}
		}
	}
}

// threeValued is a batch with all pairs of true, false and NULL.
func threeValued() *vec.Batch {
	values := []vec.Scalar{boolean(true), boolean(false), {Type: vec.TBool, Null: true}}
	a, b := vec.NewBuilder(vec.TBool, 9), vec.NewBuilder(vec.TBool, 9)
	for _, x := range values {
		for _, y := range values {
			a.AppendScalar(x)
			b.AppendScalar(y)
		}
	}
	return &vec.Batch{N: 9, Cols: []*vec.Vec{a.Finish(), b.Finish()}}
}

// spell is a bool column as T, F and N.
func spell(e calc.Expr, b *vec.Batch) string {
	out := []byte{}
	v := e.Eval(b, nil, &calc.Bad{})
	for i := range b.N {
		switch s := v.Scalar(i); {
		case s.Null:
			out = append(out, 'N')
		case s.I == 1:
			out = append(out, 'T')
		default:
			out = append(out, 'F')
		}
	}
	return string(out)
}

func TestThreeValuedTables(t *testing.T) {
	x, y := func() calc.Expr { return calc.Column(0, vec.TBool) }, func() calc.Expr { return calc.Column(1, vec.TBool) }
	b := threeValued()
	laws := []struct {
		name string
		e    calc.Expr
		want string // for TT TF TN FT FF FN NT NF NN
	}{
		{"x AND y", calc.And(x(), y()), "TFNFFFNFN"},
		{"y AND x", calc.And(y(), x()), "TFNFFFNFN"},
		{"NOT (NOT x OR NOT y)", calc.Not(calc.Or(calc.Not(x()), calc.Not(y()))), "TFNFFFNFN"},
		{"x OR y", calc.Or(x(), y()), "TTTTFNTNN"},
		{"y OR x", calc.Or(y(), x()), "TTTTFNTNN"},
		{"NOT (NOT x AND NOT y)", calc.Not(calc.And(calc.Not(x()), calc.Not(y()))), "TTTTFNTNN"},
		{"NOT x", calc.Not(x()), "FFFTTTNNN"},
		{"NOT NOT x", calc.Not(calc.Not(x())), "TTTFFFNNN"},
		{"x OR NOT x", calc.Or(x(), calc.Not(x())), "TTTTTTNNN"},
		{"x = y", calc.Compare(calc.Eq, x(), y()), "TFNFTNNNN"},
		{"x < y", calc.Compare(calc.Lt, x(), y()), "FFNTFNNNN"},
		{"x IS NULL", calc.IsNull(x()), "FFFFFFTTT"},
		{"(x AND y) IS NULL", calc.IsNull(calc.And(x(), y())), "FFTFFFTFT"},
		{"IF x THEN y ELSE NOT y", calc.If(x(), y(), calc.Not(y())), "TFNFTNFTN"},
		{"COALESCE(x, y)", calc.Coalesce(x(), y()), "TTTFFFTFN"},
	}
	for _, l := range laws {
		if got := spell(l.e, b); got != l.want {
			t.Errorf("%s: %s, want %s", l.name, got, l.want)
		}
	}
}

func TestGuardedDivisionNeverFails(t *testing.T) {
	x := func() calc.Expr { return calc.Column(0, vec.TInt64) }
	tenths := func() calc.Expr {
		return calc.Compare(calc.Gt, calc.Arith(calc.Quo, whole(10), x(), vec.TInt64), whole(1))
	}
	b := &vec.Batch{N: 5, Cols: []*vec.Vec{column(vec.TInt64, vec.Scalar{I: 0}, vec.Scalar{I: 1}, vec.Scalar{I: 20},
		vec.Scalar{Null: true}, vec.Scalar{I: 5})}}
	for want, e := range map[string]calc.Expr{
		"FTFNT": calc.And(calc.Compare(calc.Ne, x(), whole(0)), tenths()),
		"TTFNT": calc.Or(calc.Compare(calc.Eq, x(), whole(0)), tenths()),
		"FTFFT": calc.If(calc.Compare(calc.Ne, x(), whole(0)), calc.Coalesce(tenths(), calc.Literal(boolean(false))), calc.Literal(boolean(false))),
	} {
		var bad calc.Bad
		e.Eval(b, nil, &bad)
		calc.Select(e, b, nil, &bad, nil)
		if len(bad.Rows) != 0 {
			t.Errorf("want %s: bad rows %v", want, bad.Rows)
		}
		if got := spell(e, b); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	var bad calc.Bad
	calc.Select(calc.And(tenths(), calc.Compare(calc.Ne, x(), whole(0))), b, nil, &bad, nil)
	if len(bad.Rows) != 1 || bad.Rows[0] != (calc.BadRow{Row: 0, Reason: "division by zero: 10 // 0"}) {
		t.Errorf("without the guard in front: %v", bad.Rows)
	}
}
