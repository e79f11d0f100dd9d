package calc

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

// chooser puts a column together from rows of several: what IF and COALESCE return.
type chooser struct {
	varWidth
	parts []*part
	used  int
	pick  []uint32 // String, Binary: for each row, 1 + the part that it is from
}

// part is a column and the rows that are taken from it.
type part struct {
	v    *vec.Vec
	rows []uint32
	flat flattener
}

// reset forgets the parts.
func (c *chooser) reset() { c.used = 0 }

// add is a new part, with memory that an earlier one left.
func (c *chooser) add() *part {
	if c.used == len(c.parts) {
		c.parts = append(c.parts, &part{rows: []uint32{}})
	}
	c.used++
	return c.parts[c.used-1]
}

// column is the column of n rows of type t; those of sel (nil: all) that are in no part are NULL.
func (c *chooser) column(t vec.Type, n int, sel []uint32, bad *Bad) *vec.Vec {
	parts := c.parts[:c.used]
	for _, p := range parts {
		p.v = p.flat.flatten(p.v, p.rows)
	}
	switch {
	case t.IsVar():
		return c.texts(t, n, sel, parts, bad)
	case t.Kind == vec.List:
		return c.lists(t, n, parts)
	case t.Kind == vec.Bool:
		c.bools(n, false)
	default:
		c.fixed(t, n)
	}
	c.validOf(parts, n, sel)
	for _, p := range parts {
		copyRows(&c.vec, p.v, p.rows)
	}
	return &c.vec
}

// validOf makes the bitmap, unless no row is NULL.
func (c *chooser) validOf(parts []*part, n int, sel []uint32) {
	rows, nulls := 0, false
	for _, p := range parts {
		rows += len(p.rows)
		nulls = nulls || p.v.Valid != nil
	}
	if !nulls && rows == rowsOf(&vec.Vec{N: n}, sel) {
		return
	}
	valid := c.ownValid()
	clear(valid)
	for _, p := range parts {
		for _, row := range p.rows {
			if !p.v.IsNull(int(row)) {
				valid[row>>3] |= 1 << (row & 7)
			}
		}
	}
}

func copyRows(dst, src *vec.Vec, rows []uint32) {
	switch dst.Type.Width() {
	case 0:
		for _, row := range rows {
			dst.Data[row>>3] |= src.Data[row>>3] & (1 << (row & 7))
		}
	case 1:
		copyFixed(vec.Of[uint8](dst), vec.Of[uint8](src), rows)
	case 2:
		copyFixed(vec.Of[uint16](dst), vec.Of[uint16](src), rows)
	case 4:
		copyFixed(vec.Of[uint32](dst), vec.Of[uint32](src), rows)
	case 8:
		copyFixed(vec.Of[uint64](dst), vec.Of[uint64](src), rows)
	case 16:
		copyFixed(vec.Of[vec.Int128](dst), vec.Of[vec.Int128](src), rows)
	}
}

func copyFixed[T vec.Fixed](dst, src []T, rows []uint32) {
	for _, row := range rows {
		dst[row] = src[row]
	}
}

func (c *chooser) texts(t vec.Type, n int, sel []uint32, parts []*part, bad *Bad) *vec.Vec {
	if cap(c.pick) < n {
		c.pick = make([]uint32, n)
	}
	c.pick = c.pick[:n]
	clear(c.pick)
	for i, p := range parts {
		for _, row := range p.rows {
			c.pick[row] = uint32(i + 1)
		}
	}
	c.begin(t, n)
	c.validOf(parts, n, sel)
	for k := range rowsOf(&c.vec, sel) {
		row := rowAt(sel, k)
		c.row(row)
		if p := c.pick[row]; p != 0 && !parts[p-1].v.IsNull(row) {
			c.data = append(c.data, parts[p-1].v.Str(row)...)
			c.check(bad, row)
		}
	}
	return c.end()
}

// lists picks rows of lists; a row that is in no part is NULL.
func (c *chooser) lists(t vec.Type, n int, parts []*part) *vec.Vec {
	from := []*vec.Vec{nullOf(t)}
	refs := make([]vec.Ref, n)
	for i, p := range parts {
		from = append(from, p.v)
		for _, row := range p.rows {
			refs[row] = vec.Ref{Batch: uint32(i + 1), Row: row}
		}
	}
	return vec.Gather(from, refs)
}

// nullOf is a column of one NULL.
func nullOf(t vec.Type) *vec.Vec {
	b := vec.NewBuilder(t, 1)
	b.AppendNull()
	return b.Finish()
}

func needType(want vec.Type, args ...Expr) {
	for _, a := range args {
		if a.Type() != want {
			panic(fmt.Sprintf("calc: %s where %s is needed", a.Type(), want))
		}
	}
}
