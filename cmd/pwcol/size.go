package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// size is a number of bytes as people write it: "512MB", "8 GB", "1.5GiB", "4096".
type size int64

// units of a size. Those with an "i" are powers of 1024, the others of 1000.
var units = map[string]float64{
	"": 1, "b": 1,
	"k": 1e3, "kb": 1e3, "kib": 1 << 10,
	"m": 1e6, "mb": 1e6, "mib": 1 << 20,
	"g": 1e9, "gb": 1e9, "gib": 1 << 30,
	"t": 1e12, "tb": 1e12, "tib": 1 << 40,
}

// UnmarshalText reads a size.
func (s *size) UnmarshalText(text []byte) error {
	t := strings.ToLower(strings.TrimSpace(string(text)))
	digits := strings.TrimRight(t, "bgikmt")
	unit, ok := units[t[len(digits):]]
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if !ok || err != nil || !(n > 0) || n*unit >= math.MaxInt64 {
		return fmt.Errorf("%q is not a size: write 512MB, 8GB, 1.5GiB", text)
	}
	*s = size(n * unit)
	return nil
}
