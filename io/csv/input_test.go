package csv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/texttest"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// idValue is the schema of the small tables below.
func idValue() *pw.Schema { return pw.NewSchema(pw.Int64("id"), pw.Float64("value")) }

func TestForms(t *testing.T) {
	quotes := pw.NewSchema(pw.Int64("id"), pw.String("s"))
	cases := []struct {
		name, text, rows string
		opts             []pw.ReadOption
	}{
		{"byte order mark", "\xef\xbb\xbfid,value\n1,2\n", "1|2", nil},
		{"byte order mark without a header", "\xef\xbb\xbf1,2\n3,4", "1|2 3|4", []pw.ReadOption{Header(false)}},
		{"CRLF", "id,value\r\n1,2\r\n3,\r\n", "1|2 3|∅", nil},
		{"no last line break", "id,value\n1,2\n3,4", "1|2 3|4", nil},
		{"blank lines", "\n\nid,value\n\n1,2\n\r\n\n3,4\n\n", "1|2 3|4", nil},
		{"comments", "# made by hand\nid,value\n#1,\"2\n3,4\n#", "3|4", []pw.ReadOption{Comment('#')}},
		{"header only", "id,value\n", "", nil},
		{"header without line break", "id,value", "", nil},
		{"other order", "value,id\n2,1\n", "1|2", nil},
		{"quoted header", "\"id\",\"value\"\n1,2\n", "1|2", nil},
		{"no header, no rows", "", "", []pw.ReadOption{Header(false)}},
		{"null texts", "id,value\nNA,-999\n-,1\n", "∅|∅ ∅|1", []pw.ReadOption{NullTexts("NA", "-999", "-")}},
		{"quoted null text", "id,s\n1,NA\n2,\"NA\"\n3,\"\"\n4,\n", "1|∅ 2|NA 3| 4|∅", []pw.ReadOption{NullTexts("NA"), quotes}},
		{"semicolons", "id;value\n1;2.5\n", "1|2.5", []pw.ReadOption{Delimiter(';')}},
		{"tabs and other quotes", "id\ts\n1\t'a\tb'\n", "1|a\tb", []pw.ReadOption{Delimiter('\t'), Quote('\''), quotes}},
		{"spelled in other ways", "id,value\n+7, 1e3\n-0,NaN\n007,-inf\n", "7|1000 0|NaN 7|-Infinity", nil},
	}
	for _, c := range cases {
		path := texttest.WriteFile(t, "data.csv", c.text)
		for _, chunk := range []int{1, 1 << 20} {
			src := openPath(t, path, append([]pw.ReadOption{idValue(), chunkSize(chunk)}, c.opts...)...)
			res, err := readAll(src, 2, texttest.Everything(src))
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if got := strings.Join(res.Rows, " "); got != c.rows {
				t.Errorf("%s: rows are %q, want %q", c.name, got, c.rows)
			}
		}
	}
}

// TestBadInput lists what a user may get wrong, and what the message has to say.
func TestBadInput(t *testing.T) {
	small := pw.NewSchema(pw.Int64("id"), pw.Int8("value"))
	narrow := pw.NewSchema(pw.Int64("id", pw.NotNull()), pw.String("value"))
	cases := []struct {
		name, text, want string
		opts             []pw.ReadOption
	}{
		{"empty file", "", "data.csv is empty: expected a header with the columns id, value", nil},
		{"missing column", "id\n1\n", `data.csv: the header does not match: column "value" is missing`, nil},
		{"extra column", "id,value,more\n", `data.csv: the header does not match: column "more" is not in the schema`, nil},
		{"doubled column", "id,value,id\n", `column "id" is there twice (columns 1 and 3)`, nil},
		{"too few fields", "id,value\n1,2\n3\n", "data.csv:3: expected 2 fields, found 1", nil},
		{"too many fields", "id,value\n1,2\n\n3,4,5\n", "data.csv:4: expected 2 fields, found 3", nil},
		{"wrong type", "id,value\n1,2\n3,abc\n", `data.csv:3: column "value": "abc" is not a float64`, nil},
		{"wrong integer", "id,value\n1.5,2\n", `data.csv:2: column "id": "1.5" is not an int64`, nil},
		{"integer out of range", "id,value\n9223372036854775808,2\n", `data.csv:2: column "id": "9223372036854775808" is out of range for int64`, nil},
		{"small integer out of range", "id,value\n1,128\n", `data.csv:2: column "value": "128" is out of range for int8`, []pw.ReadOption{small}},
		{"float out of range", "id,value\n1,1e999\n", `data.csv:2: column "value": "1e999" is out of range for float64`, nil},
		{"NULL where there is none", "id,value\n1,a\n,b\n", `data.csv:3: column "id": NULL, but the column is declared NotNull`, []pw.ReadOption{narrow}},
		{"unclosed quote", "id,value\n1,2\n\n3,\"4\n5,6\n", "data.csv:4: quote that is never closed", nil},
		{"unclosed quote behind a line break", "id,value\n\"1\n\",\"2\n5,6\n", "data.csv:3: quote that is never closed", nil},
		{"quote inside", "id,value\n1,2\n3,4\"\n", "data.csv:3: quote inside an unquoted field", nil},
		{"text behind a quote", "id,value\n1,\"2\"3\n", "data.csv:2: text behind a closing quote", nil},
		{"not UTF-8", "id,value\n1,a\xffb\n", `data.csv:2: column "value": "a\xffb" is not valid UTF-8`, []pw.ReadOption{narrow}},
		{"UTF-16", "\xff\xfei\x00d\x00", "data.csv is UTF-16: convert it to UTF-8", nil},
		{"row too large", "id,value\n1,2\n3," + strings.Repeat("4", 200) + "\n", "data.csv:3: row is larger than 100 bytes", []pw.ReadOption{MaxRowSize(100)}},
		{"quote too far", "id,value\n1,2\n3,\"" + strings.Repeat("4\n", 100) + "\"\n", "data.csv:3: quote that is never closed", []pw.ReadOption{MaxRowSize(100)}},
		{"bad quote in the header", "id,\"value\"x\n", "data.csv:1: in the header: text behind a closing quote", nil},
	}
	for _, c := range cases {
		path := texttest.WriteFile(t, "data.csv", c.text)
		for _, chunk := range []int{1, 7, 1 << 20} {
			err := readError(path, append([]pw.ReadOption{idValue(), chunkSize(chunk)}, c.opts...)...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, chunks of %d: %v, want %q", c.name, chunk, err, c.want)
			}
		}
	}
}

// readError is what a run of reading path ends with: of several bad rows the first one's error, whichever worker finds it.
func readError(path string, opts ...pw.ReadOption) error {
	_, err := microbatch.Config{Threads: 2}.Batches(context.Background(), Read(path, opts...))
	return err
}

func TestBadPathsAndOptions(t *testing.T) {
	dir := t.TempDir()
	withLayout := func(layout string) *pw.Schema {
		return pw.NewSchema(pw.Timestamp("at", pw.Layout(layout)))
	}
	file := texttest.WriteFile(t, "data.csv", "id,value\n")
	cases := []struct {
		path, want string
		opts       []pw.ReadOption
	}{
		{filepath.Join(dir, "none.csv"), "no such file", nil},
		{dir, "holds no files with ending .csv", nil},
		{filepath.Join(dir, "*.csv"), "matches nothing", nil},
		{file, `'1' can't be the delimiter`, []pw.ReadOption{Delimiter('1')}},
		{file, "must be different bytes", []pw.ReadOption{Delimiter('"')}},
		{file, `layout for column "x": there is no such column; there are id, value`, []pw.ReadOption{Layout("x", "%Y")}},
		{file, `column "id": int64 has no layout`, []pw.ReadOption{Layout("id", "%Y-%m-%d")}},
		{file, "%q is not known", []pw.ReadOption{withLayout("%q")}},
		{file, "neither a whole date", []pw.ReadOption{withLayout("%Y-%m")}},
		{file, "row's size", []pw.ReadOption{MaxRowSize(-1)}},
		{file, "types can't be found from less than one row", []pw.ReadOption{SampleRows(0)}},
		{file, "csv.NullText is an option of csv.Write", []pw.ReadOption{NullText("x")}},
		{file, `column "id" is there twice`, []pw.ReadOption{pw.NewSchema(pw.Int64("id"), pw.Int8("id"))}},
	}
	for _, c := range cases {
		err := readError(c.path, append([]pw.ReadOption{idValue()}, c.opts...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.path, err, c.want)
		}
	}
}

func pack(t testing.TB, kind, text string) string {
	var buf bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&buf)
	if kind == "zstd" {
		z, err := zstd.NewWriter(&buf)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// numbers is a table of n rows, with a quoted line break now and then, and its rows as result has them.
func numbers(n int) (text string, rows []string) {
	var sb strings.Builder
	sb.WriteString("id,name\n")
	for i := range n {
		name := fmt.Sprintf("name %d", i)
		if i%7 == 0 {
			name = fmt.Sprintf("two\nlines %d", i)
			fmt.Fprintf(&sb, "%d,\"%s\"\n", i, name)
		} else {
			fmt.Fprintf(&sb, "%d,%s\n", i, name)
		}
		rows = append(rows, fmt.Sprintf("%d|%s", i, name))
	}
	return sb.String(), rows
}

func TestPackedFiles(t *testing.T) {
	text, want := numbers(3000)
	for _, kind := range []string{"gzip", "zstd"} {
		path := texttest.WriteFile(t, "data.csv", pack(t, kind, text)) // the name says nothing
		for _, chunk := range []int{5, 100, 1 << 20} {
			src := openPath(t, path, chunkSize(chunk))
			res, err := readAll(src, 3, texttest.Everything(src))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Join(res.Rows, ";") != strings.Join(want, ";") {
				t.Errorf("%s, chunks of %d: got %d rows, want %d, or others", kind, chunk, len(res.Rows), len(want))
			}
		}
	}
	many := pack(t, "gzip", text[:1000]) + pack(t, "gzip", text[1000:])
	src := openPath(t, texttest.WriteFile(t, "data.csv.gz", many))
	if res, err := readAll(src, 1, texttest.Everything(src)); err != nil || len(res.Rows) != len(want) {
		t.Errorf("gzip of two members: %d rows, %v", len(res.Rows), err)
	}
}

// TestStreamsAreReadAsFiles compares packed text with the same text as it is, mistakes and all.
func TestStreamsAreReadAsFiles(t *testing.T) {
	for _, text := range []string{
		"id,value\n1,2\nx,3\n\n4,\"5\n\n6,7\n8\n9,10",
		"id,value\n1,2\n3," + strings.Repeat("4", 500) + "\n5,6\n7,8,9",
		"id,value\n1,2\n3,\"" + strings.Repeat("4", 500) + "\n5,6\n7,\"8",
	} {
		plain := texttest.WriteFile(t, "data.csv", text)
		packed := filepath.Join(filepath.Dir(plain), "packed.csv")
		if err := os.WriteFile(packed, []byte(pack(t, "gzip", text)), 0o600); err != nil {
			t.Fatal(err)
		}
		read := func(path string, chunk int) string {
			src := openPath(t, path, idValue(), OnBadRow(pw.Reject), MaxRowSize(60), chunkSize(chunk))
			res, err := readAll(src, 2, texttest.Everything(src))
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%q %q %d", res.Rows, res.Rejected, res.Stats.RowsRejected.Load())
			return strings.ReplaceAll(got, path, "FILE")
		}
		want := read(plain, 1<<20)
		if !strings.Contains(want, "FILE") {
			t.Errorf("nothing was rejected of %q", text)
		}
		for _, chunk := range []int{1, 10, 64, 1000} {
			if got := read(packed, chunk); got != want {
				t.Errorf("%q in chunks of %d:\ngot  %s\nwant %s", text, chunk, got, want)
			}
		}
	}
}

func TestPackedFileThatIsCut(t *testing.T) {
	text, rows := numbers(3000)
	data := pack(t, "gzip", text)
	path := texttest.WriteFile(t, "data.csv.gz", data[:len(data)/2])
	src := openPath(t, path, pw.NewSchema(pw.Int64("id"), pw.String("name")))
	res, err := readAll(src, 2, texttest.Everything(src))
	if err == nil || !strings.Contains(err.Error(), "data.csv.gz: the gzip data ends early") {
		t.Errorf("%d of %d rows, %v", len(res.Rows), len(rows), err)
	}
}

func TestSeveralFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("b.csv", "id,value\n3,4\n")
	write("a.csv", "value,id\n2,1\n")
	write("c.csv.gz", pack(t, "gzip", "id,value\n5,6\n7,8\n"))
	write(".hidden.csv", "no,such\n")
	for _, path := range []string{dir, filepath.Join(dir, "*.csv*")} {
		src := openPath(t, path, idValue(), chunkSize(3))
		res, err := readAll(src, 2, texttest.Everything(src))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(res.Rows, " "); got != "1|2 3|4 5|6 7|8" {
			t.Errorf("%s: rows are %s", path, got)
		}
	}
	write("d.csv", "id,other\n")
	err := readError(dir, idValue())
	if err == nil || !strings.Contains(err.Error(), `d.csv: the header does not match: column "other" is not in the schema; column "value" is missing`) {
		t.Errorf("another header: %v", err)
	}
}

func TestBadRowPolicies(t *testing.T) {
	text := "id,value\n1,2\nx,3\n4\n\"5\n6\",7\n8,\"y\"\n9,10\n"
	path := texttest.WriteFile(t, "data.csv", text)
	src := openPath(t, path, idValue(), OnBadRow(pw.Skip))
	res, err := readAll(src, 2, texttest.Everything(src))
	if got := strings.Join(res.Rows, " "); err != nil || got != "1|2 9|10" || res.Stats.RowsSkipped.Load() != 4 || res.Stats.RowsRead.Load() != 6 {
		t.Errorf("skip: %s, %d skipped of %d, %v", got, res.Stats.RowsSkipped.Load(), res.Stats.RowsRead.Load(), err)
	}
	src = openPath(t, path, idValue(), OnBadRow(pw.Reject))
	res, err = readAll(src, 2, texttest.Everything(src))
	want := []string{
		"csv.Read|" + path + `|3|id|x|"x" is not an int64|x,3`,
		"csv.Read|" + path + "|4|∅|∅|expected 2 fields, found 1|4",
		"csv.Read|" + path + `|5|id|5` + "\n" + `6|"5\n6" is not an int64|"5` + "\n" + `6",7`,
		"csv.Read|" + path + `|7|value|y|"y" is not a float64|8,"y"`,
	}
	if err != nil || strings.Join(res.Rejected, "\n") != strings.Join(want, "\n") || res.Stats.RowsRejected.Load() != 4 {
		t.Errorf("reject: %v, got\n%s\nwant\n%s", err, strings.Join(res.Rejected, "\n"), strings.Join(want, "\n"))
	}
}

// TestOnlyWhatIsUsedIsParsed: a bad field that no row of the result needs is no mistake, a bad number of fields is.
func TestOnlyWhatIsUsedIsParsed(t *testing.T) {
	path := texttest.WriteFile(t, "data.csv", "id,value\n1,x\n2,5\nbad,7\n")
	src := openPath(t, path, idValue())
	id := &plan.Column{Name: "id", Index: 0, Type: vec.TInt64, Nullable: true}
	two := &plan.Literal{Value: vec.Scalar{Type: vec.TInt64, I: 2}}
	filter := microbatch.NewFilter(&plan.Call{Op: plan.OpEq, Args: []plan.Expr{id, two}, Type: vec.TBool})
	src.settings.bad = plan.Skip
	res, err := readAll(src, 1, microbatch.Scan{Columns: []int{1}, Filter: filter})
	if got := strings.Join(res.Rows, " "); err != nil || got != "5" || res.Stats.RowsSkipped.Load() != 1 {
		t.Errorf("filter: %s, %d skipped, %v", got, res.Stats.RowsSkipped.Load(), err)
	}
	src.settings.bad = plan.Fail
	res, err = readAll(src, 1, microbatch.Scan{})
	if err != nil || len(res.Rows) != 3 {
		t.Errorf("no columns: %d rows, %v", len(res.Rows), err)
	}
}

// TestALineOf100MB: what is too large for a row is told with as much memory as a row may take.
func TestALineOf100MB(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("id,value\n1,")
	for range 100 {
		f.Write(bytes.Repeat([]byte{'x'}, 1<<20))
	}
	f.WriteString("\n2,3\n")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	src := openPath(t, path, idValue(), OnBadRow(pw.Skip))
	res, err := readAll(src, 2, texttest.Everything(src))
	if got := strings.Join(res.Rows, " "); err != nil || got != "2|3" || res.Stats.RowsSkipped.Load() != 1 {
		t.Errorf("skip: %s, %v", got, err)
	}
	err = readError(path, idValue())
	if err == nil || !strings.Contains(err.Error(), "data.csv:2: row is larger than 16777216 bytes") {
		t.Errorf("fail: %v", err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 400<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
}

func TestAFileThatShrinks(t *testing.T) {
	text, _ := numbers(1000)
	path := texttest.WriteFile(t, "data.csv", text)
	src := openPath(t, path, chunkSize(100))
	env := &microbatch.Env{Threads: 1, Stats: new(microbatch.Stats)}
	open, err := src.OpenSource(context.Background(), env, texttest.Everything(src))
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	r := open.NewReader()
	if err := os.Truncate(path, 1000); err != nil {
		t.Fatal(err)
	}
	for {
		m, err := open.Next(context.Background())
		if err == nil {
			err = r.Read(context.Background(), m, &texttest.Collector{})
		}
		if err == nil {
			continue
		}
		if errors.Is(err, io.EOF) || !strings.Contains(err.Error(), "has become shorter") {
			t.Errorf("a file that shrinks ends with %v", err)
		}
		return
	}
}

func TestCancelledRunEnds(t *testing.T) {
	text, _ := numbers(5000)
	for _, data := range []string{text, pack(t, "gzip", text)} {
		src := openPath(t, texttest.WriteFile(t, "data.csv", data), chunkSize(100))
		env := &microbatch.Env{Threads: 2, Stats: new(microbatch.Stats)}
		ctx, cancel := context.WithCancel(context.Background())
		open, err := src.OpenSource(ctx, env, texttest.Everything(src))
		if err != nil {
			t.Fatal(err)
		}
		// The first morsel is taken and never read: who has the second one waits for it.
		if _, err := open.Next(ctx); err != nil {
			t.Fatal(err)
		}
		m, err := open.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := open.NewReader().Read(ctx, m, &texttest.Collector{}); !errors.Is(err, context.Canceled) {
			t.Errorf("Read of a cancelled run: %v", err)
		}
		if err := open.Close(); err != nil {
			t.Error(err)
		}
	}
}

// withStdin makes standard input be text, from a pipe.
func withStdin(t *testing.T, text string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	old := os.Stdin
	os.Stdin = r
	t.Cleanup(func() { os.Stdin = old; r.Close() })
	go func() {
		defer w.Close()
		io.WriteString(w, text)
	}()
}

func TestStandardInput(t *testing.T) {
	text, want := numbers(50_000)
	schema := pw.NewSchema(pw.Int64("id"), pw.String("name"))
	for _, c := range []struct {
		name, text string
		opts       []pw.ReadOption
	}{
		{"with a schema", text, []pw.ReadOption{schema, chunkSize(1000)}},
		{"types from a sample", text, nil},
		{"packed", pack(t, "zstd", text), nil},
	} {
		withStdin(t, c.text)
		src := openPath(t, "-", c.opts...)
		res, err := readAll(src, 2, texttest.Everything(src))
		if err != nil || strings.Join(res.Rows, ";") != strings.Join(want, ";") {
			t.Errorf("%s: %d rows, %v", c.name, len(res.Rows), err)
		}
	}
	withStdin(t, "id,name\n1\n")
	err := readError("-", schema)
	if err == nil || !strings.Contains(err.Error(), "standard input:2: expected 2 fields, found 1") {
		t.Errorf("a bad row: %v", err)
	}
	if _, err := Infer("-"); err == nil || !strings.Contains(err.Error(), "standard input can be read only once") {
		t.Errorf("Infer: %v", err)
	}
}

func TestInferFiles(t *testing.T) {
	text := "id,when,zip\n"
	for i := range 100 {
		text += fmt.Sprintf("%d,05.03.2024,%d\n", i, i)
	}
	path := texttest.WriteFile(t, "data.csv", text+"100,06.03.2024,A-1\n")
	for _, c := range []struct {
		want string
		opts []pw.ReadOption
	}{
		{"id int64, when string, zip string", nil},
		{"id int64, when date, zip string", []pw.ReadOption{Layout("when", "%d.%m.%Y")}},
		{"id int64, when string, zip int64", []pw.ReadOption{SampleRows(10)}},
		{"column_1 string, column_2 string, column_3 string", []pw.ReadOption{Header(false)}},
		{"id int8, when string, zip string", []pw.ReadOption{Type("id", pw.TInt8)}},
		{"id int64, when timestamp[ns], zip string", []pw.ReadOption{Layout("when", "%d.%m.%Y"), Type("when", pw.TimestampType(pw.Nano))}},
	} {
		schema, err := Infer(path, c.opts...)
		if err != nil || schema.String() != c.want {
			t.Errorf("schema is %s, want %s (%v)", schema, c.want, err)
		}
	}
	err := readError(path, SampleRows(10))
	if err == nil || !strings.Contains(err.Error(), `data.csv:102: column "zip": "A-1" is not an int64 (the type was found from the first rows`) {
		t.Errorf("a value that the sample didn't show: %v", err)
	}
	if err := readError(path, SampleRows(10), Type("zip", pw.TInt64)); err == nil || !strings.HasSuffix(err.Error(), `"A-1" is not an int64`) {
		t.Errorf("a value that isn't of the type that was asked for: %v", err)
	}
	if _, err := Infer(path, Type("zap", pw.TInt64)); err == nil || !strings.Contains(err.Error(), `type for column "zap": there is no such column`) {
		t.Errorf("the type of a column that isn't there: %v", err)
	}
	if _, err := Infer(texttest.WriteFile(t, "empty.csv", "")); err == nil || !strings.Contains(err.Error(), "empty.csv is empty") {
		t.Errorf("an empty file: %v", err)
	}
	if _, err := Infer(texttest.WriteFile(t, "doubled.csv", "a,a\n1,2\n")); err == nil || !strings.Contains(err.Error(), `column "a" is there twice`) {
		t.Errorf("a doubled column: %v", err)
	}
}

// TestSampleLargerThanAMegabyte: more rows are looked at than a megabyte has, if asked to.
func TestSampleLargerThanAMegabyte(t *testing.T) {
	row := "1," + strings.Repeat("x", 1000) + "\n"
	path := texttest.WriteFile(t, "data.csv", "n,text\n"+strings.Repeat(row, 3000)+"1.5,y\n")
	for want, opts := range map[string][]pw.ReadOption{
		"n int64, text string":   nil,
		"n float64, text string": {SampleRows(5000)},
	} {
		if schema, err := Infer(path, opts...); err != nil || schema.String() != want {
			t.Errorf("schema is %s, want %s (%v)", schema, want, err)
		}
	}
}
