package json

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
)

func TestEncoder(t *testing.T) {
	text := vec.NewBuilder(vec.TString, 0)
	float := vec.NewBuilder(vec.TFloat64, 0)
	bin := vec.NewBuilder(vec.TBinary, 0)
	ts := vec.NewBuilder(vec.TTimestamp(vec.Milli), 0)
	for i, s := range []string{"a\"\\\n\x01é😀", "", "plain and long enough for words"} {
		text.AppendString(s)
		vec.AppendFixed(float, []float64{1, 0.1, 1e300}[i])
		bin.AppendString(s[:min(2, len(s))])
		vec.AppendFixed(ts, []int64{0, 1_700_000_000_123, -1 << 50}[i])
	}
	text.AppendNull()
	float.AppendNull()
	bin.AppendNull()
	ts.AppendNull()
	e := NewEncoder([]string{"t", "f\"", "b", "ts"})
	got := string(e.Append(nil, &vec.Batch{N: 4, Cols: []*vec.Vec{text.Vec(), float.Vec(), bin.Vec(), ts.Vec()}}))
	want := `{"t":"a\"\\\n\u0001é😀","f\"":1.0,"b":"YSI=","ts":"1970-01-01T00:00:00Z"}
{"t":"","f\"":0.1,"b":"","ts":"2023-11-14T22:13:20.123Z"}
{"t":"plain and long enough for words","f\"":1e+300,"b":"cGw=","ts":"33710-08-27 01:52:37.376 BC"}
{"t":null,"f\"":null,"b":null,"ts":null}
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestWhatIsWrittenIsReadBack writes random columns of all types, plain and as a dictionary, under a selection, and reads them.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for _, typ := range append(slices.Clone(vectest.Types), vec.TList(vec.TFloat64), vec.TList(vec.TString), vec.TList(vec.TTimestamp(vec.Nano))) {
		for _, n := range []int{0, 1, 3, 1023} {
			v := vectest.Column(r, typ, n, vectest.Some, 20)
			if typ.Kind == vec.Time { // of day
				for i, x := range vec.Of[int64](v) {
					vec.Of[int64](v)[i] = int64(uint64(x) % 86_400)
				}
			}
			b := &vec.Batch{N: n, Cols: []*vec.Vec{v}}
			if r.IntN(2) == 0 && typ.Kind != vec.List {
				b.Cols[0] = vectest.Dictionary(r, v)
			}
			if r.IntN(2) == 0 {
				b.Sel = vectest.Selection(r, n)
				vectest.Spoil(b.Cols[0], b.Sel)
			}
			if !utf8Column(b) {
				continue
			}
			e := NewEncoder([]string{"x"})
			text := e.Append(nil, b)
			p := mustParser(t, Options{Columns: []Column{{Name: "x", Type: typ, Nullable: true}}}, 0)
			got := parse(t, p, string(text))
			lines := strings.Split(string(text), "\n")
			if len(got.rows) != b.Rows() {
				t.Fatalf("seed %d: %s: %d rows of %d are read: %q", seed, typ, len(got.rows), b.Rows(), got.bad)
			}
			for i := range b.Rows() {
				if !json.Valid([]byte(lines[i])) {
					t.Fatalf("seed %d: %s: %s is not JSON", seed, typ, lines[i])
				}
				if want := valueText(b.Cols[0], b.Row(i)); got.rows[i] != want && !strings.ContainsAny(want, "NI") {
					t.Fatalf("seed %d: %s: %s is read as %q, want %q", seed, typ, lines[i], got.rows[i], want)
				}
			}
		}
	}
}

// utf8Column reports whether b's strings are text, as they are in a table.
func utf8Column(b *vec.Batch) bool {
	v := b.Cols[0]
	if v.Type.Kind != vec.String {
		return true
	}
	for i := range b.Rows() {
		if r := b.Row(i); !v.IsNull(r) && !utf8.Valid(v.Str(r)) {
			return false
		}
	}
	return true
}

func BenchmarkEncode(b *testing.B) {
	text := seedRows(8192)
	p := mustParser(b, Options{Columns: seedColumns()[:4]}, 0)
	var kept *vec.Batch
	if err := p.Parse(NewBuffer(text), keeper{&kept}); err != nil {
		b.Fatal(err)
	}
	e := NewEncoder([]string{"id", "value", "category", "timestamp"})
	var buf []byte
	for b.Loop() {
		buf = e.Append(buf[:0], kept)
	}
	b.SetBytes(int64(len(buf)))
}

// keeper keeps the first batch.
type keeper struct{ kept **vec.Batch }

func (k keeper) Rows(b *Batch) error {
	if *k.kept == nil {
		*k.kept = b.Batch.Keep(nil)
	}
	return nil
}

func (k keeper) Bad(*Bad) error { return nil }
