package op

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTimeIndex compares with a sorted list, and sees that blocks don't thin out, in whatever order entries go.
func TestTimeIndex(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 8))
		x, want := &timeIndex{}, []timeEntry(nil)
		order := func(a, b timeEntry) int { return cmp.Or(compareTimes(a, b), cmp.Compare(a.row, b.row)) }
		for row := range uint32(3000) {
			e := timeEntry{key: rng.Uint32N(3), row: row, time: rng.Int64N(500)}
			if want = append(want, e); row%2 == 0 {
				x.insert(e)
				continue
			}
			x.insertAll([]timeEntry{e})
		}
		slices.SortFunc(want, order)
		gone := slices.Clone(want)
		if seed%2 == 0 {
			rng.Shuffle(len(gone), func(i, j int) { gone[i], gone[j] = gone[j], gone[i] })
		}
		for i, e := range gone {
			if i%40 < 39 { // those that stay lie far apart
				x.remove(e)
				at, _ := slices.BinarySearchFunc(want, e, order)
				want = slices.Delete(want, at, at+1)
			}
		}
		if got := slices.Concat(x.blocks...); !slices.Equal(got, want) || x.rows != len(want) {
			t.Fatalf("seed %d: %d of %d entries", seed, len(got), len(want))
		}
		if most := 1 + 2*len(want)/thinBlock; len(x.blocks) > most {
			t.Errorf("seed %d: %d entries in %d blocks, want %d at most", seed, len(want), len(x.blocks), most)
		}
	}
}
