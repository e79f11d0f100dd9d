package vec

import (
	"fmt"
)

// Kind is the family of a column's values: what they mean and how they lie in memory.
type Kind uint8

// The kinds, with the memory of one value. Little endian throughout, as in Arrow.
const (
	Invalid   Kind = iota
	Bool           // one bit, LSB first
	Int8           // 1 byte
	Int16          // 2 bytes
	Int32          // 4 bytes
	Int64          // 8 bytes
	Uint8          // 1 byte
	Uint16         // 2 bytes
	Uint32         // 4 bytes
	Uint64         // 8 bytes
	Float32        // 4 bytes
	Float64        // 8 bytes
	String         // UTF-8 bytes between two int32 offsets
	Binary         // any bytes between two int32 offsets
	Date           // int32: days since 1970-01-01
	Time           // int64: Unit since midnight
	Timestamp      // int64: Unit since 1970-01-01 00:00 UTC
	Duration       // int64: Unit
	Decimal        // Int128: the value times 10^Scale
	List           // elements of the column's child between two int32 offsets
	numKinds
)

var kindNames = [numKinds]string{
	"invalid", "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
	"float32", "float64", "string", "binary", "date", "time", "timestamp", "duration", "decimal",
	"list",
}

func (k Kind) String() string {
	if k < numKinds {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Unit is the tick of a Time, Timestamp or Duration.
type Unit uint8

// The units, coarse to fine.
const (
	Second Unit = iota
	Milli
	Micro
	Nano
)

// PerSecond is the number of ticks in a second: 1, 10^3, 10^6 or 10^9.
func (u Unit) PerSecond() int64 { return [...]int64{1, 1e3, 1e6, 1e9}[u] }

func (u Unit) String() string {
	if u > Nano {
		return fmt.Sprintf("unit %d", uint8(u))
	}
	return [...]string{"s", "ms", "us", "ns"}[u]
}

// Type is a column's type. It is comparable with ==: two columns have the same type
// exactly when their Types are equal. Fields that a Kind doesn't use are zero.
//
// Lists are of scalars only: a list of timestamps is Type{Kind: List, Elem: Timestamp, Unit: Micro}, so that a type is
// plain data. A list of lists can't be told.
type Type struct {
	Kind      Kind
	Elem      Kind   // List: the kind of its elements; the fields below are theirs
	Unit      Unit   // Time, Timestamp, Duration
	Precision uint8  // Decimal: digits in all, 1 to 38
	Scale     int8   // Decimal: digits behind the point
	Zone      string // Timestamp: IANA name of the zone to show it in; "" is shown as UTC without a suffix
}

// The types without parameters, and the usual ones of those with.
var (
	TBool    = Type{Kind: Bool}
	TInt8    = Type{Kind: Int8}
	TInt16   = Type{Kind: Int16}
	TInt32   = Type{Kind: Int32}
	TInt64   = Type{Kind: Int64}
	TUint8   = Type{Kind: Uint8}
	TUint16  = Type{Kind: Uint16}
	TUint32  = Type{Kind: Uint32}
	TUint64  = Type{Kind: Uint64}
	TFloat32 = Type{Kind: Float32}
	TFloat64 = Type{Kind: Float64}
	TString  = Type{Kind: String}
	TBinary  = Type{Kind: Binary}
	TDate    = Type{Kind: Date}
)

// TTimestamp is a timestamp of that unit without a zone to show it in.
func TTimestamp(u Unit) Type { return Type{Kind: Timestamp, Unit: u} }

// TTime is a time of day of that unit.
func TTime(u Unit) Type { return Type{Kind: Time, Unit: u} }

// TDuration is a span of time in that unit.
func TDuration(u Unit) Type { return Type{Kind: Duration, Unit: u} }

// TDecimal is a decimal of that many digits (1 to 38), scale of them behind the point.
func TDecimal(precision uint8, scale int8) Type {
	return Type{Kind: Decimal, Precision: precision, Scale: scale}
}

// TList is a list of elements of that type. There are no lists of lists: of a list it is the zero Type, which is Invalid.
func TList(elem Type) Type {
	if elem.Kind == List {
		return Type{}
	}
	elem.Elem, elem.Kind = elem.Kind, List
	return elem
}

// ElemType is the type of a list's elements; of another type the zero Type, which is Invalid.
func (t Type) ElemType() Type {
	if t.Kind != List {
		return Type{}
	}
	t.Kind, t.Elem = t.Elem, Invalid
	return t
}

// String is the type as people write it: "int64", "timestamp[us, Europe/Vienna]", "decimal(38, 0)", "list(string)".
func (t Type) String() string {
	switch t.Kind {
	case List:
		return fmt.Sprintf("list(%s)", t.ElemType())
	case Time, Duration:
		return fmt.Sprintf("%s[%s]", t.Kind, t.Unit)
	case Timestamp:
		if t.Zone != "" {
			return fmt.Sprintf("timestamp[%s, %s]", t.Unit, t.Zone)
		}
		return fmt.Sprintf("timestamp[%s]", t.Unit)
	case Decimal:
		return fmt.Sprintf("decimal(%d, %d)", t.Precision, t.Scale)
	default:
		return t.Kind.String()
	}
}

// Width is the number of bytes of one value, or 0 for Bool (a bit), String, Binary and List (offsets).
func (t Type) Width() int {
	switch t.Kind {
	case Int8, Uint8:
		return 1
	case Int16, Uint16:
		return 2
	case Int32, Uint32, Float32, Date:
		return 4
	case Int64, Uint64, Float64, Time, Timestamp, Duration:
		return 8
	case Decimal:
		return 16
	default:
		return 0
	}
}

// IsVar reports whether values have a length of their own: String and Binary.
func (t Type) IsVar() bool { return t.Kind == String || t.Kind == Binary }

// hasOffsets reports whether a column of t has offsets.
func (t Type) hasOffsets() bool { return t.IsVar() || t.Kind == List }

// IsSigned reports whether t is one of int8 to int64.
func (t Type) IsSigned() bool { return t.Kind >= Int8 && t.Kind <= Int64 }

// IsUnsigned reports whether t is one of uint8 to uint64.
func (t Type) IsUnsigned() bool { return t.Kind >= Uint8 && t.Kind <= Uint64 }

// IsInteger reports whether t is a signed or unsigned integer.
func (t Type) IsInteger() bool { return t.Kind >= Int8 && t.Kind <= Uint64 }

// IsFloat reports whether t is float32 or float64.
func (t Type) IsFloat() bool { return t.Kind == Float32 || t.Kind == Float64 }

// IsNumeric reports whether t is an integer, a float or a decimal.
func (t Type) IsNumeric() bool { return t.IsInteger() || t.IsFloat() || t.Kind == Decimal }
