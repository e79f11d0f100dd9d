package parquet

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// TestRowRanges reads every range of a file's row groups on its own, the others' pages being passed over.
func TestRowRanges(t *testing.T) {
	for _, name := range []string{
		"types_some.pages", "types_some.delta", "types_required.split", "types_some.v2", "types_none.v1",
		"types_some.gzip", "duckdb.v1", "duckdb.v2", "uuid",
	} {
		path := filepath.Join(testdata, name+".parquet")
		schema, want := mustScan(t, path, 1, nil)
		src, err := newSource(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		o := openAll(t, src)
		r := o.NewReader().(*reader)
		first := 0
		for g := range o.groups {
			rows := int(o.groups[g].rows)
			for from := 0; from < rows; from += 1 + rows/45 {
				for to := from + 1; to <= rows; to += 1 + rows/45 {
					got := readRange(t, r, &o.groups[g], from, to)
					for i := range want {
						if diff := equalColumns(got[i], want[i].Slice(first+from, first+to)); diff != "" {
							t.Fatalf("%s: row group %d, rows %d to %d, column %s: %s", name, g, from, to, schema.Field(i).Name, diff)
						}
					}
				}
			}
			first += rows
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func openAll(t *testing.T, src *source) *openSource {
	t.Helper()
	var columns []int
	for i := range src.schema.Len() {
		columns = append(columns, i)
	}
	o, err := src.OpenSource(context.Background(), scanEnv(1), microbatch.Scan{Columns: columns})
	if err != nil {
		t.Fatal(err)
	}
	return o.(*openSource)
}

func readRange(t *testing.T, r *reader, g *rowGroup, from, to int) []*vec.Vec {
	t.Helper()
	var batches []keptBatch
	var k keeper
	k.mu, k.batches = newMutex(), &batches
	if err := r.Read(context.Background(), &morsel{group: g, from: int64(from), to: int64(to)}, &k); err != nil {
		t.Fatal(err)
	}
	return join(r.src.schema, r.src.columns, batches)
}

// TestSkips passes over some batches and decodes others, of any size, some with a selection.
func TestSkips(t *testing.T) {
	seed := rand.Uint64()
	for _, name := range []string{
		"types_some.pages", "types_some.delta", "types_required.split", "types_required.delta", "types_some.v2",
		"types_none.v1", "types_all.v1", "duckdb.v2", "uuid", "fallback",
	} {
		path := filepath.Join(testdata, name+".parquet")
		_, want := mustScan(t, path, 1, nil)
		src, err := newSource(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		o := openAll(t, src)
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for round := range 20 {
			r := rand.New(rand.NewPCG(seed, uint64(round)))
			skipAndRead(t, fmt.Sprintf("seed %d, %s", seed, name), r, o, f, want)
		}
	}
}

func skipAndRead(t *testing.T, name string, r *rand.Rand, o *openSource, f io.ReaderAt, want []*vec.Vec) {
	t.Helper()
	rd := o.NewReader().(*reader)
	defer rd.Close()
	first := 0
	for g := range o.groups {
		group := &o.groups[g]
		for i, c := range rd.columns {
			if err := c.open(f, &group.file.columns[i], &group.chunks[i], 0); err != nil {
				t.Fatal(err)
			}
			for at := 0; at < int(group.rows); {
				n := 1 + r.IntN(int(group.rows)-at)
				sel := someRows(r, n)
				if r.IntN(3) == 0 {
					if err := c.skip(n); err != nil {
						t.Fatalf("%s: %v", name, err)
					}
				} else {
					got, err := c.read(n, sel)
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					if diff := equalColumns(got.Take(sel), want[i].Slice(first+at, first+at+n).Take(sel)); diff != "" {
						t.Fatalf("%s: column %s, %d rows from row %d: %s", name, c.col.name, n, at, diff)
					}
				}
				at += n
			}
		}
		first += int(group.rows)
	}
}

// someRows is a selection, or nil for all rows.
func someRows(r *rand.Rand, n int) []uint32 {
	if r.IntN(2) == 0 {
		return nil
	}
	sel := []uint32{}
	for i := range n {
		if r.IntN(3) == 0 {
			sel = append(sel, uint32(i))
		}
	}
	return sel
}

func TestFewRowGroupsAreCut(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	schema, cols := randomTable(r, 10, 0)
	for i := range cols { // 300,000 rows of the same 10
		cols[i] = cols[i].Take(repeated(10, 300_000))
	}
	path := filepath.Join(t.TempDir(), "one.parquet")
	set := defaults()
	set.groupRows = 1 << 20
	if err := writeFile(path, schema, morselsOf(r, cols), 1, set); err != nil {
		t.Fatal(err)
	}
	src, err := newSource(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	env := scanEnv(2)
	open, err := src.OpenSource(context.Background(), env, microbatch.Scan{Columns: []int{4, 11}})
	if err != nil {
		t.Fatal(err)
	}
	morsels, at, bytes := 0, int64(0), int64(0)
	for {
		m, err := open.Next(context.Background())
		if err == io.EOF {
			break
		}
		piece := m.(*morsel)
		if piece.from != at {
			t.Errorf("a morsel starts at row %d, want %d", piece.from, at)
		}
		morsels, at, bytes = morsels+1, piece.to, bytes+piece.bytes
	}
	if morsels < 4 || at != 300_000 || bytes != env.Stats.BytesTotal.Load() {
		t.Errorf("%d morsels of %d rows, %d of %d bytes", morsels, at, bytes, env.Stats.BytesTotal.Load())
	}
	_, got := mustScan(t, path, 4, nil)
	for i := range cols {
		if diff := equalColumns(got[i], cols[i]); diff != "" {
			t.Errorf("%s: %s", schema.Field(i).Name, diff)
		}
	}
}

func repeated(n, times int) []uint32 {
	rows := make([]uint32, times)
	for i := range rows {
		rows[i] = uint32(i % n)
	}
	return rows
}
