package calc_test

import (
	"math"
	"testing"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// TestReasons: what a user reads.
func TestReasons(t *testing.T) {
	of := func(t vec.Type, i int64) calc.Expr { return calc.Literal(vec.Scalar{Type: t, I: i}) }
	dec := func(t vec.Type, i int64) calc.Expr { return calc.Literal(vec.Scalar{Type: t, D: vec.Int128From(i)}) }
	d4 := vec.TDecimal(4, 2)
	for _, c := range []struct {
		e    calc.Expr
		want string
	}{
		{calc.Arith(calc.Add, whole(math.MaxInt64), whole(1), vec.TInt64), "9223372036854775807 + 1 is out of range for int64"},
		{calc.Arith(calc.Sub, of(vec.TUint8, 3), of(vec.TUint8, 4), vec.TUint8), "3 - 4 is out of range for uint8"},
		{calc.Arith(calc.Mul, of(vec.TUint64, -1), of(vec.TUint64, 2), vec.TUint64), "18446744073709551615 * 2 is out of range for uint64"},
		{calc.Arith(calc.Quo, of(vec.TInt8, -128), of(vec.TInt8, -1), vec.TInt8), "-128 // -1 is out of range for int8"},
		{calc.Arith(calc.Rem, whole(7), whole(0), vec.TInt64), "division by zero: 7 % 0"},
		{calc.Arith(calc.Div, number(1.5), number(math.Copysign(0, -1)), vec.TFloat64), "division by zero: 1.5 / -0"},
		{calc.Arith(calc.Add, dec(d4, 9999), dec(d4, 1), d4), "99.99 + 0.01 is out of range for decimal(4, 2)"},
		{calc.Neg(of(vec.TInt16, -32768)), "-(-32768) is out of range for int16"},
		{calc.Cast(whole(300), vec.TInt8), "300 is out of range for int8"},
		{calc.Cast(number(math.NaN()), vec.TInt64), "NaN is out of range for int64"},
		{calc.Cast(number(1e300), vec.TFloat32), "1e+300 is out of range for float32"},
		{calc.Cast(text("12x"), vec.TInt64), `"12x" can't be read as int64: expected a whole number such as 42`},
		{calc.Cast(text("300"), vec.TInt8), `"300" is out of range for int8`},
		{calc.Cast(text("2023-02-30"), vec.TDate), `"2023-02-30" can't be read as date: expected a day that the calendar has`},
	} {
		_, bad := calc.Constant(c.e)
		if bad == nil || bad.Reason != c.want || bad.Row != 0 {
			t.Errorf("got %+v, want %q", bad, c.want)
		}
	}
}

func TestConstant(t *testing.T) {
	v, bad := calc.Constant(calc.Arith(calc.Mul, whole(6), whole(7), vec.TInt64))
	if bad != nil || v != (vec.Scalar{Type: vec.TInt64, I: 42}) {
		t.Errorf("6 * 7: %+v, %v", v, bad)
	}
	v, bad = calc.Constant(calc.Coalesce(calc.Literal(vec.Scalar{Type: vec.TString, Null: true}), text("x")))
	if bad != nil || v != (vec.Scalar{Type: vec.TString, S: "x"}) {
		t.Errorf("coalesce: %+v, %v", v, bad)
	}
}

// TestCastCanFail: a cast that is said to be safe never fails, and one that isn't can be made to.
func TestCastCanFail(t *testing.T) {
	r := newRand(t)
	all := append(append([]vec.Type{}, types...), vec.TTimestamp(vec.Second), vec.TTimestamp(vec.Nano), vec.TTime(vec.Nano),
		vec.TDuration(vec.Second), vec.TDecimal(38, 0), vec.TDecimal(20, 0), vec.TDecimal(3, 0), vec.TDecimal(11, 4))
	for _, from := range all {
		for _, to := range all {
			if !calc.CanCast(from, to) {
				continue
			}
			failed := false
			var bad calc.Bad
			e := calc.Cast(calc.Column(0, from), to)
			for range 20 {
				e.Eval(&vec.Batch{N: 200, Cols: []*vec.Vec{randomColumn(r, from, 200, shapes[0])}}, nil, &bad)
				failed = failed || len(bad.Rows) > 0
			}
			if failed && !calc.CastCanFail(from, to) {
				t.Errorf("%s to %s failed but can't: %v", from, to, bad.Rows[0])
			}
			if from.Kind == vec.Decimal || from.Kind == vec.Time { // fails only for what a sound column doesn't hold
				continue
			}
			if !failed && calc.CastCanFail(from, to) {
				t.Errorf("%s to %s can fail but never did", from, to)
			}
		}
	}
}

func TestProgrammersErrorsPanic(t *testing.T) {
	for name, f := range map[string]func(){
		"add of int64 and float64": func() { calc.Arith(calc.Add, whole(1), number(1), vec.TInt64) },
		"Div of integers":          func() { calc.Arith(calc.Div, whole(1), whole(1), vec.TInt64) },
		"compare of two types":     func() { calc.Compare(calc.Eq, whole(1), text("1")) },
		"AND of an int64":          func() { calc.And(whole(1)) },
		"IF of two types":          func() { calc.If(calc.Literal(boolean(true)), whole(1), text("1")) },
		"cast of date to int64":    func() { calc.Cast(calc.Column(0, vec.TDate), vec.TInt64) },
		"negative string":          func() { calc.Neg(text("a")) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

// TestLargeDictionary: a dictionary with more values than its first batch has rows is compared by row at
// first, then by code, and a new dictionary is not taken for the old one.
func TestLargeDictionary(t *testing.T) {
	r := newRand(t)
	const values = 5000
	for _, typ := range []vec.Type{vec.TString, vec.TInt64} {
		n := compare(calc.Le, col(0, typ), lit(value(r, typ)))
		e := n.build()
		for range 3 {
			b := vec.NewBuilder(typ, values)
			for range values {
				b.AppendScalar(value(r, typ))
			}
			dict := &vec.Dict{Values: *b.Finish()}
			for range 4 {
				v := &vec.Vec{Type: typ, N: 2000, Codes: make([]uint32, 2000), Dict: dict}
				for i := range v.Codes {
					v.Codes[i] = r.Uint32N(values)
				}
				check(t, n, e, &vec.Batch{N: v.N, Cols: []*vec.Vec{v}}, nil)
			}
		}
	}
}

// TestNoGarbagePerBatch: once an expression has seen a batch, the next of that size allocates nothing.
func TestNoGarbagePerBatch(t *testing.T) {
	b := benchBatch()
	f, i := func() calc.Expr { return calc.Column(0, vec.TFloat64) }, func() calc.Expr { return calc.Column(1, vec.TInt64) }
	nulls := func() calc.Expr { return calc.Column(4, vec.TFloat64) }
	cond := calc.And(
		calc.Or(calc.Compare(calc.Gt, f(), number(500)), calc.Compare(calc.Eq, calc.Column(3, vec.TString), text("beta"))),
		calc.Compare(calc.Ne, calc.Arith(calc.Add, i(), whole(1), vec.TInt64), whole(7)), calc.IsNotNull(nulls()))
	value := calc.If(calc.Compare(calc.Lt, f(), nulls()), calc.Coalesce(nulls(), f()), calc.Cast(i(), vec.TFloat64))
	label := calc.If(calc.Compare(calc.Lt, f(), nulls()), calc.Column(2, vec.TString), calc.Cast(i(), vec.TString))
	var bad calc.Bad
	var sel []uint32
	run := func() {
		sel = calc.Select(cond, b, nil, &bad, sel[:0])
		value.Eval(b, sel, &bad)
		label.Eval(b, sel, &bad)
	}
	run()
	if n := testing.AllocsPerRun(10, run); n != 0 {
		t.Errorf("%v allocations a batch", n)
	}
}
