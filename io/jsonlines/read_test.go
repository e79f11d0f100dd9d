package jsonlines

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/internal/texttest"
	"github.com/pwcol/pwcol/microbatch"
)

func TestReadInfersTheSchema(t *testing.T) {
	path := texttest.WriteFile(t, "a.jsonl", `{"id": 1, "name": "x", "at": "2024-01-01T10:00:00Z"}
{"name": "y", "id": 2, "extra": [1, 2]}

{"id": null, "at": null}
`)
	src := openPath(t, path)
	if got, want := src.schema.String(), "id int64, name string, at timestamp[us], extra list(int64)"; got != want {
		t.Errorf("schema %q, want %q", got, want)
	}
	res, err := readAll(src, 1, texttest.Everything(src))
	want := []string{"1|x|2024-01-01 10:00:00|∅", "2|y|∅|[1, 2]", "∅|∅|∅|∅"}
	if err != nil || !slices.Equal(res.Rows, want) || res.Stats.RowsRead.Load() != 3 {
		t.Errorf("got %q, %v, want %q; %d rows read", res.Rows, err, want, res.Stats.RowsRead.Load())
	}
}

func TestOptions(t *testing.T) {
	path := texttest.WriteFile(t, "a.jsonl", `{"user": {"city": "Wien"}, "ts": 1700000000123, "day": "01.02.2024", "n": 1}`+"\n")
	schema := pw.NewSchema(pw.String("city"), pw.Timestamp("ts"), pw.Date("day"), pw.Int64("n"))
	src := openPath(t, path, schema, Path("city", "user", "city"), Epoch("ts", pw.Milli), Layout("day", "%d.%m.%Y"), Type("n", pw.TString))
	res, err := readAll(src, 1, texttest.Everything(src))
	if want := []string{"Wien|2023-11-14 22:13:20.123|2024-02-01|1"}; err != nil || !slices.Equal(res.Rows, want) {
		t.Errorf("got %q, %v, want %q", res.Rows, err, want)
	}
	src = openPath(t, path, Epoch("ts", pw.Milli), Layout("day", "%d.%m.%Y"))
	if got, want := src.schema.String(), "user string, ts timestamp[us], day date, n int64"; got != want {
		t.Errorf("inferred with options: %s, want %s", got, want)
	}
	for _, c := range []struct {
		option pw.ReadOption
		want   string
	}{
		{Path("x", "y"), `path for column "x": there is no such column; there are city, ts, day, n`},
		{Path("city"), `it names no keys`},
		{Epoch("n", pw.Milli), "Epoch is for times"},
		{Layout("day", "%q"), "%q is not known"},
		{SampleRows(0), "less than one row"},
		{MaxRowSize(-1), "limit on a row's size"},
	} {
		if _, err := trySource(path, schema, c.option); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

// TestChunksAndReaders reads files with all sizes of chunks and several readers: nothing may depend on them.
func TestChunksAndReaders(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	var text bytes.Buffer
	for i := range 300 {
		fmt.Fprintf(&text, `{"id":%d,"s":"%s"}`, i, strings.Repeat("é", r.IntN(30)))
		text.WriteString([]string{"\n", "\r\n", "\n\n", "\n{\"id\":\"bad\"}\n", "\nnot json\n", "\n" + strings.Repeat("x", 300) + "\n"}[r.IntN(6)])
	}
	text.WriteString(`{"id":1000,"s":"the last line has no break"}`)
	schema := pw.NewSchema(pw.Int64("id"), pw.String("s"))
	dir := t.TempDir()
	plain, packed := filepath.Join(dir, "a.jsonl"), filepath.Join(dir, "a.jsonl.gz")
	if err := os.WriteFile(plain, append([]byte("\xef\xbb\xbf"), text.Bytes()...), 0o600); err != nil {
		t.Fatal(err)
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(text.Bytes())
	w.Close()
	if err := os.WriteFile(packed, z.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var want string
	for _, path := range []string{plain, packed} {
		for _, chunk := range []int{1 << 20, 1, 2, 3, 17, 100, 1000} {
			src := openPath(t, path, schema, OnBadRow(pw.Reject), MaxRowSize(250), chunkSize(chunk))
			res, err := readAll(src, 1+chunk%3, texttest.Everything(src))
			if err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(fmt.Sprintf("%q %q %d", res.Rows, res.Rejected, res.Stats.RowsRead.Load()), path, "FILE")
			if want == "" {
				want = got
			}
			if got != want {
				t.Fatalf("seed %d: %s in chunks of %d:\n%s\nwant\n%s", seed, path, chunk, got, want)
			}
		}
	}
	if len(want) < 1000 || !strings.Contains(want, "row is larger than 250 bytes") || !strings.Contains(want, "the last line") {
		t.Errorf("got %s", want)
	}
}

func TestBadRows(t *testing.T) {
	path := texttest.WriteFile(t, "a.jsonl", "{\"id\":1}\n  {\"id\":2,}\n{\"id\":\"x\"}\n{\"id\":4}\n")
	schema := pw.NewSchema(pw.Int64("id"))
	for _, c := range []struct {
		policy pw.BadRows
		want   string
	}{
		{pw.Fail, path + `:2:11: expected a key in quotes ("), found '}'`},
		{pw.Skip, `["1" "4"] [] 2 0`},
		{pw.Reject, `["1" "4"] ["jsonlines.Read|` + path + `|2|∅|∅|expected a key in quotes (\"), found '}'|  {\"id\":2,}" "jsonlines.Read|` + path +
			`|3|id|x|\"x\" is not an int64|{\"id\":\"x\"}"] 0 2`},
	} {
		src := openPath(t, path, schema, OnBadRow(c.policy))
		res, err := readAll(src, 1, texttest.Everything(src))
		got := fmt.Sprintf("%q %q %d %d", res.Rows, res.Rejected, res.Stats.RowsSkipped.Load(), res.Stats.RowsRejected.Load())
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("policy %d:\n got %s\nwant %s", c.policy, got, c.want)
		}
	}
	// Only what is used can be bad, but for the grammar.
	src := openPath(t, texttest.WriteFile(t, "b.jsonl", "{\"id\":\"x\"}\n"), pw.NewSchema(pw.Int64("id"), pw.String("s")))
	if res, err := readAll(src, 1, microbatch.Scan{Columns: []int{1}}); err != nil || len(res.Rows) != 1 {
		t.Errorf("a column that isn't wanted: %q, %v", res.Rows, err)
	}
	// The type that was found from the sample is named as what may be wrong.
	src = openPath(t, texttest.WriteFile(t, "c.jsonl", "{\"id\":1}\n{\"id\":1.5}\n"), SampleRows(1))
	if _, err := readAll(src, 1, texttest.Everything(src)); err == nil || !strings.Contains(err.Error(), "found from the first rows") {
		t.Errorf("got %v", err)
	}
}

func TestInputsThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct{ path, want string }{
		{write("empty.jsonl", ""), "no line with a JSON object"},
		{write("array.jsonl", "[{\"a\":1},\n{\"a\":2}]"), "no line with a JSON object"},
		{write("utf16.jsonl", "\xff\xfe{\x00}\x00"), "is UTF-16"},
		{write("noname.jsonl", `{"":1}`), "column 1 has no name"},
		{filepath.Join(dir, "none.jsonl"), "no such file"},
	} {
		if _, err := trySource(c.path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.path, err, c.want)
		}
	}
}
