package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sales = `id,name,amount,at
1,"Smith, Ann",10.5,2024-01-02 03:04:05
2,"said ""no""",,2024-01-02 03:04:06.5
3,,-7,
4,"",0.1,1969-12-31 23:59:59
`

func TestThereAndBack(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "sales.csv", sales)
	pwcol(t, dir, "convert", "sales.csv", "sales.parquet").ok(t)
	pwcol(t, dir, "convert", "sales.parquet", "back.csv").ok(t)
	pwcol(t, dir, "convert", "back.csv", "again.parquet").ok(t)
	pwcol(t, dir, "convert", "again.parquet", "again.csv").ok(t)
	if back, again := read(t, dir, "back.csv"), read(t, dir, "again.csv"); back != again {
		t.Errorf("once:\n%stwice:\n%s", back, again)
	}
	want := pwcol(t, dir, "head", "sales.csv").ok(t).stdout
	for _, name := range []string{"sales.parquet", "back.csv", "again.parquet"} {
		if got := pwcol(t, dir, "head", name).ok(t).stdout; got != want {
			t.Errorf("%s:\n%s\nsales.csv:\n%s", name, got, want)
		}
	}
	for _, text := range []string{"Smith, Ann", `said "no"`, "NULL", "10.5", "timestamp[us]", "4 rows"} {
		if !strings.Contains(want, text) {
			t.Errorf("no %q in\n%s", text, want)
		}
	}
}

func TestJSONLines(t *testing.T) {
	dir := t.TempDir()
	const text = `{"id":1,"at":"2024-01-02T03:04:05Z","tags":["a","b"],"x":0.5}
{"id":2,"at":null,"tags":[],"x":1.0}
`
	write(t, dir, "a.jsonl", text)
	pwcol(t, dir, "convert", "a.jsonl", "b.ndjson").ok(t)
	if got := read(t, dir, "b.ndjson"); got != text {
		t.Errorf("got\n%swant\n%s", got, text)
	}
	pwcol(t, dir, "convert", "--columns", "x,id", "a.jsonl", "c.parquet").ok(t)
	if got := pwcol(t, dir, "convert", "--to", "jsonl", "c.parquet", "-").ok(t).stdout; got != "{\"x\":0.5,\"id\":1}\n{\"x\":1.0,\"id\":2}\n" {
		t.Errorf("got\n%s", got)
	}
	if got := pwcol(t, dir, "head", "a.jsonl").ok(t).stdout; !strings.Contains(got, "list(string)") || !strings.Contains(got, "2 rows") {
		t.Errorf("head:\n%s", got)
	}
	want := "pw.Int64(\"id\"),\n\tpw.Timestamp(\"at\"),\n\tpw.ListOf(\"tags\", pw.TString),\n\tpw.Float64(\"x\"),\n"
	if got := pwcol(t, dir, "schema", "--go", "b.ndjson").ok(t).stdout; !strings.Contains(got, want) {
		t.Errorf("schema:\n%s", got)
	}
	write(t, dir, "bad.jsonl", "{\"id\":1}\n{\"id\":}\n{\"id\":3}\n")
	pwcol(t, dir, "convert", "--bad-rows", "reject:bad.csv", "bad.jsonl", "good.csv").ok(t)
	if got := read(t, dir, "good.csv"); got != "id\n1\n3\n" || !strings.Contains(read(t, dir, "bad.csv"), "bad.jsonl,2,") {
		t.Errorf("good:\n%sbad:\n%s", got, read(t, dir, "bad.csv"))
	}
	pwcol(t, dir, "convert", "bad.jsonl", "good.csv").complained(t, 1, "bad.jsonl:2:7: expected a value, found '}'")
}

func TestConvertQuietly(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.csv", sales)
	r := pwcol(t, dir, "convert", "a.csv", "a.parquet").ok(t)
	if r.stdout != "" || r.stderr != "" {
		t.Errorf("says %q %q", r.stdout, r.stderr)
	}
	holds(t, dir, "a.csv", "a.parquet")
}

func TestStandardInputAndOutput(t *testing.T) {
	dir := t.TempDir()
	const text = "a,b\n1,x\n2,y\n"
	if r := pwcolWith(t, dir, text, "convert", "-", "-").ok(t); r.stdout != text {
		t.Errorf("%q", r.stdout)
	}
	pwcolWith(t, dir, text, "convert", "-", "out.parquet").ok(t)
	if r := pwcol(t, dir, "convert", "out.parquet", "-").ok(t); r.stdout != text {
		t.Errorf("%q", r.stdout)
	}
	holds(t, dir, "out.parquet")
}

func TestFormatsByFlag(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "data", "a\n1\n")
	pwcol(t, dir, "convert", "data", "out", "--from", "csv", "--to", "parquet").ok(t)
	if text := read(t, dir, "out"); !strings.HasPrefix(text, "PAR1") {
		t.Errorf("%.10q", text)
	}
	pwcol(t, dir, "convert", "out", "-", "--from", "parquet").ok(t)
}

func TestCSVOptions(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name, text string
		args       []string
		want       string
	}{
		{"semicolon.csv", "a;b\n1;x\n", []string{"--delimiter", ";"}, "a,b\n1,x\n"},
		{"tab.tsv", "a\tb\n1\tx\n", nil, "a,b\n1,x\n"},
		{"tab.csv", "a\tb\n1\tx\n", []string{"--delimiter", `\t`}, "a,b\n1,x\n"},
		{"null.csv", "a,b\n1,NA\nNA,-\n", []string{"--null", "NA", "--null", "-"}, "a,b\n1,\n,\n"},
		{"noheader.csv", "1,x\n2,y\n", []string{"--no-header"}, "column_1,column_2\n1,x\n2,y\n"},
		{"types.csv", "a,b,c\n1,2,3\n", []string{"--type", "a=float64", "--type", "c=decimal(5, 2)"}, "a,b,c\n1.0,2,3.00\n"},
		{"zone.csv", "at\n2024-07-01T00:00:00Z\n", []string{"--type", "at=timestamp[ms, Europe/Vienna]"}, "at\n2024-07-01 02:00:00+02\n"},
		{"columns.csv", "a,b,c\n1,2,3\n", []string{"--columns", "c,a"}, "c,a\n3,1\n"},
		{"zip.csv", "zip\n01234\n", []string{"--type", "zip=string"}, "zip\n01234\n"},
		{"layout.csv", "at\n31.12.2024 23:59\n", []string{"--layout", "at=%d.%m.%Y %H:%M"}, "at\n2024-12-31 23:59:00\n"},
		{"bom.csv", "\ufeffa,b\r\n1,x\r\n2,y", nil, "a,b\n1,x\n2,y\n"},
	} {
		write(t, dir, c.name, c.text)
		r := pwcol(t, dir, append([]string{"convert", c.name, "-"}, c.args...)...)
		if r.code != exitOK || r.stdout != c.want {
			t.Errorf("%s: %q, not %q; %s", c.name, r.stdout, c.want, r.stderr)
		}
	}
}

func TestParquetOptions(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.csv", "x\n"+strings.Repeat("1234567\n", 50_000))
	sizes := map[string]int{}
	for _, codec := range []string{"none", "snappy", "zstd"} {
		pwcol(t, dir, "convert", "a.csv", codec+".parquet", "--codec", codec).ok(t)
		sizes[codec] = len(read(t, dir, codec+".parquet"))
		if r := pwcol(t, dir, "convert", codec+".parquet", "-").ok(t); strings.Count(r.stdout, "\n") != 50_001 {
			t.Errorf("%s: %d lines", codec, strings.Count(r.stdout, "\n"))
		}
	}
	pwcol(t, dir, "convert", "a.csv", "groups.parquet", "--row-group-size", "1000").ok(t)
	if many := len(read(t, dir, "groups.parquet")); many < 2*sizes["snappy"] {
		t.Errorf("50 row groups take %d bytes, one %d", many, sizes["snappy"])
	}
}

func TestCompressedInput(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte("a,b\n1,x\n"))
	_ = z.Close()
	write(t, dir, "a.csv.gz", b.String())
	if r := pwcol(t, dir, "convert", "a.csv.gz", "-").ok(t); r.stdout != "a,b\n1,x\n" {
		t.Errorf("%q", r.stdout)
	}
}

func TestGlobsAndFolders(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "in"), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "in/1.csv", "a\n1\n")
	write(t, dir, "in/2.csv", "a\n2\n")
	if r := pwcol(t, dir, "convert", "in/*.csv", "-").ok(t); r.stdout != "a\n1\n2\n" {
		t.Errorf("%q", r.stdout)
	}
	if r := pwcol(t, dir, "convert", "--from", "csv", "in", "-").ok(t); r.stdout != "a\n1\n2\n" {
		t.Errorf("%q", r.stdout)
	}
}

func TestBadRows(t *testing.T) {
	dir := t.TempDir()
	// The type is inferred from a sample at the start, the bad rows come long after.
	text := "a,b\n" + strings.Repeat("1,2\n", 100_000) + "x,5\n7,8\n9\n"
	write(t, dir, "a.csv", text)
	pwcol(t, dir, "convert", "a.csv", "out.parquet").complained(t, exitFailed, "a.csv", "100002", "x", "int64")
	holds(t, dir, "a.csv")

	r := pwcol(t, dir, "convert", "a.csv", "out.csv", "--bad-rows", "skip").ok(t)
	if !strings.Contains(r.stderr, "bad rows left out: 2") {
		t.Errorf("says %q", r.stderr)
	}
	want := "a,b\n" + strings.Repeat("1,2\n", 100_000) + "7,8\n"
	if got := read(t, dir, "out.csv"); got != want {
		t.Errorf("%d bytes, not %d", len(got), len(want))
	}

	pwcol(t, dir, "convert", "a.csv", "out.csv", "--bad-rows", "reject:bad.csv").ok(t)
	bad := read(t, dir, "bad.csv")
	if strings.Count(bad, "\n") != 3 || !strings.Contains(bad, "100002") || !strings.Contains(bad, "x") {
		t.Errorf("rejected:\n%s", bad)
	}
	if got := read(t, dir, "out.csv"); got != want {
		t.Errorf("%d bytes, not %d", len(got), len(want))
	}
	holds(t, dir, "a.csv", "bad.csv", "out.csv")
}

func TestOutputReplacesWhatWasThereOnlyAtTheEnd(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "out.csv", "old\n")
	write(t, dir, "bad.csv", "a,b\n1,2\n3\n")
	pwcol(t, dir, "convert", "bad.csv", "out.csv").complained(t, exitFailed, "bad.csv")
	if got := read(t, dir, "out.csv"); got != "old\n" {
		t.Errorf("%q", got)
	}
	write(t, dir, "good.csv", "a\n1\n")
	pwcol(t, dir, "convert", "good.csv", "out.csv").ok(t)
	if got := read(t, dir, "out.csv"); got != "a\n1\n" {
		t.Errorf("%q", got)
	}
	pwcol(t, dir, "convert", "out.csv", "out.csv").ok(t) // onto itself
	if got := read(t, dir, "out.csv"); got != "a\n1\n" {
		t.Errorf("%q", got)
	}
}

func TestHead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.csv", "n\n"+strings.Repeat("1\n", 100))
	for n, lines := range map[string]int{"0": 4, "3": 7, "50": 54, "1000": 104} {
		r := pwcol(t, dir, "head", "-n", n, "a.csv").ok(t)
		if got := strings.Count(r.stdout, "\n"); got != lines {
			t.Errorf("-n %s: %d lines, not %d:\n%s", n, got, lines, r.stdout)
		}
	}
}

func TestSchema(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "sales.csv", sales)
	r := pwcol(t, dir, "schema", "sales.csv").ok(t)
	const want = "id      int64          nullable\n" +
		"name    string         nullable\n" +
		"amount  float64        nullable\n" +
		"at      timestamp[us]  nullable\n"
	if r.stdout != want {
		t.Errorf("got\n%swant\n%s", r.stdout, want)
	}
	pwcol(t, dir, "convert", "sales.csv", "sales.parquet").ok(t)
	if r := pwcol(t, dir, "schema", "sales.parquet").ok(t); r.stdout != want {
		t.Errorf("got\n%swant\n%s", r.stdout, want)
	}
	r = pwcol(t, dir, "schema", "--go", "sales.csv").ok(t)
	const code = "pw.NewSchema(\n\tpw.Int64(\"id\"),\n\tpw.String(\"name\"),\n\tpw.Float64(\"amount\"),\n\tpw.Timestamp(\"at\"),\n)\n"
	if r.stdout != code {
		t.Errorf("got\n%swant\n%s", r.stdout, code)
	}
}
