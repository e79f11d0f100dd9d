package blocks

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// A batch as bytes is, little endian, every part padded to 8 bytes so that columns can be read in place:
//
//	uint32 rows   uint32 columns   uint64 1 if there are diffs
//	diffs         int64 a row
//	a column      uint8 kind, unit, precision, scale   uint8 1 if some are NULL   uint8 kind of elements   uint16 length of the zone   zone
//	              validity   a bit a row
//	              offsets    int32, rows + 1       String, Binary, List
//	              length     uint64                String, Binary, List
//	              values     width · rows bytes, (rows+7)/8 for Bool, length for String, Binary;
//	                         for a List a column of length rows
//
// Dictionary columns are written plain.

// AppendBatch appends a dense batch to dst, as plain columns: what Coder.Seal makes a block of.
func AppendBatch(dst []byte, b *vec.Batch) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(b.N))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(b.Cols)))
	if b.Diff == nil {
		dst = binary.LittleEndian.AppendUint64(dst, 0)
	} else {
		dst = binary.LittleEndian.AppendUint64(dst, 1)
		dst = append(dst, vec.Bytes(b.Diff[:b.N])...)
	}
	for _, v := range b.Cols {
		dst = appendColumn(dst, v.Plain())
	}
	return dst
}

func appendColumn(dst []byte, v *vec.Vec) []byte {
	nulls := byte(0)
	if v.Valid != nil {
		nulls = 1
	}
	t := v.Type
	dst = append(dst, byte(t.Kind), byte(t.Unit), t.Precision, byte(t.Scale), nulls, byte(t.Elem))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(t.Zone)))
	dst = appendPadded(dst, []byte(t.Zone))
	if v.Valid != nil {
		dst = appendPadded(dst, v.Valid[:vec.BitmapLen(v.N)])
	}
	switch {
	case t.IsVar():
		return appendStrings(dst, v)
	case t.Kind == vec.List:
		return appendLists(dst, v)
	case t.Kind == vec.Bool:
		return appendPadded(dst, v.Data[:vec.BitmapLen(v.N)])
	default:
		return appendPadded(dst, v.Data[:v.N*t.Width()])
	}
}

func appendStrings(dst []byte, v *vec.Vec) []byte {
	dst = appendOffsets(dst, v)
	return appendPadded(dst, v.Data[v.Offsets[0]:v.Offsets[v.N]])
}

func appendLists(dst []byte, v *vec.Vec) []byte {
	dst = appendOffsets(dst, v)
	return appendColumn(dst, v.Child.Slice(int(v.Offsets[0]), int(v.Offsets[v.N])))
}

// appendOffsets appends the offsets, from 0 on, and the length that they end at.
func appendOffsets(dst []byte, v *vec.Vec) []byte {
	first, last := v.Offsets[0], v.Offsets[v.N]
	for _, o := range v.Offsets[:v.N+1] {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(o-first))
	}
	return binary.LittleEndian.AppendUint64(pad(dst), uint64(last-first))
}

func appendPadded(dst, part []byte) []byte { return pad(append(dst, part...)) }

func pad(dst []byte) []byte {
	for len(dst)&7 != 0 {
		dst = append(dst, 0)
	}
	return dst
}

// decoder reads what AppendBatch has written, over its memory. Once bad it stays so, and yields nothing.
type decoder struct {
	left []byte
	bad  bool
}

// take is the next n bytes, and skips their padding; nil if there are not so many.
func (d *decoder) take(n int) []byte {
	padded := (n + 7) &^ 7
	if d.bad || n < 0 || n > len(d.left) || padded > len(d.left) {
		d.bad = true
		return nil
	}
	part := d.left[:n:n]
	d.left = d.left[padded:]
	return part
}

func (d *decoder) uint64() uint64 {
	b := d.take(8)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

// decodeBatch is the batch in body, whose memory it takes: body is aligned to 8 bytes.
func decodeBatch(body []byte) (*vec.Batch, error) {
	d := &decoder{left: body}
	head := d.uint64()
	b := &vec.Batch{N: int(uint32(head))}
	columns := int(head >> 32)
	switch diffs := d.uint64(); {
	case diffs > 1:
		d.bad = true
	case diffs == 1:
		b.Diff = vec.Cast[int64](d.take(8 * b.N))
	}
	for i := range columns {
		v, err := d.column(b.N)
		if err != nil {
			return nil, fmt.Errorf("column %d of %d: %w", i+1, columns, err)
		}
		b.Cols = append(b.Cols, v)
	}
	if d.bad || len(d.left) > 0 {
		return nil, errColumns
	}
	return b, nil
}

var errColumns = errors.New("the lengths don't add up: the file is damaged")

func (d *decoder) column(n int) (*vec.Vec, error) {
	head := d.take(8)
	if head == nil {
		return nil, errColumns
	}
	v := &vec.Vec{N: n, Type: vec.Type{
		Kind: vec.Kind(head[0]), Elem: vec.Kind(head[5]), Unit: vec.Unit(head[1]), Precision: head[2], Scale: int8(head[3]),
	}}
	if !isType(v.Type) || head[4] > 1 {
		return nil, fmt.Errorf("there is no type %x: the file is damaged", head)
	}
	v.Type.Zone = string(d.take(int(binary.LittleEndian.Uint16(head[6:]))))
	if head[4] == 1 {
		v.Valid = d.take(vec.BitmapLen(n))
	}
	switch {
	case v.Type.IsVar():
		v.Data = d.take(d.offsets(v))
	case v.Type.Kind == vec.List:
		return v, d.elements(v)
	case v.Type.Kind == vec.Bool:
		v.Data = d.take(vec.BitmapLen(n))
	default:
		v.Data = d.take(n * v.Type.Width())
	}
	if d.bad {
		return nil, errColumns
	}
	return v, nil
}

// isType reports whether a column can be of type t: a list's elements are no lists.
func isType(t vec.Type) bool {
	if t.Kind == vec.List {
		t = t.ElemType()
	}
	return t.Kind > vec.Invalid && t.Kind < vec.List && t.Elem == vec.Invalid && t.Unit <= vec.Nano
}

// elements reads what a List column has behind its validity.
func (d *decoder) elements(v *vec.Vec) error {
	n := d.offsets(v)
	if d.bad {
		return errColumns
	}
	child, err := d.column(n)
	if err != nil {
		return fmt.Errorf("elements: %w", err)
	}
	if child.Type != v.Type.ElemType() {
		return fmt.Errorf("a %s has elements of type %s: the file is damaged", v.Type, child.Type)
	}
	v.Child = child
	return nil
}

// offsets reads the offsets of v, which must go up from 0 to the length that follows them, and returns that.
func (d *decoder) offsets(v *vec.Vec) int {
	v.Offsets = vec.Cast[int32](d.take(4 * (v.N + 1)))
	n := d.uint64()
	if d.bad || n > math.MaxInt32 || !monotone(v.Offsets, int(n)) {
		d.bad = true
		return 0
	}
	return int(n)
}

// monotone reports whether offsets go up from 0 to n.
func monotone(offsets []int32, n int) bool {
	last := int32(0)
	for _, o := range offsets {
		if o < last {
			return false
		}
		last = o
	}
	return offsets[0] == 0 && int(last) == n
}
