package json

import (
	"math/big"
	"strconv"
	"strings"
)

// ratOf is a number exactly.
func ratOf(text string) (*big.Rat, bool) { return new(big.Rat).SetString(text) }

// floorOf is the largest whole number that isn't above text · times, if an int64 holds it.
func floorOf(text string, times int64) (int64, bool) {
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		e, err := strconv.Atoi(text[at+1:])
		switch mantissa := strings.Trim(text[:at], "-0."); {
		case mantissa == "":
			return 0, true
		case (err != nil || e > 400 || e < -400) && text[at+1] != '-':
			return 0, false
		case err != nil || e < -400: // a tiny number
			if text[0] == '-' {
				return -1, true
			}
			return 0, true
		}
	}
	r, ok := ratOf(text)
	if !ok {
		return 0, false
	}
	r.Mul(r, big.NewRat(times, 1))
	n := new(big.Int).Div(r.Num(), r.Denom()) // Euclidean: towards the past, as the denominator is positive
	return n.Int64(), n.IsInt64()
}
