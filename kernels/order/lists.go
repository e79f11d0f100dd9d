package order

import "github.com/pwcol/pwcol/kernels/vec"

// listEnd closes a list: it is below notNull and nullLast, which elements begin with.
const listEnd = 0

func addListLengths(lengths []int, c *vec.Vec, n int) {
	for i := range n {
		lengths[i]++
		if c.IsNull(i) {
			continue
		}
		child, from, to := c.List(i)
		lengths[i] += to - from + 1
		for e := from; e < to; e++ {
			switch {
			case child.IsNull(e):
			case child.Type.IsVar():
				lengths[i] += escapedLen(child.Str(e))
			default:
				lengths[i] += width(child.Type)
			}
		}
	}
}

func appendList(dst []byte, c *vec.Vec, i int) []byte {
	child, from, to := c.List(i)
	for e := from; e < to; e++ {
		if child.IsNull(e) {
			dst = append(dst, nullLast)
			continue
		}
		dst = appendValue(append(dst, notNull), child, e)
	}
	return append(dst, listEnd)
}
