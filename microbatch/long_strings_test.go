package microbatch_test

import (
	"fmt"
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// TestLongStringsInMemory: 20,000 rows whose 300 KiB each lie in a dictionary would be 6 GB as plain columns, and 2.4 GB a
// batch of the usual size, more than offsets can tell. They pass through operators that need plain columns.
func TestLongStringsInMemory(t *testing.T) {
	const n, length = 20_000, 300 << 10
	d := vec.NewBuilder(vec.TString, 2)
	d.AppendString(strings.Repeat("a", length))
	d.AppendString("b")
	ids := vec.NewBuilder(vec.TInt64, n)
	codes := make([]uint32, n)
	for i := range n {
		vec.AppendFixed(ids, int64(i))
		if i%2000 == 0 {
			codes[i] = 1
		}
	}
	text := &vec.Vec{Type: vec.TString, N: n, Codes: codes, Dict: &vec.Dict{Values: *d.Finish()}}
	schema := pw.NewSchema(pw.Field{Name: "id", Type: vec.TInt64}, pw.Field{Name: "text", Type: vec.TString})
	in := pw.NewSource(pw.NewMemory(schema, []*vec.Batch{{N: n, Cols: []*vec.Vec{ids.Finish(), text}}}), pw.SourceOptions{})

	got := rowsOf[struct {
		ID    int64  `pw:"id"`
		Text  string `pw:"text"`
		Count int64  `pw:"count"`
	}](t, microbatch.Config{Threads: 2}, in.Filter(pw.Col("text").Eq("b")).GroupBy("id", "text").Reduce(pw.Count()).Sort("id"))
	for i, r := range got {
		if r.ID != int64(2000*i) || r.Text != "b" || r.Count != 1 {
			t.Errorf("row %d is %d, %d bytes, %d", i, r.ID, len(r.Text), r.Count)
		}
	}
	if len(got) != n/2000 {
		t.Errorf("%d rows", len(got))
	}
	checkBatches(t, in, n, 100)
	checkBatches(t, in.Filter(pw.Col("id").Lt(15_000)), 15_000, 100)
}

// checkBatches runs the table and looks at what becomes of its batches when they are made plain.
func checkBatches(t *testing.T, table *pw.Table, rows, least int) {
	t.Helper()
	batches, err := microbatch.Config{Threads: 2}.Batches(t.Context(), table)
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for _, b := range batches {
		bytes := 0
		for i := range b.N {
			if id := b.Cols[0].Scalar(i).I; id != int64(got) {
				t.Fatalf("row %d has the id %d", got, id)
			}
			bytes += len(b.Cols[1].Str(i))
			got++
		}
		if bytes > vec.MaxPlainBytes {
			t.Errorf("a batch of %d rows becomes %d bytes", b.N, bytes)
		}
	}
	if got != rows || len(batches) < rows/least/10 {
		t.Errorf("%s: %d rows in %d batches", fmt.Sprint(table), got, len(batches))
	}
}
