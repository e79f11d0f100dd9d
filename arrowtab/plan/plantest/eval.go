package plantest

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// eval is a bound expression's value for a row, or errBadRow.
func eval(e plan.Expr, row []any) (any, error) {
	switch e := e.(type) {
	case *plan.Column:
		return row[e.Index], nil
	case *plan.Literal:
		return Value(e.Value), nil
	}
	c := e.(*plan.Call)
	switch c.Op {
	case plan.OpAnd:
		return evalLogic(c, row, false)
	case plan.OpOr:
		return evalLogic(c, row, true)
	case plan.OpIf:
		cond, err := eval(c.Args[0], row)
		if err != nil {
			return nil, err
		}
		if cond == true {
			return eval(c.Args[1], row)
		}
		return eval(c.Args[2], row)
	case plan.OpCoalesce:
		for _, a := range c.Args {
			if v, err := eval(a, row); v != nil || err != nil {
				return v, err
			}
		}
		return nil, nil
	}
	args := make([]any, len(c.Args))
	for i, a := range c.Args {
		v, err := eval(a, row)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	return apply(c, args)
}

// evalLogic is three-valued AND (decides false) or OR (decides true).
func evalLogic(c *plan.Call, row []any, decides bool) (any, error) {
	var result any = !decides
	for _, a := range c.Args {
		v, err := eval(a, row)
		switch {
		case err != nil || v == decides:
			return v, err
		case v == nil:
			result = nil
		}
	}
	return result, nil
}

// apply is the value of an operator that computes all its arguments.
func apply(c *plan.Call, args []any) (any, error) {
	switch c.Op {
	case plan.OpIsNull:
		return args[0] == nil, nil
	case plan.OpIsNotNull:
		return args[0] != nil, nil
	}
	if slices.Contains(args, nil) {
		return nil, nil
	}
	switch c.Op {
	case plan.OpNot:
		return !args[0].(bool), nil
	case plan.OpEq:
		return compare(args[0], args[1]) == 0, nil
	case plan.OpNe:
		return compare(args[0], args[1]) != 0, nil
	case plan.OpLt:
		return compare(args[0], args[1]) < 0, nil
	case plan.OpLe:
		return compare(args[0], args[1]) <= 0, nil
	case plan.OpGt:
		return compare(args[0], args[1]) > 0, nil
	case plan.OpGe:
		return compare(args[0], args[1]) >= 0, nil
	case plan.OpCast:
		return castValue(args[0], c.Type)
	}
	if c.Op > plan.OpIf {
		return function(c, args)
	}
	if x, ok := args[0].(float64); ok {
		y := 0.0
		if len(args) > 1 {
			y = args[1].(float64)
		}
		return applyFloat(c.Op, x, y)
	}
	y := int64(0)
	if len(args) > 1 {
		y = args[1].(int64)
	}
	return applyInteger(c, args[0].(int64), y)
}

func applyFloat(op plan.Op, x, y float64) (any, error) {
	switch op {
	case plan.OpAdd:
		return x + y, nil
	case plan.OpSub:
		return x - y, nil
	case plan.OpMul:
		return x * y, nil
	case plan.OpNeg:
		return -x, nil
	case plan.OpDiv:
		if y == 0 {
			return nil, errBadRow
		}
		return x / y, nil
	}
	panic(fmt.Sprintf("plantest: no operator %d of floats", op))
}

func applyInteger(c *plan.Call, x, y int64) (any, error) {
	a, b, r := big.NewInt(x), big.NewInt(y), new(big.Int)
	switch c.Op {
	case plan.OpAdd:
		r.Add(a, b)
	case plan.OpSub:
		r.Sub(a, b)
	case plan.OpMul:
		r.Mul(a, b)
	case plan.OpNeg:
		r.Neg(a)
	default:
		if y == 0 {
			return nil, errBadRow
		}
		if c.Op == plan.OpQuo {
			r.Quo(a, b)
		} else {
			r.Rem(a, b)
		}
	}
	bits := 8 * c.Type.Width()
	if !r.IsInt64() || r.Int64()>>(bits-1) != r.Int64()>>63 {
		return nil, errBadRow
	}
	return r.Int64(), nil
}

func castValue(v any, t vec.Type) (any, error) {
	switch v := v.(type) {
	case int64:
		switch {
		case t.IsFloat():
			return float64(v), nil
		case t.Kind == vec.Uint64 && v >= 0:
			return Digits(big.NewInt(v).String()), nil
		case t.IsUnsigned() && (v < 0 || v>>(8*t.Width()) != 0):
			return nil, errBadRow
		case t.IsSigned() && v>>(8*t.Width()-1) != v>>63:
			return nil, errBadRow
		case t.IsInteger():
			return v, nil
		}
	case float64:
		switch {
		case t.Kind == vec.Float64:
			return v, nil
		case t.Kind == vec.Int64:
			if v != v || v < -1<<63 || v >= 1<<63 {
				return nil, errBadRow
			}
			return int64(math.RoundToEven(v)), nil
		}
	}
	panic(fmt.Sprintf("plantest: no cast of %T to %s", v, t))
}
