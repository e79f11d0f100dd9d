package plan_test

import (
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

func intLiteral(i int64) *plan.Literal {
	return &plan.Literal{Value: vec.Scalar{Type: vec.TInt64, I: i}}
}

func boolLiteral(i int64) *plan.Literal {
	return &plan.Literal{Value: vec.Scalar{Type: vec.TBool, I: i}}
}

func null(t vec.Type) *plan.Literal { return &plan.Literal{Value: vec.Scalar{Type: t, Null: true}} }

// TestCompileEveryOperator: each operator of the plan becomes the one of that meaning.
func TestCompileEveryOperator(t *testing.T) {
	nine, four := intLiteral(9), intLiteral(4)
	yes, no := boolLiteral(1), boolLiteral(0)
	half := &plan.Literal{Value: vec.Scalar{Type: vec.TFloat64, F: 0.5}}
	for _, c := range []struct {
		op   plan.Op
		t    vec.Type
		args []plan.Expr
		want string
	}{
		{plan.OpAdd, vec.TInt64, []plan.Expr{nine, four}, "13"},
		{plan.OpSub, vec.TInt64, []plan.Expr{nine, four}, "5"},
		{plan.OpMul, vec.TInt64, []plan.Expr{nine, four}, "36"},
		{plan.OpQuo, vec.TInt64, []plan.Expr{nine, four}, "2"},
		{plan.OpRem, vec.TInt64, []plan.Expr{nine, four}, "1"},
		{plan.OpDiv, vec.TFloat64, []plan.Expr{half, half}, "1"},
		{plan.OpNeg, vec.TInt64, []plan.Expr{nine}, "-9"},
		{plan.OpEq, vec.TBool, []plan.Expr{nine, nine}, "true"},
		{plan.OpNe, vec.TBool, []plan.Expr{nine, nine}, "false"},
		{plan.OpLt, vec.TBool, []plan.Expr{nine, four}, "false"},
		{plan.OpLe, vec.TBool, []plan.Expr{nine, nine}, "true"},
		{plan.OpGt, vec.TBool, []plan.Expr{nine, four}, "true"},
		{plan.OpGe, vec.TBool, []plan.Expr{four, nine}, "false"},
		{plan.OpAnd, vec.TBool, []plan.Expr{yes, yes, no}, "false"},
		{plan.OpOr, vec.TBool, []plan.Expr{no, no, yes}, "true"},
		{plan.OpNot, vec.TBool, []plan.Expr{no}, "true"},
		{plan.OpIsNull, vec.TBool, []plan.Expr{nine}, "false"},
		{plan.OpIsNotNull, vec.TBool, []plan.Expr{nine}, "true"},
		{plan.OpCast, vec.TString, []plan.Expr{nine}, "9"},
		{plan.OpCoalesce, vec.TInt64, []plan.Expr{null(vec.TInt64), four}, "4"},
		{plan.OpIf, vec.TInt64, []plan.Expr{no, nine, four}, "4"},
	} {
		call := &plan.Call{Op: c.op, Type: c.t, Args: c.args}
		v, bad := calc.Constant(plan.Compile(call))
		if got := string(calc.AppendScalar(nil, v)); bad != nil || got != c.want || v.Type != c.t {
			t.Errorf("%s = %s (%s), %v; want %s (%s)", call, got, v.Type, bad, c.want, c.t)
		}
	}
}

func TestCompiledColumnIsTheBatchs(t *testing.T) {
	b := vec.NewBuilder(vec.TInt64, 1)
	vec.AppendFixed(b, int64(5))
	batch := &vec.Batch{N: 1, Cols: []*vec.Vec{nil, b.Finish()}}
	e := plan.Compile(&plan.Column{Name: "x", Index: 1, Type: vec.TInt64})
	if got := e.Eval(batch, nil, &calc.Bad{}); got != batch.Cols[1] {
		t.Errorf("got %v", got)
	}
}

func TestUnboundExpressionsPanic(t *testing.T) {
	for _, e := range []plan.Expr{&plan.Column{Name: "x", Index: -1}, &plan.Call{Op: plan.OpInvalid}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", e)
				}
			}()
			plan.Compile(e)
		}()
	}
}
