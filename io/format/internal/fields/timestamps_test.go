package fields

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

func TestLayoutsThatTellNothingAreRefused(t *testing.T) {
	for _, layout := range []string{"%", "%q", "%Y", "%H:%M:%I", "%Y-%m-%d %Y", "", "plain", "%I:%M"} {
		if _, err := newLayout(layout); err == nil {
			t.Errorf("layout %q is accepted", layout)
		}
	}
}

// TestFastTimestampsAgainstSlow compares the digits at fixed places with calc.ParseText, on good and damaged text.
func TestFastTimestampsAgainstSlow(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	var cache dayCache
	for range 200_000 {
		text := fmt.Sprintf("%04d-%02d-%02d%c%02d:%02d:%02d", 1900+rng.IntN(300), rng.IntN(14), rng.IntN(33), " T"[rng.IntN(2)], rng.IntN(26), rng.IntN(62), rng.IntN(62))
		if rng.IntN(2) == 0 {
			text += "." + fmt.Sprint(rng.IntN(1_000_000_000))
		}
		if rng.IntN(8) == 0 {
			text += "Z"
		}
		if rng.IntN(4) == 0 {
			b := []byte(text)
			b[rng.IntN(len(b))] = " 0:-./;AZ9\x00\xff"[rng.IntN(12)]
			text = string(b)
		}
		typ := vec.TTimestamp([]vec.Unit{vec.Second, vec.Milli, vec.Micro, vec.Nano}[rng.IntN(4)])
		buf, from, to := padded(text)
		got, ok := cache.timestamp(buf, from, to, &isoShape, typ.Unit)
		want, err := calc.ParseText(typ, text)
		if ok && (err != nil || got != want.I) {
			t.Fatalf("seed %d: %q as %s is %d, want %v (%v)", seed, text, typ, got, want.I, err)
		}
	}
}
