package csv

import (
	"fmt"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// BenchmarkChunk is what defaultChunk was chosen by.
func BenchmarkChunk(b *testing.B) {
	const rows = 1_000_000
	path := seedFile(b, rows)
	value := &plan.Column{Name: "value", Index: 1, Type: vec.TFloat64, Nullable: true}
	limit := &plan.Literal{Value: vec.Scalar{Type: vec.TFloat64, F: 500}}
	filter := microbatch.NewFilter(&plan.Call{Op: plan.OpGt, Args: []plan.Expr{value, limit}, Type: vec.TBool})
	for kib := 64; kib <= 4096; kib *= 2 {
		for _, readers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%dKiB/readers=%d", kib, readers), func(b *testing.B) {
				src, err := trySource(path, seedSchema(), chunkSize(kib<<10))
				if err != nil {
					b.Fatal(err)
				}
				before := cpuTime(b)
				for b.Loop() {
					scanAll(b, src, readers, microbatch.Scan{Columns: []int{1, 2}, Filter: filter})
				}
				b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N)/rows, "cpu-ns/row")
			})
		}
	}
}
