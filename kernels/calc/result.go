package calc

import (
	"encoding/binary"

	"github.com/pwcol/pwcol/kernels/vec"
)

// result is the column that an expression returns, over memory that is kept from one Eval to the next.
type result struct {
	vec   vec.Vec
	data  []byte
	valid []byte
	owned bool // vec.Valid is valid, not an argument's
}

// fixed begins a column of n values of a fixed-width type without NULLs. The values are undefined.
func (r *result) fixed(t vec.Type, n int) *vec.Vec {
	r.data = vec.Grow(r.data, n*t.Width())
	r.vec = vec.Vec{Type: t, N: n, Data: r.data}
	r.owned = false
	return &r.vec
}

// bools begins a bool column of n values, all the same, without NULLs.
func (r *result) bools(n int, value bool) *vec.Vec {
	r.data = vec.Grow(r.data, vec.BitmapLen(n))
	fill(r.data, value)
	r.vec = vec.Vec{Type: vec.TBool, N: n, Data: r.data}
	r.owned = false
	return &r.vec
}

// fill sets or clears all bits.
func fill(bitmap []byte, value bool) {
	if !value {
		clear(bitmap)
		return
	}
	for i := range bitmap {
		bitmap[i] = 0xff
	}
}

// validWhere makes those rows NULL that are NULL in a or b.
func (r *result) validWhere(a, b *vec.Vec) {
	switch {
	case a.Valid == nil:
		r.vec.Valid = b.Valid
	case b.Valid == nil:
		r.vec.Valid = a.Valid
	default:
		n := vec.BitmapLen(r.vec.N)
		r.valid = vec.Grow(r.valid, n)
		andBytes(r.valid, a.Valid[:n], b.Valid[:n])
		r.vec.Valid, r.owned = r.valid, true
	}
}

func andBytes(dst, a, b []byte) {
	i := 0
	for ; i+8 <= len(dst); i += 8 {
		x := binary.LittleEndian.Uint64(a[i:]) & binary.LittleEndian.Uint64(b[i:])
		binary.LittleEndian.PutUint64(dst[i:], x)
	}
	for ; i < len(dst); i++ {
		dst[i] = a[i] & b[i]
	}
}

// ownValid makes the column have a bitmap that may be written to.
func (r *result) ownValid() []byte {
	if r.owned {
		return r.valid
	}
	n := vec.BitmapLen(r.vec.N)
	r.valid = vec.Grow(r.valid, n)
	if r.vec.Valid == nil {
		fill(r.valid, true)
	} else {
		copy(r.valid, r.vec.Valid[:n])
	}
	r.vec.Valid, r.owned = r.valid, true
	return r.valid
}

// fail makes the row NULL and bad.
func (r *result) fail(bad *Bad, row int, reason string) {
	vec.ClearBit(r.ownValid(), row)
	bad.Rows = append(bad.Rows, BadRow{uint32(row), reason})
}

// varWidth begins a String or Binary column, whose rows are then put in ascending order.
type varWidth struct {
	result
	offsets []int32
	next    int // rows before it have their offset
}

// begin begins a column of n values of type t.
func (w *varWidth) begin(t vec.Type, n int) {
	if cap(w.offsets) < n+1 {
		w.offsets = make([]int32, n+1)
	}
	w.offsets = w.offsets[:n+1]
	w.data = w.data[:0]
	w.next = 0
	w.vec = vec.Vec{Type: t, N: n}
	w.owned = false
}

// maxBytes is how many bytes the values of one column can have: their offsets are int32.
const maxBytes = 1<<31 - 1

// row says that what is appended to w.data from now on is the value of that row.
func (w *varWidth) row(row int) {
	for ; w.next <= row; w.next++ {
		w.offsets[w.next] = int32(len(w.data))
	}
}

// check reports whether the value that was appended for row fits; if not, it is taken back and the row is bad.
func (w *varWidth) check(bad *Bad, row int) {
	if len(w.data) > maxBytes {
		w.data = w.data[:w.offsets[row]]
		w.fail(bad, row, "the texts of a batch are longer than 2 GiB")
	}
}

// end is the column; rows that were not put are empty.
func (w *varWidth) end() *vec.Vec {
	w.row(w.vec.N)
	w.vec.Offsets, w.vec.Data = w.offsets, w.data
	return &w.vec
}
