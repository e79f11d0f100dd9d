package arrowconv

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Record is a batch with the columns of s as a record. Its columns are plain, as the schema says, so that all records of
// a table have one schema; dictionaries are put in. A batch with a selection is copied, a dense one shared.
func Record(s *plan.Schema, b *vec.Batch) (arrow.Record, error) {
	if b.Diff != nil {
		return nil, errors.New("rows that are retracted can't go into a record")
	}
	if len(b.Cols) != s.Len() {
		return nil, fmt.Errorf("a batch of %d columns doesn't have the schema %s", len(b.Cols), s)
	}
	if !b.Dense() {
		b = b.Keep(nil)
	}
	columns := make([]arrow.Array, len(b.Cols))
	for i, v := range b.Cols {
		columns[i] = Array(v.Plain())
	}
	return array.NewRecord(ToSchema(s), columns, int64(b.N)), nil
}

// Array is a column as an array over the same memory; only times of day in seconds or milliseconds, which
// Arrow has in 32 bits, are copied. A dictionary column becomes a dictionary array with int32 indices.
func Array(v *vec.Vec) arrow.Array {
	nulls := v.NullCount(nil)
	var valid *memory.Buffer
	if nulls > 0 {
		valid = memory.NewBufferBytes(v.Valid[:vec.BitmapLen(v.N)])
	}
	if v.Dict != nil {
		return dictionary(v, valid, nulls)
	}
	t := DataType(v.Type)
	var children []arrow.ArrayData
	if v.Child != nil {
		children = []arrow.ArrayData{Array(v.Child).Data()}
	}
	data := array.NewData(t, v.N, append([]*memory.Buffer{valid}, valueBuffers(v)...), children, nulls, 0)
	return array.MakeFromData(data)
}

// valueBuffers is the buffers of a plain column but for its bitmap.
func valueBuffers(v *vec.Vec) []*memory.Buffer {
	switch {
	case v.Type.IsVar():
		offsets := v.Offsets
		if len(offsets) == 0 {
			offsets = []int32{0}
		}
		return []*memory.Buffer{
			memory.NewBufferBytes(vec.Bytes(offsets[:v.N+1])),
			memory.NewBufferBytes(v.Data),
		}
	case v.Type.Kind == vec.List:
		return []*memory.Buffer{memory.NewBufferBytes(vec.Bytes(v.Offsets[:v.N+1]))}
	case v.Type.Kind == vec.Bool:
		return []*memory.Buffer{memory.NewBufferBytes(v.Data[:vec.BitmapLen(v.N)])}
	case v.Type.Kind == vec.Time && v.Type.Unit <= vec.Milli:
		narrow := make([]int32, v.N)
		for i, x := range vec.Of[int64](v) {
			narrow[i] = int32(x) // a day has fewer milliseconds
		}
		return []*memory.Buffer{memory.NewBufferBytes(vec.Bytes(narrow))}
	}
	return []*memory.Buffer{memory.NewBufferBytes(v.Data[:v.N*v.Type.Width()])}
}

func dictionary(v *vec.Vec, valid *memory.Buffer, nulls int) arrow.Array {
	values := Array(&v.Dict.Values)
	t := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: values.DataType()}
	codes := memory.NewBufferBytes(vec.Bytes(v.Codes[:v.N])) // fewer than 2^31 values: also right as int32
	data := array.NewDataWithDictionary(t, v.N, []*memory.Buffer{valid, codes}, nulls, 0, values.Data().(*array.Data))
	return array.NewDictionaryData(data)
}
