package calc

import "github.com/pwcol/pwcol/kernels/vec"

// flattener holds the memory for a dictionary column with the values put in.
type flattener struct {
	vec  vec.Vec
	data []byte
}

// flatten is v with the values of a dictionary put in, for rows sel, or v itself if it has none. String and
// Binary columns stay as they are: those are read with Str, which knows dictionaries, as List does.
func (f *flattener) flatten(v *vec.Vec, sel []uint32) *vec.Vec {
	if v.Dict == nil || v.Type.IsVar() || v.Type.Kind == vec.List {
		return v
	}
	f.vec = vec.Vec{Type: v.Type, N: v.N, Valid: v.Valid}
	values := &v.Dict.Values
	if v.Type.Kind == vec.Bool {
		f.data = vec.Grow(f.data, vec.BitmapLen(v.N))
		f.vec.Data = f.data
		flattenBits(f.data, values, v.Codes[:v.N], sel)
		return &f.vec
	}
	f.data = vec.Grow(f.data, v.N*v.Type.Width())
	f.vec.Data = f.data
	switch v.Type.Width() {
	case 1:
		flattenFixed[uint8](&f.vec, values, v.Codes, sel)
	case 2:
		flattenFixed[uint16](&f.vec, values, v.Codes, sel)
	case 4:
		flattenFixed[uint32](&f.vec, values, v.Codes, sel)
	case 8:
		flattenFixed[uint64](&f.vec, values, v.Codes, sel)
	default:
		flattenFixed[vec.Int128](&f.vec, values, v.Codes, sel)
	}
	return &f.vec
}

func flattenFixed[T vec.Fixed](out, values *vec.Vec, codes, sel []uint32) {
	if values.N == 0 { // all rows are NULL
		return
	}
	dst, src := vec.Of[T](out), vec.Of[T](values)
	if sel == nil {
		for i, code := range codes[:len(dst)] {
			dst[i] = src[code]
		}
		return
	}
	for _, i := range sel {
		dst[i] = src[codes[i]]
	}
}

func flattenBits(dst []byte, values *vec.Vec, codes, sel []uint32) {
	clear(dst)
	if values.N == 0 {
		return
	}
	if sel == nil {
		for i, code := range codes {
			dst[i>>3] |= values.Data[code>>3] >> (code & 7) & 1 << (i & 7)
		}
		return
	}
	for _, i := range sel {
		code := codes[i]
		dst[i>>3] |= values.Data[code>>3] >> (code & 7) & 1 << (i & 7)
	}
}
