package arrowtab

import "github.com/pwcol/pwcol/kernels/vec"

// Type is a column's type. Types are comparable with ==.
type Type = vec.Type

// The types without parameters, for Cast.
var (
	TBool    = vec.TBool
	TInt8    = vec.TInt8
	TInt16   = vec.TInt16
	TInt32   = vec.TInt32
	TInt64   = vec.TInt64
	TUint8   = vec.TUint8
	TUint16  = vec.TUint16
	TUint32  = vec.TUint32
	TUint64  = vec.TUint64
	TFloat32 = vec.TFloat32
	TFloat64 = vec.TFloat64
	TString  = vec.TString
	TBinary  = vec.TBinary
	TDate    = vec.TDate
)

// TimeUnit is the tick of a Time, Timestamp or Duration.
type TimeUnit = vec.Unit

// The units, coarse to fine.
const (
	Second = vec.Second
	Milli  = vec.Milli
	Micro  = vec.Micro
	Nano   = vec.Nano
)

// TimestampType is the type of points in time counted in that unit.
func TimestampType(u TimeUnit) Type { return vec.TTimestamp(u) }

// TimeType is the type of times of day counted in that unit.
func TimeType(u TimeUnit) Type { return vec.TTime(u) }

// DurationType is the type of spans of time counted in that unit.
func DurationType(u TimeUnit) Type { return vec.TDuration(u) }

// DecimalType is the type of decimals of precision digits (1 to 38), scale of them behind the point. Other numbers
// give a type that the first table that uses it reports.
func DecimalType(precision, scale int) Type {
	if precision < 1 || precision > 38 || scale < 0 || scale > precision {
		return Type{Kind: vec.Decimal}
	}
	return vec.TDecimal(uint8(precision), int8(scale))
}

// ListType is the type of lists of elements of that type, which is no list itself: there are no lists of lists.
func ListType(elem Type) Type { return vec.TList(elem) }
