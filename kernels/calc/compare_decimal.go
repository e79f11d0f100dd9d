package calc

import "github.com/pwcol/pwcol/kernels/vec"

func decimalHolds(t test, a, b vec.Int128) bool {
	switch t {
	case equal:
		return a == b
	case less:
		return a.Hi < b.Hi || a.Hi == b.Hi && a.Lo < b.Lo
	default:
		return a.Hi < b.Hi || a.Hi == b.Hi && a.Lo <= b.Lo
	}
}

func matchDecimal(t test, dst []uint32, vals []vec.Int128, c vec.Int128, sel []uint32, flip int) int {
	n := 0
	for k := range dst {
		i := rowAt(sel, k)
		dst[n] = uint32(i)
		n += b2i(decimalHolds(t, vals[i], c)) ^ flip
	}
	return n
}

func matchDecimalPairs(t test, dst []uint32, x, y []vec.Int128, sel []uint32, flip int) int {
	n := 0
	for k := range dst {
		i := rowAt(sel, k)
		dst[n] = uint32(i)
		n += b2i(decimalHolds(t, x[i], y[i])) ^ flip
	}
	return n
}
