package bag

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkDeleteMin deletes the smallest value of one group of a million, over and over, and asks for the next one once an epoch.
func BenchmarkDeleteMin(b *testing.B) {
	const values = 1_000_000
	for _, perEpoch := range []int{1, 1000} {
		b.Run(fmt.Sprint(perEpoch), func(b *testing.B) {
			state, rng := New(1), rand.New(rand.NewPCG(1, 1))
			local := state.Fresh()
			state.Grow(1)
			fill := func() {
				keys := make([]uint64, values)
				for i := range keys {
					keys[i] = rng.Uint64()
				}
				state.Add(nil, keys, nil)
				state.Settle()
			}
			ids, less, sorted := []uint32{0}, []int64{-1}, []uint64(nil)
			for i := range b.N {
				if i%values == 0 {
					b.StopTimer()
					state.Clear(ids)
					fill()
					sorted = state.Entries(0, sorted[:0])
					b.StartTimer()
				}
				if i%perEpoch == 0 {
					state.Merge(local, ids[:min(1, local.log.n)], ids[:min(1, local.log.n)])
					state.At(0, 0)
					local.Reset()
					local.Grow(1)
				}
				local.Add(ids, sorted[i%values*2:i%values*2+1], less)
			}
		})
	}
}

// BenchmarkInsert inserts random values to so many groups, 1000 an epoch: the figure is per value.
func BenchmarkInsert(b *testing.B) {
	for _, groups := range []int{1, 1000, 1_000_000} {
		b.Run(fmt.Sprint(groups), func(b *testing.B) {
			state, rng := New(1), rand.New(rand.NewPCG(1, 1))
			state.Grow(groups)
			ids, keys := make([]uint32, 1000), make([]uint64, 1000)
			for i := 0; i < b.N; i += len(ids) {
				for k := range ids {
					ids[k], keys[k] = uint32(rng.IntN(groups)), rng.Uint64()
				}
				state.Add(ids, keys, nil)
				state.Settle()
			}
			b.ReportMetric(float64(state.Bytes())/float64(max(1, state.live)), "B/value")
		})
	}
}
