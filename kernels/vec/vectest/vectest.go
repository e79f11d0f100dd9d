// Package vectest makes random columns for tests: every type, with NULLs or without, plain or with a dictionary
// that holds values twice, and with garbage where a selection doesn't look.
package vectest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Nulls is how many of a column's rows are NULL.
type Nulls int

// The shares of NULLs.
const (
	No Nulls = iota
	Some
	All
)

// Types are columns' types of every kind.
var Types = []vec.Type{
	vec.TBool, vec.TInt8, vec.TInt16, vec.TInt32, vec.TInt64, vec.TUint8, vec.TUint16, vec.TUint32, vec.TUint64,
	vec.TFloat32, vec.TFloat64, vec.TString, vec.TBinary, vec.TDate, vec.TTime(vec.Micro), vec.TTimestamp(vec.Micro),
	vec.TDuration(vec.Milli), vec.TDecimal(38, 2),
}

// Lists are list types: of fixed width, of bits, of strings, of parameters.
var Lists = []vec.Type{
	vec.TList(vec.TInt64), vec.TList(vec.TBool), vec.TList(vec.TString), vec.TList(vec.TFloat32),
	vec.TList(vec.TTimestamp(vec.Milli)), vec.TList(vec.TDecimal(38, 2)),
}

// Column is a random column of n rows of about distinct different values, special ones (limits, NaN, −0, empty
// strings) among them.
func Column(rng *rand.Rand, t vec.Type, n int, nulls Nulls, distinct int) *vec.Vec {
	b := vec.NewBuilder(t, n)
	for range n {
		if nulls == All || nulls == Some && rng.IntN(3) == 0 {
			b.AppendNull()
			continue
		}
		b.AppendScalar(Value(t, rng.IntN(distinct)))
	}
	v := b.Finish()
	if nulls == Some && v.Valid == nil && n > 0 {
		v.Valid = vec.Alloc(vec.BitmapLen(n))
		vec.SetBits(v.Valid, 0, n)
	}
	return v
}

// Value is the i-th value of a type; the first few are its special ones.
func Value(t vec.Type, i int) vec.Scalar {
	s := vec.Scalar{Type: t}
	switch {
	case t.Kind == vec.Bool:
		s.I = int64(i & 1)
	case t.IsFloat():
		special := []float64{math.NaN(), math.Copysign(0, -1), 0, math.Inf(1), math.Inf(-1), 1.5}
		if s.F = float64(i)*0.37 - 3; i < len(special) {
			s.F = special[i]
		}
	case t.IsVar():
		texts := []string{"", "a", "b", "ab", "\x00", "\x00\x00", "four", "sixsix", "seventeen letters", "a string of more than thirty-two bytes, surely"}
		if s.S = fmt.Sprintf("id%010d", i); i < len(texts) {
			s.S = texts[i]
		}
	case t.Kind == vec.List:
		return list(t.ElemType(), i)
	case t.Kind == vec.Decimal:
		limits := []vec.Int128{{}, {Lo: 1}, {Lo: math.MaxUint64, Hi: -1}, {Hi: 1 << 40}, {Hi: -1 << 40}}
		if s.D = vec.Int128From(int64(i) * 1001); i < len(limits) {
			s.D = limits[i]
		}
	default:
		s.I = integer(t, i)
	}
	return s
}

// list is the i-th list: the empty one, that of one NULL, then ones of up to four elements.
func list(elem vec.Type, i int) vec.Scalar {
	var elems []vec.Scalar
	for j := range i % 5 {
		e := Value(elem, i+j)
		if (i+j)%6 == 1 {
			e = vec.Scalar{Type: elem, Null: true}
		}
		elems = append(elems, e)
	}
	return vec.ListScalar(elem, elems...)
}

// integer cuts its values to the type's width, as a column would.
func integer(t vec.Type, i int) int64 {
	bits := 8 * t.Width()
	limits := []int64{0, math.MinInt64 >> (64 - bits), math.MaxInt64 >> (64 - bits), -1, 1}
	x := int64(i)*7919 - 100
	if i < len(limits) {
		x = limits[i]
	}
	if t.IsUnsigned() {
		return int64(uint64(x) << (64 - bits) >> (64 - bits))
	}
	return x << (64 - bits) >> (64 - bits)
}

// Dictionary is v as a dictionary column: in random order, some values twice, and codes of NULLs random.
func Dictionary(rng *rand.Rand, v *vec.Vec) *vec.Vec {
	values := vec.NewBuilder(v.Type, v.N+1)
	out := &vec.Vec{Type: v.Type, N: v.N, Valid: v.Valid, Codes: make([]uint32, v.N)}
	codes := map[vec.Scalar]uint32{}
	values.AppendScalar(Value(v.Type, 0))
	for i := range v.N {
		s := v.Scalar(i)
		code, known := codes[s]
		switch {
		case s.Null:
			code = uint32(rng.IntN(values.Len()))
		case !known || rng.IntN(8) == 0:
			code = uint32(values.Len())
			codes[s] = code
			values.AppendScalar(s)
		}
		out.Codes[i] = code
	}
	out.Dict = &vec.Dict{Values: *values.Finish()}
	return out
}

// Selection is a random ascending selection of n rows, about half of them.
func Selection(rng *rand.Rand, n int) []uint32 {
	sel := []uint32{}
	for i := range n {
		if rng.IntN(2) == 0 {
			sel = append(sel, uint32(i))
		}
	}
	return sel
}

// Spoil overwrites a plain fixed-width column's values outside of sel, as a lent batch may hold anything there.
func Spoil(v *vec.Vec, sel []uint32) {
	w := v.Type.Width()
	if sel == nil || v.Dict != nil || w == 0 {
		return
	}
	next := 0
	for i := range v.N {
		if next < len(sel) && int(sel[next]) == i {
			next++
			continue
		}
		for j := range w {
			v.Data[i*w+j] = 0xa5
		}
		if v.Valid != nil {
			vec.PutBit(v.Valid, i, i&1 == 0)
		}
	}
}

// Key is a text that two values share exactly when they are equal as keys: NULL = NULL, NaN = NaN, −0 = 0.
func Key(s vec.Scalar) string {
	switch {
	case s.Null:
		return "NULL"
	case s.F != s.F:
		return "NaN"
	case s.Type.IsFloat() && s.F == 0:
		return "0"
	case s.Type.Kind == vec.List:
		text := "["
		for _, e := range s.Elems() {
			text += Key(e) + ","
		}
		return text + "]"
	default:
		return fmt.Sprintf("%d|%v|%q|%v", s.I, s.F, s.S, s.D)
	}
}
