package generate

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pwcol/pwcol/io/internal/chunks"
)

// TestARowIsHandedOverAtTheFirstTickByWhichItIsDue holds dueAfter against dueBy, which counts.
func TestARowIsHandedOverAtTheFirstTickByWhichItIsDue(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 1))
	for range 20_000 {
		s := &source{settings: newSettings([]Option{
			Rate([]float64{0.001, 0.3, 1, 3, 10, 1e3, 1e4, 1e6, 5e7}[rng.IntN(9)] * (1 + float64(rng.IntN(3))/3)),
			Tick([]time.Duration{time.Nanosecond * 333, time.Millisecond, 10 * time.Millisecond, 77 * time.Millisecond, time.Second, time.Hour}[rng.IntN(6)]),
		})}
		n := rng.Int64N(1 << (1 + rng.IntN(30)))
		at := s.dueAfter(n)
		if at == farthest {
			continue
		}
		if at%s.tick != 0 || s.dueBy(at) <= n || at > 0 && s.dueBy(at-s.tick) > n {
			t.Fatalf("seed %d: rate %v, tick %s: row %d is handed over at %s, by which %d are due, and %d a tick before",
				seed, s.rate, s.tick, n, at, s.dueBy(at), s.dueBy(at-s.tick))
		}
	}
}

// TestPartitionsShareTheRows makes sure that every row is in exactly one stretch, whatever the cuts.
func TestPartitionsShareTheRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 50 {
		s := &source{settings: newSettings([]Option{Partitions(1 + rng.IntN(7))})}
		total := rng.Int64N(200_000)
		seen := make([]int, total)
		next := make([]int64, s.partitions)
		for from := int64(0); from < total; {
			to := from + 1 + rng.Int64N(total-from)
			for _, m := range s.stretches(from, to) {
				c := m.(*chunks.Chunk)
				if c.First != next[c.Partition] {
					t.Fatalf("partition %d goes on at %d, not at %d", c.Partition, c.First, next[c.Partition])
				}
				for i := range int64(c.Rows) {
					seen[(c.First+i)*s.partitions+int64(c.Partition)]++
				}
				next[c.Partition] += int64(c.Rows)
			}
			from = to
		}
		for n, times := range seen {
			if times != 1 {
				t.Fatalf("%d partitions: row %d of %d comes %d times", s.partitions, n, total, times)
			}
		}
	}
}
