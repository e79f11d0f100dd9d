package calc

// number is what Go compares by itself in the order that is wanted, but for NaN.
type number interface{ integer | float }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// matchConst writes the rows of sel (nil: all) whose value compares so with c, which isn't NaN, and returns how
// many. NaN counts as above c: it is neither less than nor equal to it, as flip has Gt and Ge do.
func matchConst[T number](t test, dst []uint32, vals []T, c T, sel []uint32, flip int) int {
	switch {
	case sel == nil && t == equal:
		return allEqual(dst, vals, c, flip)
	case sel == nil && t == less:
		return allLess(dst, vals, c, flip)
	case sel == nil:
		return allLessEqual(dst, vals, c, flip)
	case t == equal:
		return someEqual(dst, vals, c, sel, flip)
	case t == less:
		return someLess(dst, vals, c, sel, flip)
	default:
		return someLessEqual(dst, vals, c, sel, flip)
	}
}

// Four rows at a time, so that the four comparisons don't wait for each other's place: 0.6 ns a row where one
// at a time takes 0.8 (float64, AMD Zen 5). Rows of a selection don't gain by it.

func allEqual[T number](dst []uint32, vals []T, c T, flip int) int {
	n, i := 0, 0
	for ; i+4 <= len(vals); i += 4 {
		v, to := vals[i:i+4:i+4], dst[n:n+4:n+4]
		k0, k1 := b2i(v[0] == c)^flip, b2i(v[1] == c)^flip
		k2, k3 := b2i(v[2] == c)^flip, b2i(v[3] == c)^flip
		to[0] = uint32(i)
		to[k0] = uint32(i + 1)
		to[k0+k1] = uint32(i + 2)
		to[k0+k1+k2] = uint32(i + 3)
		n += k0 + k1 + k2 + k3
	}
	for ; i < len(vals); i++ {
		dst[n] = uint32(i)
		n += b2i(vals[i] == c) ^ flip
	}
	return n
}

func allLess[T number](dst []uint32, vals []T, c T, flip int) int {
	n, i := 0, 0
	for ; i+4 <= len(vals); i += 4 {
		v, to := vals[i:i+4:i+4], dst[n:n+4:n+4]
		k0, k1 := b2i(v[0] < c)^flip, b2i(v[1] < c)^flip
		k2, k3 := b2i(v[2] < c)^flip, b2i(v[3] < c)^flip
		to[0] = uint32(i)
		to[k0] = uint32(i + 1)
		to[k0+k1] = uint32(i + 2)
		to[k0+k1+k2] = uint32(i + 3)
		n += k0 + k1 + k2 + k3
	}
	for ; i < len(vals); i++ {
		dst[n] = uint32(i)
		n += b2i(vals[i] < c) ^ flip
	}
	return n
}

func allLessEqual[T number](dst []uint32, vals []T, c T, flip int) int {
	n, i := 0, 0
	for ; i+4 <= len(vals); i += 4 {
		v, to := vals[i:i+4:i+4], dst[n:n+4:n+4]
		k0, k1 := b2i(v[0] <= c)^flip, b2i(v[1] <= c)^flip
		k2, k3 := b2i(v[2] <= c)^flip, b2i(v[3] <= c)^flip
		to[0] = uint32(i)
		to[k0] = uint32(i + 1)
		to[k0+k1] = uint32(i + 2)
		to[k0+k1+k2] = uint32(i + 3)
		n += k0 + k1 + k2 + k3
	}
	for ; i < len(vals); i++ {
		dst[n] = uint32(i)
		n += b2i(vals[i] <= c) ^ flip
	}
	return n
}

func someEqual[T number](dst []uint32, vals []T, c T, sel []uint32, flip int) int {
	n := 0
	for _, i := range sel {
		dst[n] = i
		n += b2i(vals[i] == c) ^ flip
	}
	return n
}

func someLess[T number](dst []uint32, vals []T, c T, sel []uint32, flip int) int {
	n := 0
	for _, i := range sel {
		dst[n] = i
		n += b2i(vals[i] < c) ^ flip
	}
	return n
}

func someLessEqual[T number](dst []uint32, vals []T, c T, sel []uint32, flip int) int {
	n := 0
	for _, i := range sel {
		dst[n] = i
		n += b2i(vals[i] <= c) ^ flip
	}
	return n
}

// matchNaN is matchConst for c = NaN, which is equal to NaN alone and above everything else.
func matchNaN[T float](t test, dst []uint32, vals []T, sel []uint32, flip int) int {
	isNaN := b2i(t == equal) // what v = v, "v is a number", has to be xored with
	n := 0
	for k := range len(dst) {
		i := rowAt(sel, k)
		dst[n] = uint32(i)
		holds := b2i(vals[i] == vals[i]) ^ isNaN
		if t == lessEqual {
			holds = 1
		}
		n += holds ^ flip
	}
	return n
}
