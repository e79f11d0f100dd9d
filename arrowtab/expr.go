package arrowtab

import (
	"errors"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Expr is an expression over a table's columns. It is written without knowing their types; they are
// checked by the table's method that takes it. Wherever a method takes "any", it is another Expr or a Go value that Lit
// takes.
type Expr struct {
	e    plan.Expr
	name string // of the column it becomes; "" if it has none
	err  error  // of a Go value that can't be a constant
}

// Col is the value of the column of that name.
func Col(name string) Expr {
	return Expr{e: &plan.Column{Name: name, Index: -1}, name: name}
}

// As gives the name of the column that the expression becomes in Select, With and Reduce.
func (e Expr) As(name string) Expr {
	e.name = name
	return e
}

// String is the expression as text: "value > 100".
func (e Expr) String() string {
	if e.e == nil {
		return "?"
	}
	return e.e.String()
}

// Add is e + other. A result that doesn't fit an integer type makes the row a bad row; so for all arithmetic.
func (e Expr) Add(other any) Expr { return call(plan.OpAdd, e, other) }

// Sub is e − other.
func (e Expr) Sub(other any) Expr { return call(plan.OpSub, e, other) }

// Mul is e · other.
func (e Expr) Mul(other any) Expr { return call(plan.OpMul, e, other) }

// Quo is the quotient of integers, truncated towards zero. Division by zero makes the row a bad row.
func (e Expr) Quo(other any) Expr { return call(plan.OpQuo, e, other) }

// Rem is the remainder of integers, with the sign of e.
func (e Expr) Rem(other any) Expr { return call(plan.OpRem, e, other) }

// Div is the quotient as a float64. Division by zero makes the row a bad row.
func (e Expr) Div(other any) Expr { return call(plan.OpDiv, e, other) }

// Neg is −e.
func (e Expr) Neg() Expr { return call(plan.OpNeg, e) }

// Eq is whether e = other. A comparison with NULL is NULL, so a Filter drops the row.
func (e Expr) Eq(other any) Expr { return call(plan.OpEq, e, other) }

// Ne is whether e ≠ other.
func (e Expr) Ne(other any) Expr { return call(plan.OpNe, e, other) }

// Lt is whether e < other.
func (e Expr) Lt(other any) Expr { return call(plan.OpLt, e, other) }

// Le is whether e ≤ other.
func (e Expr) Le(other any) Expr { return call(plan.OpLe, e, other) }

// Gt is whether e > other.
func (e Expr) Gt(other any) Expr { return call(plan.OpGt, e, other) }

// Ge is whether e ≥ other.
func (e Expr) Ge(other any) Expr { return call(plan.OpGe, e, other) }

// Between is whether low ≤ e ≤ high.
func (e Expr) Between(low, high any) Expr { return e.Ge(low).And(e.Le(high)) }

// In is whether e is one of the values; of none, it is false.
func (e Expr) In(values ...any) Expr {
	if len(values) == 0 {
		return Expr{e: literal(vec.Scalar{Type: vec.TBool}), err: e.err}
	}
	tests := make([]any, len(values))
	for i, v := range values {
		tests[i] = e.Eq(v)
	}
	if len(tests) == 1 {
		return tests[0].(Expr)
	}
	return call(plan.OpOr, tests...)
}

// And is whether e and all others are true. They are evaluated in that order, each only on rows that those before leave
// open: Col("n").Ne(0).And(Col("x").Div(Col("n")).Gt(1)) divides by no zero.
func (e Expr) And(others ...any) Expr { return call(plan.OpAnd, append([]any{e}, others...)...) }

// Or is whether e or any of the others is true.
func (e Expr) Or(others ...any) Expr { return call(plan.OpOr, append([]any{e}, others...)...) }

// Not is whether e is false.
func (e Expr) Not() Expr { return call(plan.OpNot, e) }

// IsNull is whether e has no value.
func (e Expr) IsNull() Expr { return call(plan.OpIsNull, e) }

// IsNotNull is whether e has a value.
func (e Expr) IsNotNull() Expr { return call(plan.OpIsNotNull, e) }

// Cast is e as a value of another type. A value that the type doesn't have makes the row a bad row.
func (e Expr) Cast(t Type) Expr {
	c := call(plan.OpCast, e)
	c.e.(*plan.Call).Type = t
	return c
}

// Coalesce is the first of e and the others that isn't NULL.
func (e Expr) Coalesce(others ...any) Expr {
	return call(plan.OpCoalesce, append([]any{e}, others...)...)
}

// If is then where cond is true, else otherwise; each is computed only on the rows where it is the result.
func If(cond Expr, then, otherwise any) Expr { return call(plan.OpIf, cond, then, otherwise) }

func call(op plan.Op, args ...any) Expr {
	c := &plan.Call{Op: op, Args: make([]plan.Expr, len(args))}
	var errs []error
	for i, a := range args {
		e := asExpr(a)
		c.Args[i] = e.e
		errs = append(errs, e.err)
	}
	return Expr{e: c, err: errors.Join(errs...)}
}

func asExpr(v any) Expr {
	if e, ok := v.(Expr); ok {
		return e
	}
	return Lit(v)
}
