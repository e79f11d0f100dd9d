package op

import (
	"math"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Of rows that are equal a join that takes retractions keeps one, and which one that is must not show: so floats that are equal have the same bits
// in what a join keeps, −0 being 0 and every NaN the same. And as a stream must add up to what the batch yields, they have them in all
// joins, on both sides, whether rows are kept or pass.

const (
	zeroBelow64, nan64 = uint64(1 << 63), uint64(0x7ff8 << 48) // −0, and the one NaN
	zeroBelow32, nan32 = uint32(1 << 31), uint32(0x7fc0 << 16)
)

func float64Key(f float64) uint64 {
	if f != f {
		return nan64
	}
	return math.Float64bits(f + 0) // −0 becomes 0
}

func float32Key(f float32) uint64 {
	if f != f {
		return uint64(nan32)
	}
	return uint64(math.Float32bits(f + 0))
}

// normalizeFloats makes floats that are equal the same bits. The batch is plain and the caller's own.
func normalizeFloats(b *vec.Batch) {
	for _, v := range b.Cols {
		normalizeColumn(v)
	}
}

func normalizeColumn(v *vec.Vec) {
	if v.Child != nil {
		v = v.Child
	}
	switch v.Type.Kind {
	case vec.Float32:
		for i, f := range vec.Of[float32](v) {
			vec.Of[float32](v)[i] = math.Float32frombits(uint32(float32Key(f)))
		}
	case vec.Float64:
		for i, f := range vec.Of[float64](v) {
			vec.Of[float64](v)[i] = math.Float64frombits(float64Key(f))
		}
	}
}

// normalized is a batch that is lent, with floats as normalizeFloats makes them: nearly always they are, and it is the batch itself.
func normalized(b *vec.Batch) *vec.Batch {
	out := b
	for i, v := range b.Cols {
		if isNormal(v) {
			continue
		}
		if out == b {
			copied := *b
			copied.Cols = slices.Clone(b.Cols)
			out = &copied
		}
		own := v.Plain()
		if own == v {
			own = copyOf(v)
		}
		normalizeColumn(own)
		out.Cols[i] = own
	}
	return out
}

// copyOf is a plain column of floats, or of lists of them, with floats of its own.
func copyOf(v *vec.Vec) *vec.Vec {
	own := *v
	if v.Child != nil {
		own.Child = copyOf(v.Child)
		return &own
	}
	own.Data = vec.Alloc(len(v.Data))
	copy(own.Data, v.Data)
	return &own
}

// isNormal reports whether v has no float that normalizeFloats would change. Slots that aren't selected may be such, too.
func isNormal(v *vec.Vec) bool {
	if !v.Type.IsFloat() && !v.Type.ElemType().IsFloat() {
		return true
	}
	if v.Dict != nil {
		if v.Dict.Values.N > v.N { // to look at all of them for each batch would take longer
			return false
		}
		v = &v.Dict.Values
	}
	if v.Child != nil {
		v = v.Child
	}
	if v.Type.Kind == vec.Float32 {
		return areNormal(vec.Cast[uint32](v.Data)[:v.N], zeroBelow32, nan32)
	}
	return areNormal(vec.Cast[uint64](v.Data)[:v.N], zeroBelow64, nan64)
}

// areNormal reports whether no float, by its bits, is −0 or another NaN than the one. What is left of the sign bit is compared as a number: infinity is all bits
// of the exponent, which nan has too, and NaNs are larger.
func areNormal[T uint32 | uint64](floats []T, zeroBelow, nan T) bool {
	infinity := nan & (nan << 1) // without the highest bit of the fraction
	for _, f := range floats {
		if f == zeroBelow || f&^zeroBelow > infinity && f != nan {
			return false
		}
	}
	return true
}
