package arrowconv

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Batch is a record as a dense batch. The error names the column that can't be had.
func Batch(r arrow.Record) (*vec.Batch, error) {
	b := &vec.Batch{N: int(r.NumRows()), Cols: make([]*vec.Vec, r.NumCols())}
	for i, a := range r.Columns() {
		v, err := Vec(a)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", r.ColumnName(i), err)
		}
		b.Cols[i] = v
	}
	return b, nil
}

// Vec is an array as a column. Values are shared where the layout is the same; bitmaps that don't start at a byte, and
// buffers that aren't aligned for their type, are copied.
func Vec(a arrow.Array) (*vec.Vec, error) {
	t, err := Type(a.DataType())
	if err != nil {
		return nil, err
	}
	v := &vec.Vec{Type: t, N: a.Len()}
	v.Valid = validity(a)
	switch a := a.(type) {
	case *array.Dictionary:
		err = fillDictionary(v, a)
	case *array.Boolean:
		v.Data = bits(a.Data().Buffers()[1], a.Data().Offset(), a.Len())
	case *array.String, *array.Binary:
		err = shareBytes(v, a.Data())
	case *array.List:
		err = fillList(v, a)
	case *array.LargeString:
		err = copyBytes(v, a.Value)
	case *array.StringView:
		err = copyBytes(v, a.Value)
	case *array.LargeBinary:
		err = copyBytes(v, a.Value)
	case *array.BinaryView:
		err = copyBytes(v, a.Value)
	case *array.FixedSizeBinary:
		err = copyBytes(v, a.Value)
	case *array.Float16:
		convert(v, func(i int) float32 { return a.Value(i).Float32() })
	case *array.Date64:
		convert(v, func(i int) int32 { return dayOf(int64(a.Value(i))) })
	case *array.Time32:
		convert(v, func(i int) int64 { return int64(a.Value(i)) })
	default:
		v.Data = fixed(a.Data(), t.Width())
	}
	return v, err
}

// dayOf is the day in which a count of milliseconds since 1970 lies.
func dayOf(ms int64) int32 {
	const day = 24 * 60 * 60 * 1000
	days := ms / day
	if ms%day < 0 {
		days--
	}
	return int32(days)
}

// validity is an array's bitmap, nil if there are no NULLs.
func validity(a arrow.Array) []byte {
	if a.NullN() == 0 || a.Len() == 0 {
		return nil
	}
	return bits(a.Data().Buffers()[0], a.Data().Offset(), a.Len())
}

type buffer interface{ Bytes() []byte }

// bits is n bits from one on, in the buffer's memory if they start at a byte.
func bits(b buffer, from, n int) []byte {
	if n == 0 {
		return nil
	}
	m := b.Bytes()
	if from&7 == 0 {
		return m[from>>3 : from>>3+vec.BitmapLen(n)]
	}
	out := vec.Alloc(vec.BitmapLen(n))
	vec.CopyBits(out, m, from, n)
	return out
}

// fixed is the values of an array of fixed width.
func fixed(d arrow.ArrayData, width int) []byte {
	if d.Len() == 0 {
		return nil
	}
	return aligned(d.Buffers()[1].Bytes()[d.Offset()*width:(d.Offset()+d.Len())*width], width)
}

// aligned is data, or a copy of it if it isn't aligned for values of that width.
func aligned(data []byte, width int) []byte {
	if uintptr(unsafe.Pointer(unsafe.SliceData(data)))%uintptr(min(width, 8)) == 0 {
		return data
	}
	out := vec.Alloc(len(data))
	copy(out, data)
	return out
}

// shareBytes gives v the offsets and the bytes of a string array; one without rows may have none.
func shareBytes(v *vec.Vec, d arrow.ArrayData) error {
	if len(d.Buffers()) > 2 && d.Buffers()[2] != nil && d.Len() > 0 {
		v.Data = d.Buffers()[2].Bytes()
	}
	return shareOffsets(v, d, len(v.Data), "bytes")
}

// fillList gives v the offsets and the elements of a list array. Elements are plain: a dictionary is put in.
func fillList(v *vec.Vec, a *array.List) error {
	child, err := Vec(a.ListValues())
	if err != nil {
		return fmt.Errorf("elements: %w", err)
	}
	v.Child = child.Plain()
	return shareOffsets(v, a.Data(), child.N, "elements")
}

// shareOffsets gives v the offsets of an array with n of what they count; one without rows may have none.
func shareOffsets(v *vec.Vec, d arrow.ArrayData, n int, what string) error {
	if d.Len() == 0 {
		v.Offsets = []int32{0}
		return nil
	}
	all := d.Buffers()[1].Bytes()[4*d.Offset() : 4*(d.Offset()+d.Len()+1)]
	v.Offsets = vec.Cast[int32](aligned(all, 4))
	end := v.Offsets[0]
	for i, o := range v.Offsets {
		if o < end || int(o) > n {
			return fmt.Errorf("row %d: the array is corrupt: offset %d behind %d, of %d %s", max(i-1, 0), o, end, n, what)
		}
		end = o
	}
	if v.Offsets[0] < 0 {
		return fmt.Errorf("row 0: the array is corrupt: offset %d", v.Offsets[0])
	}
	return nil
}

// convert makes values of another width than Arrow's. NULLs are skipped: there is no value to convert.
func convert[T vec.Fixed](v *vec.Vec, value func(i int) T) {
	v.Data = vec.Alloc(v.N * v.Type.Width())
	out := vec.Of[T](v)
	for i := range out {
		if !v.IsNull(i) {
			out[i] = value(i)
		}
	}
}

func fillDictionary(v *vec.Vec, a *array.Dictionary) error {
	values, err := Vec(a.Dictionary())
	if err != nil {
		return err
	}
	values = values.Plain()
	v.Codes = make([]uint32, v.N)
	for i := range v.Codes {
		if v.IsNull(i) {
			continue
		}
		code := a.GetValueIndex(i)
		if code < 0 || code >= values.N {
			return fmt.Errorf("row %d: code %d isn't in the dictionary, which has %d values", i, code, values.N)
		}
		v.Codes[i] = uint32(code)
	}
	if values.MayHaveNulls() {
		nullCodes(v, values)
	}
	if values.N == 0 {
		values = someValue(values.Type)
	}
	v.Dict = &vec.Dict{Values: *values}
	return nil
}

// nullCodes makes rows NULL whose code stands for a NULL in the dictionary: ours have none.
func nullCodes(v, values *vec.Vec) {
	valid := vec.Alloc(vec.BitmapLen(v.N))
	for i, code := range v.Codes {
		if !v.IsNull(i) && !values.IsNull(int(code)) {
			vec.SetBit(valid, i)
		}
	}
	v.Valid, values.Valid = valid, nil
}

// someValue is a dictionary for a column of NULLs, whose codes have to stand for something.
func someValue(t vec.Type) *vec.Vec {
	b := vec.NewBuilder(t, 1)
	b.AppendScalar(vec.Scalar{Type: t})
	return b.Finish()
}

// copyBytes makes v of values of bytes that don't lie as ours do.
func copyBytes[T string | []byte](v *vec.Vec, value func(i int) T) error {
	b := vec.NewBuilder(v.Type, v.N)
	total := 0
	for i := range v.N {
		if v.IsNull(i) {
			b.AppendNull()
			continue
		}
		bytes := value(i)
		if total += len(bytes); total > math.MaxInt32 {
			return fmt.Errorf("row %d: the values of one array are more than 2 GiB; make smaller records", i)
		}
		b.AppendBytes([]byte(bytes))
	}
	*v = *b.Finish()
	return nil
}
