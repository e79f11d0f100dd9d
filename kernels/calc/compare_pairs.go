package calc

// matchPairs writes the rows of sel (nil: all) whose two values compare so, and returns how many. Not for
// floats, which may both be NaN.
func matchPairs[T integer](t test, dst []uint32, x, y []T, sel []uint32, flip int) int {
	if sel != nil {
		return somePairs(t, dst, x, y, sel, flip)
	}
	y = y[:len(x)]
	n := 0
	switch t {
	case equal:
		for i, v := range x {
			dst[n] = uint32(i)
			n += b2i(v == y[i]) ^ flip
		}
	case less:
		for i, v := range x {
			dst[n] = uint32(i)
			n += b2i(v < y[i]) ^ flip
		}
	case lessEqual:
		for i, v := range x {
			dst[n] = uint32(i)
			n += b2i(v <= y[i]) ^ flip
		}
	}
	return n
}

func somePairs[T integer](t test, dst []uint32, x, y []T, sel []uint32, flip int) int {
	n := 0
	switch t {
	case equal:
		for _, i := range sel {
			dst[n] = i
			n += b2i(x[i] == y[i]) ^ flip
		}
	case less:
		for _, i := range sel {
			dst[n] = i
			n += b2i(x[i] < y[i]) ^ flip
		}
	case lessEqual:
		for _, i := range sel {
			dst[n] = i
			n += b2i(x[i] <= y[i]) ^ flip
		}
	}
	return n
}

// matchFloatPairs is matchPairs in the order that has NaN above all else.
func matchFloatPairs[T float](t test, dst []uint32, x, y []T, sel []uint32, flip int) int {
	n := 0
	switch t {
	case equal:
		for k := range dst {
			i := rowAt(sel, k)
			v, w := x[i], y[i]
			dst[n] = uint32(i)
			n += (b2i(v == w) | b2i(v != v)&b2i(w != w)) ^ flip
		}
	case less:
		for k := range dst {
			i := rowAt(sel, k)
			v, w := x[i], y[i]
			dst[n] = uint32(i)
			n += (b2i(v < w) | b2i(v == v)&b2i(w != w)) ^ flip
		}
	case lessEqual:
		for k := range dst {
			i := rowAt(sel, k)
			v, w := x[i], y[i]
			dst[n] = uint32(i)
			n += (b2i(v <= w) | b2i(w != w)) ^ flip
		}
	}
	return n
}
