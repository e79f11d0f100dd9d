package op

import (
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
)

// Compile makes a bound expression ready to run on batches that have its input's columns. The result owns memory that
// it works in: each worker compiles its own. An expression that Bind hasn't made is a programmer's error and panics.
func Compile(e plan.Expr) calc.Expr {
	switch e := e.(type) {
	case *plan.Column:
		if e.Index < 0 {
			panic(fmt.Sprintf("op: column %q is not bound", e.Name))
		}
		return calc.Column(e.Index, e.Type)
	case *plan.Literal:
		return calc.Literal(e.Value)
	case *plan.Call:
		args := make([]calc.Expr, len(e.Args))
		for i, a := range e.Args {
			args[i] = Compile(a)
		}
		return compileCall(e, args)
	}
	panic(fmt.Sprintf("op: no expression %T", e))
}

func compileCall(c *plan.Call, args []calc.Expr) calc.Expr {
	if op, ok := arithmetic[c.Op]; ok {
		return calc.Arith(op, args[0], args[1], c.Type)
	}
	if op, ok := comparisons[c.Op]; ok {
		return calc.Compare(op, args[0], args[1])
	}
	switch c.Op {
	case plan.OpNeg:
		return calc.Neg(args[0])
	case plan.OpAnd:
		return calc.And(args...)
	case plan.OpOr:
		return calc.Or(args...)
	case plan.OpNot:
		return calc.Not(args[0])
	case plan.OpIsNull:
		return calc.IsNull(args[0])
	case plan.OpIsNotNull:
		return calc.IsNotNull(args[0])
	case plan.OpCast:
		return calc.Cast(args[0], c.Type)
	case plan.OpCoalesce:
		return calc.Coalesce(args...)
	case plan.OpIf:
		return calc.If(args[0], args[1], args[2])
	}
	panic(fmt.Sprintf("op: no operator %d", c.Op))
}

var arithmetic = map[plan.Op]calc.ArithOp{
	plan.OpAdd: calc.Add,
	plan.OpSub: calc.Sub,
	plan.OpMul: calc.Mul,
	plan.OpQuo: calc.Quo,
	plan.OpRem: calc.Rem,
	plan.OpDiv: calc.Div,
}

var comparisons = map[plan.Op]calc.CompareOp{
	plan.OpEq: calc.Eq,
	plan.OpNe: calc.Ne,
	plan.OpLt: calc.Lt,
	plan.OpLe: calc.Le,
	plan.OpGt: calc.Gt,
	plan.OpGe: calc.Ge,
}
