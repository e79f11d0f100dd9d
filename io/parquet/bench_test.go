package parquet

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/parquet/internal/codec"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

const benchRows = 1 << 20

// benchColumns are what files are full of.
func benchColumns(nulls bool) (*plan.Schema, []*vec.Vec) {
	r := rand.New(rand.NewPCG(1, 2))
	make1 := func(t vec.Type, value func(i int) vec.Scalar) *vec.Vec {
		b := vec.NewBuilder(t, benchRows)
		for i := range benchRows {
			s := value(i)
			s.Type = t
			if nulls && r.IntN(10) == 0 {
				s.Null = true
			}
			b.AppendScalar(s)
		}
		return b.Finish()
	}
	types := []struct {
		name string
		typ  vec.Type
		make func(i int) vec.Scalar
	}{
		{"int64_plain", vec.TInt64, func(i int) vec.Scalar { return vec.Scalar{I: int64(i)} }},
		{"float64_plain", vec.TFloat64, func(int) vec.Scalar { return vec.Scalar{F: r.Float64()} }},
		{"int32_dict", vec.TInt32, func(int) vec.Scalar { return vec.Scalar{I: int64(r.IntN(100))} }},
		{"string_dict", vec.TString, func(int) vec.Scalar { return vec.Scalar{S: fmt.Sprint("name ", r.IntN(5))} }},
		{"string_plain", vec.TString, func(i int) vec.Scalar { return vec.Scalar{S: fmt.Sprint("id", i)} }},
		{"bool", vec.TBool, func(int) vec.Scalar { return vec.Scalar{I: int64(r.IntN(2))} }},
		{"decimal18", vec.TDecimal(18, 2), func(i int) vec.Scalar { return vec.Scalar{D: vec.Int128From(int64(i))} }},
		{"int16", vec.TInt16, func(i int) vec.Scalar { return vec.Scalar{I: int64(i & 0xfff)} }},
	}
	var fields []plan.Field
	var cols []*vec.Vec
	for _, t := range types {
		fields = append(fields, plan.Field{Name: t.name, Type: t.typ, Nullable: true})
		cols = append(cols, make1(t.typ, t.make))
	}
	return plan.NewSchema(fields...), cols
}

// benchFile writes the columns, once for all benchmarks of a kind.
func benchFile(b *testing.B, nulls bool, c codec.Codec) (path string, schema *plan.Schema) {
	b.Helper()
	schema, cols := benchColumns(nulls)
	path = filepath.Join(b.TempDir(), "bench.parquet")
	if err := writeFile(path, schema, batchesOf(cols), 2, writeSettings{codec: c, groupRows: DefaultRowGroupRows}); err != nil {
		b.Fatal(err)
	}
	return path, schema
}

// batchesOf cuts columns into morsels of 16 batches.
func batchesOf(cols []*vec.Vec) [][]*vec.Batch {
	var morsels [][]*vec.Batch
	for from := 0; from < cols[0].N; from += vec.BatchRows {
		to := min(from+vec.BatchRows, cols[0].N)
		batch := &vec.Batch{N: to - from}
		for _, c := range cols {
			batch.Cols = append(batch.Cols, c.Slice(from, to))
		}
		if from/vec.BatchRows%16 == 0 {
			morsels = append(morsels, nil)
		}
		last := len(morsels) - 1
		morsels[last] = append(morsels[last], batch)
	}
	return morsels
}

// drop takes batches and forgets them.
type drop struct{}

func (drop) Emit(op.OutPort, microbatch.Seq, *vec.Batch) error { return nil }

// BenchmarkRead reads one column with one worker.
func BenchmarkRead(b *testing.B) {
	for _, nulls := range []bool{false, true} {
		path, schema := benchFile(b, nulls, codec.Snappy)
		for i := range schema.Len() {
			b.Run(fmt.Sprintf("%s/nulls=%v", schema.Field(i).Name, nulls), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					readAll(b, path, []int{i})
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/value")
			})
		}
	}
}

func readAll(b *testing.B, path string, columns []int) {
	ctx := context.Background()
	src, err := newSource(path, nil)
	if err != nil {
		b.Fatal(err)
	}
	o, err := src.OpenSource(ctx, scanEnv(1), microbatch.Scan{Columns: columns})
	if err != nil {
		b.Fatal(err)
	}
	r := o.NewReader()
	for {
		m, err := o.Next(ctx)
		if err == io.EOF {
			break
		}
		if err := r.Read(ctx, m, drop{}); err != nil {
			b.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkEncode encodes row groups of one column with one worker; nothing is written to a file.
func BenchmarkEncode(b *testing.B) {
	for _, c := range []codec.Codec{codec.Snappy, codec.Zstd} {
		schema, cols := benchColumns(false)
		columns, err := outColumns(schema)
		if err != nil {
			b.Fatal(err)
		}
		for i := range columns {
			b.Run(fmt.Sprintf("%s/%s", schema.Field(i).Name, c), func(b *testing.B) {
				b.ReportAllocs()
				e, err := newGroupEncoder(columns[i:i+1], c)
				if err != nil {
					b.Fatal(err)
				}
				defer e.close()
				p := newPiece(columns[i : i+1])
				p.append(&vec.Batch{N: DefaultRowGroupRows, Cols: []*vec.Vec{cols[i].Slice(0, DefaultRowGroupRows)}})
				var buf []byte
				for b.Loop() {
					g, err := e.encode([]part{{p, 0, p.rows}}, buf)
					if err != nil {
						b.Fatal(err)
					}
					buf = g.data
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/DefaultRowGroupRows, "ns/value")
			})
		}
	}
}
