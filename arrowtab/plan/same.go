package plan

import (
	"math"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Same reports whether two bound expressions over one input are the same: the same operators on the same columns and
// constants, so that they have the same value on every row. Their texts may be equal without that: of a sum of
// columns a and b, and of a column that is called "a + b".
func Same(a, b Expr) bool {
	switch a := a.(type) {
	case *Column:
		b, ok := b.(*Column)
		return ok && a.Index == b.Index
	case *Literal:
		b, ok := b.(*Literal)
		return ok && sameScalar(a.Value, b.Value)
	case *Call:
		b, ok := b.(*Call)
		return ok && a.Op == b.Op && a.Type == b.Type && slices.EqualFunc(a.Args, b.Args, Same)
	}
	return false
}

// sameScalar is a == b, but that floats are the same bit by bit: 0 is not −0, and NaN is NaN.
func sameScalar(a, b vec.Scalar) bool {
	if math.Float64bits(a.F) != math.Float64bits(b.F) {
		return false
	}
	a.F, b.F = 0, 0
	return a == b
}
