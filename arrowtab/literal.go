package arrowtab

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Lit is a constant: a Go integer, float, string, bool, []byte, time.Time, time.Duration, a type
// made from one of those, or nil for NULL. It takes the type of what it is combined with, if that type has
// the value exactly (100 goes with a float64 column, 1.5 doesn't go with an int64 one, "2026-01-02" is a date
// beside a date column); by itself it is int64, float64, string, bool, binary, timestamp or duration.
func Lit(v any) Expr {
	s, err := scalarOf(v)
	return Expr{e: &plan.Literal{Value: s, Untyped: true}, err: err}
}

func literal(s vec.Scalar) plan.Expr { return &plan.Literal{Value: s} }

func scalarOf(v any) (vec.Scalar, error) {
	switch v := v.(type) {
	case nil:
		return vec.Scalar{Null: true}, nil
	case time.Time:
		return timeScalar(v)
	case time.Duration:
		if v%1000 != 0 {
			return vec.Scalar{Type: vec.TDuration(vec.Nano), I: int64(v)}, nil
		}
		return vec.Scalar{Type: vec.TDuration(vec.Micro), I: v.Microseconds()}, nil
	case []byte:
		return vec.Scalar{Type: vec.TBinary, S: string(v)}, nil
	case float32:
		return float32Scalar(v), nil
	}
	return reflectedScalar(v)
}

// reflectedScalar is a basic value, also of a defined type.
func reflectedScalar(v any) (vec.Scalar, error) {
	r := reflect.ValueOf(v)
	switch {
	case r.Kind() == reflect.Bool:
		s := vec.Scalar{Type: vec.TBool}
		if r.Bool() {
			s.I = 1
		}
		return s, nil
	case r.CanInt():
		return vec.Scalar{Type: vec.TInt64, I: r.Int()}, nil
	case r.CanUint() && r.Uint() > math.MaxInt64:
		return vec.Scalar{Type: vec.TUint64, I: int64(r.Uint())}, nil
	case r.CanUint():
		return vec.Scalar{Type: vec.TInt64, I: int64(r.Uint())}, nil
	case r.Kind() == reflect.Float32:
		return float32Scalar(float32(r.Float())), nil
	case r.CanFloat():
		return vec.Scalar{Type: vec.TFloat64, F: r.Float()}, nil
	case r.Kind() == reflect.String:
		return vec.Scalar{Type: vec.TString, S: r.String()}, nil
	}
	return vec.Scalar{Null: true}, fmt.Errorf("a %T can't be a constant; "+
		"take an integer, float, string, bool, []byte, time.Time, time.Duration or nil", v)
}

// float32Scalar is the float64 that one writes like v: float32(0.1) means 0.1.
func float32Scalar(v float32) vec.Scalar {
	f, err := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	if err != nil {
		f = float64(v)
	}
	return vec.Scalar{Type: vec.TFloat64, F: f}
}

// timeScalar is a timestamp in microseconds, or in nanoseconds if it has any.
func timeScalar(v time.Time) (vec.Scalar, error) {
	if v.Nanosecond()%1000 == 0 {
		return vec.Scalar{Type: vec.TTimestamp(vec.Micro), I: v.UnixMicro()}, nil
	}
	ns := v.UnixNano()
	if !time.Unix(0, ns).Equal(v) {
		return vec.Scalar{Null: true}, fmt.Errorf("%s is out of range for a timestamp in nanoseconds (1678 to 2262)", v)
	}
	return vec.Scalar{Type: vec.TTimestamp(vec.Nano), I: ns}, nil
}
