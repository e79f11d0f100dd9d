package state

import (
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/disk"
)

// groups is a group-by's state: keys in the order of a hash table, counts, sums.
func groups(n int) (batches []*vec.Batch) {
	rng := rand.New(rand.NewPCG(1, 1))
	keys := rng.Perm(n)
	for at := 0; at < n; at += vec.BatchRows {
		rows := min(vec.BatchRows, n-at)
		b := &vec.Batch{N: rows}
		key, count, sum, floats := vec.NewBuilder(vec.TInt64, rows), vec.NewBuilder(vec.TInt64, rows), vec.NewBuilder(vec.TInt64, rows), vec.NewBuilder(vec.TFloat64, rows)
		for i := range rows {
			n := 1 + rng.Int64N(20)
			vec.AppendFixed(key, int64(keys[at+i]))
			vec.AppendFixed(count, n)
			vec.AppendFixed(sum, n*rng.Int64N(1000))
			vec.AppendFixed(floats, float64(n)*float64(rng.IntN(1e6))/100)
		}
		b.Cols = []*vec.Vec{key.Finish(), count.Finish(), sum.Finish(), floats.Finish()}
		batches = append(batches, b)
	}
	return batches
}

// BenchmarkCheckpoint writes a million groups to disk, and loads them.
func BenchmarkCheckpoint(b *testing.B) {
	s, err := Open(disk.OS{}, b.TempDir(), Options{})
	must(b, err)
	const rows = 1 << 20
	batches := groups(rows)
	var m Manifest
	b.Run("write", func(b *testing.B) {
		b.SetBytes(rows * 32)
		for b.Loop() {
			w, err := s.Begin(m.Epoch + 1)
			must(b, err, w.Operator("group-by", "", true))
			for _, batch := range batches {
				must(b, w.Add(0, batch))
			}
			must(b, w.Finish())
			m, err = w.Publish(nil)
			must(b, err, s.Release(1))
		}
		bytes, _ := m.Operators[0].Bytes()
		b.ReportMetric(float64(bytes)/rows, "B/row")
	})
	b.Run("load", func(b *testing.B) {
		b.SetBytes(rows * 32)
		for b.Loop() {
			must(b, s.Verify(m))
		}
	})
	must(b, s.Close())
}
