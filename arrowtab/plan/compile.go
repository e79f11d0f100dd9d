package plan

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Compile makes a bound expression ready to run on batches that have its input's columns. The result owns memory that
// it works in: each worker compiles its own. An expression that Bind hasn't made is a programmer's error and panics.
func Compile(e Expr) calc.Expr {
	switch e := e.(type) {
	case *Column:
		if e.Index < 0 {
			panic(fmt.Sprintf("plan: column %q is not bound", e.Name))
		}
		return calc.Column(e.Index, e.Type)
	case *Literal:
		return calc.Literal(e.Value)
	case *Call:
		args := make([]calc.Expr, len(e.Args))
		for i, a := range e.Args {
			args[i] = Compile(a)
		}
		return compileCall(e, args)
	}
	panic(fmt.Sprintf("plan: no expression %T", e))
}

func compileCall(c *Call, args []calc.Expr) calc.Expr {
	if f, ok := functions[c.Op]; ok {
		return f.compile(c, args)
	}
	if c.Type.Kind == vec.Timestamp || c.Type.Kind == vec.Duration {
		if c.Op == OpAdd || c.Op == OpSub { // the ticks are of one unit
			a, b := calc.Relabel(args[0], vec.TInt64), calc.Relabel(args[1], vec.TInt64)
			return calc.Relabel(calc.Arith(arithmetic[c.Op], a, b, vec.TInt64), c.Type)
		}
	}
	if op, ok := arithmetic[c.Op]; ok {
		return calc.Arith(op, args[0], args[1], c.Type)
	}
	if op, ok := comparisons[c.Op]; ok {
		return calc.Compare(op, args[0], args[1])
	}
	switch c.Op {
	case OpNeg:
		return calc.Neg(args[0])
	case OpAnd:
		return calc.And(args...)
	case OpOr:
		return calc.Or(args...)
	case OpNot:
		return calc.Not(args[0])
	case OpIsNull:
		return calc.IsNull(args[0])
	case OpIsNotNull:
		return calc.IsNotNull(args[0])
	case OpCast:
		return calc.Cast(args[0], c.Type)
	case OpCoalesce:
		return calc.Coalesce(args...)
	case OpIf:
		return calc.If(args[0], args[1], args[2])
	}
	panic(fmt.Sprintf("plan: no operator %d", c.Op))
}

var arithmetic = map[Op]calc.ArithOp{
	OpAdd: calc.Add,
	OpSub: calc.Sub,
	OpMul: calc.Mul,
	OpQuo: calc.Quo,
	OpRem: calc.Rem,
	OpDiv: calc.Div,
}

var comparisons = map[Op]calc.CompareOp{
	OpEq: calc.Eq,
	OpNe: calc.Ne,
	OpLt: calc.Lt,
	OpLe: calc.Le,
	OpGt: calc.Gt,
	OpGe: calc.Ge,
}
