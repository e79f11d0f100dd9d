package op

import (
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// set puts rows into places: the k-th of rows (nil: the k-th row) of the columns becomes what places[k] has. A place that comes twice has the later.
func (s *rowStore) set(places []uint32, cols []*vec.Vec, rows []uint32) {
	for i := range s.cols {
		s.cols[i].set(places, cols[i], rows, s.n)
	}
}

func (c *storeColumn) set(places []uint32, v *vec.Vec, rows []uint32, n int) {
	if v.Valid != nil || c.valid != nil {
		c.setValid(places, v, rows, n)
	}
	if c.isText() {
		c.setTexts(places, v, rows)
		return
	}
	if v.Dict != nil {
		v, rows = v.Take(rows).Plain(), nil
	}
	if c.typ.Kind == vec.Bool {
		for k, p := range places {
			r := rowAt(rows, k)
			c.data[p] = v.Data[r>>3] >> (r & 7) & 1
		}
		return
	}
	c.setFixed(places, v, rows)
}

func rowAt(rows []uint32, k int) int {
	if rows == nil {
		return k
	}
	return int(rows[k])
}

func (c *storeColumn) setValid(places []uint32, v *vec.Vec, rows []uint32, n int) {
	if c.valid == nil {
		c.valid = vec.Alloc(vec.BitmapLen(n))
		vec.SetBits(c.valid, 0, n)
	}
	for k, p := range places {
		vec.PutBit(c.valid, int(p), !v.IsNull(rowAt(rows, k)))
	}
}

func (c *storeColumn) setFixed(places []uint32, v *vec.Vec, rows []uint32) {
	switch {
	case c.typ.Kind == vec.Float32:
		setFloats(vec.Cast[float32](c.data), places, vec.Of[float32](v), rows)
	case c.typ.Kind == vec.Float64:
		setFloats(vec.Cast[float64](c.data), places, vec.Of[float64](v), rows)
	case c.width() == 1:
		setValues(c.data, places, vec.Of[uint8](v), rows)
	case c.width() == 2:
		setValues(vec.Cast[uint16](c.data), places, vec.Of[uint16](v), rows)
	case c.width() == 4:
		setValues(vec.Cast[uint32](c.data), places, vec.Of[uint32](v), rows)
	case c.width() == 8:
		setValues(vec.Cast[uint64](c.data), places, vec.Of[uint64](v), rows)
	default:
		setValues(vec.Cast[vec.Int128](c.data), places, vec.Of[vec.Int128](v), rows)
	}
}

func setValues[T vec.Fixed](dst []T, places []uint32, src []T, rows []uint32) {
	if rows == nil {
		for k, p := range places {
			dst[p] = src[k]
		}
		return
	}
	for k, p := range places {
		dst[p] = src[rows[k]]
	}
}

func setFloats[T float32 | float64](dst []T, places []uint32, src []T, rows []uint32) {
	nan := T(math.NaN())
	for k, p := range places {
		f := src[rowAt(rows, k)]
		if f != f {
			f = nan
		}
		dst[p] = f + 0 // −0 becomes 0
	}
}
