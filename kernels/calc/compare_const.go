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

func allEqual[T number](dst []uint32, vals []T, c T, flip int) int {
	n := 0
	for i, v := range vals {
		dst[n] = uint32(i)
		n += b2i(v == c) ^ flip
	}
	return n
}

func allLess[T number](dst []uint32, vals []T, c T, flip int) int {
	n := 0
	for i, v := range vals {
		dst[n] = uint32(i)
		n += b2i(v < c) ^ flip
	}
	return n
}

func allLessEqual[T number](dst []uint32, vals []T, c T, flip int) int {
	n := 0
	for i, v := range vals {
		dst[n] = uint32(i)
		n += b2i(v <= c) ^ flip
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
