package plan_test

import (
	"slices"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

func at(index int, t vec.Type) *plan.Column {
	return &plan.Column{Name: "c" + string(rune('0'+index)), Index: index, Type: t}
}

func constant(v vec.Scalar) *plan.Literal { return &plan.Literal{Value: v} }

func callOf(op plan.Op, t vec.Type, args ...plan.Expr) *plan.Call {
	return &plan.Call{Op: op, Args: args, Type: t}
}

func TestFallible(t *testing.T) {
	i, f, s := at(0, vec.TInt64), at(1, vec.TFloat64), at(2, vec.TString)
	d := at(3, vec.TDecimal(10, 2))
	safe := callOf(plan.OpGt, vec.TBool, f, constant(vec.Scalar{Type: vec.TFloat64, F: 1}))
	sum := callOf(plan.OpAdd, vec.TInt64, i, i)
	for _, c := range []struct {
		e    plan.Expr
		want bool
	}{
		{i, false},
		{constant(vec.Scalar{Type: vec.TInt64}), false},
		{safe, false},
		{callOf(plan.OpAnd, vec.TBool, safe, callOf(plan.OpNot, vec.TBool, safe)), false},
		{callOf(plan.OpIsNull, vec.TBool, s), false},
		{callOf(plan.OpCoalesce, vec.TFloat64, f, f), false},
		{sum, true},
		{callOf(plan.OpNeg, vec.TInt64, i), true},
		{callOf(plan.OpAdd, vec.TDecimal(11, 2), d, d), true},
		{callOf(plan.OpAnd, vec.TBool, safe, callOf(plan.OpEq, vec.TBool, sum, i)), true},
		{callOf(plan.OpIf, vec.TInt64, safe, i, sum), true},
		{callOf(plan.OpIsNull, vec.TBool, sum), true},
		{callOf(plan.OpMul, vec.TFloat64, f, f), false},
		{callOf(plan.OpNeg, vec.TFloat64, f), false},
		{callOf(plan.OpDiv, vec.TFloat64, f, f), true},
		{callOf(plan.OpDiv, vec.TFloat64, f, constant(vec.Scalar{Type: vec.TFloat64})), true},
		{callOf(plan.OpDiv, vec.TFloat64, f, constant(vec.Scalar{Type: vec.TFloat64, F: 2})), false},
		{callOf(plan.OpRem, vec.TInt64, i, constant(vec.Scalar{Type: vec.TInt64, I: 7})), false},
		{callOf(plan.OpQuo, vec.TInt64, i, constant(vec.Scalar{Type: vec.TInt64, I: -1})), true},
		{callOf(plan.OpQuo, vec.TInt64, i, constant(vec.Scalar{Type: vec.TInt64})), true},
		{callOf(plan.OpQuo, vec.TUint8, at(4, vec.TUint8), constant(vec.Scalar{Type: vec.TUint8, I: 3})), false},
		{callOf(plan.OpCast, vec.TFloat64, i), false},
		{callOf(plan.OpCast, vec.TInt32, i), true},
		{callOf(plan.OpCast, vec.TString, i), false},
		{callOf(plan.OpCast, vec.TInt64, s), true},
	} {
		if got := plan.Fallible(c.e); got != c.want {
			t.Errorf("Fallible(%s) = %v", c.e, got)
		}
	}
}

func TestColumnsOfAndRebase(t *testing.T) {
	e := callOf(plan.OpAnd, vec.TBool,
		callOf(plan.OpGt, vec.TBool, at(7, vec.TInt64), at(2, vec.TInt64)),
		callOf(plan.OpLt, vec.TBool, at(7, vec.TInt64), constant(vec.Scalar{Type: vec.TInt64, I: 3})))
	columns := plan.ColumnsOf(e)
	if !slices.Equal(columns, []int{2, 7}) {
		t.Fatalf("columns %v", columns)
	}
	rebased := plan.Rebase(e, []int{9, 2, 7})
	if got := plan.ColumnsOf(rebased); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("rebased columns %v", got)
	}
	if rebased.String() != e.String() || rebased.ResultType() != e.ResultType() {
		t.Errorf("%s became %s", e, rebased)
	}
	if got := plan.ColumnsOf(e); !slices.Equal(got, []int{2, 7}) {
		t.Errorf("Rebase changed its argument: columns %v", got)
	}
	if got := plan.ColumnsOf(constant(vec.Scalar{Type: vec.TInt64})); len(got) != 0 {
		t.Errorf("a constant has columns %v", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic for a column that isn't kept")
		}
	}()
	plan.Rebase(e, []int{2})
}
