package plan

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/pwcol/pwcol/kernels/vec"
)

func typedArithmetic(op Op, a, b Expr) (Expr, error) {
	if isBareNull(a) || isBareNull(b) {
		return nil, errors.New("arithmetic with NULL is always NULL")
	}
	if (op == OpAdd || op == OpSub) && (isTemporal(a) || isTemporal(b)) {
		return typedMoments(op, a, b)
	}
	for _, e := range []Expr{a, b} {
		if t := e.ResultType(); !t.IsNumeric() {
			return nil, fmt.Errorf("%s, but %s takes numbers", is(e), op)
		}
	}
	switch {
	case op == OpDiv:
		return typedDiv(a, b)
	case op == OpMul && (a.ResultType().Kind == vec.Decimal || b.ResultType().Kind == vec.Decimal):
		return typedDecimalMul(a, b)
	}
	a, b, err := alike(a, b)
	if err != nil {
		return nil, err
	}
	t := a.ResultType()
	if (op == OpQuo || op == OpRem) && !t.IsInteger() {
		return nil, fmt.Errorf("%s, but %s takes integers; Div is the division that gives a float", is(a), op)
	}
	return &Call{op, []Expr{a, b}, sumType(t)}, nil
}

// typedDiv divides as float64, whatever the operands are.
func typedDiv(a, b Expr) (Expr, error) {
	a, err := asType(a, vec.TFloat64)
	if err != nil {
		return nil, err
	}
	b, err = asType(b, vec.TFloat64)
	if err != nil {
		return nil, err
	}
	return &Call{OpDiv, []Expr{a, b}, vec.TFloat64}, nil
}

// typedDecimalMul multiplies decimals, which keep their own types, as a product's digits are those of
// both factors. A literal is the shortest decimal that holds it. A float factor makes the product a float64.
func typedDecimalMul(a, b Expr) (Expr, error) {
	if isFloatColumn(a) || isFloatColumn(b) {
		a, b, err := alike(a, b)
		if err != nil {
			return nil, err
		}
		return &Call{OpMul, []Expr{a, b}, vec.TFloat64}, nil
	}
	a, err := asFactor(a)
	if err != nil {
		return nil, err
	}
	b, err = asFactor(b)
	if err != nil {
		return nil, err
	}
	t, err := productType(a.ResultType(), b.ResultType())
	if err != nil {
		return nil, err
	}
	return &Call{OpMul, []Expr{a, b}, t}, nil
}

func isFloatColumn(e Expr) bool { return !isUntyped(e) && e.ResultType().IsFloat() }

func asFactor(e Expr) (Expr, error) {
	l, ok := e.(*Literal)
	if !ok || !l.Untyped {
		return cast(e, asDecimal(e.ResultType())), nil
	}
	for scale := range int8(maxDigits + 1) {
		v, err := Exactly(l.Value, vec.TDecimal(maxDigits, scale))
		if err == nil {
			digits := len(new(big.Int).Abs(v.D.Big()).String())
			v.Type.Precision = uint8(max(digits, int(scale)))
			return &Literal{Value: v}, nil
		}
	}
	return nil, fmt.Errorf("%s has more digits than a decimal holds", e)
}

func typedNeg(a Expr) (Expr, error) {
	if isBareNull(a) {
		return nil, errors.New("arithmetic with NULL is always NULL")
	}
	a, err := settle(a)
	if err != nil {
		return nil, err
	}
	switch t := a.ResultType(); {
	case t.IsUnsigned():
		return nil, fmt.Errorf("%s, which has no negative numbers; cast it to int64", is(a))
	case !t.IsNumeric():
		return nil, fmt.Errorf("%s, but - takes numbers", is(a))
	default:
		return &Call{OpNeg, []Expr{a}, t}, nil
	}
}

func typedCompare(op Op, a, b Expr) (Expr, error) {
	if isBareNull(a) || isBareNull(b) {
		return nil, errors.New("a comparison with NULL is never true; use IsNull or IsNotNull")
	}
	for _, e := range []Expr{a, b} {
		if e.ResultType().Kind == vec.List {
			return nil, fmt.Errorf("%s, but %s takes no lists; compare their elements, or cast both to string", is(e), op)
		}
	}
	a, b, err := alike(a, b)
	if err != nil {
		return nil, err
	}
	return &Call{op, []Expr{a, b}, vec.TBool}, nil
}

// alike brings two operands to one type. A literal takes the other's.
func alike(a, b Expr) (Expr, Expr, error) {
	switch {
	case isUntyped(a) && !isUntyped(b):
		l, err := fitted(a, b)
		return l, b, err
	case isUntyped(b) && !isUntyped(a):
		l, err := fitted(b, a)
		return a, l, err
	}
	t, err := commonType(a.ResultType(), b.ResultType())
	if err != nil {
		return nil, nil, unlike(a, b, err)
	}
	if a, err = asType(a, t); err != nil {
		return nil, nil, err
	}
	b, err = asType(b, t)
	return a, b, err
}

func unlike(a, b Expr, err error) error {
	if errors.Is(err, errNoCommonInteger) {
		return fmt.Errorf("%s and %s: %w", is(a), is(b), err)
	}
	return fmt.Errorf("%s and %s, which %w", is(a), is(b), err)
}

// fitted is the literal l with the type of e.
func fitted(l, e Expr) (Expr, error) {
	out, err := asType(l, e.ResultType())
	if err != nil {
		return nil, fmt.Errorf("%s, but %w; take a constant that is one, or cast the other side", is(e), err)
	}
	return out, nil
}

func cast(e Expr, t vec.Type) Expr {
	if e.ResultType() == t {
		return e
	}
	if l, ok := e.(*Literal); ok {
		if v, err := Exactly(l.Value, t); err == nil {
			return &Literal{Value: v}
		}
	}
	return &Call{OpCast, []Expr{e}, t}
}
