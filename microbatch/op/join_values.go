package op

import (
	"bytes"
	"cmp"

	"github.com/pwcol/pwcol/kernels/vec"
)

// compareValues orders row i of a and row j of b, columns of the same type, as package order does: NULLs last and equal to each other,
// −0 equal to 0, NaN above +Inf. It looks at the type for each value: it is meant for the few rows of which a hash
// or a time says that they may be equal.
func compareValues(a *vec.Vec, i int, b *vec.Vec, j int) int {
	if x, y := a.IsNull(i), b.IsNull(j); x || y {
		return compareBools(x, y)
	}
	switch a.Type.Kind {
	case vec.String, vec.Binary:
		return bytes.Compare(a.Str(i), b.Str(j))
	case vec.List:
		return compareLists(a, i, b, j)
	}
	a, i = throughDict(a, i)
	b, j = throughDict(b, j)
	switch a.Type.Kind {
	case vec.Bool:
		return compareBools(a.Bool(i), b.Bool(j))
	case vec.Float32:
		return compareFloats(float64(vec.Of[float32](a)[i]), float64(vec.Of[float32](b)[j]))
	case vec.Float64:
		return compareFloats(vec.Of[float64](a)[i], vec.Of[float64](b)[j])
	case vec.Uint64:
		return cmp.Compare(vec.Of[uint64](a)[i], vec.Of[uint64](b)[j])
	case vec.Decimal:
		x, y := vec.Of[vec.Int128](a)[i], vec.Of[vec.Int128](b)[j]
		return cmp.Or(cmp.Compare(x.Hi, y.Hi), cmp.Compare(x.Lo, y.Lo))
	default:
		return cmp.Compare(integerAt(a, i), integerAt(b, j))
	}
}

func compareBools(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}

// compareFloats puts NaN above all; cmp.Compare would put it below.
func compareFloats(x, y float64) int {
	if x != x || y != y {
		return compareBools(x != x, y != y)
	}
	return cmp.Compare(x, y)
}

func compareLists(a *vec.Vec, i int, b *vec.Vec, j int) int {
	x, from, to := a.List(i)
	y, first, end := b.List(j)
	for from < to && first < end {
		if c := compareValues(x, from, y, first); c != 0 {
			return c
		}
		from, first = from+1, first+1
	}
	return cmp.Compare(to-from, end-first)
}

// throughDict is the plain column and the row in it where row i of v has its value.
func throughDict(v *vec.Vec, i int) (*vec.Vec, int) {
	if v.Dict == nil {
		return v, i
	}
	return &v.Dict.Values, int(v.Codes[i])
}

// integerAt is row i of a plain column of integers of at most 64 bits or of times.
func integerAt(v *vec.Vec, i int) int64 {
	switch v.Type.Kind {
	case vec.Int8:
		return int64(vec.Of[int8](v)[i])
	case vec.Int16:
		return int64(vec.Of[int16](v)[i])
	case vec.Int32, vec.Date:
		return int64(vec.Of[int32](v)[i])
	case vec.Uint8:
		return int64(vec.Of[uint8](v)[i])
	case vec.Uint16:
		return int64(vec.Of[uint16](v)[i])
	case vec.Uint32:
		return int64(vec.Of[uint32](v)[i])
	default:
		return vec.Of[int64](v)[i]
	}
}
