package calc

import "github.com/pwcol/pwcol/kernels/vec"

// CanCast reports whether there is a cast between the types:
//
//	numbers and bool    among each other
//	string              from and to anything, but not to lists
//	binary              from and to string
//	date                from and to timestamp
//	timestamp           to the time of its day
//	list                to string
//	any                 to its own kind: other units, zones, digits; lists to their own type only
func CanCast(from, to vec.Type) bool {
	number := func(t vec.Type) bool { return t.IsNumeric() || t.Kind == vec.Bool }
	switch {
	case from.Kind == vec.Invalid || to.Kind == vec.Invalid:
		return false
	case from.Kind == vec.List || to.Kind == vec.List:
		return from == to || to.Kind == vec.String
	case from.Kind == to.Kind, from.Kind == vec.String, to.Kind == vec.String:
		return true
	case from.Kind == vec.Timestamp:
		return to.Kind == vec.Date || to.Kind == vec.Time
	case to.Kind == vec.Timestamp:
		return from.Kind == vec.Date
	default:
		return number(from) && number(to)
	}
}

// CastCanFail reports whether a cast that exists fails for some value of type from: the value is out of range for to, or
// is a text that means none.
func CastCanFail(from, to vec.Type) bool {
	switch {
	case from == to || to.Kind == vec.String || to.Kind == vec.Bool && from.IsNumeric():
		return false
	case to.IsInteger():
		return !(from.Kind == vec.Bool || from.IsInteger() && integerHolds(from, to))
	case to.IsFloat():
		return floatCastCanFail(from, to)
	case to.Kind == vec.Decimal:
		return decimalCastCanFail(from, to)
	case from.Kind == vec.Timestamp && to.Kind == vec.Timestamp:
		return to.Unit > from.Unit
	case from.Kind == vec.Timestamp && to.Kind == vec.Date:
		return from.Unit < vec.Micro // more days than an int32 has
	case from.Kind == vec.Timestamp && to.Kind == vec.Time:
		return false
	case from.Kind == vec.Date && to.Kind == vec.Timestamp:
		return to.Unit > vec.Milli || to.Zone != ""
	case from.Kind == vec.Time || from.Kind == vec.Duration:
		return to.Unit > from.Unit
	default:
		return true
	}
}

// integerHolds reports whether all values of the one integer type are values of the other.
func integerHolds(from, to vec.Type) bool {
	switch {
	case from.IsSigned() == to.IsSigned():
		return from.Width() <= to.Width()
	default:
		return to.IsSigned() && from.Width() < to.Width()
	}
}

func floatCastCanFail(from, to vec.Type) bool {
	switch {
	case from.Kind == vec.Decimal: // 10^38 is below the largest float32
		return to.Kind == vec.Float32 && from.Scale < 0
	case from.Kind == vec.Float64:
		return to.Kind == vec.Float32
	default:
		return !(from.IsNumeric() || from.Kind == vec.Bool)
	}
}

// decimalCastCanFail: a column may hold more digits than its decimal type says, so only a cast that
// doesn't touch the digits is sure to work.
func decimalCastCanFail(from, to vec.Type) bool {
	whole := int(to.Precision) - int(to.Scale)
	switch {
	case from.Kind == vec.Decimal:
		return from.Scale != to.Scale || from.Precision > to.Precision
	case from.Kind == vec.Bool:
		return whole < 1
	case from.IsInteger():
		return to.Scale < 0 || whole < integerDigits(from)
	default:
		return true
	}
}

// integerDigits is how many decimal digits the values of an integer type have at most.
func integerDigits(t vec.Type) int {
	switch t.Width() {
	case 1:
		return 3
	case 2:
		return 5
	case 4:
		return 10
	}
	if t.IsSigned() {
		return 19
	}
	return 20
}
