package bench

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// median is the middle of the values, or the mean of the two in the middle. There must be one.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// geometricMean of positive values; NaN of none.
func geometricMean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += math.Log(v)
	}
	return math.Exp(sum / float64(len(values)))
}

// decimal is x with so many digits behind the point; −1 is as many as it has.
func decimal(x float64, digits int) string { return strconv.FormatFloat(x, 'f', digits, 64) }

// thousands is n with commas: 1,000,000.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}
