package parquet

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Arrow's own writer is another independent one, which can be asked for many shapes at random.

// arrowColumns are the columns that it writes: of the physical types that matter.
var arrowColumns = []struct {
	name string
	phys parquet.Type
	typ  vec.Type
	encs []parquet.Encoding
}{
	{"bool", parquet.Types.Boolean, vec.TBool, []parquet.Encoding{parquet.Encodings.Plain}},
	{"i32", parquet.Types.Int32, vec.TInt32, []parquet.Encoding{parquet.Encodings.Plain, parquet.Encodings.DeltaBinaryPacked}},
	{"i64", parquet.Types.Int64, vec.TInt64, []parquet.Encoding{parquet.Encodings.Plain, parquet.Encodings.DeltaBinaryPacked}},
	{"f32", parquet.Types.Float, vec.TFloat32, []parquet.Encoding{parquet.Encodings.Plain}},
	{"f64", parquet.Types.Double, vec.TFloat64, []parquet.Encoding{parquet.Encodings.Plain}},
	{"bin", parquet.Types.ByteArray, vec.TBinary, []parquet.Encoding{
		// Not DeltaByteArray: this version lets a page's first string repeat a part of the page before.
		parquet.Encodings.Plain, parquet.Encodings.DeltaLengthByteArray,
	}},
}

func TestFilesOfArrowsWriter(t *testing.T) {
	seed := rand.Uint64()
	for round := range 40 {
		r := rand.New(rand.NewPCG(seed, uint64(round)))
		optional := r.IntN(2) == 0
		rows, nulls := []int{1, 10, 1000, 9000}[r.IntN(4)], 0.0
		if optional {
			nulls = []float64{0, 0.2, 1}[r.IntN(3)]
		}
		cols := make([]*vec.Vec, len(arrowColumns))
		for i, c := range arrowColumns {
			cols[i] = randomColumn(r, c.typ, rows, nulls)
		}
		path := filepath.Join(t.TempDir(), "arrow.parquet")
		props := arrowProperties(r)
		name := fmt.Sprintf("seed %d, round %d: %d rows, %v nulls", seed, round, rows, nulls)
		if err := os.WriteFile(path, arrowFile(t, r, cols, optional, props), 0o600); err != nil {
			t.Fatal(err)
		}
		_, got := mustScan(t, path, 1+r.IntN(3), nil)
		for i, c := range arrowColumns {
			if diff := equalColumns(got[i], cols[i]); diff != "" {
				t.Fatalf("%s: column %s: %s", name, c.name, diff)
			}
		}
	}
}

func arrowProperties(r *rand.Rand) *parquet.WriterProperties {
	codecs := []compress.Compression{
		compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Gzip, compress.Codecs.Brotli, compress.Codecs.Zstd,
	}
	opts := []parquet.WriterProperty{
		parquet.WithCompression(codecs[r.IntN(len(codecs))]),
		parquet.WithDictionaryDefault(r.IntN(2) == 0),
		parquet.WithDictionaryPageSizeLimit(int64(100 + r.IntN(100_000))),
		parquet.WithDataPageSize(int64(50 + r.IntN(20_000))),
		parquet.WithBatchSize(int64(1 + r.IntN(500))),
		parquet.WithDataPageVersion([]parquet.DataPageVersion{parquet.DataPageV1, parquet.DataPageV2}[r.IntN(2)]),
	}
	for _, c := range arrowColumns {
		opts = append(opts, parquet.WithEncodingFor(c.name, c.encs[r.IntN(len(c.encs))]))
	}
	return parquet.NewWriterProperties(opts...)
}

// arrowFile writes the columns in row groups of random sizes.
func arrowFile(t *testing.T, r *rand.Rand, cols []*vec.Vec, optional bool, props *parquet.WriterProperties) []byte {
	t.Helper()
	rep := parquet.Repetitions.Required
	if optional {
		rep = parquet.Repetitions.Optional
	}
	var fields schema.FieldList
	for _, c := range arrowColumns {
		fields = append(fields, schema.Must(schema.NewPrimitiveNode(c.name, rep, c.phys, -1, -1)))
	}
	root := schema.MustGroup(schema.NewGroupNode("schema", parquet.Repetitions.Required, fields, -1))
	var buf bytes.Buffer
	w := file.NewParquetWriter(&buf, root, file.WithWriterProps(props))
	for from := 0; from < cols[0].N; {
		to := from + 1 + r.IntN(cols[0].N-from)
		rg := w.AppendRowGroup()
		for _, c := range cols {
			cw, err := rg.NextColumn()
			if err == nil {
				err = writeArrow(cw, c.Slice(from, to), optional)
			}
			if err == nil {
				err = cw.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := rg.Close(); err != nil {
			t.Fatal(err)
		}
		from = to
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func writeArrow(cw file.ColumnChunkWriter, v *vec.Vec, optional bool) (err error) {
	var levels []int16
	if optional {
		for i := range v.N {
			levels = append(levels, int16(b2i(!v.IsNull(i))))
		}
	}
	if v.NullCount(nil) > 0 {
		v = v.Take(presentRows(v))
	}
	switch w := cw.(type) {
	case *file.BooleanColumnChunkWriter:
		values := make([]bool, v.N)
		for i := range values {
			values[i] = v.Bool(i)
		}
		_, err = w.WriteBatch(values, levels, nil)
	case *file.Int32ColumnChunkWriter:
		_, err = w.WriteBatch(vec.Of[int32](v), levels, nil)
	case *file.Int64ColumnChunkWriter:
		_, err = w.WriteBatch(vec.Of[int64](v), levels, nil)
	case *file.Float32ColumnChunkWriter:
		_, err = w.WriteBatch(vec.Of[float32](v), levels, nil)
	case *file.Float64ColumnChunkWriter:
		_, err = w.WriteBatch(vec.Of[float64](v), levels, nil)
	case *file.ByteArrayColumnChunkWriter:
		values := make([]parquet.ByteArray, v.N)
		for i := range values {
			values[i] = v.Str(i)
		}
		_, err = w.WriteBatch(values, levels, nil)
	}
	return err
}
