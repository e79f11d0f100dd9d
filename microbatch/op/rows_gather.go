package op

import (
	"github.com/pwcol/pwcol/kernels/vec"
)

// gather is the rows at places as columns of their own.
func (s *rowStore) gather(places []uint32) []*vec.Vec {
	out := make([]*vec.Vec, len(s.cols))
	for i := range s.cols {
		out[i] = s.cols[i].gather(places)
	}
	return out
}

func (c *storeColumn) gather(places []uint32) *vec.Vec {
	if c.typ.Kind == vec.List {
		return c.gatherLists(places)
	}
	out := &vec.Vec{Type: c.typ, N: len(places)}
	if c.valid != nil {
		out.Valid = vec.Alloc(vec.BitmapLen(len(places)))
		for k, p := range places {
			if vec.Bit(c.valid, int(p)) {
				vec.SetBit(out.Valid, k)
			}
		}
	}
	switch {
	case c.typ.IsVar():
		c.gatherTexts(out, places)
	case c.typ.Kind == vec.Bool:
		out.Data = vec.Alloc(vec.BitmapLen(len(places)))
		for k, p := range places {
			out.Data[k>>3] |= c.data[p] << (k & 7)
		}
	default:
		out.Data = vec.Alloc(len(places) * c.width())
		c.gatherFixed(out, places)
	}
	return out
}

func (c *storeColumn) gatherFixed(out *vec.Vec, places []uint32) {
	switch c.width() {
	case 1:
		setGathered(vec.Of[uint8](out), c.data, places)
	case 2:
		setGathered(vec.Of[uint16](out), vec.Cast[uint16](c.data), places)
	case 4:
		setGathered(vec.Of[uint32](out), vec.Cast[uint32](c.data), places)
	case 8:
		setGathered(vec.Of[uint64](out), vec.Cast[uint64](c.data), places)
	default:
		setGathered(vec.Of[vec.Int128](out), vec.Cast[vec.Int128](c.data), places)
	}
}

func setGathered[T vec.Fixed](dst, src []T, places []uint32) {
	dst = dst[:len(places)]
	for k, p := range places {
		dst[k] = src[p]
	}
}

func (c *storeColumn) gatherTexts(out *vec.Vec, places []uint32) {
	out.Offsets = make([]int32, len(places)+1)
	total := 0
	for k, p := range places {
		total += int(c.texts[p].n)
		out.Offsets[k+1] = int32(total)
	}
	out.Data = vec.Alloc(total)
	for k, p := range places {
		copy(out.Data[out.Offsets[k]:], c.text(p))
	}
}

func (c *storeColumn) gatherLists(places []uint32) *vec.Vec {
	b := vec.NewBuilder(c.typ, len(places))
	for _, p := range places {
		if c.valid != nil && !vec.Bit(c.valid, int(p)) {
			b.AppendNull()
			continue
		}
		b.AppendListKey(c.text(p))
	}
	return b.Finish()
}
