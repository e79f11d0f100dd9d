package plan

import (
	"errors"

	"github.com/pwcol/pwcol/kernels/vec"
)

// maxDigits is the most digits that a decimal has.
const maxDigits = 38

var (
	errNoCommonInteger = errors.New("no integer type holds both; cast one of them")
	errNotAlike        = errors.New("don't go together; cast one of them")
)

// commonType is the type in which values of both types can be compared, added or put into one column:
//
//	signed, signed       the wider one              unsigned, unsigned   the wider one
//	signed, unsigned     int64, but uint64: error   integer, float       float64
//	float32, float64     float64                    decimal, float       float64
//	decimal, integer     decimal                    decimal, decimal     the larger scale, and room for both
//	date, timestamp      timestamp                  two units of ticks   the finer unit
func commonType(a, b vec.Type) (vec.Type, error) {
	switch {
	case a == b:
		return a, nil
	case a.IsNumeric() && b.IsNumeric():
		return commonNumber(a, b)
	case a.Kind == vec.Date && b.Kind == vec.Timestamp:
		return b, nil
	case a.Kind == vec.Timestamp && b.Kind == vec.Date:
		return a, nil
	case a.Kind == b.Kind && (a.Kind == vec.Timestamp || a.Kind == vec.Time || a.Kind == vec.Duration):
		a.Unit = max(a.Unit, b.Unit)
		return a, nil // the zone of the first: it only says how to show it
	}
	return vec.Type{}, errNotAlike
}

func commonNumber(a, b vec.Type) (vec.Type, error) {
	switch {
	case a.IsFloat() || b.IsFloat():
		return vec.TFloat64, nil
	case a.Kind == vec.Decimal || b.Kind == vec.Decimal:
		a, b = asDecimal(a), asDecimal(b)
		scale := max(a.Scale, b.Scale)
		whole := max(wholeDigits(a), wholeDigits(b))
		return vec.TDecimal(uint8(min(whole+int(scale), maxDigits)), scale), nil
	case a.IsSigned() == b.IsSigned():
		return vec.Type{Kind: max(a.Kind, b.Kind)}, nil // kinds are in the order of their width
	case a.Kind == vec.Uint64 || b.Kind == vec.Uint64:
		return vec.Type{}, errNoCommonInteger
	default:
		return vec.TInt64, nil
	}
}

// asDecimal is the decimal type that holds all values of an integer type; a decimal type itself.
func asDecimal(t vec.Type) vec.Type {
	switch t.Kind {
	case vec.Int8, vec.Uint8:
		return vec.TDecimal(3, 0)
	case vec.Int16, vec.Uint16:
		return vec.TDecimal(5, 0)
	case vec.Int32, vec.Uint32:
		return vec.TDecimal(10, 0)
	case vec.Int64:
		return vec.TDecimal(19, 0)
	case vec.Uint64:
		return vec.TDecimal(20, 0)
	}
	return t
}

// wholeDigits is how many digits a decimal has before the point.
func wholeDigits(t vec.Type) int { return int(t.Precision) - int(t.Scale) }

// sumType is the type of a + b and a − b for operands whose common type is t: for decimals with one more digit
// before the point, so that no sum is too long, up to 38 digits; from there on a sum that is too long is an error
// of its row. Integers keep their width.
func sumType(t vec.Type) vec.Type {
	if t.Kind == vec.Decimal {
		t.Precision = min(t.Precision+1, maxDigits)
	}
	return t
}

// productType is the type of a product of decimals: as many digits, before and behind the point, as both factors
// have together, up to 38 in all; from there on a product that is too long is an error of its row. More than
// 38 digits behind the point is an error of the plan: digits are never dropped by themselves.
func productType(a, b vec.Type) (vec.Type, error) {
	scale := int(a.Scale) + int(b.Scale)
	if scale > maxDigits {
		return vec.Type{}, errors.New("the product has more than 38 digits behind the point; cast a factor to a smaller scale")
	}
	return vec.TDecimal(uint8(min(int(a.Precision)+int(b.Precision), maxDigits)), int8(scale)), nil
}
