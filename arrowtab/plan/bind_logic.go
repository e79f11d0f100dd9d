package plan

import (
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

func typedLogic(op Op, args []Expr) (Expr, error) {
	out := make([]Expr, len(args))
	for i, a := range args {
		b, err := asBool(a, "what "+op.String()+" takes")
		if err != nil {
			return nil, err
		}
		out[i] = b
	}
	return &Call{op, out, vec.TBool}, nil
}

// typedIf is then or otherwise, which are brought to one type. Where the condition is NULL it is otherwise.
func typedIf(args []Expr) (Expr, error) {
	cond, err := asBool(args[0], "the condition")
	if err != nil {
		return nil, err
	}
	branches, t, err := allAlike(args[1:])
	if err != nil {
		return nil, err
	}
	return &Call{OpIf, append([]Expr{cond}, branches...), t}, nil
}

func typedCoalesce(args []Expr) (Expr, error) {
	out, t, err := allAlike(args)
	if err != nil {
		return nil, err
	}
	return &Call{OpCoalesce, out, t}, nil
}

// allAlike brings expressions to one type: that of those that aren't literals, if there are any. NULL takes any type.
func allAlike(args []Expr) ([]Expr, vec.Type, error) {
	t, err := typeOfAll(args)
	if err != nil {
		return nil, t, err
	}
	out := make([]Expr, len(args))
	for i, a := range args {
		if out[i], err = asType(a, t); err != nil {
			return nil, t, fmt.Errorf("the result is %s, but %w", t, err)
		}
	}
	return out, t, nil
}

func typeOfAll(args []Expr) (vec.Type, error) {
	for _, untyped := range []bool{false, true} {
		var first Expr
		var t vec.Type
		for _, a := range args {
			if isUntyped(a) != untyped || isBareNull(a) {
				continue
			}
			if first == nil {
				first, t = a, a.ResultType()
				continue
			}
			common, err := commonType(t, a.ResultType())
			if err != nil {
				return t, unlike(first, a, err)
			}
			t = common
		}
		if first != nil {
			return t, nil
		}
	}
	return vec.Type{}, errors.New("all arguments are NULL: the result has no type; cast one: Lit(nil).Cast(…)")
}

// typedCast is a cast that the user asked for.
func typedCast(a Expr, t vec.Type) (Expr, error) {
	if t.Kind == vec.Invalid {
		return nil, errors.New("that is no type to cast to")
	}
	if err := (Field{Name: "x", Type: t}).validate(); err != nil {
		return nil, fmt.Errorf("that is no type to cast to: %w", err)
	}
	if l, ok := a.(*Literal); ok && l.Untyped {
		if v, err := Exactly(l.Value, t); err == nil {
			return &Literal{Value: v}, nil
		}
	}
	a, err := settle(a)
	if err != nil {
		return nil, err
	}
	if !calc.CanCast(a.ResultType(), t) {
		return nil, fmt.Errorf("%s, which can't be cast to %s", is(a), t)
	}
	return cast(a, t), nil
}
