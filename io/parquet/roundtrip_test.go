package parquet

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v17/parquet/metadata"

	"github.com/pwcol/pwcol/io/internal/files"
	"github.com/pwcol/pwcol/io/parquet/internal/codec"
	"github.com/pwcol/pwcol/kernels/vec"
)

// morselsOf cuts a table into morsels of batches: of any size, some empty, some with a selection or a dictionary.
func morselsOf(r *rand.Rand, cols []*vec.Vec) [][]*vec.Batch {
	var morsels [][]*vec.Batch
	rows := cols[0].N
	codedCols := make([]*vec.Vec, len(cols))
	for i, c := range cols {
		codedCols[i] = coded(r, c)
	}
	for from := 0; from < rows; {
		var batches []*vec.Batch
		for range r.IntN(4) {
			n := min([]int{0, 1, 2, 3, 100, 1023, 8192}[r.IntN(7)], rows-from)
			batches = append(batches, batchOf(r, [][]*vec.Vec{cols, codedCols}[r.IntN(2)], from, n))
			from += n
		}
		morsels = append(morsels, batches)
	}
	return morsels
}

func batchOf(r *rand.Rand, cols []*vec.Vec, from, n int) *vec.Batch {
	b := &vec.Batch{N: n}
	if r.IntN(2) == 0 {
		for _, c := range cols {
			b.Cols = append(b.Cols, c.Slice(from, from+n).Take(nil))
		}
		return b
	}
	b.N = n + r.IntN(10) + 1
	b.Sel = []uint32{}
	for _, s := range r.Perm(b.N)[:n] {
		b.Sel = append(b.Sel, uint32(s))
	}
	sortRows(b.Sel)
	for _, c := range cols {
		if n == 0 {
			b.Cols = append(b.Cols, c.Slice(0, 0).Take(nil))
			continue
		}
		b.Cols = append(b.Cols, scatter(c.Slice(from, from+n), b.Sel, b.N))
	}
	if n == 0 {
		b.N = 0
	}
	return b
}

func sortRows(rows []uint32) {
	for i := range rows {
		for k := i; k > 0 && rows[k] < rows[k-1]; k-- {
			rows[k], rows[k-1] = rows[k-1], rows[k]
		}
	}
}

func TestRoundTrips(t *testing.T) {
	seed := rand.Uint64()
	dir := t.TempDir()
	for round := range 30 {
		r := rand.New(rand.NewPCG(seed, uint64(round)))
		rows := []int{1, 2, 3, 7, 8, 9, 64, 500, 1023, 3000, 20000}[r.IntN(11)]
		set := writeSettings{
			codec:     []codec.Codec{codec.None, codec.Snappy, codec.Zstd}[r.IntN(3)],
			groupRows: []int{1 + r.IntN(10), 100, 1 + r.IntN(rows), DefaultRowGroupRows}[r.IntN(4)],
		}
		if rows > 1000 {
			set.groupRows = max(set.groupRows, 50)
		}
		nulls := []float64{0, 0, 0.1, 0.9, 1}[r.IntN(5)]
		workers := []int{1, 4}[r.IntN(2)]
		name := fmt.Sprintf("seed %d round %d: %d rows, %+v, nulls %v, %d workers", seed, round, rows, set, nulls, workers)
		schema, cols := randomTable(r, rows, nulls)
		path := filepath.Join(dir, fmt.Sprintf("%d.parquet", round))
		if err := writeFile(path, schema, morselsOf(r, cols), workers, set); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, read := mustScan(t, path, workers, nil)
		if got.String() != schema.String() {
			t.Errorf("%s: schema %s\nwant %s", name, got, schema)
		}
		for i := range cols {
			if diff := equalColumns(read[i], cols[i]); diff != "" {
				t.Errorf("%s: column %s: %s", name, schema.Field(i).Name, diff)
			}
			if got.Field(i).Nullable != schema.Field(i).Nullable {
				t.Errorf("%s: column %s: nullable %v", name, schema.Field(i).Name, got.Field(i).Nullable)
			}
		}
	}
}

func TestRowGroupsAreFull(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	schema, cols := randomTable(r, 10_000, 0)
	path := filepath.Join(t.TempDir(), "a.parquet")
	var small [][]*vec.Batch // morsels of less than a group: no group but the last is short
	for from := 0; from < 10_000; from += 500 {
		small = append(small, []*vec.Batch{batchOf(rand.New(rand.NewPCG(1, uint64(from))), cols, from, 500)})
	}
	set := writeSettings{codec: codec.Snappy, groupRows: 1200}
	if err := writeFile(path, schema, small, 4, set); err != nil {
		t.Fatal(err)
	}
	for i, rg := range footerOfFile(t, path).RowGroups {
		if want := int64(min(1200, 10_000-1200*i)); rg.NumRows != want {
			t.Errorf("row group %d has %d rows, want %d", i, rg.NumRows, want)
		}
	}
}

func footerOfFile(t *testing.T, path string) *metadata.FileMetaData {
	t.Helper()
	list, err := files.List(path)
	if err != nil {
		t.Fatal(err)
	}
	ft, err := readFooter(list[0])
	if err != nil {
		t.Fatal(err)
	}
	return ft.meta
}
