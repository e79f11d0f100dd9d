package arrowtab

import (
	"strings"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Schema is an ordered list of fields. It is immutable, and an option of the connectors' Read functions.
type Schema = plan.Schema

// Field is a named, typed column of a Schema.
type Field = plan.Field

// NewSchema makes a schema of those fields. Mistakes in it (doubled names, a unit for an integer) are
// reported by the first table that uses it.
func NewSchema(fields ...Field) *Schema { return plan.NewSchema(fields...) }

// FieldOption refines a field.
type FieldOption func(*Field)

// NotNull says that no row is NULL in this column. A NULL in the input is then a bad row.
func NotNull() FieldOption { return func(f *Field) { f.Nullable = false } }

// Layout says how text spells a Timestamp, Date or Time: strftime's way ("%Y-%m-%d %H:%M:%S.%f") or Go's
// ("2006-01-02 15:04:05.000000"). Without it, it is ISO 8601.
func Layout(layout string) FieldOption {
	return func(f *Field) {
		f.Layout = layout
		if f.Type.Kind == vec.Timestamp && hasNanos(layout) {
			f.Type.Unit = vec.Nano
		}
	}
}

// hasNanos reports whether a layout has nine digits behind the seconds.
func hasNanos(layout string) bool {
	for _, digits := range []string{"000000000", "999999999", "%9f", "%N"} {
		if strings.Contains(layout, digits) {
			return true
		}
	}
	return false
}

// Zone says in which time zone, by its IANA name, a Timestamp is shown. What is stored is UTC all the same.
func Zone(name string) FieldOption { return func(f *Field) { f.Type.Zone = name } }

// Unit says what a Timestamp or Time counts: Second, Milli, Micro (the default) or Nano. Put it behind Layout.
func Unit(u TimeUnit) FieldOption { return func(f *Field) { f.Type.Unit = u } }

func field(name string, t Type, options []FieldOption) Field {
	f := Field{Name: name, Type: t, Nullable: true}
	for _, o := range options {
		o(&f)
	}
	return f
}

// Bool is a column of true and false.
func Bool(name string, options ...FieldOption) Field { return field(name, vec.TBool, options) }

// Int8 is a column of integers from −128 to 127.
func Int8(name string, options ...FieldOption) Field { return field(name, vec.TInt8, options) }

// Int16 is a column of integers from −32,768 to 32,767.
func Int16(name string, options ...FieldOption) Field { return field(name, vec.TInt16, options) }

// Int32 is a column of integers of 32 bits.
func Int32(name string, options ...FieldOption) Field { return field(name, vec.TInt32, options) }

// Int64 is a column of integers of 64 bits.
func Int64(name string, options ...FieldOption) Field { return field(name, vec.TInt64, options) }

// Uint8 is a column of integers from 0 to 255.
func Uint8(name string, options ...FieldOption) Field { return field(name, vec.TUint8, options) }

// Uint16 is a column of integers from 0 to 65,535.
func Uint16(name string, options ...FieldOption) Field { return field(name, vec.TUint16, options) }

// Uint32 is a column of unsigned integers of 32 bits.
func Uint32(name string, options ...FieldOption) Field { return field(name, vec.TUint32, options) }

// Uint64 is a column of unsigned integers of 64 bits.
func Uint64(name string, options ...FieldOption) Field { return field(name, vec.TUint64, options) }

// Float32 is a column of floating-point numbers of 32 bits.
func Float32(name string, options ...FieldOption) Field { return field(name, vec.TFloat32, options) }

// Float64 is a column of floating-point numbers of 64 bits.
func Float64(name string, options ...FieldOption) Field { return field(name, vec.TFloat64, options) }

// String is a column of UTF-8 text.
func String(name string, options ...FieldOption) Field { return field(name, vec.TString, options) }

// Binary is a column of bytes.
func Binary(name string, options ...FieldOption) Field { return field(name, vec.TBinary, options) }

// Date is a column of calendar days.
func Date(name string, options ...FieldOption) Field { return field(name, vec.TDate, options) }

// Time is a column of times of day, in microseconds unless a Unit is given.
func Time(name string, options ...FieldOption) Field {
	return field(name, vec.TTime(vec.Micro), options)
}

// Timestamp is a column of points in time, in microseconds unless a Unit is given or the Layout has nine digits
// behind the seconds. Text without a zone counts as UTC.
func Timestamp(name string, options ...FieldOption) Field {
	return field(name, vec.TTimestamp(vec.Micro), options)
}

// Duration is a column of spans of time, in microseconds unless a Unit is given.
func Duration(name string, options ...FieldOption) Field {
	return field(name, vec.TDuration(vec.Micro), options)
}

// Decimal is a column of exact decimal numbers of precision digits (1 to 38), scale of them behind the point.
func Decimal(name string, precision, scale int, options ...FieldOption) Field {
	return field(name, DecimalType(precision, scale), options)
}

// ListOf is a column of lists of elements of that type, which is not a list itself.
func ListOf(name string, elem Type, options ...FieldOption) Field {
	return field(name, ListType(elem), options)
}
