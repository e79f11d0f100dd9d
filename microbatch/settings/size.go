package settings

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes as people write it: "512MB", "8 GB", "1.5GiB", "4096".
type Size int64

// unitBytes is the bytes of a unit. Those with an "i" are powers of 1024, the others of 1000.
func unitBytes(unit string) (float64, bool) {
	switch unit {
	case "", "b":
		return 1, true
	case "k", "kb":
		return 1e3, true
	case "m", "mb":
		return 1e6, true
	case "g", "gb":
		return 1e9, true
	case "t", "tb":
		return 1e12, true
	case "kib":
		return 1 << 10, true
	case "mib":
		return 1 << 20, true
	case "gib":
		return 1 << 30, true
	case "tib":
		return 1 << 40, true
	}
	return 0, false
}

// UnmarshalText reads a size above 0.
func (s *Size) UnmarshalText(text []byte) error {
	t := strings.ToLower(strings.TrimSpace(string(text)))
	digits := strings.TrimRight(t, "bgikmt")
	unit, ok := unitBytes(t[len(digits):])
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if !ok || err != nil || !(n > 0) || n*unit >= math.MaxInt64 {
		return fmt.Errorf("%q is not a size: write 512MB, 8GB, 1.5GiB", text)
	}
	*s = Size(n * unit)
	return nil
}
