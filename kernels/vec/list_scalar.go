package vec

import (
	"encoding/binary"
	"math"
)

// A list as a Scalar or as a key is a string of bytes, so that Scalars stay comparable: one element behind the other,
//
//	NULL       00
//	Bool       01, then 00 or 01
//	fixed      01, then the value's bytes as they lie in the column, little endian
//	strings    01, then the length as a uvarint, then the bytes
//
// as [1, NULL] of int16 is "\x01\x01\x00\x00". Two lists have the same string exactly when they have the same elements,
// floats bit by bit: −0 isn't 0 here, and a NaN is itself.

const (
	elemNull  = 0
	elemValue = 1
)

// ListScalar is the list of those elements, which are of type elem, as a Scalar.
func ListScalar(elem Type, elems ...Scalar) Scalar {
	b := NewBuilder(TList(elem), 1)
	for _, e := range elems {
		b.elems.AppendScalar(e)
	}
	b.AppendList()
	return b.Vec().Scalar(0)
}

// Elems are the elements of a list that isn't NULL, in order. They are made anew: it costs O(length).
func (s Scalar) Elems() []Scalar {
	b := NewBuilder(s.Type, 1)
	b.AppendScalar(s)
	child := b.Vec().Child
	out := make([]Scalar, child.N)
	for i := range out {
		out[i] = child.Scalar(i)
	}
	return out
}

// AppendListKey appends list i of the column as a key: lists that are equal, NaN being equal to NaN and −0 to 0, and only
// those, have the same bytes. A NULL is the programmer's to treat: it has no bytes of its own.
func (v *Vec) AppendListKey(dst []byte, i int) []byte {
	child, from, to := v.List(i)
	start := len(dst)
	dst = appendElems(dst, child, from, to)
	switch child.Type.Kind {
	case Float32:
		stride(dst[start:], 4, func(b []byte) {
			f := math.Float32frombits(binary.LittleEndian.Uint32(b))
			if f != f {
				f = float32(math.NaN())
			}
			binary.LittleEndian.PutUint32(b, math.Float32bits(f+0))
		})
	case Float64:
		stride(dst[start:], 8, func(b []byte) {
			f := math.Float64frombits(binary.LittleEndian.Uint64(b))
			if f != f {
				f = math.NaN()
			}
			binary.LittleEndian.PutUint64(b, math.Float64bits(f+0))
		})
	}
	return dst
}

// stride calls f with the bytes of each element of an encoded list that isn't NULL, of that width.
func stride(list []byte, width int, f func(value []byte)) {
	for len(list) > 0 {
		null := list[0] == elemNull
		if list = list[1:]; !null {
			f(list[:width])
			list = list[width:]
		}
	}
}

// AppendListKey appends the list whose key that is, as AppendListKey of a column has made it.
func (b *Builder) AppendListKey(key []byte) { b.appendEncoded(string(key)) }

// appendElems appends elements [from, to) of a plain column, encoded.
func appendElems(dst []byte, child *Vec, from, to int) []byte {
	w := child.Type.Width()
	for i := from; i < to; i++ {
		if child.IsNull(i) {
			dst = append(dst, elemNull)
			continue
		}
		dst = append(dst, elemValue)
		switch {
		case child.Type.IsVar():
			s := child.Str(i)
			dst = append(binary.AppendUvarint(dst, uint64(len(s))), s...)
		case child.Type.Kind == Bool:
			dst = append(dst, child.Data[i>>3]>>(i&7)&1)
		default:
			dst = append(dst, child.Data[i*w:(i+1)*w]...)
		}
	}
	return dst
}

// appendEncoded appends the list that appendElems has encoded as s.
func (b *Builder) appendEncoded(s string) {
	for len(s) > 0 {
		null := s[0] == elemNull
		if s = s[1:]; null {
			b.elems.AppendNull()
			continue
		}
		s = s[b.elems.appendEncodedValue(s):]
	}
	b.AppendList()
}

// appendEncodedValue appends the value that s starts with, and returns how many bytes it has.
func (b *Builder) appendEncodedValue(s string) int {
	switch {
	case b.Type.IsVar():
		n, w := binary.Uvarint([]byte(s[:min(len(s), binary.MaxVarintLen64)]))
		b.AppendString(s[w : w+int(n)])
		return w + int(n)
	case b.Type.Kind == Bool:
		b.AppendBool(s[0] != 0)
		return 1
	default:
		n, w := b.v.N, b.Type.Width()
		b.v.Data = Grow(b.v.Data, (n+1)*w)
		copy(b.v.Data[n*w:], s[:w])
		b.rowIsValid()
		return w
	}
}
