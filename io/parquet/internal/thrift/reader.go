// Package thrift reads and writes the little of Thrift's compact protocol that a Parquet file's page
// headers are made of, and checks a whole footer before a general decoder is let loose on it.
//
// Everything that is read is hostile: a length is believed only as far as bytes are there for it, and
// nothing is allocated.
//
// A struct is a list of fields; a field is a byte of (id − the id before) and type, then the value. Worked example, a
// page header {type: 0, uncompressed_page_size: 100}:
//
//	15 00     field 1 (0 + 1), type 5 (i32): 0, zigzag
//	15 c8 01  field 2 (1 + 1), type 5 (i32): 100, zigzag 200, as a varint
//	00        end
package thrift

import (
	"errors"
	"fmt"
)

// The types of fields and elements.
const (
	typeStop   = 0
	typeTrue   = 1
	typeFalse  = 2
	typeByte   = 3
	typeI16    = 4
	typeI32    = 5
	typeI64    = 6
	typeDouble = 7
	typeBinary = 8
	typeList   = 9
	typeSet    = 10
	typeMap    = 11
	typeStruct = 12
	typeUUID   = 13
)

// maxDepth bounds how deep structs may nest: Parquet's nest 5 deep.
const maxDepth = 32

// ErrShort says that the bytes end before the value does.
var ErrShort = errors.New("ends early")

// reader walks over bytes. After an error it stays where it is and fails on.
type reader struct {
	data []byte
	pos  int
	err  error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) byte() byte {
	if r.err != nil || r.pos >= len(r.data) {
		r.fail(ErrShort)
		return 0
	}
	b := r.data[r.pos]
	r.pos++
	return b
}

func (r *reader) uvarint() uint64 {
	var v uint64
	for shift := uint(0); shift < 64; shift += 7 {
		b := r.byte()
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	r.fail(errors.New("holds a number of more than 64 bits"))
	return 0
}

func (r *reader) int() int64 {
	u := r.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// int32 is the next number, which has to fit.
func (r *reader) int32() int32 {
	v := r.int()
	if v != int64(int32(v)) {
		r.fail(fmt.Errorf("holds %d where a 32-bit number belongs", v))
		return 0
	}
	return int32(v)
}

func (r *reader) advance(n uint64) {
	if r.err != nil {
		return
	}
	if n > uint64(len(r.data)-r.pos) {
		r.fail(ErrShort)
		return
	}
	r.pos += int(n)
}

// field reads the head of a struct's next field. Its type is typeStop at the end of the struct and after an error.
func (r *reader) field(last int16) (id int16, typ byte) {
	b := r.byte()
	if r.err != nil || b == typeStop {
		return 0, typeStop
	}
	if delta := b >> 4; delta != 0 {
		return last + int16(delta), b & 0xf
	}
	return int16(r.int()), b & 0xf
}

// list reads the head of a list or set. Every element takes at least a byte, so a length that
// the rest can't hold is an error.
func (r *reader) list() (n int, typ byte) {
	b := r.byte()
	size := uint64(b >> 4)
	if size == 15 {
		size = r.uvarint()
	}
	if size > uint64(len(r.data)-r.pos) {
		r.fail(ErrShort)
		return 0, 0
	}
	return int(size), b & 0xf
}

// skip passes over a value of that type. A bool in a field has no bytes: it is in the type.
func (r *reader) skip(typ byte, inField bool, depth int) {
	if depth > maxDepth {
		r.fail(fmt.Errorf("nests deeper than %d", maxDepth))
	}
	if r.err != nil {
		return
	}
	switch typ {
	case typeTrue, typeFalse:
		if !inField {
			r.advance(1)
		}
	case typeByte:
		r.advance(1)
	case typeI16, typeI32, typeI64:
		r.uvarint()
	case typeDouble:
		r.advance(8)
	case typeUUID:
		r.advance(16)
	case typeBinary:
		r.advance(r.uvarint())
	case typeList, typeSet:
		n, elem := r.list()
		for i := 0; i < n && r.err == nil; i++ {
			r.skip(elem, false, depth+1)
		}
	case typeMap:
		r.skipMap(depth)
	case typeStruct:
		r.skipStruct(depth)
	default:
		r.fail(fmt.Errorf("holds a value of unknown type %d", typ))
	}
}

func (r *reader) skipStruct(depth int) {
	last := int16(0)
	for {
		id, typ := r.field(last)
		if typ == typeStop {
			return
		}
		r.skip(typ, true, depth+1)
		last = id
	}
}

func (r *reader) skipMap(depth int) {
	n := r.uvarint()
	if n == 0 || r.err != nil {
		return
	}
	if n > uint64(len(r.data)-r.pos) {
		r.fail(ErrShort)
		return
	}
	types := r.byte()
	for i := uint64(0); i < n && r.err == nil; i++ {
		r.skip(types>>4, false, depth+1)
		r.skip(types&0xf, false, depth+1)
	}
}
