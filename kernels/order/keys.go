// Package order turns sort keys into bytes whose plain comparison (bytes.Compare) is the order of the rows.
//
// A row (int32 −1, string "ab") ordered ascending becomes
//
//	01 7f ff ff ff   01 61 62 00 00
//	│  └ big endian,  │  └ bytes, closed by 00 00
//	│    sign flipped └ not NULL
//	└ not NULL (NULL is 02, or 00 where NULLs come first)
//
// and descending the value's bytes, not the first, are inverted. A 00 inside a string is
// written as 00 ff, so that the closing 00 00 is the smallest of all that may follow.
//
// A list is its elements, each as above with NULLs last, closed by 00: so [1] is before [1, 2], and that before [1, NULL].
package order

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Key says how a column orders the rows. Floats: −0 equals 0, NaN equals NaN and is above +Inf.
type Key struct {
	Desc       bool
	NullsFirst bool // whichever the direction, NULLs come last unless this is set
}

// Keys are the encoded sort keys of rows: row i's are Data[Offsets[i]:Offsets[i+1]].
type Keys struct {
	Data    []byte
	Offsets []int
}

// Row is the encoded key of row i.
func (k *Keys) Row(i int) []byte { return k.Data[k.Offsets[i]:k.Offsets[i+1]] }

// Prefix is the first eight bytes of row i's key as a number that orders like them.
func (k *Keys) Prefix(i int) uint64 {
	row := k.Row(i)
	if len(row) >= 8 {
		return binary.BigEndian.Uint64(row)
	}
	var first [8]byte
	copy(first[:], row)
	return binary.BigEndian.Uint64(first[:])
}

// Bytes is the memory that the keys take.
func (k *Keys) Bytes() int64 { return int64(cap(k.Data)) + 8*int64(cap(k.Offsets)) }

// Encode encodes the keys of all n rows of dense columns, the i-th column ordered by keys[i].
// Cost: two passes over the columns.
func Encode(cols []*vec.Vec, keys []Key, n int) *Keys {
	out := &Keys{Offsets: make([]int, n+1)}
	for _, c := range cols {
		addLengths(out.Offsets[1:], c, n)
	}
	total := 0
	for i := range n {
		length := out.Offsets[i+1]
		out.Offsets[i] = total
		total += length
	}
	out.Offsets[n] = total
	out.Data = make([]byte, total)
	at := make([]int, n)
	copy(at, out.Offsets)
	for i, c := range cols {
		writeColumn(out.Data, at, c, keys[i], n)
	}
	return out
}

func addLengths(lengths []int, c *vec.Vec, n int) {
	if c.Type.Kind == vec.List {
		addListLengths(lengths, c, n)
		return
	}
	fixed := 1 + width(c.Type)
	if !c.Type.IsVar() {
		for i := range n {
			if c.IsNull(i) {
				lengths[i]++
				continue
			}
			lengths[i] += fixed
		}
		return
	}
	for i := range n {
		lengths[i]++
		if !c.IsNull(i) {
			lengths[i] += escapedLen(c.Str(i))
		}
	}
}

func width(t vec.Type) int {
	if t.Kind == vec.Bool {
		return 1
	}
	return t.Width()
}

func escapedLen(s []byte) int { return len(s) + 2 + bytes.Count(s, zero) }

var zero = []byte{0}

const (
	nullFirst = 0
	notNull   = 1
	nullLast  = 2
)

func writeColumn(data []byte, at []int, c *vec.Vec, k Key, n int) {
	null := byte(nullLast)
	if k.NullsFirst {
		null = nullFirst
	}
	c = plainFixed(c)
	if isInt64(c.Type) {
		writeInts(data, at, c, k, null, n)
		return
	}
	var buf []byte
	for i := range n {
		if c.IsNull(i) {
			data[at[i]] = null
			at[i]++
			continue
		}
		if c.Type.IsVar() && !k.Desc {
			data[at[i]] = notNull
			at[i] += len(appendEscaped(data[at[i]:at[i]+1], c.Str(i)))
			continue
		}
		buf = appendValue(append(buf[:0], notNull), c, i)
		if k.Desc {
			invert(buf[1:])
		}
		at[i] += copy(data[at[i]:], buf)
	}
}

func isInt64(t vec.Type) bool {
	return t.Kind == vec.Int64 || t.Kind == vec.Time || t.Kind == vec.Timestamp || t.Kind == vec.Duration
}

// writeInts is writeColumn of signed integers of 64 bits, which most keys and times are.
func writeInts(data []byte, at []int, c *vec.Vec, k Key, null byte, n int) {
	flip := uint64(1) << 63
	if k.Desc {
		flip = ^flip
	}
	for i, x := range vec.Of[uint64](c)[:n] {
		if c.IsNull(i) {
			data[at[i]] = null
			at[i]++
			continue
		}
		dst := data[at[i] : at[i]+9]
		dst[0] = notNull
		binary.BigEndian.PutUint64(dst[1:], x^flip)
		at[i] += 9
	}
}

// plainFixed puts in the dictionary of a fixed-width column; strings and lists are read through theirs.
func plainFixed(c *vec.Vec) *vec.Vec {
	if c.Dict == nil || c.Type.IsVar() || c.Type.Kind == vec.List {
		return c
	}
	return c.Plain()
}

func invert(b []byte) {
	for i := range b {
		b[i] = ^b[i]
	}
}

func appendValue(dst []byte, c *vec.Vec, i int) []byte {
	be := binary.BigEndian
	switch c.Type.Kind {
	case vec.Bool:
		if c.Bool(i) {
			return append(dst, 1)
		}
		return append(dst, 0)
	case vec.Int8:
		return append(dst, uint8(vec.Of[int8](c)[i])^0x80)
	case vec.Uint8:
		return append(dst, vec.Of[uint8](c)[i])
	case vec.Int16:
		return be.AppendUint16(dst, uint16(vec.Of[int16](c)[i])^0x8000)
	case vec.Uint16:
		return be.AppendUint16(dst, vec.Of[uint16](c)[i])
	case vec.Int32, vec.Date:
		return be.AppendUint32(dst, uint32(vec.Of[int32](c)[i])^1<<31)
	case vec.Uint32:
		return be.AppendUint32(dst, vec.Of[uint32](c)[i])
	case vec.Int64, vec.Time, vec.Timestamp, vec.Duration:
		return be.AppendUint64(dst, uint64(vec.Of[int64](c)[i])^1<<63)
	case vec.Uint64:
		return be.AppendUint64(dst, vec.Of[uint64](c)[i])
	case vec.Float32:
		return be.AppendUint32(dst, float32Order(vec.Of[float32](c)[i]))
	case vec.Float64:
		return be.AppendUint64(dst, float64Order(vec.Of[float64](c)[i]))
	case vec.Decimal:
		d := vec.Of[vec.Int128](c)[i]
		return be.AppendUint64(be.AppendUint64(dst, uint64(d.Hi)^1<<63), d.Lo)
	case vec.List:
		return appendList(dst, c, i)
	default:
		return appendEscaped(dst, c.Str(i))
	}
}

func appendEscaped(dst, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, 0)
		if i < 0 {
			return append(append(dst, s...), 0, 0)
		}
		dst = append(append(dst, s[:i+1]...), 0xff)
		s = s[i+1:]
	}
}

// float64Order is a number whose order, as an unsigned integer, is that of f.
func float64Order(f float64) uint64 {
	if f != f {
		return 0xfff8 << 48
	}
	b := math.Float64bits(f + 0) // −0 becomes 0
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

func float32Order(f float32) uint32 {
	if f != f {
		return 0xffc0 << 16
	}
	b := math.Float32bits(f + 0)
	if b>>31 != 0 {
		return ^b
	}
	return b | 1<<31
}
