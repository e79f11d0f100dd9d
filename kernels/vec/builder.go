package vec

import "slices"

// Builder grows a plain column value by value or column by column. The zero Builder with a
// Type is ready. Appending values of another type is a programmer's error.
type Builder struct {
	Type  Type
	v     Vec
	elems *Builder // List: of the child
}

// NewBuilder makes an empty builder of that type, with room for n rows.
func NewBuilder(t Type, n int) *Builder {
	b := &Builder{Type: t}
	if t.Kind == List {
		b.elems = NewBuilder(t.ElemType(), n)
	}
	b.Reset()
	if w := t.Width(); w > 0 {
		b.v.Data = Alloc(n * w)[:0]
	}
	if t.hasOffsets() {
		b.v.Offsets = append(make([]int32, 0, n+1), 0)
	}
	return b
}

// Reserve makes room for so many more bytes of a String or Binary column: NewBuilder can't know how long values will be.
func (b *Builder) Reserve(bytes int) { b.v.Data = slices.Grow(b.v.Data, bytes) }

// Len is the number of rows so far.
func (b *Builder) Len() int { return b.v.N }

// Size is the number of bytes held.
func (b *Builder) Size() int64 {
	s := int64(cap(b.v.Valid)) + int64(cap(b.v.Data)) + 4*int64(cap(b.v.Offsets))
	if b.elems != nil {
		s += b.elems.Size()
	}
	return s
}

// Vec is the column so far, over the builder's memory: valid until the next append or Reset.
func (b *Builder) Vec() *Vec {
	v := b.v
	if b.elems != nil {
		v.Child = b.elems.Vec()
	}
	return &v
}

// Finish returns the column and leaves an empty builder with new memory.
func (b *Builder) Finish() *Vec {
	v := b.v
	if b.elems != nil {
		v.Child = b.elems.Finish()
	}
	b.v = Vec{}
	b.Reset()
	return &v
}

// Reset empties the builder and keeps its memory.
func (b *Builder) Reset() {
	b.v = Vec{Type: b.Type, Data: b.v.Data[:0], Offsets: b.v.Offsets[:0]}
	if b.Type.hasOffsets() {
		b.v.Offsets = append(b.v.Offsets, 0)
	}
	if b.elems != nil {
		b.elems.Reset()
	}
}

// AppendNull appends a NULL.
func (b *Builder) AppendNull() {
	b.needValid(1)
	switch {
	case b.Type.Kind == Bool:
		b.growBits(1)
	case b.Type.hasOffsets():
		b.v.Offsets = append(b.v.Offsets, b.v.Offsets[b.v.N])
	default:
		w := b.Type.Width()
		b.v.Data = Grow(b.v.Data, (b.v.N+1)*w)
		clear(b.v.Data[b.v.N*w:])
	}
	ClearBit(b.v.Valid, b.v.N)
	b.v.N++
}

// AppendBytes appends a value of a String or Binary column.
func (b *Builder) AppendBytes(s []byte) {
	b.v.Data = append(b.v.Data, s...)
	b.v.Offsets = append(b.v.Offsets, offset(len(b.v.Data)))
	b.rowIsValid()
}

// AppendString appends a value of a String or Binary column.
func (b *Builder) AppendString(s string) {
	b.v.Data = append(b.v.Data, s...)
	b.v.Offsets = append(b.v.Offsets, offset(len(b.v.Data)))
	b.rowIsValid()
}

// AppendBool appends a value of a Bool column.
func (b *Builder) AppendBool(x bool) {
	b.growBits(1)
	PutBit(b.v.Data, b.v.N, x)
	b.rowIsValid()
}

// AppendFixed appends a value of a fixed-width column: T has the width of its type.
func AppendFixed[T Fixed](b *Builder, x T) {
	n := b.v.N
	w := b.Type.Width()
	b.v.Data = Grow(b.v.Data, (n+1)*w)
	Cast[T](b.v.Data)[n] = x
	b.rowIsValid()
}

func (b *Builder) rowIsValid() {
	if b.v.Valid != nil {
		b.v.Valid = Grow(b.v.Valid, BitmapLen(b.v.N+1))
		SetBit(b.v.Valid, b.v.N)
	}
	b.v.N++
}

func (b *Builder) growBits(n int) {
	from := len(b.v.Data)
	b.v.Data = Grow(b.v.Data, BitmapLen(b.v.N+n))
	clear(b.v.Data[from:])
}

// needValid makes the bitmap exist and have room for n more rows.
func (b *Builder) needValid(n int) {
	if b.v.Valid == nil {
		b.v.Valid = Alloc(BitmapLen(b.v.N + max(n, 64)))
		SetBits(b.v.Valid, 0, b.v.N)
	}
	b.v.Valid = Grow(b.v.Valid, BitmapLen(b.v.N+n))
}

// Append appends rows sel of v (nil: all), which has the builder's type; dictionary values are put in.
func (b *Builder) Append(v *Vec, sel []uint32) {
	n := v.N
	if sel != nil {
		n = len(sel)
	}
	if n == 0 {
		return
	}
	if v.Valid != nil || b.v.Valid != nil {
		b.appendValid(v, sel, n)
	}
	switch {
	case b.Type.IsVar():
		b.appendVar(v, sel, n)
	case b.Type.Kind == List:
		b.appendLists(v, sel, n)
	case b.Type.Kind == Bool:
		b.growBits(n)
		plain := v.Plain()
		for i := range n {
			PutBit(b.v.Data, b.v.N+i, plain.Bool(at(sel, i)))
		}
	default:
		w := b.Type.Width()
		b.v.Data = Grow(b.v.Data, (b.v.N+n)*w)
		dst := Vec{Type: b.Type, N: n, Data: b.v.Data[b.v.N*w:]}
		takeWidth(&dst, v.Plain(), sel)
	}
	b.v.N += n
}

func (b *Builder) appendValid(v *Vec, sel []uint32, n int) {
	b.needValid(n)
	if v.Valid == nil {
		SetBits(b.v.Valid, b.v.N, b.v.N+n)
		return
	}
	for i := range n {
		PutBit(b.v.Valid, b.v.N+i, Bit(v.Valid, at(sel, i)))
	}
}

func (b *Builder) appendVar(v *Vec, sel []uint32, n int) {
	if v.Dict == nil && sel == nil {
		from, base := v.Offsets[0], offset(len(b.v.Data))
		offset(len(b.v.Data) + int(v.Offsets[n]-from))
		b.v.Data = append(b.v.Data, v.Data[from:v.Offsets[n]]...)
		for _, o := range v.Offsets[1 : n+1] {
			b.v.Offsets = append(b.v.Offsets, o-from+base)
		}
		return
	}
	for i := range n {
		r := at(sel, i)
		if !v.IsNull(r) {
			b.v.Data = append(b.v.Data, v.Str(r)...)
		}
		b.v.Offsets = append(b.v.Offsets, offset(len(b.v.Data)))
	}
}

func at(sel []uint32, i int) int {
	if sel == nil {
		return i
	}
	return int(sel[i])
}

// Extend appends n values of a fixed-width column and returns them, to be set by the caller: they may be anything. T has the width of the builder's type.
func Extend[T Fixed](b *Builder, n int) []T {
	from, w := b.v.N, b.Type.Width()
	b.v.Data = Grow(b.v.Data, (from+n)*w)
	if b.v.Valid != nil {
		b.v.Valid = Grow(b.v.Valid, BitmapLen(from+n))
		SetBits(b.v.Valid, from, from+n)
	}
	b.v.N += n
	return Cast[T](b.v.Data)[from : from+n]
}
