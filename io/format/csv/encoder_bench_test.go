package csv

import (
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// keeper keeps copies of the batches.
type keeper struct{ batches []*vec.Batch }

func (k *keeper) Rows(b *Batch) error { k.batches = append(k.batches, b.Keep(nil)); return nil }
func (k *keeper) Bad(*Bad) error      { return nil }

func BenchmarkEncode(b *testing.B) {
	const rows = 20_000
	text := seedRows(rows)
	p, err := NewParser(Options{Dialect: Default, Columns: seedColumns(), Want: []int{0, 1, 2, 3}})
	if err != nil {
		b.Fatal(err)
	}
	var k keeper
	if err := p.Parse(NewBuffer(text), &k); err != nil {
		b.Fatal(err)
	}
	for i, name := range []string{"ints", "floats", "strings", "timestamps", "all"} {
		b.Run(name, func(b *testing.B) {
			e := NewEncoder(EncoderOptions{Dialect: Default})
			var buf []byte
			before := cpuTime(b)
			for b.Loop() {
				buf = buf[:0]
				for _, batch := range k.batches {
					if i < len(batch.Cols) {
						batch = &vec.Batch{N: batch.N, Cols: batch.Cols[i : i+1]}
					}
					if buf, err = e.Append(buf, batch); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.SetBytes(int64(len(buf)))
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N)/rows, "cpu-ns/row")
		})
	}
}
