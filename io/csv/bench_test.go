package csv

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// seedFile is a file as the seed workload has it: id, value, category, timestamp.
func seedFile(b *testing.B, rows int) string {
	path := filepath.Join(b.TempDir(), "seed.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	defer w.Flush()
	rng := rand.New(rand.NewPCG(1, 2))
	w.WriteString("id,value,category,timestamp\n")
	var buf []byte
	for i := range rows {
		buf = strconv.AppendInt(buf[:0], int64(i), 10)
		buf = append(buf, ',')
		buf = strconv.AppendFloat(buf, rng.Float64()*1000, 'f', -1, 64)
		buf = append(buf, ',', "ABCDE"[rng.IntN(5)], ',')
		buf = fmt.Appendf(buf, "2024-01-%02d %02d:%02d:%02d.%06d\n", 1+rng.IntN(28), rng.IntN(24), rng.IntN(60), rng.IntN(60), rng.IntN(1e6))
		w.Write(buf)
	}
	return path
}

func seedSchema() *pw.Schema {
	return pw.NewSchema(pw.Int64("id"), pw.Float64("value"), pw.String("category"),
		pw.Timestamp("timestamp", pw.Layout("%Y-%m-%d %H:%M:%S.%f")))
}

// countOut is an Out that only counts, in the place of a group-by.
type countOut struct{ rows int }

func (s *countOut) Emit(_ op.OutPort, _ op.Seq, b *vec.Batch) error {
	s.rows += b.Rows()
	return nil
}

// BenchmarkScan reads what the seed batch job reads: rows with value > 500, columns value and category ("typed": and timestamp).
func BenchmarkScan(b *testing.B) {
	const rows = 1_000_000
	path := seedFile(b, rows)
	for _, c := range []struct {
		name    string
		columns []int
	}{{"job", []int{1, 2}}, {"typed", []int{1, 2, 3}}} {
		for _, readers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/readers=%d", c.name, readers), func(b *testing.B) {
				src, err := trySource(path, seedSchema())
				if err != nil {
					b.Fatal(err)
				}
				value := &plan.Column{Name: "value", Index: 1, Type: vec.TFloat64, Nullable: true}
				limit := &plan.Literal{Value: vec.Scalar{Type: vec.TFloat64, F: 500}}
				filter := microbatch.NewFilter(&plan.Call{Op: plan.OpGt, Args: []plan.Expr{value, limit}, Type: vec.TBool})
				b.SetBytes(fileSize(b, path))
				before := cpuTime(b)
				for b.Loop() {
					scanAll(b, src, readers, microbatch.Scan{Columns: c.columns, Filter: filter})
				}
				b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N)/rows, "cpu-ns/row")
			})
		}
	}
}

func fileSize(b *testing.B, path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

func scanAll(b *testing.B, src *source, readers int, scan microbatch.Scan) {
	env := &microbatch.Env{Threads: readers, Stats: new(microbatch.Stats)}
	open, err := src.OpenSource(b.Context(), env, scan)
	if err != nil {
		b.Fatal(err)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range readers {
		r := open.NewReader()
		wg.Go(func() {
			out := &countOut{}
			for {
				mu.Lock()
				m, err := open.Next(b.Context())
				mu.Unlock()
				if err != nil {
					return
				}
				if err := r.Read(b.Context(), m, out); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := open.Close(); err != nil {
		b.Fatal(err)
	}
}
