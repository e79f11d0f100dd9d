package fields

import "unsafe"

type signed interface{ int8 | int16 | int32 | int64 }

type unsigned interface {
	uint8 | uint16 | uint32 | uint64
}

func parseSigned[T signed](c *Column, f *Fields, rows []uint32, other Other, out []T) {
	var zero T
	limit := uint64(1) << (8*unsafe.Sizeof(zero) - 1) // what is below has a T; so has −limit
	for _, r := range rows {
		i := int(r)*f.Width + c.Place
		p, end := int(f.Starts[i])+1, int(f.Ends[i])
		sign := uint64(0)
		if f.Buf[p] == '-' {
			sign = 1
			p++
		}
		u, ok := ParseUint(f.Buf, p, end)
		if ok && u < limit+sign {
			out[r] = T((u ^ -sign) + sign)
			continue
		}
		if s, ok := other.Other(f, r); ok {
			out[r] = T(s.I)
		}
	}
}

func parseUnsigned[T unsigned](c *Column, f *Fields, rows []uint32, other Other, out []T) {
	most := uint64(^T(0))
	for _, r := range rows {
		i := int(r)*f.Width + c.Place
		u, ok := ParseUint(f.Buf, int(f.Starts[i])+1, int(f.Ends[i]))
		if ok && u <= most {
			out[r] = T(u)
			continue
		}
		if s, ok := other.Other(f, r); ok {
			out[r] = T(s.I)
		}
	}
}
