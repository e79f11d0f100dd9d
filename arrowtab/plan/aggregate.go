package plan

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

var aggNames = [...]string{AggCount: "count", AggSum: "sum", AggAvg: "avg", AggMin: "min", AggMax: "max"}

// String is the reducer's name: "sum".
func (f AggFunc) String() string { return aggNames[f] }

// AggType is the type of a reducer's result for a bound argument, or an error that says what it takes instead.
func AggType(f AggFunc, arg Expr) (vec.Type, error) {
	t := arg.ResultType()
	switch f {
	case AggCount:
		return vec.TInt64, nil
	case AggMin, AggMax:
		return t, nil
	}
	if !t.IsNumeric() {
		return t, fmt.Errorf("%s: %s, but %s takes numbers", f, is(arg), f)
	}
	switch {
	case f == AggAvg || t.IsFloat():
		return vec.TFloat64, nil
	case t.Kind == vec.Decimal:
		return vec.TDecimal(maxDigits, t.Scale), nil
	case t.Kind == vec.Int64 || t.Kind == vec.Uint64:
		return vec.TDecimal(maxDigits, 0), nil
	}
	return vec.TInt64, nil
}
