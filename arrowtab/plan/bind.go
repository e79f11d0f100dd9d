package plan

import (
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Bind types an expression against the schema of its input. Columns get their places; a literal takes the type of what
// it is combined with, if that type holds it exactly; operands of different types are brought to one by casts (see
// commonType). An error names the columns, their types and what to do.
func Bind(e Expr, s *Schema) (Expr, error) {
	b := binder{schema: s}
	out, err := b.bind(e)
	if err != nil {
		return nil, err
	}
	return settle(out)
}

// BindBool binds a condition.
func BindBool(e Expr, s *Schema) (Expr, error) {
	b := binder{schema: s}
	out, err := b.bind(e)
	if err != nil {
		return nil, err
	}
	return asBool(out, "a condition")
}

type binder struct {
	schema *Schema
}

// bind is e bound, but that a literal may still be untyped.
func (b *binder) bind(e Expr) (Expr, error) {
	switch e := e.(type) {
	case *Column:
		return b.column(e)
	case *Literal:
		return e, nil
	case *Call:
		return b.call(e)
	case *Applied:
		return nil, fmt.Errorf("%s: a function is called in With, Select or Filter; make it a column before: With(Apply(…).As(\"x\"))", e)
	}
	return nil, errors.New("an expression is missing (nil)")
}

func (b *binder) column(c *Column) (Expr, error) {
	i, ok := b.schema.Index(c.Name)
	if !ok {
		return nil, UnknownColumn(c.Name, b.schema)
	}
	f := b.schema.Field(i)
	return &Column{Name: c.Name, Index: i, Type: f.Type, Nullable: f.Nullable}, nil
}

func (b *binder) call(c *Call) (Expr, error) {
	args := make([]Expr, len(c.Args))
	for i, a := range c.Args {
		bound, err := b.bind(a)
		if err != nil {
			return nil, err
		}
		args[i] = bound
	}
	if !takesSo(c.Op, len(args)) {
		return nil, fmt.Errorf("%s: wrong number of arguments: %d", c.Op, len(args))
	}
	out, err := typed(c, args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c, err)
	}
	return out, nil
}

// takesSo reports whether an operator takes n arguments.
func takesSo(o Op, n int) bool {
	if f, ok := functions[o]; ok {
		return f.takesSo(n)
	}
	count := argCount(o)
	return n > 0 && (count == 0 || count == n)
}

// argCount is how many arguments an operator has, 0: one or more.
func argCount(o Op) int {
	switch o {
	case OpNeg, OpNot, OpIsNull, OpIsNotNull, OpCast:
		return 1
	case OpAnd, OpOr, OpCoalesce:
		return 0
	case OpIf:
		return 3
	}
	return 2
}

// typed is the call c of bound arguments.
func typed(c *Call, args []Expr) (Expr, error) {
	if f, ok := functions[c.Op]; ok {
		return typedFunction(c.Op, f, args)
	}
	switch c.Op {
	case OpAdd, OpSub, OpMul, OpQuo, OpRem, OpDiv:
		return typedArithmetic(c.Op, args[0], args[1])
	case OpNeg:
		return typedNeg(args[0])
	case OpEq, OpNe, OpLt, OpLe, OpGt, OpGe:
		return typedCompare(c.Op, args[0], args[1])
	case OpAnd, OpOr, OpNot:
		return typedLogic(c.Op, args)
	case OpIsNull, OpIsNotNull:
		arg, err := settle(args[0])
		return &Call{c.Op, []Expr{arg}, vec.TBool}, err
	case OpCast:
		return typedCast(args[0], c.Type)
	case OpCoalesce:
		return typedCoalesce(args)
	case OpIf:
		return typedIf(args)
	}
	return nil, fmt.Errorf("there is no operator %d", c.Op)
}

// settle gives a literal that is still untyped the type it has by itself.
func settle(e Expr) (Expr, error) {
	l, ok := e.(*Literal)
	if !ok || !l.Untyped {
		return e, nil
	}
	if l.Value.Type.Kind == vec.Invalid {
		return nil, errors.New("NULL needs a type here; cast it: Lit(nil).Cast(…)")
	}
	return &Literal{Value: l.Value}, nil
}

// asType is e with a type that it can be cast to without a doubt: a literal must have the type exactly.
func asType(e Expr, t vec.Type) (Expr, error) {
	if l, ok := e.(*Literal); ok && l.Untyped {
		v, err := Exactly(l.Value, t)
		if err != nil {
			return nil, err
		}
		return &Literal{Value: v}, nil
	}
	if e.ResultType() == t {
		return e, nil
	}
	return &Call{OpCast, []Expr{e}, t}, nil
}

func isUntyped(e Expr) bool {
	l, ok := e.(*Literal)
	return ok && l.Untyped
}

// isBareNull reports whether e is NULL without a type.
func isBareNull(e Expr) bool {
	l, ok := e.(*Literal)
	return ok && l.Untyped && l.Value.Null
}

// asBool is e if it is bool. who wants it: "AND".
func asBool(e Expr, who string) (Expr, error) {
	if isBareNull(e) {
		return asType(e, vec.TBool)
	}
	out, err := settle(e)
	if err != nil {
		return nil, err
	}
	if out.ResultType().Kind != vec.Bool {
		return nil, fmt.Errorf("%s, but %s is true or false (bool); compare it with something", is(out), who)
	}
	return out, nil
}

// is says what an expression is, for a message: `column "value" is int64`.
func is(e Expr) string {
	if _, ok := e.(*Column); ok {
		return fmt.Sprintf("column %q is %s", e.String(), e.ResultType())
	}
	return fmt.Sprintf("%s is %s", e, e.ResultType())
}
