package nexmark

import (
	"math"
	"math/bits"
)

// random is the random numbers of an event: SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
// Generators, 2014), the published generator's too, with a stream for each event.
type random uint64

// randomOf is the random numbers of event e.
func randomOf(seed uint64, e int64) random {
	return random(mix(mix(seed+golden) ^ uint64(e)*golden))
}

const golden = 0x9e3779b97f4a7c15

func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (r *random) next() uint64 {
	*r += golden
	return mix(uint64(*r))
}

// below is a number from 0 to n−1, n > 0. It is as even as n is small beside 2^64.
func (r *random) below(n int64) int64 {
	high, _ := bits.Mul64(r.next(), uint64(n))
	return int64(high)
}

// unlike reports true for all but 1 of n.
func (r *random) unlike(n int64) bool { return r.below(n) > 0 }

// price is between 100 and 100 M, evenly by its digits: as many prices have four as have five.
func (r *random) price() int64 {
	u := float64(r.next()>>11) / (1 << 53)
	return int64(math.Round(math.Pow(10, u*6) * 100))
}
