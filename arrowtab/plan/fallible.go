package plan

import (
	"github.com/pwcol/pwcol/kernels/calc"
)

// Fallible reports whether the bound expression e can fail on some row: by a number that leaves its type's
// range, a division by zero, the root of a negative number, or a cast of a value that has no counterpart. A fallible expression must not be
// computed for rows that a filter before it has left out.
func Fallible(e Expr) bool {
	c, ok := e.(*Call)
	if !ok {
		return false
	}
	if callCanFail(c) {
		return true
	}
	for _, a := range c.Args {
		if Fallible(a) {
			return true
		}
	}
	return false
}

// callCanFail reports whether c can fail although its arguments don't.
func callCanFail(c *Call) bool {
	if f, ok := functions[c.Op]; ok {
		return f.fails && !(c.Op == OpAbs && c.Type.IsFloat())
	}
	switch c.Op {
	case OpAdd, OpSub, OpMul, OpNeg:
		return !c.Type.IsFloat()
	case OpQuo, OpRem, OpDiv:
		return !dividesSafely(c.Args[1])
	case OpCast:
		return calc.CastCanFail(c.Args[0].ResultType(), c.Type)
	default:
		return false
	}
}

// dividesSafely reports whether e is a constant that any number can be divided by: neither 0
// nor, as the smallest integer has no negative, −1.
func dividesSafely(e Expr) bool {
	l, ok := e.(*Literal)
	if !ok {
		return false
	}
	v := l.Value
	switch {
	case v.Null:
		return true
	case v.Type.IsFloat():
		return v.F != 0
	case v.Type.IsSigned():
		return v.I != 0 && v.I != -1
	default:
		return v.Type.IsUnsigned() && v.I != 0
	}
}
