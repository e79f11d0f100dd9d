package acc

import "github.com/pwcol/pwcol/kernels/vec"

// average divides sums by counts; sum(k) is the k-th sum. What is too small for a float64 is 0, not the −0 that dividing makes of it below 0.
func average(counts []int64, sum func(k int) float64) *vec.Vec {
	out := &vec.Vec{Type: vec.TFloat64, N: len(counts), Data: vec.Alloc(8 * len(counts))}
	vals := vec.Of[float64](out)
	for k, c := range counts {
		if c != 0 {
			vals[k] = sum(k)/float64(c) + 0
			continue
		}
		setNull(out, k)
	}
	return out
}
