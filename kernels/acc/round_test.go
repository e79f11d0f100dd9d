package acc

import (
	"math"
	"math/rand/v2"
	"testing"
)

// roundWindow agrees with roundFloat, whatever the bits are.
func TestRoundWindow(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 1))
	check := func(w window, base int) {
		t.Helper()
		words := w
		want, got := roundFloat(words[:], base), roundWindow(w, base)
		if math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("seed %d: window %x at base %d is %x, want %x", seed, w, base, math.Float64bits(got), math.Float64bits(want))
		}
	}
	for range 300_000 {
		var w window
		for i := range w {
			w[i] = []uint64{0, 1, math.MaxUint64, 1 << 63, rng.Uint64(), rng.Uint64() >> rng.IntN(64), rng.Uint64() << rng.IntN(64)}[rng.IntN(7)]
		}
		base := []int{1, 2, 1000, maxExponent - windowSpan, 1 + rng.IntN(maxExponent-windowSpan)}[rng.IntN(5)]
		check(w, base)
		for top := range 3 * 64 { // a leading bit, a half, and what is around it
			if rng.IntN(64) > 0 {
				continue
			}
			half := window{}
			for _, bit := range []int{top, top - 53, top - 54, top - 52} {
				if bit >= 0 && (bit == top || rng.IntN(2) == 0) {
					half[bit>>6] |= 1 << (bit & 63)
				}
			}
			check(half, base)
		}
	}
}
