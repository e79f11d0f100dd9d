package calc

import (
	"bytes"
	"encoding/binary"

	"github.com/pwcol/pwcol/kernels/vec"
)

// matchText writes the rows of a String or Binary column whose bytes compare so with c, and returns how many.
func matchText(t test, dst []uint32, x *vec.Vec, c string, sel []uint32, flip int) int {
	offsets := x.Offsets
	switch {
	case x.Dict != nil:
		return matchDictText(t, dst, x, c, sel, flip)
	case len(c) <= headBytes && t == equal:
		return equalShort(dst, x.Data, offsets, c, sel, flip)
	case len(c) <= headBytes:
		limit := len(c) // a text of the same head is less if it is shorter than this
		if t == lessEqual {
			limit++
		}
		return lessShort(dst, x.Data, offsets, c, int32(limit), sel, flip)
	case t == equal:
		return equalLong(dst, x.Data, offsets, c, sel, flip)
	default:
		return lessLong(dst, x.Data, offsets, c, b2i(t == lessEqual), sel, flip)
	}
}

// equalShort compares constants of up to eight bytes as one number, without a branch on what the rows hold.
func equalShort(dst []uint32, data []byte, offsets []int32, c string, sel []uint32, flip int) int {
	n, length := 0, int32(len(c))
	mask, want := headMask(length), lastBytes([]byte(c))
	for k := range dst {
		i := rowAt(sel, k)
		from, to := offsets[i], offsets[i+1]
		dst[n] = uint32(i)
		n += b2i(to-from == length)&b2i(eightBytes(data, from)&mask == want) ^ flip
	}
	return n
}

// lessShort goes by (head, length), which is the order of texts where one of them has no bytes behind its head.
func lessShort(dst []uint32, data []byte, offsets []int32, c string, limit int32, sel []uint32, flip int) int {
	n, want := 0, lastBytes([]byte(c))
	for k := range dst {
		i := rowAt(sel, k)
		from, to := offsets[i], offsets[i+1]
		h := head(data, from, to)
		dst[n] = uint32(i)
		n += (b2i(h < want) | b2i(h == want)&b2i(to-from < limit)) ^ flip
	}
	return n
}

func equalLong(dst []uint32, data []byte, offsets []int32, c string, sel []uint32, flip int) int {
	n := 0
	for k := range dst {
		i := rowAt(sel, k)
		from, to := offsets[i], offsets[i+1]
		dst[n] = uint32(i)
		n += b2i(int(to-from) == len(c) && string(data[from:to]) == c) ^ flip
	}
	return n
}

// lessLong looks behind the head only of texts that have the constant's. An order below limit, 0 or 1, holds.
func lessLong(dst []uint32, data []byte, offsets []int32, c string, limit int, sel []uint32, flip int) int {
	bound := []byte(c)
	n, want := 0, eightBytes(bound, 0)
	for k := range dst {
		i := rowAt(sel, k)
		from, to := offsets[i], offsets[i+1]
		h := head(data, from, to)
		holds := h < want
		if h == want {
			holds = bytes.Compare(data[from:to], bound) < limit
		}
		dst[n] = uint32(i)
		n += b2i(holds) ^ flip
	}
	return n
}

// headBytes is how many bytes of a text are compared at once.
const headBytes = 8

// head is the first eight bytes of data[from:to] as a number that orders as they do. Shorter texts are filled with zero
// bytes: where heads are equal the texts may still differ.
func head(data []byte, from, to int32) uint64 { return eightBytes(data, from) & headMask(to-from) }

// headMask covers the bytes of a text of that length that are in its head.
func headMask(length int32) uint64 { return ^(^uint64(0) >> (8 * uint(min(length, headBytes)))) }

// eightBytes is data[from:from+8] as a big-endian number; what is behind the end of data counts as 0.
func eightBytes(data []byte, from int32) uint64 {
	if int(from)+headBytes <= len(data) {
		return binary.BigEndian.Uint64(data[from:])
	}
	return lastBytes(data[from:])
}

//go:noinline
func lastBytes(tail []byte) uint64 { // inlined, it would push the loops' variables out of their registers
	var b [headBytes]byte
	copy(b[:], tail)
	return binary.BigEndian.Uint64(b[:])
}

// matchDictText is for a dictionary that is too large for the rows that came with it: see verdicts.
func matchDictText(t test, dst []uint32, x *vec.Vec, c string, sel []uint32, flip int) int {
	if x.Dict.Values.N == 0 { // all rows are NULL
		return 0
	}
	n, bound := 0, []byte(c)
	for k := range dst {
		i := rowAt(sel, k)
		dst[n] = uint32(i)
		n += b2i(textHolds(t, x.Str(i), bound)) ^ flip
	}
	return n
}

func textHolds(t test, a, b []byte) bool {
	switch t {
	case equal:
		return bytes.Equal(a, b)
	case less:
		return bytes.Compare(a, b) < 0
	default:
		return bytes.Compare(a, b) <= 0
	}
}

func matchTextPairs(t test, dst []uint32, x, y *vec.Vec, sel []uint32, flip int) int {
	if hasNoValues(x) || hasNoValues(y) {
		return 0
	}
	n := 0
	for k := range dst {
		i := rowAt(sel, k)
		dst[n] = uint32(i)
		n += b2i(textHolds(t, x.Str(i), y.Str(i))) ^ flip
	}
	return n
}

// hasNoValues reports whether all rows are NULL, since the dictionary is empty.
func hasNoValues(v *vec.Vec) bool { return v.Dict != nil && v.Dict.Values.N == 0 }
