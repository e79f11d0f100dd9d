package parquet_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/parquet"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type sale struct {
	ID    int64   `pw:"id"`
	Shop  string  `pw:"shop"`
	Value float64 `pw:"value"`
	Note  *string `pw:"note"`
}

// sales is rows whose ids rise, so that row groups have bounds that differ.
func sales(r *rand.Rand, n int) []sale {
	rows := make([]sale, n)
	for i := range rows {
		rows[i] = sale{ID: int64(i / 3), Shop: fmt.Sprintf("shop %c", 'A'+i*20/n), Value: float64(r.IntN(100))}
		if i%1000 > 300 {
			note := fmt.Sprint("note ", r.IntN(50))
			rows[i].Note = &note
		}
	}
	return rows
}

func mustRun(t *testing.T, threads int, out pw.Output) *microbatch.Stats {
	t.Helper()
	stats := &microbatch.Stats{}
	if err := (microbatch.Config{Threads: threads, Stats: stats}).Run(context.Background(), out); err != nil {
		t.Fatal(err)
	}
	return stats
}

// TestQueries runs filters over a file of many row groups and compares with a loop over the rows.
func TestQueries(t *testing.T) {
	const n = 20_000
	rows := sales(rand.New(rand.NewPCG(1, 1)), n)
	path := filepath.Join(t.TempDir(), "sales.parquet")
	mustRun(t, 2, parquet.Write(pw.FromRows(rows), path, parquet.RowGroupRows(700), parquet.Compress(parquet.Zstd)))

	cases := []struct {
		cond  pw.Expr
		holds func(sale) bool
		most  int64 // rows that may have to be read
	}{
		{pw.Col("value").Gt(50), func(s sale) bool { return s.Value > 50 }, n},
		{pw.Col("value").Gt(500), func(s sale) bool { return false }, 0},
		{pw.Col("id").Eq(1234), func(s sale) bool { return s.ID == 1234 }, 1400},
		{pw.Col("id").Lt(100).And(pw.Col("value").Gt(90)), func(s sale) bool { return s.ID < 100 && s.Value > 90 }, 700},
		{pw.Col("shop").Ge("shop S"), func(s sale) bool { return s.Shop >= "shop S" }, n / 4},
		{pw.Col("shop").Eq("shop C"), func(s sale) bool { return s.Shop == "shop C" }, 2800},
		{pw.Col("note").IsNull(), func(s sale) bool { return s.Note == nil }, n},
		{pw.Col("note").Eq("note 7").And(pw.Col("id").Ge(6000)), func(s sale) bool { return s.Note != nil && *s.Note == "note 7" && s.ID >= 6000 }, n / 5},
		{pw.Col("id").Between(10, 5).Or(pw.Col("shop").Eq("none")), func(s sale) bool { return false }, 700},
		{pw.Col("id").In(5, 1234, 6600), func(s sale) bool { return s.ID == 5 || s.ID == 1234 || s.ID == 6600 }, 6 * 700},
	}
	for _, c := range cases {
		var want []sale
		for _, s := range rows {
			if c.holds(s) {
				want = append(want, s)
			}
		}
		for _, threads := range []int{1, 4} {
			stats := &microbatch.Stats{}
			table := parquet.Read(path).Filter(c.cond).Select("shop", "note", "id")
			batches, err := (microbatch.Config{Threads: threads, Stats: stats}).Batches(context.Background(), table)
			if err != nil {
				t.Fatal(err)
			}
			if diff := differs(batches, want); diff != "" {
				t.Errorf("%s, %d threads: %s", c.cond, threads, diff)
			}
			if read := stats.RowsRead.Load(); read > c.most {
				t.Errorf("%s: %d rows were read, %d would do", c.cond, read, c.most)
			}
			if total, read := stats.BytesTotal.Load(), stats.BytesRead.Load(); total != read {
				t.Errorf("%s: %d of %d bytes were read", c.cond, read, total)
			}
		}
	}
}

// differs compares batches of shop, note and id, in order.
func differs(batches []*vec.Batch, want []sale) string {
	at := 0
	for _, b := range batches {
		for i := range b.Rows() {
			row := b.Row(i)
			if at == len(want) {
				return fmt.Sprintf("more than %d rows", at)
			}
			w := want[at]
			note := b.Cols[1].Scalar(row)
			if string(b.Cols[0].Str(row)) != w.Shop || vec.Of[int64](b.Cols[2])[row] != w.ID ||
				note.Null != (w.Note == nil) || !note.Null && note.S != *w.Note {
				return fmt.Sprintf("row %d is wrong", at)
			}
			at++
		}
	}
	if at < len(want) {
		return fmt.Sprintf("%d rows, want %d", at, len(want))
	}
	return ""
}

func TestCountReadsNoColumn(t *testing.T) {
	rows := sales(rand.New(rand.NewPCG(1, 1)), 5000)
	path := filepath.Join(t.TempDir(), "sales.parquet")
	mustRun(t, 2, parquet.Write(pw.FromRows(rows), path, parquet.RowGroupRows(999)))
	stats := &microbatch.Stats{}
	batches, err := (microbatch.Config{Stats: stats}).Batches(context.Background(), parquet.Read(path).Reduce(pw.Count().As("n")))
	if err != nil || len(batches) != 1 || vec.Of[int64](batches[0].Cols[0])[0] != 5000 {
		t.Fatalf("%d batches, %v", len(batches), err)
	}
	if n := stats.BytesTotal.Load(); n != 0 {
		t.Errorf("%d bytes were to be read", n)
	}
}

// TestCopyKeepsOrder copies a file to one of other row groups.
func TestCopyKeepsOrder(t *testing.T) {
	rows := sales(rand.New(rand.NewPCG(1, 1)), 300_000)
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.parquet"), filepath.Join(dir, "b.parquet")
	mustRun(t, 2, parquet.Write(pw.FromRows(rows), a, parquet.RowGroupRows(200_000)))
	mustRun(t, 4, parquet.Write(parquet.Read(a), b, parquet.RowGroupRows(10_000), parquet.Compress(parquet.Uncompressed)))
	batches, err := microbatch.Config{}.Batches(context.Background(), parquet.Read(b).Select("shop", "note", "id"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := differs(batches, rows); diff != "" {
		t.Error(diff)
	}
}

func TestFailedWriteLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.parquet")
	rows := sales(rand.New(rand.NewPCG(1, 1)), 10_000)
	table := pw.FromRows(rows).With(pw.Col("id").Add(int64(1) << 62).Mul(4).As("id")) // overflows
	if err := microbatch.Run(context.Background(), parquet.Write(table, path, parquet.RowGroupRows(100))); err == nil {
		t.Error("an overflow is no error")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 0 {
		t.Errorf("%d files are left, %v", len(entries), err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	table := pw.FromRows([]sale{{}})
	for _, c := range []struct {
		out  pw.Output
		want string
	}{
		{parquet.Write(table, "x.parquet", parquet.RowGroupRows(0)), "row groups of 0 rows"},
		{parquet.Write(table, "x.parquet", parquet.Compress(3)), "pages can't be written with LZO"},
		{parquet.Write(parquet.Read("none.parquet"), "x.parquet"), "no such file: none.parquet"},
		{parquet.Write(parquet.Read("none.parquet", parquet.Columns()), "x.parquet"), "names no column"},
		{parquet.Write(table, filepath.Join("no", "such", "folder.parquet")), "folder"},
	} {
		err := microbatch.Run(context.Background(), c.out)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

func TestSchemaOption(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sales.parquet")
	mustRun(t, 2, parquet.Write(pw.FromRows(sales(rand.New(rand.NewPCG(1, 1)), 1000)), path))
	run := func(s *pw.Schema) error {
		_, err := microbatch.Config{}.Batches(context.Background(), parquet.Read(path, s))
		return err
	}
	if err := run(pw.NewSchema(pw.Float64("value"), pw.String("shop"))); err != nil {
		t.Error(err)
	}
	for want, s := range map[string]*pw.Schema{
		`column "id" is int64, expected int32`:                     pw.NewSchema(pw.Int32("id")),
		`there is no column "ID"; its columns are id, shop, value`: pw.NewSchema(pw.Int64("ID")),
		`column "note", page at byte`:                              pw.NewSchema(pw.String("note", pw.NotNull())),
		"a value is NULL, which the schema says none is":           pw.NewSchema(pw.String("note", pw.NotNull())),
	} {
		if err := run(s); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
