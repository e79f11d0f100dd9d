package parquet

import (
	"path/filepath"
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// TestLongStringsOfADictionary: a file of 340 KB whose 10,000 rows would take 3 GB as a plain column.
func TestLongStringsOfADictionary(t *testing.T) {
	const n, length = 10_000, 300 << 10
	d := vec.NewBuilder(vec.TString, 1)
	d.AppendString(strings.Repeat("a", length))
	ids := vec.NewBuilder(vec.TInt64, n)
	for i := range n {
		vec.AppendFixed(ids, int64(i))
	}
	text := &vec.Vec{Type: vec.TString, N: n, Codes: make([]uint32, n), Dict: &vec.Dict{Values: *d.Finish()}}
	schema := pw.NewSchema(pw.Field{Name: "id", Type: vec.TInt64}, pw.Field{Name: "text", Type: vec.TString})
	in := pw.NewSource(pw.NewMemory(schema, []*vec.Batch{{N: n, Cols: []*vec.Vec{ids.Finish(), text}}}), pw.SourceOptions{})
	path := filepath.Join(t.TempDir(), "long.parquet")
	if err := (microbatch.Config{Threads: 1}).Run(t.Context(), Write(in, path)); err != nil {
		t.Fatal(err)
	}
	batches, err := microbatch.Config{Threads: 1}.Batches(t.Context(), Read(path))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, b := range batches {
		if b.N*length > vec.MaxPlainBytes || b.Cols[1].Longest() != length {
			t.Fatalf("a batch of %d rows of %d bytes", b.N, b.Cols[1].Longest())
		}
		for i := range b.N {
			if id := b.Cols[0].Scalar(i).I; id != int64(rows) {
				t.Fatalf("row %d has the id %d", rows, id)
			}
			rows++
		}
	}
	if rows != n {
		t.Errorf("%d rows, want %d", rows, n)
	}
}

// TestPiecesOfLongStrings: what a writer gathers for a row group is cut before offsets overflow.
func TestPiecesOfLongStrings(t *testing.T) {
	columns, err := outColumns(pw.NewSchema(pw.Field{Name: "text", Type: vec.TString}))
	if err != nil {
		t.Fatal(err)
	}
	b := vec.NewBuilder(vec.TString, 1)
	b.AppendString(strings.Repeat("x", maxPieceBytes/2+1))
	batch := &vec.Batch{N: 1, Cols: []*vec.Vec{b.Finish()}}
	p := newPiece(columns)
	for n := 1; n <= 2; n++ {
		if !p.takes(batch) {
			t.Fatalf("it doesn't take row %d", n)
		}
		p.append(batch)
	}
	if p.takes(batch) {
		t.Error("it takes a third row")
	}
}
