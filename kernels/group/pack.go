package group

import (
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// pack writes the selected rows of a fixed-width or Bool key column into their fields of the packed keys: row by row, words words
// each. The fields are 0 before.
func (l *layout) pack(words []uint64, column int, v *vec.Vec, sel []uint32) {
	p := l.values[column]
	dst := words[p.word:]
	switch v.Type.Kind {
	case vec.Bool:
		packBits(dst, l.words, p.shift, v.Data, sel, v.N)
	case vec.Float32:
		packFloat32(dst, l.words, p.shift, vec.Of[float32](v), sel)
	case vec.Float64:
		packFloat64(dst, l.words, vec.Of[float64](v), sel)
	case vec.Decimal:
		packDecimal(dst, words[l.high[column].word:], l.words, vec.Of[vec.Int128](v), sel)
	default:
		packWidth(dst, l.words, p.shift, v, sel)
	}
	if v.Valid != nil {
		l.packNulls(words, column, v, sel)
	}
}

func packWidth(dst []uint64, words int, shift uint, v *vec.Vec, sel []uint32) {
	switch v.Type.Width() {
	case 1:
		packFixed(dst, words, shift, vec.Of[uint8](v), sel)
	case 2:
		packFixed(dst, words, shift, vec.Of[uint16](v), sel)
	case 4:
		packFixed(dst, words, shift, vec.Of[uint32](v), sel)
	case 8:
		packFixed(dst, words, shift, vec.Of[uint64](v), sel)
	}
}

func packFixed[T uint8 | uint16 | uint32 | uint64](dst []uint64, words int, shift uint, vals []T, sel []uint32) {
	shift &= 63
	switch {
	case sel == nil && words == 1:
		dst = dst[:len(vals)]
		for i, x := range vals {
			dst[i] |= uint64(x) << shift
		}
	case sel == nil:
		for i, x := range vals {
			dst[i*words] |= uint64(x) << shift
		}
	default:
		for k, i := range sel {
			dst[k*words] |= uint64(vals[i]) << shift
		}
	}
}

func packFloat64(dst []uint64, words int, vals []float64, sel []uint32) {
	if sel == nil {
		for i, x := range vals {
			dst[i*words] = math.Float64bits(canonical(x))
		}
		return
	}
	for k, i := range sel {
		dst[k*words] = math.Float64bits(canonical(vals[i]))
	}
}

func packFloat32(dst []uint64, words int, shift uint, vals []float32, sel []uint32) {
	shift &= 63
	if sel == nil {
		for i, x := range vals {
			dst[i*words] |= uint64(math.Float32bits(canonical(x))) << shift
		}
		return
	}
	for k, i := range sel {
		dst[k*words] |= uint64(math.Float32bits(canonical(vals[i]))) << shift
	}
}

// canonical makes all NaNs one, and −0 be 0.
func canonical[T float32 | float64](x T) T {
	if x != x {
		return T(math.NaN())
	}
	return x + 0
}

func packDecimal(lo, hi []uint64, words int, vals []vec.Int128, sel []uint32) {
	if sel == nil {
		for i, x := range vals {
			lo[i*words], hi[i*words] = x.Lo, uint64(x.Hi)
		}
		return
	}
	for k, i := range sel {
		lo[k*words], hi[k*words] = vals[i].Lo, uint64(vals[i].Hi)
	}
}

func packBits(dst []uint64, words int, shift uint, bits []byte, sel []uint32, n int) {
	shift &= 63
	if sel == nil {
		for i := range n {
			dst[i*words] |= uint64(bits[i>>3]>>(i&7)&1) << shift
		}
		return
	}
	for k, i := range sel {
		dst[k*words] |= uint64(bits[i>>3]>>(i&7)&1) << shift
	}
}

// packNulls takes back what was packed of NULLs, and sets their bits.
func (l *layout) packNulls(words []uint64, column int, v *vec.Vec, sel []uint32) {
	value, high, null := l.values[column], l.high[column], l.nulls[column]
	n := v.N
	if sel != nil {
		n = len(sel)
	}
	for k := range n {
		i := k
		if sel != nil {
			i = int(sel[k])
		}
		if !v.IsNull(i) {
			continue
		}
		key := words[k*l.words : (k+1)*l.words]
		key[value.word] &^= value.mask()
		key[high.word] &^= high.mask()
		key[null.word] |= null.mask()
	}
}

// unpack is a fixed-width or Bool key column of the groups ids, from all groups' packed keys.
func (l *layout) unpack(keys []uint64, column int, ids []uint32) *vec.Vec {
	t := l.columns[column].Type
	p := l.values[column]
	src := keys[min(p.word, len(keys)):]
	out := &vec.Vec{Type: t, N: len(ids)}
	switch {
	case t.Kind == vec.Bool:
		out.Data = vec.Alloc(vec.BitmapLen(len(ids)))
		l.unpackBit(out.Data, keys, p, ids, 0)
	case t.Kind == vec.Decimal:
		out.Data = vec.Alloc(16 * len(ids))
		unpackDecimal(vec.Of[vec.Int128](out), src, keys[min(l.high[column].word, len(keys)):], l.words, ids)
	default:
		out.Data = vec.Alloc(t.Width() * len(ids))
		unpackWidth(out, src, l.words, p.shift, ids)
	}
	l.unpackNulls(out, keys, column, ids)
	return out
}

func unpackWidth(out *vec.Vec, src []uint64, words int, shift uint, ids []uint32) {
	switch out.Type.Width() {
	case 1:
		unpackFixed(vec.Of[uint8](out), src, words, shift, ids)
	case 2:
		unpackFixed(vec.Of[uint16](out), src, words, shift, ids)
	case 4:
		unpackFixed(vec.Of[uint32](out), src, words, shift, ids)
	case 8:
		unpackFixed(vec.Of[uint64](out), src, words, shift, ids)
	}
}

func unpackFixed[T uint8 | uint16 | uint32 | uint64](dst []T, src []uint64, words int, shift uint, ids []uint32) {
	shift &= 63
	for k, id := range ids {
		dst[k] = T(src[int(id)*words] >> shift)
	}
}

func unpackDecimal(dst []vec.Int128, lo, hi []uint64, words int, ids []uint32) {
	for k, id := range ids {
		dst[k] = vec.Int128{Lo: lo[int(id)*words], Hi: int64(hi[int(id)*words])}
	}
}

// unpackNulls makes out's validity from the NULL bits.
func (l *layout) unpackNulls(out *vec.Vec, keys []uint64, column int, ids []uint32) {
	p := l.nulls[column]
	if p.width == 0 {
		return
	}
	valid := vec.Alloc(vec.BitmapLen(len(ids)))
	l.unpackBit(valid, keys, p, ids, 1)
	if vec.CountBits(valid, len(ids)) < len(ids) {
		out.Valid = valid
	}
}

// unpackBit writes the one-bit field p of the groups ids, exclusive-or'ed with flip, into a bitmap of zeros.
func (l *layout) unpackBit(dst []byte, keys []uint64, p place, ids []uint32, flip byte) {
	for k, id := range ids {
		bit := byte(keys[int(id)*l.words+p.word]>>p.shift)&1 ^ flip
		dst[k>>3] |= bit << (k & 7)
	}
}
