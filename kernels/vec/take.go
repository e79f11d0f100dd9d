package vec

// Take copies rows sel of v, in that order, into a dense column of its own; nil takes all.
// Rows may repeat. A dictionary column keeps its dictionary. Cost: O(len(sel)) plus the bytes copied.
func (v *Vec) Take(sel []uint32) *Vec {
	n := v.N
	if sel != nil {
		n = len(sel)
	}
	out := &Vec{Type: v.Type, N: n, Dict: v.Dict}
	out.Valid = takeBits(v.Valid, sel, n)
	switch {
	case v.Dict != nil:
		out.Codes = make([]uint32, n)
		takeFixed(out.Codes, v.Codes, sel)
	case v.Type.Kind == Bool:
		out.Data = takeBits(v.Data, sel, n)
	case v.Type.IsVar():
		takeVar(out, v, sel)
	case v.Type.Kind == List:
		takeList(out, v, sel)
	default:
		out.Data = Alloc(n * v.Type.Width())
		takeWidth(out, v, sel)
	}
	return out
}

func takeWidth(out, v *Vec, sel []uint32) {
	switch v.Type.Width() {
	case 1:
		takeFixed(Of[uint8](out), Of[uint8](v), sel)
	case 2:
		takeFixed(Of[uint16](out), Of[uint16](v), sel)
	case 4:
		takeFixed(Of[uint32](out), Of[uint32](v), sel)
	case 8:
		takeFixed(Of[uint64](out), Of[uint64](v), sel)
	case 16:
		takeFixed(Of[Int128](out), Of[Int128](v), sel)
	}
}

func takeFixed[T Fixed](dst, src []T, sel []uint32) {
	if sel == nil {
		copy(dst, src)
		return
	}
	dst = dst[:len(sel)]
	for i, s := range sel {
		dst[i] = src[s]
	}
}

func takeBits(src []byte, sel []uint32, n int) []byte {
	if src == nil {
		return nil
	}
	dst := Alloc(BitmapLen(n))
	if sel == nil {
		CopyBits(dst, src, 0, n)
		return dst
	}
	for i, s := range sel {
		dst[i>>3] |= src[s>>3] >> (s & 7) & 1 << (i & 7)
	}
	return dst
}

func takeVar(out, v *Vec, sel []uint32) {
	out.Offsets = make([]int32, out.N+1)
	if sel == nil {
		base := v.Offsets[0]
		for i, o := range v.Offsets[:out.N+1] {
			out.Offsets[i] = o - base
		}
		out.Data = Alloc(int(v.Offsets[out.N] - base))
		copy(out.Data, v.Data[base:])
		return
	}
	total := int64(0)
	for i, s := range sel {
		total += int64(v.Offsets[s+1] - v.Offsets[s])
		out.Offsets[i+1] = int32(total)
	}
	out.Data = Alloc(int(offset(int(total))))
	for i, s := range sel {
		copy(out.Data[out.Offsets[i]:out.Offsets[i+1]], v.Data[v.Offsets[s]:v.Offsets[s+1]])
	}
}

// Plain is v without a dictionary: v itself if it has none, else a copy with the values put in.
func (v *Vec) Plain() *Vec {
	if v.Dict == nil {
		return v
	}
	if v.Dict.Values.N == 0 { // then every row is NULL, and no code has a value
		out := NewBuilder(v.Type, v.N)
		for range v.N {
			out.AppendNull()
		}
		return out.Finish()
	}
	codes := v.Codes[:v.N]
	if codes == nil { // to Take, nil is all rows
		codes = []uint32{}
	}
	out := v.Dict.Values.Take(codes)
	out.Type = v.Type
	out.Valid = v.Valid
	return out
}

// Slice is rows [from, to) of v over the same memory, but for bitmaps that don't start at a
// byte: those are copied.
func (v *Vec) Slice(from, to int) *Vec {
	out := &Vec{Type: v.Type, N: to - from, Dict: v.Dict}
	out.Valid = sliceBits(v.Valid, from, to)
	switch {
	case v.Dict != nil:
		out.Codes = v.Codes[from:to]
	case v.Type.Kind == Bool:
		out.Data = sliceBits(v.Data, from, to)
	case v.Type.IsVar():
		out.Offsets, out.Data = v.Offsets[from:to+1], v.Data
	case v.Type.Kind == List:
		out.Offsets, out.Child = v.Offsets[from:to+1], v.Child
	default:
		w := v.Type.Width()
		out.Data = v.Data[from*w : to*w]
	}
	return out
}

func sliceBits(m []byte, from, to int) []byte {
	if m == nil {
		return nil
	}
	if from&7 == 0 {
		return m[from>>3 : BitmapLen(to)]
	}
	out := Alloc(BitmapLen(to - from))
	CopyBits(out, m, from, to-from)
	return out
}
