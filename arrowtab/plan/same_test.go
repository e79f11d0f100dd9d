package plan

import (
	"math"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

func TestSame(t *testing.T) {
	column := func(name string, index int) Expr { return &Column{Name: name, Index: index, Type: vec.TFloat64} }
	float := func(f float64) Expr { return &Literal{Value: vec.Scalar{Type: vec.TFloat64, F: f}} }
	text := func(s string) Expr { return &Literal{Value: vec.Scalar{Type: vec.TString, S: s}} }
	call := func(op Op, args ...Expr) Expr { return &Call{Op: op, Args: args, Type: vec.TFloat64} }
	a, b := column("a", 0), column("b", 1)
	different := []Expr{
		a, b, column("a + b", 2), call(OpAdd, a, b), call(OpAdd, b, a), call(OpSub, a, b), call(OpNeg, a),
		float(0), float(math.Copysign(0, -1)), float(1), float(math.NaN()), text(""), text("1"),
		&Literal{Value: vec.Scalar{Type: vec.TInt64, I: 1}},
		&Call{Op: OpCast, Args: []Expr{a}, Type: vec.TString}, &Call{Op: OpCast, Args: []Expr{a}, Type: vec.TInt64},
		call(OpCoalesce, a, b), call(OpCoalesce, a, b, a),
	}
	for i, x := range different {
		for j, y := range different {
			if Same(x, y) != (i == j) {
				t.Errorf("%s and %s: %v", x, y, Same(x, y))
			}
		}
	}
	if !Same(call(OpAdd, call(OpMul, a, float(2)), b), call(OpAdd, call(OpMul, column("x", 0), float(2)), b)) {
		t.Error("equal calls are not the same")
	}
}
