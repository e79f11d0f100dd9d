package parquet

import (
	"math/rand/v2"
	"testing"
	"unicode/utf8"
)

// TestCheckText compares with checking each string on its own.
func TestCheckText(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	good, bad := 0, 0
	for range 20_000 {
		text := []string{"a", "é", "日本", "🙂", "ascii", "\xff"}
		var data []byte
		for range r.IntN(20) {
			k := len(text) - 1
			if r.IntN(50) == 0 {
				k++
			}
			data = append(data, text[r.IntN(k)]...)
		}
		offsets := []int32{0}
		for int(offsets[len(offsets)-1]) < len(data) {
			next := offsets[len(offsets)-1] + int32(r.IntN(8))
			for r.IntN(20) > 0 && int(next) < len(data) && !utf8.RuneStart(data[next]) {
				next++
			}
			offsets = append(offsets, min(next, int32(len(data))))
		}
		want := true
		for i := range offsets[1:] {
			want = want && utf8.Valid(data[offsets[i]:offsets[i+1]])
		}
		if got := checkText(data, offsets) == nil; got != want {
			t.Fatalf("seed %d: %q at %d: %v, want %v", seed, data, offsets, got, want)
		}
		if want {
			good++
		} else {
			bad++
		}
	}
	if good < 100 || bad < 100 {
		t.Errorf("%d good texts, %d bad ones", good, bad)
	}
}
