package calc

import (
	"bytes"

	"github.com/pwcol/pwcol/kernels/vec"
)

// matchText writes the rows of a String or Binary column whose bytes compare so with c, and returns how many.
func matchText(t test, dst []uint32, x *vec.Vec, c string, sel []uint32, flip int) int {
	if x.Dict != nil {
		return matchDictText(t, dst, x, c, sel, flip)
	}
	data, offsets := x.Data, x.Offsets[:x.N+1]
	n := 0
	switch t {
	case equal:
		for k := range dst {
			i := rowAt(sel, k)
			from, to := offsets[i], offsets[i+1]
			dst[n] = uint32(i)
			n += b2i(int(to-from) == len(c) && string(data[from:to]) == c) ^ flip
		}
	case less:
		for k := range dst {
			i := rowAt(sel, k)
			dst[n] = uint32(i)
			n += b2i(string(data[offsets[i]:offsets[i+1]]) < c) ^ flip
		}
	case lessEqual:
		for k := range dst {
			i := rowAt(sel, k)
			dst[n] = uint32(i)
			n += b2i(string(data[offsets[i]:offsets[i+1]]) <= c) ^ flip
		}
	}
	return n
}

// matchDictText is for a dictionary that is too large for the rows that came with it: see verdicts.
func matchDictText(t test, dst []uint32, x *vec.Vec, c string, sel []uint32, flip int) int {
	if x.Dict.Values.N == 0 { // all rows are NULL
		return 0
	}
	n, bound := 0, []byte(c)
	for k := range dst {
		i := rowAt(sel, k)
		dst[n] = uint32(i)
		n += b2i(textHolds(t, x.Str(i), bound)) ^ flip
	}
	return n
}

func textHolds(t test, a, b []byte) bool {
	switch t {
	case equal:
		return bytes.Equal(a, b)
	case less:
		return bytes.Compare(a, b) < 0
	default:
		return bytes.Compare(a, b) <= 0
	}
}

func matchTextPairs(t test, dst []uint32, x, y *vec.Vec, sel []uint32, flip int) int {
	if hasNoValues(x) || hasNoValues(y) {
		return 0
	}
	n := 0
	for k := range dst {
		i := rowAt(sel, k)
		dst[n] = uint32(i)
		n += b2i(textHolds(t, x.Str(i), y.Str(i))) ^ flip
	}
	return n
}

// hasNoValues reports whether all rows are NULL, since the dictionary is empty.
func hasNoValues(v *vec.Vec) bool { return v.Dict != nil && v.Dict.Values.N == 0 }
