package plan

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

var aggNames = [numAggs]string{
	AggCount: "count", AggSum: "sum", AggAvg: "avg", AggMin: "min", AggMax: "max", AggAny: "any", AggArgMin: "arg_min", AggArgMax: "arg_max",
	AggCountDistinct: "count_distinct", AggVarSamp: "var_samp", AggVarPop: "var_pop", AggStddevSamp: "stddev_samp", AggStddevPop: "stddev_pop",
	AggBoolAnd: "bool_and", AggBoolOr: "bool_or", AggQuantileCont: "quantile_cont", AggQuantileDisc: "quantile_disc",
	AggList: "list", AggStringAgg: "string_agg",
}

// String is the reducer's name: "sum".
func (f AggFunc) String() string { return aggNames[f] }

// AggType is the type of a reducer's result for a bound argument, or an error that says what it takes instead.
func AggType(f AggFunc, arg Expr) (vec.Type, error) {
	t := arg.ResultType()
	switch f {
	case AggCount, AggCountDistinct:
		return vec.TInt64, nil
	case AggMin, AggMax, AggAny, AggArgMin, AggArgMax, AggQuantileDisc:
		return t, refuse(t.Kind == vec.List && f != AggArgMin && f != AggArgMax, f, arg, "values that have an order")
	case AggBoolAnd, AggBoolOr:
		return vec.TBool, refuse(t.Kind != vec.Bool, f, arg, "bool")
	case AggList:
		if err := refuse(t.Kind == vec.List, f, arg, "plain values"); err != nil {
			return t, err
		}
		return vec.TList(t), nil
	case AggStringAgg:
		return vec.TString, refuse(t.Kind != vec.String, f, arg, "strings; cast it")
	}
	if err := refuse(!t.IsNumeric(), f, arg, "numbers"); err != nil {
		return t, err
	}
	switch {
	case f != AggSum || t.IsFloat():
		return vec.TFloat64, nil
	case t.Kind == vec.Decimal:
		return vec.TDecimal(maxDigits, t.Scale), nil
	case t.Kind == vec.Int64 || t.Kind == vec.Uint64:
		return vec.TDecimal(maxDigits, 0), nil
	}
	return vec.TInt64, nil
}

// refuse is an error if bad: the reducer takes something else.
func refuse(bad bool, f AggFunc, arg Expr, takes string) error {
	if !bad {
		return nil
	}
	return fmt.Errorf("%s: %s, but %s takes %s", f, is(arg), f, takes)
}
