package bag

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestHeadAndTrim asks for the first values of groups, cuts them, and goes on with what is left; some groups have trees, some entries below 0.
func TestHeadAndTrim(t *testing.T) {
	for _, k := range kinds() {
		for seed := range uint64(30) {
			t.Run(fmt.Sprint(k.name, " ", seed), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(seed, 1))
				b, ref := k.bags.Fresh(), reference{}
				b.Grow(3)
				for range 12 {
					for range rng.IntN(400) {
						id, key, diff := uint32(rng.IntN(3)), keyOf(b, rng.IntN(1+3000*int(seed%3))), int64(1+rng.IntN(2))
						if seed%2 == 1 && rng.IntN(3) == 0 {
							diff = -1
						}
						add(b, id, key, diff)
						ref.add(id, key, diff)
					}
					id := uint32(rng.IntN(3))
					n := rng.Int64N(b.Total(id) + 3)
					checkHead(t, b, ref, id, n)
					if rng.IntN(2) == 0 {
						n = max(0, b.Total(id)-rng.Int64N(5)) // a few only
					}
					b.Trim(id, n)
					ref.trim(id, n)
					for id := range uint32(3) {
						checkHead(t, b, ref, id, 1<<40)
					}
				}
			})
		}
	}
}

// trim leaves the first n values.
func (r reference) trim(id uint32, n int64) {
	for _, key := range r.sorted(id) {
		if count := r[id][key]; count > 0 {
			r.add(id, key, min(count, n)-count)
			n -= min(count, n)
		}
	}
}

// checkHead compares a group's first n values with the reference's.
func checkHead(t *testing.T, b *Bags, ref reference, id uint32, n int64) {
	t.Helper()
	entries := b.Head(id, n, nil)
	for _, key := range ref.sorted(id) {
		if n <= 0 {
			break
		}
		if len(entries) == 0 || keyString(b, entries) != key || int64(entries[b.words]) != ref[id][key] {
			t.Fatalf("group %d: expected %q ×%d, found %v", id, key, ref[id][key], entries[:min(len(entries), b.stride)])
		}
		n -= max(0, ref[id][key])
		entries = entries[b.stride:]
	}
	if len(entries) > 0 {
		t.Fatalf("group %d: %d words too many", id, len(entries))
	}
}
