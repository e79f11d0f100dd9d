package calc

import (
	"encoding/hex"
	"math"
	"strconv"

	"github.com/pwcol/pwcol/kernels/vec"
)

// AppendText appends row row of v as text, as PostgreSQL prints it, and returns the extended
// buffer; a NULL appends nothing. ParseText reads it back as the same value, but for lists.
//
//	bool       true, false
//	integers   -42
//	floats     the shortest text that is read back as the same number: 0.1, 1e+15, NaN, Infinity
//	decimal    all digits of the scale: 12.50
//	string     itself
//	binary     \x0aff
//	date       2006-01-02, 0044-03-15 BC
//	time       15:04:05.25
//	timestamp  2006-01-02 15:04:05.123456, with a zone 2006-01-02 16:04:05+01
//	duration   hours, minutes, seconds: 76:05:06.5, -00:00:01
//	list       [1, 2, NULL], strings in single quotes where they need them, as DuckDB prints them
//
// Fractions of seconds have no zeros at the end.
func AppendText(dst []byte, v *vec.Vec, row int) []byte {
	if v.IsNull(row) {
		return dst
	}
	t := v.Type
	if v.Dict != nil {
		row = int(v.Codes[row])
		v = &v.Dict.Values
	}
	switch t.Kind {
	case vec.Bool:
		return strconv.AppendBool(dst, v.Bool(row))
	case vec.Int8:
		return strconv.AppendInt(dst, int64(vec.Of[int8](v)[row]), 10)
	case vec.Int16:
		return strconv.AppendInt(dst, int64(vec.Of[int16](v)[row]), 10)
	case vec.Int32:
		return strconv.AppendInt(dst, int64(vec.Of[int32](v)[row]), 10)
	case vec.Int64:
		return strconv.AppendInt(dst, vec.Of[int64](v)[row], 10)
	case vec.Uint8:
		return strconv.AppendUint(dst, uint64(vec.Of[uint8](v)[row]), 10)
	case vec.Uint16:
		return strconv.AppendUint(dst, uint64(vec.Of[uint16](v)[row]), 10)
	case vec.Uint32:
		return strconv.AppendUint(dst, uint64(vec.Of[uint32](v)[row]), 10)
	case vec.Uint64:
		return strconv.AppendUint(dst, vec.Of[uint64](v)[row], 10)
	case vec.Float32:
		return appendFloat32(dst, vec.Of[float32](v)[row])
	case vec.Float64:
		return appendFloat64(dst, vec.Of[float64](v)[row])
	case vec.String:
		return append(dst, v.Str(row)...)
	case vec.Binary:
		return appendBinary(dst, v.Str(row))
	case vec.Date:
		return appendDate(dst, int64(vec.Of[int32](v)[row]))
	case vec.Decimal:
		return appendDecimal(dst, vec.Of[vec.Int128](v)[row], t.Scale)
	case vec.List:
		return appendList(dst, v, row)
	default:
		return appendTemporal(dst, t, vec.Of[int64](v)[row])
	}
}

// AppendScalar appends a single value as text, as AppendText does.
func AppendScalar(dst []byte, s vec.Scalar) []byte {
	if s.Null {
		return dst
	}
	switch s.Type.Kind {
	case vec.Bool:
		return strconv.AppendBool(dst, s.I != 0)
	case vec.Int8, vec.Int16, vec.Int32, vec.Int64, vec.Uint8, vec.Uint16, vec.Uint32:
		return strconv.AppendInt(dst, s.I, 10)
	case vec.Uint64:
		return strconv.AppendUint(dst, uint64(s.I), 10)
	case vec.Float32:
		return appendFloat32(dst, float32(s.F))
	case vec.Float64:
		return appendFloat64(dst, s.F)
	case vec.String:
		return append(dst, s.S...)
	case vec.Binary:
		return appendBinary(dst, []byte(s.S))
	case vec.Date:
		return appendDate(dst, s.I)
	case vec.Decimal:
		return appendDecimal(dst, s.D, s.Type.Scale)
	case vec.List:
		return listText(dst, s)
	default:
		return appendTemporal(dst, s.Type, s.I)
	}
}

// Floats take an exponent from as many digits on as the type keeps of any number, as PostgreSQL has it.
const (
	float32Digits = 1e6
	float64Digits = 1e15
	smallestFixed = 1e-4
)

func appendFloat64(dst []byte, x float64) []byte {
	abs := math.Abs(x)
	switch {
	case abs < float64Digits && x == math.Trunc(x) && x != 0:
		return strconv.AppendInt(dst, int64(x), 10)
	case abs >= smallestFixed && abs < float64Digits || x == 0:
		return strconv.AppendFloat(dst, x, 'f', -1, 64)
	default:
		return appendWideFloat(dst, x, 64)
	}
}

func appendFloat32(dst []byte, x float32) []byte {
	abs := math.Abs(float64(x))
	if abs >= smallestFixed && abs < float32Digits || x == 0 {
		return strconv.AppendFloat(dst, float64(x), 'f', -1, 32)
	}
	return appendWideFloat(dst, float64(x), 32)
}

func appendWideFloat(dst []byte, x float64, bits int) []byte {
	switch {
	case math.IsNaN(x):
		return append(dst, "NaN"...)
	case math.IsInf(x, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(x, -1):
		return append(dst, "-Infinity"...)
	default:
		return strconv.AppendFloat(dst, x, 'e', -1, bits)
	}
}

func appendBinary(dst, b []byte) []byte {
	return hex.AppendEncode(append(dst, `\x`...), b)
}
