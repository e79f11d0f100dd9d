package plan

import (
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

// KeyType is the type in which two bound columns are compared as keys of a join. Types must be the same, with two
// exceptions in which every value has exactly one counterpart: integers meet in the wider type, as in a comparison, and of timestamps that differ
// in their zone alone, which only says how to show them, it is the first one's. All else is an error, also what a
// comparison would cast: an int64 and a float64 that are equal by rounding are no key.
func KeyType(a, b Expr) (vec.Type, error) {
	x, y := a.ResultType(), b.ResultType()
	switch {
	case x == y:
		return x, nil
	case x.IsInteger() && y.IsInteger():
		t, err := commonType(x, y)
		if err != nil {
			return t, unlike(a, b, err)
		}
		return t, nil
	case x.Kind == vec.Timestamp && y.Kind == vec.Timestamp && x.Unit == y.Unit:
		return x, nil
	}
	return vec.Type{}, fmt.Errorf("%s and %s: %w", is(a), is(b), errKeysDiffer)
}

var errKeysDiffer = errors.New("they must be of one type; cast one of them before: With(Col(\"…\").Cast(…).As(\"…\"))")
