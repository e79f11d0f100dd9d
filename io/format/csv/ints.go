package csv

import "unsafe"

type signed interface{ int8 | int16 | int32 | int64 }

type unsigned interface {
	uint8 | uint16 | uint32 | uint64
}

func parseSigned[T signed](c *column, f *fields, rows []uint32, out []T) {
	var zero T
	limit := uint64(1) << (8*unsafe.Sizeof(zero) - 1) // what is below has a T; so has −limit
	for _, r := range rows {
		i := int(r)*f.width + c.field
		p, end := int(f.starts[i])+1, int(f.ends[i])
		sign := uint64(0)
		if f.buf[p] == '-' {
			sign = 1
			p++
		}
		u, ok := parseUint(f.buf, p, end)
		if ok && u < limit+sign {
			out[r] = T((u ^ -sign) + sign)
			continue
		}
		if s, ok := c.other(f, r); ok {
			out[r] = T(s.I)
		}
	}
}

func parseUnsigned[T unsigned](c *column, f *fields, rows []uint32, out []T) {
	most := uint64(^T(0))
	for _, r := range rows {
		i := int(r)*f.width + c.field
		u, ok := parseUint(f.buf, int(f.starts[i])+1, int(f.ends[i]))
		if ok && u <= most {
			out[r] = T(u)
			continue
		}
		if s, ok := c.other(f, r); ok {
			out[r] = T(s.I)
		}
	}
}
