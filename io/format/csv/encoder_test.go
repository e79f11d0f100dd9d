package csv

import (
	"math"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// TestFloatsLookLikeFloats: types that are inferred from what was written are those that were written.
func TestFloatsLookLikeFloats(t *testing.T) {
	for _, c := range []struct {
		value    float64
		f64, f32 string
	}{
		{value: 0, f64: "0.0", f32: "0.0"},
		{value: math.Copysign(0, -1), f64: "-0.0", f32: "-0.0"},
		{value: 1, f64: "1.0", f32: "1.0"},
		{value: -12, f64: "-12.0", f32: "-12.0"},
		{value: 0.5, f64: "0.5", f32: "0.5"},
		{value: 16777216, f64: "16777216.0", f32: "1.6777216e+07"},
		{value: 1 << 60, f64: "1.152921504606847e+18", f32: "1.1529215e+18"},
		{value: 1.0 / (1 << 20), f64: "9.5367431640625e-07", f32: "9.536743e-07"},
		{value: math.Inf(1), f64: "Infinity", f32: "Infinity"},
		{value: math.Inf(-1), f64: "-Infinity", f32: "-Infinity"},
		{value: math.NaN(), f64: "NaN", f32: "NaN"},
	} {
		for _, null := range []string{"", "NA"} { // numbers that never need quotes, and those that are looked at
			wide, narrow := vec.NewBuilder(vec.TFloat64, 1), vec.NewBuilder(vec.TFloat32, 1)
			wide.AppendScalar(vec.Scalar{Type: vec.TFloat64, F: c.value})
			narrow.AppendScalar(vec.Scalar{Type: vec.TFloat32, F: c.value})
			e := NewEncoder(EncoderOptions{Dialect: Default, NullText: null})
			got, err := e.Append(nil, &vec.Batch{N: 1, Cols: []*vec.Vec{wide.Vec(), narrow.Vec()}})
			if want := c.f64 + "," + c.f32 + "\n"; err != nil || string(got) != want {
				t.Errorf("%v is written as %q, %v, want %q", c.value, got, err, want)
			}
		}
		types := NewInferrer(2, nil)
		types.Add([]Field{{Text: c.f64}, {Text: c.f32}})
		for _, got := range types.Types() {
			if got != vec.TFloat64 {
				t.Errorf("%v is taken for %s", c.value, got)
			}
		}
	}
}
