// Package arrowconv turns Arrow's types, arrays, records and schemas into ours and back, without copying values where
// the layouts agree, which is nearly everywhere.
//
//	arrow                                          here
//	bool, (u)int8 … (u)int64, float32, float64     the same
//	float16                                        float32, copied
//	utf8; large_utf8, utf8_view                    string; copied
//	binary; large, view, fixed_size_binary         binary; copied
//	date32; date64                                 date; copied
//	time64; time32                                 time; copied
//	timestamp, duration, decimal128                the same
//	list of any of these                           list; large_list, list_view aren't supported
//	dictionary of any of these                     the values' type, with Codes and a Dict; codes are copied
//
// All others, above all lists of lists and structs, are refused by name.
//
// Lifetime: what comes out shares memory with what went in, and retains nothing. A Vec or Batch made of Arrow data
// is valid until that data is released (memory of Arrow's Go allocator is the garbage collector's, so a release
// does no harm there). An array or record made of a Vec or Batch is valid as long as that is: Keep a lent batch
// first.
package arrowconv

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

var plainKinds = map[arrow.Type]vec.Kind{
	arrow.BOOL: vec.Bool,
	arrow.INT8: vec.Int8, arrow.INT16: vec.Int16, arrow.INT32: vec.Int32, arrow.INT64: vec.Int64,
	arrow.UINT8: vec.Uint8, arrow.UINT16: vec.Uint16, arrow.UINT32: vec.Uint32, arrow.UINT64: vec.Uint64,
	arrow.FLOAT16: vec.Float32, arrow.FLOAT32: vec.Float32, arrow.FLOAT64: vec.Float64,
	arrow.STRING: vec.String, arrow.LARGE_STRING: vec.String, arrow.STRING_VIEW: vec.String,
	arrow.BINARY: vec.Binary, arrow.LARGE_BINARY: vec.Binary, arrow.BINARY_VIEW: vec.Binary, arrow.FIXED_SIZE_BINARY: vec.Binary,
	arrow.DATE32: vec.Date, arrow.DATE64: vec.Date,
}

var units = map[arrow.TimeUnit]vec.Unit{
	arrow.Second: vec.Second, arrow.Millisecond: vec.Milli, arrow.Microsecond: vec.Micro, arrow.Nanosecond: vec.Nano,
}

var arrowUnits = [...]arrow.TimeUnit{
	vec.Second: arrow.Second, vec.Milli: arrow.Millisecond, vec.Micro: arrow.Microsecond, vec.Nano: arrow.Nanosecond,
}

// Type is the type of a column of that Arrow type; a dictionary's is that of its values.
func Type(t arrow.DataType) (vec.Type, error) {
	if kind, ok := plainKinds[t.ID()]; ok {
		return vec.Type{Kind: kind}, nil
	}
	switch t := t.(type) {
	case *arrow.Time32Type:
		return vec.TTime(units[t.Unit]), nil
	case *arrow.Time64Type:
		return vec.TTime(units[t.Unit]), nil
	case *arrow.TimestampType:
		return vec.Type{Kind: vec.Timestamp, Unit: units[t.Unit], Zone: t.TimeZone}, nil
	case *arrow.DurationType:
		return vec.TDuration(units[t.Unit]), nil
	case *arrow.Decimal128Type:
		return decimalType(t)
	case *arrow.ListType:
		elem, err := Type(t.Elem())
		if err == nil && elem.Kind != vec.List {
			return vec.TList(elem), nil
		}
	case *arrow.DictionaryType:
		if t.ValueType.ID() != arrow.DICTIONARY {
			return Type(t.ValueType)
		}
	}
	return vec.Type{}, fmt.Errorf("the Arrow type %s isn't supported; leave the column out or cast it", t)
}

func decimalType(t *arrow.Decimal128Type) (vec.Type, error) {
	if t.Precision < 1 || t.Precision > 38 || t.Scale < 0 || t.Scale > t.Precision {
		return vec.Type{}, fmt.Errorf("the Arrow type %s isn't supported: "+
			"a decimal has 1 to 38 digits, of which none to all are behind the point", t)
	}
	return vec.TDecimal(uint8(t.Precision), int8(t.Scale)), nil
}

// DataType is the Arrow type of plain columns of type t.
func DataType(t vec.Type) arrow.DataType {
	switch t.Kind {
	case vec.Bool:
		return arrow.FixedWidthTypes.Boolean
	case vec.Int8:
		return arrow.PrimitiveTypes.Int8
	case vec.Int16:
		return arrow.PrimitiveTypes.Int16
	case vec.Int32:
		return arrow.PrimitiveTypes.Int32
	case vec.Int64:
		return arrow.PrimitiveTypes.Int64
	case vec.Uint8:
		return arrow.PrimitiveTypes.Uint8
	case vec.Uint16:
		return arrow.PrimitiveTypes.Uint16
	case vec.Uint32:
		return arrow.PrimitiveTypes.Uint32
	case vec.Uint64:
		return arrow.PrimitiveTypes.Uint64
	case vec.Float32:
		return arrow.PrimitiveTypes.Float32
	case vec.Float64:
		return arrow.PrimitiveTypes.Float64
	case vec.String:
		return arrow.BinaryTypes.String
	case vec.Binary:
		return arrow.BinaryTypes.Binary
	}
	return dataTypeWithParameters(t)
}

func dataTypeWithParameters(t vec.Type) arrow.DataType {
	unit := arrowUnits[t.Unit]
	switch t.Kind {
	case vec.Date:
		return arrow.FixedWidthTypes.Date32
	case vec.Time:
		if t.Unit <= vec.Milli {
			return &arrow.Time32Type{Unit: unit}
		}
		return &arrow.Time64Type{Unit: unit}
	case vec.Timestamp:
		return &arrow.TimestampType{Unit: unit, TimeZone: t.Zone}
	case vec.Duration:
		return &arrow.DurationType{Unit: unit}
	case vec.Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}
	case vec.List:
		return arrow.ListOf(DataType(t.ElemType()))
	}
	panic("arrowconv: no Arrow type for " + t.String())
}

// FromSchema is the schema of records of that Arrow schema. The error names the first column that can't be had.
func FromSchema(s *arrow.Schema) (*plan.Schema, error) {
	fields := make([]plan.Field, s.NumFields())
	for i, f := range s.Fields() {
		t, err := Type(f.Type)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		fields[i] = plan.Field{Name: f.Name, Type: t, Nullable: f.Nullable}
	}
	return plan.NewSchema(fields...), nil
}

// ToSchema is the Arrow schema of s.
func ToSchema(s *plan.Schema) *arrow.Schema {
	fields := make([]arrow.Field, s.Len())
	for i, f := range s.Fields() {
		fields[i] = arrow.Field{Name: f.Name, Type: DataType(f.Type), Nullable: f.Nullable}
	}
	return arrow.NewSchema(fields, nil)
}
