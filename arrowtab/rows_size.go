package arrowtab

import (
	"reflect"
	"unsafe"
)

// RowSizer tells about how many bytes structs take in memory: their own, and those of the texts, lists and values that they point to. It is for sources that
// bound what they hold.
//
//	size := pw.NewRowSizer[Sale]()
//	held += size.Bytes(rows)
//
// Cost: 1 ns for each text or list; nothing for the rows of a struct that has none.
type RowSizer[T any] struct {
	fixed int64       // of each row: the struct, and what its pointers point to
	sized []sizedPart // fields whose size differs from row to row
}

// sizedPart is a field that is a string or a slice, or points to a string.
type sizedPart struct {
	offset  uintptr
	pointer bool
	text    bool
	each    int64 // bytes of an element
}

// NewRowSizer makes a sizer of the rows of SchemaOf[T]. A T that has no schema is sized as if it had no texts.
func NewRowSizer[T any]() RowSizer[T] {
	s := RowSizer[T]{fixed: int64(reflect.TypeFor[T]().Size())}
	fields, err := structFields(reflect.TypeFor[T]())
	if err != nil {
		return s
	}
	for _, f := range fields {
		switch k := f.goType.Kind(); {
		case k == reflect.String:
			s.sized = append(s.sized, sizedPart{offset: f.offset, pointer: f.pointer, text: true, each: 1})
		case k == reflect.Slice && !f.pointer:
			s.sized = append(s.sized, sizedPart{offset: f.offset, each: int64(f.goType.Elem().Size())})
		}
		if f.pointer {
			s.fixed += int64(f.goType.Size())
		}
	}
	return s
}

// Bytes is about how many bytes rows take.
func (s RowSizer[T]) Bytes(rows []T) int64 {
	n := s.fixed * int64(len(rows))
	for _, p := range s.sized {
		for i := range rows {
			n += p.bytes(unsafe.Add(unsafe.Pointer(&rows[i]), p.offset))
		}
	}
	return n
}

// bytes is what the field at that address has outside of the struct.
func (p sizedPart) bytes(at unsafe.Pointer) int64 {
	if p.pointer {
		if at = *(*unsafe.Pointer)(at); at == nil {
			return 0
		}
	}
	if p.text {
		return int64(len(*(*string)(at)))
	}
	return int64(len(*(*[]byte)(at))) * p.each // a slice's length lies at the same place whatever its elements are
}
