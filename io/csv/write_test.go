package csv

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/texttest"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// writeBatches writes the batches, each a morsel, handed in by two writers and out of order.
func writeBatches(w *writer, schema *plan.Schema, batches []*vec.Batch) (err error) {
	budget := vec.NewBudget(0)
	env := &microbatch.Env{Threads: 2, Stats: new(microbatch.Stats), Account: budget.Account("csv")}
	ctx := context.Background()
	s, err := w.OpenSink(ctx, env, op.Port{Schema: schema, Bounded: true})
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, s.Close())
		if n := budget.Used(); n != 0 {
			err = errors.Join(err, fmt.Errorf("%d bytes are charged after Close", n))
		}
	}()
	writers := []microbatch.Writer{s.NewWriter(), s.NewWriter()}
	for i := range batches {
		m := min(i^1, len(batches)-1) // 1 0 3 2 …
		if i == len(batches)-1 && len(batches)%2 == 1 {
			m = i
		}
		w := writers[m%2]
		if err := w.Push(op.Seq{}, batches[m]); err != nil {
			return err
		}
		if err := w.EndMorsel(int64(m)); err != nil {
			return err
		}
	}
	if err := s.EndEpoch(&op.Epoch{}); err != nil {
		return err
	}
	if err := s.Commit(ctx); err != nil {
		return err
	}
	return s.Publish()
}

func newWriter(t testing.TB, path string, opts ...WriteOption) *writer {
	w, err := tryWriter(path, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// allTypes is a column of each type.
func allTypes() *plan.Schema {
	types := []vec.Type{
		vec.TBool, vec.TInt8, vec.TInt16, vec.TInt32, vec.TInt64, vec.TUint8, vec.TUint16, vec.TUint32, vec.TUint64,
		vec.TFloat32, vec.TFloat64, vec.TString, vec.TBinary, vec.TDate, vec.TTime(vec.Micro), vec.TTimestamp(vec.Second), vec.TTimestamp(vec.Nano),
		vec.TDuration(vec.Milli), vec.TDecimal(9, 2), vec.TDecimal(38, 10),
	}
	var fields []plan.Field
	for i, t := range types {
		fields = append(fields, plan.Field{Name: fmt.Sprintf("c%d %s", i, t), Type: t, Nullable: true})
	}
	return plan.NewSchema(fields...)
}

// randomBatch has any values in the ranges that the types have.
func randomBatch(rng *rand.Rand, schema *plan.Schema, rows int) *vec.Batch {
	b := &vec.Batch{N: rows}
	for _, f := range schema.Fields() {
		col := vec.NewBuilder(f.Type, rows)
		for range rows {
			if rng.IntN(5) == 0 {
				col.AppendNull()
				continue
			}
			col.AppendScalar(randomScalar(rng, f.Type))
		}
		b.Cols = append(b.Cols, col.Finish())
	}
	return b
}

func randomScalar(rng *rand.Rand, t vec.Type) vec.Scalar {
	texts := []string{"", "a", "NA", " b ", "c,d", "e\"f", "\"", "g\nh", "i\r\nj", "#k", "é", strings.Repeat("l", 40), "m;n", "'"}
	s := vec.Scalar{Type: t, I: int64(rng.Uint64()) >> rng.IntN(64)}
	switch t.Kind {
	case vec.Bool:
		s.I &= 1
	case vec.Float32:
		s.F = float64(math.Float32frombits(rng.Uint32()))
	case vec.Float64:
		s.F = math.Float64frombits(rng.Uint64())
	case vec.String:
		s.S = texts[rng.IntN(len(texts))]
	case vec.Binary:
		s.S = string([]byte{byte(rng.IntN(256)), byte(rng.IntN(256))})[:rng.IntN(3)]
	case vec.Date:
		s.I = int64(rng.IntN(4_000_000) - 1_000_000)
	case vec.Time:
		s.I = rng.Int64N(86_400 * t.Unit.PerSecond())
	case vec.Timestamp:
		s.I = rng.Int64N(200*365*86_400)*min(t.Unit.PerSecond(), 1e9) - 100*365*86_400*t.Unit.PerSecond()
	case vec.Decimal:
		s.D = vec.Int128From(rng.Int64N(2e9) - 1e9 + 1)
	}
	return s
}

// TestRoundTrip writes columns of all types and reads them back as they were.
func TestRoundTrip(t *testing.T) {
	schema := allTypes()
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		var batches []*vec.Batch
		var want []string
		all := &texttest.Collector{}
		for i := range rng.IntN(6) {
			b := randomBatch(rng, schema, rng.IntN(50))
			if rng.IntN(2) == 0 {
				b.Sel = []uint32{}
				for r := range b.N {
					if rng.IntN(2) == 0 {
						b.Sel = append(b.Sel, uint32(r))
					}
				}
			}
			batches = append(batches, b)
			if err := all.Emit(op.Main, op.Seq{Offset: int64(i)}, b); err != nil {
				rt.Fatal(err)
			}
		}
		want = all.Sorted(op.Main)
		null := []string{"", "NA"}[rng.IntN(2)]
		delimiter := []byte{',', ';', '\t'}[rng.IntN(3)]
		path := filepath.Join(t.TempDir(), "out.csv")
		if err := writeBatches(newWriter(t, path, NullText(null), Delimiter(delimiter)), schema, batches); err != nil {
			rt.Fatal(err)
		}
		src := openPath(t, path, schema, NullTexts(null), Delimiter(delimiter), chunkSize(1+rng.IntN(1000)))
		res, err := readAll(src, 2, texttest.Everything(src))
		if err != nil {
			rt.Fatal(err)
		}
		for i := range max(len(want), len(res.Rows)) {
			if i >= len(want) || i >= len(res.Rows) || res.Rows[i] != want[i] {
				text, _ := os.ReadFile(path)
				rt.Fatalf("row %d of %d: got\n%q\nwant %d rows\n%q\nfile %q", i, len(res.Rows), res.Rows[min(i, len(res.Rows)-1)], len(want), want[min(i, len(want)-1)], text)
			}
		}
	})
}

func TestWhatIsQuoted(t *testing.T) {
	schema := pw.NewSchema(pw.String("a,b"), pw.Float64("value"), pw.Timestamp("at"))
	b := &vec.Batch{}
	cols := []*vec.Builder{vec.NewBuilder(vec.TString, 0), vec.NewBuilder(vec.TFloat64, 0), vec.NewBuilder(vec.TTimestamp(vec.Micro), 0)}
	for _, s := range []string{"plain", "", "x,y", `say "x"`, "l\nm", " lead", "NULL", "tab\t"} {
		cols[0].AppendString(s)
		vec.AppendFixed(cols[1], 0.1)
		vec.AppendFixed(cols[2], int64(1_704_079_545_123_456))
		b.N++
	}
	for _, c := range cols {
		c.AppendNull()
		b.Cols = append(b.Cols, c.Finish())
	}
	b.N++
	path := filepath.Join(t.TempDir(), "out.csv")
	if err := writeBatches(newWriter(t, path, NullText("NULL")), schema, []*vec.Batch{b}); err != nil {
		t.Fatal(err)
	}
	const rest = ",0.1,2024-01-01 03:25:45.123456\n"
	want := `"a,b",value,at` + "\n" + strings.Join([]string{"plain", `""`, `"x,y"`, `"say ""x"""`, "\"l\nm\"", `" lead"`, `"NULL"`, "tab\t"}, rest) + rest + "NULL,NULL,NULL\n"
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWriteErrors(t *testing.T) {
	schema := pw.NewSchema(pw.String("a"))
	col := vec.NewBuilder(vec.TString, 0)
	col.AppendString("x,y")
	b := &vec.Batch{N: 1, Cols: []*vec.Vec{col.Finish()}}
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	err := writeBatches(newWriter(t, path, Quote(0)), schema, []*vec.Batch{b})
	if err == nil || !strings.Contains(err.Error(), `"x,y" can't be written without quotes`) {
		t.Errorf("a delimiter without quotes: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a failed run left %s: %v", path, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("a failed run left %v", entries)
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		err := writeBatches(newWriter(t, "/dev/full"), schema, []*vec.Batch{b})
		if err == nil || !strings.Contains(err.Error(), "no space left on device") {
			t.Errorf("/dev/full: %v", err)
		}
	}
	if _, err := tryWriter(path, Comment('#')); err == nil || !strings.Contains(err.Error(), "csv.Comment is an option of csv.Read") {
		t.Errorf("an option of Read: %v", err)
	}
}
