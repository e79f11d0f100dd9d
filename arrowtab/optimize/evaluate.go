package optimize

import (
	"math/big"
	"strings"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// evaluate is the value of a call whose arguments are all literals, and whether it has one that is known here: what
// fails has none, and neither have casts that round or read text.
func evaluate(c *plan.Call) (vec.Scalar, bool) {
	args := make([]vec.Scalar, len(c.Args))
	for i, a := range c.Args {
		l, ok := a.(*plan.Literal)
		if !ok {
			return vec.Scalar{}, false
		}
		args[i] = l.Value
	}
	for _, a := range args {
		if a.Null {
			return vec.Scalar{Type: c.Type, Null: true}, true
		}
	}
	switch c.Op {
	case plan.OpAdd, plan.OpSub, plan.OpMul, plan.OpQuo, plan.OpRem, plan.OpDiv:
		return arithmetic(c.Op, args[0], args[1], c.Type)
	case plan.OpNeg:
		if c.Type.IsFloat() {
			return vec.Scalar{Type: c.Type, F: -args[0].F}, true
		}
		return arithmetic(plan.OpSub, vec.Scalar{Type: c.Type}, args[0], c.Type)
	case plan.OpEq, plan.OpNe, plan.OpLt, plan.OpLe, plan.OpGt, plan.OpGe:
		return comparison(c.Op, args[0], args[1])
	case plan.OpNot:
		return boolean(args[0].I == 0).Value, true
	case plan.OpCast:
		return exactCast(args[0], c.Type)
	}
	return vec.Scalar{}, false
}

func arithmetic(op plan.Op, a, b vec.Scalar, t vec.Type) (vec.Scalar, bool) {
	if t.IsFloat() {
		return floatArithmetic(op, a.F, b.F, t)
	}
	x, y, r := whole(a), whole(b), new(big.Int)
	switch {
	case op == plan.OpAdd:
		r.Add(x, y)
	case op == plan.OpSub:
		r.Sub(x, y)
	case op == plan.OpMul:
		r.Mul(x, y)
	case y.Sign() == 0 || !t.IsInteger():
		return vec.Scalar{}, false
	case op == plan.OpQuo:
		r.Quo(x, y)
	case op == plan.OpRem:
		r.Rem(x, y)
	}
	return wholeOf(r, t)
}

// floatArithmetic computes as the kernels do: a float32 is rounded to one after each step. (A float64 of two
// float32 rounded again is the float32 result: it has more than twice their digits.)
func floatArithmetic(op plan.Op, a, b float64, t vec.Type) (vec.Scalar, bool) {
	var r float64
	switch op {
	case plan.OpAdd:
		r = a + b
	case plan.OpSub:
		r = a - b
	case plan.OpMul:
		r = a * b
	case plan.OpDiv:
		if b == 0 {
			return vec.Scalar{}, false
		}
		r = a / b
	default:
		return vec.Scalar{}, false
	}
	if t.Kind == vec.Float32 {
		r = float64(float32(r))
	}
	return vec.Scalar{Type: t, F: r}, true
}

// whole is an integer's value, a decimal's in units of its last digit, or a time's ticks.
func whole(s vec.Scalar) *big.Int {
	switch s.Type.Kind {
	case vec.Decimal:
		return s.D.Big()
	case vec.Uint64:
		return new(big.Int).SetUint64(uint64(s.I))
	}
	return big.NewInt(s.I)
}

// wholeOf is the reverse of whole, and whether t has the value.
func wholeOf(n *big.Int, t vec.Type) (vec.Scalar, bool) {
	if t.Kind != vec.Decimal {
		wide, fits := vec.Int128FromBig(n)
		if !fits {
			return vec.Scalar{}, false
		}
		v, err := plan.Exactly(vec.Scalar{Type: vec.TDecimal(38, 0), D: wide}, t)
		return v, err == nil
	}
	most := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Precision)), nil)
	if n.CmpAbs(most) >= 0 {
		return vec.Scalar{}, false
	}
	d, _ := vec.Int128FromBig(n) // fits: less than 10^38
	return vec.Scalar{Type: t, D: d}, true
}

// comparison compares values of one type. It leaves NaN to the kernels.
func comparison(op plan.Op, a, b vec.Scalar) (vec.Scalar, bool) {
	var order int
	switch t := a.Type; {
	case t != b.Type || a.F != a.F || b.F != b.F:
		return vec.Scalar{}, false
	case t.IsVar():
		order = strings.Compare(a.S, b.S)
	case t.IsFloat() && a.F < b.F:
		order = -1
	case t.IsFloat() && a.F > b.F:
		order = 1
	case t.IsFloat():
	default:
		order = whole(a).Cmp(whole(b))
	}
	var holds bool
	switch op {
	case plan.OpEq:
		holds = order == 0
	case plan.OpNe:
		holds = order != 0
	case plan.OpLt:
		holds = order < 0
	case plan.OpLe:
		holds = order <= 0
	case plan.OpGt:
		holds = order > 0
	default:
		holds = order >= 0
	}
	return boolean(holds).Value, true
}

// exactCast casts integers, decimals, dates and ticks to a type of that kind that has the same value.
func exactCast(v vec.Scalar, t vec.Type) (vec.Scalar, bool) {
	from := v.Type
	number := func(t vec.Type) bool { return t.IsInteger() || t.Kind == vec.Decimal }
	exact := from == t || number(from) && (number(t) || t.Kind == vec.Float64) ||
		from.Kind == t.Kind && !from.IsNumeric() || from.Kind == vec.Date && t.Kind == vec.Timestamp
	if !exact {
		return vec.Scalar{}, false
	}
	out, err := plan.Exactly(v, t)
	return out, err == nil
}
