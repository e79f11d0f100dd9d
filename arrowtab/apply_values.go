package arrowtab

import (
	"context"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/pwcol/pwcol/kernels/vec"
)

// boundFunc is a user's function with the ways of values from columns to Go and back.
type boundFunc struct {
	*userFunc
	args   []rowColumn
	result structField
}

// call is a plan.Function's Call.
func (b *boundFunc) call(ctx context.Context, args []*vec.Vec, n int) ([]*vec.Vec, error) {
	asked := b.asked(args, n)
	if asked == nil {
		v, err := b.callAll(ctx, args, n)
		return []*vec.Vec{v}, err
	}
	some := make([]*vec.Vec, len(args))
	for i, v := range args {
		some[i] = v.Take(asked)
	}
	v, err := b.callAll(ctx, some, len(asked))
	if err != nil {
		return nil, err
	}
	return []*vec.Vec{spread(v, asked, n)}, nil
}

// asked is the rows that the function is asked for, nil if those are all: none that has a NULL where the function takes none.
func (b *boundFunc) asked(args []*vec.Vec, n int) []uint32 {
	nulls := false
	for i, v := range args {
		nulls = nulls || !b.args[i].pointer && v.NullCount(nil) > 0
	}
	if !nulls {
		return nil
	}
	rows := []uint32{}
	for row := range n {
		null := false
		for i, v := range args {
			null = null || !b.args[i].pointer && v.IsNull(row)
		}
		if !null {
			rows = append(rows, uint32(row))
		}
	}
	return rows
}

// spread is a column of n rows that has v's in rows, and NULL in all others.
func spread(v *vec.Vec, rows []uint32, n int) *vec.Vec {
	from := make([]uint32, n)
	valid := vec.Alloc(vec.BitmapLen(n))
	for k, row := range rows {
		from[row] = uint32(k)
		vec.PutBit(valid, int(row), !v.IsNull(k))
	}
	if len(rows) == 0 {
		b := vec.NewBuilder(v.Type, 1)
		b.AppendNull()
		v = b.Finish()
	}
	out := v.Take(from)
	out.Valid = valid
	return out
}

// callAll calls the function for all rows.
func (b *boundFunc) callAll(ctx context.Context, args []*vec.Vec, n int) (*vec.Vec, error) {
	values := make([]reflect.Value, len(args))
	for i, v := range args {
		var err error
		if values[i], err = b.args[i].slice(v); err != nil {
			return nil, err
		}
	}
	out, data := b.result.space(n)
	var err error
	switch {
	case n == 0:
	case b.batches:
		err = errorOf(b.fn.Call(append(values, out))[0])
	default:
		err = b.callRows(ctx, values, out)
	}
	if err != nil {
		return nil, err
	}
	if data != nil {
		return &vec.Vec{Type: b.result.Type, N: n, Data: data}, nil
	}
	return b.result.column(out)
}

func (b *boundFunc) callRows(ctx context.Context, values []reflect.Value, out reflect.Value) error {
	var in []reflect.Value
	for i := range out.Len() {
		in = in[:0]
		if b.async != nil {
			in = append(in, reflect.ValueOf(ctx))
		}
		for _, v := range values {
			in = append(in, v.Index(i))
		}
		results := b.fn.Call(in)
		if b.fails {
			if err := errorOf(results[1]); err != nil {
				return err
			}
		}
		out.Index(i).Set(results[0])
	}
	return nil
}

func errorOf(v reflect.Value) error {
	err, _ := v.Interface().(error)
	return err
}

// slice is the values of a column, where NULL is nil or, if the Go type has none, anything. Numbers are read in their place.
func (c *rowColumn) slice(v *vec.Vec) (reflect.Value, error) {
	if c.pointer {
		return c.pointers(v)
	}
	switch {
	case v.N > 0 && c.inPlace() && v.Type == c.Type:
		return reflect.SliceAt(c.goType, unsafe.Pointer(unsafe.SliceData(v.Data)), v.N), nil
	case v.N > 0 && c.goType.Kind() == reflect.String && v.Type.Kind == vec.String:
		return reflect.SliceAt(c.goType, unsafe.Pointer(unsafe.SliceData(stringsOf(v))), v.N), nil
	}
	out := reflect.MakeSlice(reflect.SliceOf(c.goType), v.N, v.N)
	for i := range v.N {
		if v.IsNull(i) {
			continue
		}
		if err := c.set(out.Index(i), v.Scalar(i)); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (c *rowColumn) pointers(v *vec.Vec) (reflect.Value, error) {
	plain := *c
	plain.pointer = false
	values, err := plain.slice(v)
	if err != nil {
		return values, err
	}
	out := reflect.MakeSlice(reflect.SliceOf(reflect.PointerTo(c.goType)), v.N, v.N)
	for i := range v.N {
		if !v.IsNull(i) {
			out.Index(i).Set(values.Index(i).Addr())
		}
	}
	return out, nil
}

// inPlace reports whether values lie in a column as in a slice.
func (f *structField) inPlace() bool {
	return (f.Type.IsInteger() || f.Type.IsFloat()) && f.Type.Width() == int(f.goType.Size())
}

// stringsOf is the texts of a column, all in one new piece of memory.
func stringsOf(v *vec.Vec) []string {
	base := v.Offsets[0]
	text := string(v.Data[base:v.Offsets[v.N]])
	out := make([]string, v.N)
	for i := range out {
		out[i] = text[v.Offsets[i]-base : v.Offsets[i+1]-base]
	}
	return out
}

// space is a slice for n results; if they can be written in their place, data is the column's memory.
func (f *structField) space(n int) (out reflect.Value, data []byte) {
	if n > 0 && !f.pointer && f.inPlace() {
		data = vec.Alloc(n * f.Type.Width())
		return reflect.SliceAt(f.goType, unsafe.Pointer(unsafe.SliceData(data)), n), data
	}
	t := f.goType
	if f.pointer {
		t = reflect.PointerTo(t)
	}
	return reflect.MakeSlice(reflect.SliceOf(t), n, n), nil
}

// column is results as a column.
func (f *structField) column(values reflect.Value) (*vec.Vec, error) {
	b := vec.NewBuilder(f.Type, values.Len())
	for i := range values.Len() {
		if err := f.appendTo(b, values.Index(i)); err != nil {
			return nil, fmt.Errorf("result %d: %w", i+1, err)
		}
	}
	return b.Finish(), nil
}
