package vec

import (
	"sync/atomic"
	"unsafe"
)

// Vec is a column: N values of one Type in Arrow's memory layout.
//
// A plain string column of three rows, "ab", NULL, "c":
//
//	N       3
//	Valid   0b101              bit i, LSB first: row i has a value
//	Offsets 0 2 2 3            row i is Data[Offsets[i]:Offsets[i+1]]
//	Data    a b c
//
// The same as a dictionary column:
//
//	Codes   0 0 1              a NULL's code is any code in range; or, of an empty dictionary, anything
//	Dict    "ab", "c"
//
// A list column of four rows, [7, NULL], NULL, [], [9]:
//
//	N       4
//	Valid   0b1101
//	Offsets 0 2 2 2 3          row i is the child's rows [Offsets[i], Offsets[i+1])
//	Child   7 NULL 9           a plain column of the element type
//
// Under a selection only the selected rows are defined: other slots hold anything
// that is in range (offsets stay monotone, codes below Dict.N), and are never read.
type Vec struct {
	Type Type
	N    int

	Valid   []byte   // nil: no row is NULL. Bits behind N are anything.
	Data    []byte   // fixed width: N values, aligned for their type; Bool: a bitmap; String, Binary: the bytes
	Offsets []int32  // String, Binary, List: N+1
	Child   *Vec     // List: the elements of all rows, plain; it has Offsets[N] rows or more. Data is nil
	Codes   []uint32 // a dictionary column: N codes, and Data, Offsets, Child are nil
	Dict    *Dict    // nil: plain
}

// Dict is a dictionary: the values that a column's codes stand for. It is immutable and is
// never lent: it may be held on to, and the pointer is its identity, so caches by code
// are keyed by it. Values may hold equal values twice; it has no NULLs.
type Dict struct {
	Values Vec

	longest atomic.Int64 // Longest + 1; 0: not known yet
}

// Longest is the number of bytes of the longest value of a dictionary of Strings or Binaries, 0 for other types.
// It is computed once.
func (d *Dict) Longest() int {
	if n := d.longest.Load(); n > 0 {
		return int(n - 1)
	}
	n := d.Values.Longest()
	d.longest.Store(int64(n) + 1)
	return n
}

// Fixed are the Go types that a fixed-width column's values can be read as.
type Fixed interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64 | Int128
}

// Of is the values of a plain fixed-width column as a slice of length v.N over the same
// memory. T's size must be the type's width: Int128 for Decimal, int64 for Timestamp …
func Of[T Fixed](v *Vec) []T { return Cast[T](v.Data)[:v.N] }

// Cast is buf's memory as a slice of T, as many as fit. buf must be aligned for T, as all
// that Alloc makes is.
func Cast[T Fixed](buf []byte) []T {
	var zero T
	if len(buf) < int(unsafe.Sizeof(zero)) {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(buf))), len(buf)/int(unsafe.Sizeof(zero)))
}

// Bytes is the memory of vals.
func Bytes[T Fixed](vals []T) []byte {
	if len(vals) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(vals))), len(vals)*int(unsafe.Sizeof(vals[0])))
}

// IsNull reports whether row i has no value.
func (v *Vec) IsNull(i int) bool { return v.Valid != nil && v.Valid[i>>3]&(1<<(i&7)) == 0 }

// MayHaveNulls reports whether any row may be NULL.
func (v *Vec) MayHaveNulls() bool { return v.Valid != nil }

// Str is row i of a String or Binary column, plain or dictionary, as bytes of the column's
// own memory: valid as long as the column is.
func (v *Vec) Str(i int) []byte {
	if v.Dict != nil {
		return v.Dict.Values.Str(int(v.Codes[i]))
	}
	return v.Data[v.Offsets[i]:v.Offsets[i+1]]
}

// Bool is row i of a plain Bool column.
func (v *Vec) Bool(i int) bool { return v.Data[i>>3]&(1<<(i&7)) != 0 }

// Size is the number of bytes that the column's own buffers take, a list's elements included, a dictionary not.
func (v *Vec) Size() int64 {
	s := int64(len(v.Valid)) + int64(len(v.Data)) + 4*int64(len(v.Offsets)) + 4*int64(len(v.Codes))
	if v.Child != nil {
		s += v.Child.Size()
	}
	return s
}

// Longest is the number of bytes of the longest value of a String or Binary column, or of its dictionary; 0 for other
// types. Cost: a pass over the offsets.
func (v *Vec) Longest() int {
	if v.Dict != nil {
		return v.Dict.Longest()
	}
	longest := int32(0)
	if !v.Type.IsVar() {
		return 0
	}
	for i := 1; i < len(v.Offsets); i++ {
		longest = max(longest, v.Offsets[i]-v.Offsets[i-1])
	}
	return int(longest)
}

// NullCount counts the NULLs among the N rows, or among those in sel.
func (v *Vec) NullCount(sel []uint32) int {
	if v.Valid == nil {
		return 0
	}
	if sel == nil {
		return v.N - CountBits(v.Valid, v.N)
	}
	n := 0
	for _, i := range sel {
		n += 1 - int(v.Valid[i>>3]>>(i&7)&1)
	}
	return n
}

// Alloc makes a buffer of n zero bytes, aligned to 64 as Arrow likes it.
func Alloc(n int) []byte {
	if n == 0 {
		return nil
	}
	buf := make([]byte, n+63)
	off := int(-uintptr(unsafe.Pointer(unsafe.SliceData(buf))) & 63)
	return buf[off : off+n : off+n]
}

// Grow returns a buffer of n bytes: buf's memory if it is large enough, else a new one at
// least twice as large with buf's bytes copied. Bytes past len(buf) are undefined.
func Grow(buf []byte, n int) []byte {
	if n <= cap(buf) {
		return buf[:n]
	}
	size := max(n, 2*cap(buf), 64)
	out := Alloc(size)
	copy(out, buf)
	return out[:n]
}
