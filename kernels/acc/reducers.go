package acc

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Edge says what rows of a table do: it chooses the form of an accumulator.
type Edge bool

// The edges.
const (
	Append  Edge = false // rows only come; diffs, if there are any, are above 0
	Retract Edge = true  // rows come and go
)

// NewAny makes some value of a group, always the same one: the smallest. The type is the column's.
func NewAny(t vec.Type, e Edge) (Accumulator, error) { return newExtremeOn(t, false, e) }

// NewMinRetract is NewMin for values that also go. Memory: about 36 bytes a group and 16 a different value of up to 8 bytes. Cost: a
// change O(log n), n being the number of different values of its group.
func NewMinRetract(t vec.Type) (Accumulator, error) { return newExtremeOn(t, false, Retract) }

// NewMaxRetract is NewMax for values that also go; see NewMinRetract.
func NewMaxRetract(t vec.Type) (Accumulator, error) { return newExtremeOn(t, true, Retract) }

func newExtremeOn(t vec.Type, isMax bool, e Edge) (Accumulator, error) {
	switch {
	case e == Append:
		return newExtreme(t, isMax)
	case t.Kind == vec.Bool:
		return &bools{and: !isMax}, nil
	case !ordinal(t):
		return nil, fmt.Errorf("%s has no order, so it has no minimum and maximum", t)
	}
	return newOrdered(pick(isMax, viewLast, viewFirst), t, 0, field{typ: t}), nil
}

// ordinal reports whether values of that type can be put in order.
func ordinal(t vec.Type) bool { return t.Kind > vec.Invalid && t.Kind <= vec.Decimal }

// NewBoolAnd makes whether all of a group's Bool values are true.
func NewBoolAnd(e Edge) Accumulator { return newBools(true, e) }

// NewBoolOr makes whether any of them is.
func NewBoolOr(e Edge) Accumulator { return newBools(false, e) }

func newBools(and bool, e Edge) Accumulator {
	if e == Retract {
		return &bools{and: and}
	}
	a, _ := newExtreme(vec.TBool, !and) // of Bool there is one
	return a
}

// NewArgMin makes the value of Arg, of type arg, in the row where Col, of type t, is smallest; of several such rows the smallest value,
// NULL being above all others. Rows whose Col is NULL are left out. The result has the type arg. Inputs are Changes with Col and Arg. It
// is also the first value by a column of times.
func NewArgMin(t, arg vec.Type, e Edge) (Accumulator, error) {
	return newArg("smallest", t, arg, false, e)
}

// NewArgMax makes the value where Col is largest, of several the smallest; see NewArgMin. It is also the last one by a
// column of times.
func NewArgMax(t, arg vec.Type, e Edge) (Accumulator, error) {
	return newArg("largest", t, arg, true, e)
}

func newArg(which string, t, arg vec.Type, desc bool, e Edge) (Accumulator, error) {
	if !ordinal(t) {
		return nil, fmt.Errorf("%s has no order, so there is no row where it is %s", t, which)
	}
	fields := []field{{typ: t, desc: desc}, {typ: arg, nullable: true}}
	if e == Append {
		return newBestRow(1, fields...), nil
	}
	return newOrdered(viewFirst, arg, 1, fields...), nil
}

// NewCountDistinct makes the number of different values, int64, never NULL. NaN equals NaN and −0 equals 0.
func NewCountDistinct(t vec.Type) Accumulator {
	return newOrdered(viewDistinct, vec.TInt64, 0, field{typ: t})
}

// NewMode makes the most frequent value, of several the smallest.
func NewMode(t vec.Type) (Accumulator, error) {
	if !ordinal(t) {
		return nil, fmt.Errorf("%s has no order, so the smallest of its most frequent values can't be found", t)
	}
	return newOrdered(viewMode, t, 0, field{typ: t}), nil
}

// NewQuantileDisc makes the first value, in order, up to which the share q (0 to 1) of a group's values or more lies: PostgreSQL's
// percentile_disc. The type is the column's.
func NewQuantileDisc(t vec.Type, q float64) (Accumulator, error) {
	if !ordinal(t) {
		return nil, fmt.Errorf("%s has no order, so it has no quantiles", t)
	}
	return newQuantile(viewDisc, t, t, q)
}

// NewQuantileCont makes the value at the share q (0 to 1) of the way from the smallest to the largest value of a group, by rank; between two values it
// is on the straight line: PostgreSQL's percentile_cont. Of 0.5 it is the median. t is numeric, the result float64.
func NewQuantileCont(t vec.Type, q float64) (Accumulator, error) {
	if !t.IsNumeric() {
		return nil, fmt.Errorf("between two values of %s there is none: only numbers have a continuous quantile; take the discrete one", t)
	}
	return newQuantile(viewCont, t, vec.TFloat64, q)
}

func newQuantile(v view, t, out vec.Type, q float64) (Accumulator, error) {
	if !(q >= 0 && q <= 1) {
		return nil, fmt.Errorf("the fraction of a quantile is %v, expected 0 to 1", q)
	}
	o := newOrdered(v, out, 0, field{typ: t})
	o.q = q
	return o, nil
}

// NewList makes the list of all values of a group, of type t, NULLs among them, in order, NULLs last. Inputs are Changes with Columns.Nulls and
// the values as Col.
func NewList(t vec.Type) (Accumulator, error) { return newList(t, field{typ: t, nullable: true}) }

// NewListBy is NewList in the order of another column of type by, equals in the order of the values. The inputs' Col is
// that column, with its NULLs, which come last; their Arg is the values.
func NewListBy(t, by vec.Type) (Accumulator, error) {
	return newList(t, field{typ: by, nullable: true}, field{typ: t, nullable: true})
}

func newList(t vec.Type, fields ...field) (Accumulator, error) {
	out := vec.TList(t)
	if out.Kind != vec.List {
		return nil, fmt.Errorf("there are no lists of %s", t)
	}
	return newOrdered(viewList, out, len(fields)-1, fields...), nil
}

// NewStringAgg makes one string of a group's strings, in order, with sep between them. NULLs are left out. Inputs are those of NewList.
func NewStringAgg(sep string) Accumulator {
	return newStringAgg(sep, field{typ: vec.TString, nullable: true})
}

// NewStringAggBy is NewStringAgg in the order of another column of type by; inputs are those of NewListBy.
func NewStringAggBy(sep string, by vec.Type) Accumulator {
	return newStringAgg(sep, field{typ: by, nullable: true}, field{typ: vec.TString, nullable: true})
}

func newStringAgg(sep string, fields ...field) Accumulator {
	o := newOrdered(viewText, vec.TString, len(fields)-1, fields...)
	o.sep = sep
	return o
}
