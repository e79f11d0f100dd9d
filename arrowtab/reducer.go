package arrowtab

import (
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Reducer makes one value out of the rows of a group. NULLs are left out; of no values the result is NULL, a count is 0.
type Reducer struct {
	reduce plan.AggFunc
	arg    *Expr // nil: the rows themselves
	by     *Expr // what gives the order; nil: nothing
	where  *Expr // nil: all rows
	param  float64
	text   string
	name   string
	err    error
}

// Count is how many rows there are, an int64. It is named "count" unless As says otherwise.
func Count() Reducer { return Reducer{reduce: plan.AggCount, name: "count"} }

// CountOf is how many rows have a value in a column, an int64. What all these reducers take is a column's name or an
// expression; of a column, the result is named like "count_value" unless As says otherwise, of an expression
// it needs an As.
func CountOf(column any) Reducer { return reducer(plan.AggCount, "count", column) }

// Sum is the sum: of integers up to 32 bits an int64, of 64 bits a decimal(38, 0), of floats a float64 that is
// rounded once, at the end, so that the order of the rows doesn't matter; of decimals a decimal of 38 digits.
func Sum(column any) Reducer { return reducer(plan.AggSum, "sum", column) }

// Avg is the arithmetic mean, a float64.
func Avg(column any) Reducer { return reducer(plan.AggAvg, "avg", column) }

// Min is the smallest value. It has the column's type.
func Min(column any) Reducer { return reducer(plan.AggMin, "min", column) }

// Max is the largest value. It has the column's type; NaN is larger than all other floats.
func Max(column any) Reducer { return reducer(plan.AggMax, "max", column) }

// CountDistinct is how many different values there are, an int64.
func CountDistinct(column any) Reducer {
	return reducer(plan.AggCountDistinct, "count_distinct", column)
}

// Any is some value, always the same one: the smallest.
func Any(column any) Reducer { return reducer(plan.AggAny, "any", column) }

// ArgMin is the value of arg in the row with the smallest by; of several such rows the smallest value. Rows whose by is NULL are left
// out; arg may be NULL.
func ArgMin(arg, by any) Reducer { return ordered(plan.AggArgMin, "arg_min", arg, by) }

// ArgMax is the value of arg in the row with the largest by; of several such rows the smallest value.
func ArgMax(arg, by any) Reducer { return ordered(plan.AggArgMax, "arg_max", arg, by) }

// First is the value in the first row by an order, mostly a time: ArgMin.
func First(column, by any) Reducer { return ordered(plan.AggArgMin, "first", column, by) }

// Last is the value in the last row by an order: ArgMax.
func Last(column, by any) Reducer { return ordered(plan.AggArgMax, "last", column, by) }

// Var is the variance of a sample, a float64: the sum of squared distances from the mean, divided by one less than their number. It is NULL for fewer
// than two values. It is computed exactly and rounded once.
func Var(column any) Reducer { return reducer(plan.AggVarSamp, "var", column) }

// VarPop is the variance of a whole population: divided by the number of values.
func VarPop(column any) Reducer { return reducer(plan.AggVarPop, "var_pop", column) }

// Stddev is the square root of Var.
func Stddev(column any) Reducer { return reducer(plan.AggStddevSamp, "stddev", column) }

// StddevPop is the square root of VarPop.
func StddevPop(column any) Reducer { return reducer(plan.AggStddevPop, "stddev_pop", column) }

// BoolAnd is whether all values are true.
func BoolAnd(column any) Reducer { return reducer(plan.AggBoolAnd, "bool_and", column) }

// BoolOr is whether any value is true.
func BoolOr(column any) Reducer { return reducer(plan.AggBoolOr, "bool_or", column) }

// Median is the value in the middle, or half way between the two there, a float64.
func Median(column any) Reducer {
	r := reducer(plan.AggQuantileCont, "median", column)
	r.param = 0.5
	return r
}

// Quantile is the value below which a fraction q of the values lies, between the two nearest ones, a float64: PostgreSQL's percentile_cont.
func Quantile(column any, q float64) Reducer {
	return quantile(plan.AggQuantileCont, "quantile", column, q)
}

// QuantileDisc is the first value, in their order, up to which there are a fraction q of the values or more. It has the column's type.
func QuantileDisc(column any, q float64) Reducer {
	return quantile(plan.AggQuantileDisc, "quantile_disc", column, q)
}

func quantile(f plan.AggFunc, prefix string, column any, q float64) Reducer {
	r := reducer(f, prefix, column)
	r.param = q
	if !(q >= 0 && q <= 1) && r.err == nil {
		r.err = fmt.Errorf("%s: %v; a quantile is a fraction from 0 to 1, and 0.5 is the median", f, q)
	}
	return r
}

// List is all values, NULLs too, in their order, or in that of OrderBy.
func List(column any) Reducer { return reducer(plan.AggList, "list", column) }

// StringAgg is all strings that aren't NULL with sep between them, in their order, or in that of OrderBy.
func StringAgg(column any, sep string) Reducer {
	r := reducer(plan.AggStringAgg, "string_agg", column)
	r.text = sep
	return r
}

// OrderBy gives the order of List and StringAgg: smallest first, NULLs last; rows that tie are in the order of their values.
func (r Reducer) OrderBy(column any) Reducer {
	if r.reduce != plan.AggList && r.reduce != plan.AggStringAgg {
		return r.failed(fmt.Errorf("%s has no OrderBy; List and StringAgg have", r.reduce))
	}
	return r.orderedBy(column)
}

// Where lets the reducer see only the rows for which cond is true. Its argument is computed on no others.
func (r Reducer) Where(cond Expr) Reducer {
	if r.where != nil {
		cond = r.where.And(cond)
	}
	r.where = &cond
	return r
}

// As names the result.
func (r Reducer) As(name string) Reducer {
	r.name = name
	return r
}

func reducer(f plan.AggFunc, prefix string, column any) Reducer {
	r := Reducer{reduce: f}
	e, err := columnExpr(column)
	if err != nil {
		return r.failed(err)
	}
	r.arg = &e
	if e.name != "" {
		r.name = prefix + "_" + e.name
	}
	return r
}

// ordered is a reducer that takes its rows by an order.
func ordered(f plan.AggFunc, prefix string, column, by any) Reducer {
	return reducer(f, prefix, column).orderedBy(by)
}

func (r Reducer) orderedBy(column any) Reducer {
	e, err := columnExpr(column)
	if err != nil {
		return r.failed(err)
	}
	r.by = &e
	return r
}

func (r Reducer) failed(err error) Reducer {
	if r.err == nil {
		r.err = err
	}
	return r
}

// columnExpr is what a reducer takes: a column's name or an expression.
func columnExpr(column any) (Expr, error) {
	switch c := column.(type) {
	case string:
		return Col(c), nil
	case Expr:
		return c, nil
	}
	return Expr{}, fmt.Errorf("a reducer takes a column's name or an expression, not a %T", column)
}
