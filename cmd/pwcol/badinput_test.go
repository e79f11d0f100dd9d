package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every kind of bad input is one clear line that names the place, exit code 1, and no output file.

func TestBadFiles(t *testing.T) {
	for name, c := range map[string]struct {
		file string // made in the folder; "": none
		text string
		args []string // after "convert"; in front of out.parquet
		want []string
	}{
		"missing":              {args: []string{"missing.csv"}, want: []string{"missing.csv", "no such file"}},
		"missing folder":       {args: []string{"no/where/a.csv"}, want: []string{"no/where/a.csv", "no folder"}},
		"glob without a match": {args: []string{"*.csv"}, want: []string{"*.csv"}},
		"folder without files": {args: []string{"--from=csv", "."}, want: []string{"."}},
		"name of nothing":      {args: []string{""}, want: []string{"name of a file is empty"}},
		"empty":                {"empty.csv", "", []string{"empty.csv"}, []string{"empty.csv", "empty"}},
		"doubled column":       {"a.csv", "a,b,a\n1,2,3\n", []string{"a.csv"}, []string{`"a"`}},
		"too few fields":       {"a.csv", "a,b\n1,2\n3\n4,5\n", []string{"a.csv"}, []string{"a.csv", "3", "2", "1"}},
		"too many fields":      {"a.csv", "a,b\n1,2\n3,4,5\n", []string{"a.csv"}, []string{"a.csv", "3", "2"}},
		"not UTF-8":            {"a.csv", "a\nx\n\xff\xfe\n", []string{"a.csv"}, []string{"a.csv", "3", "UTF-8"}},
		"unclosed quote":       {"a.csv", "a,b\n1,\"x\n2,y\n", []string{"a.csv"}, []string{"a.csv", "2", "quote"}},
		"not Parquet":          {"a.parquet", "hello", []string{"a.parquet"}, []string{"a.parquet"}},
		"empty Parquet":        {"a.parquet", "", []string{"a.parquet"}, []string{"a.parquet"}},
		"wrong magic":          {"a.parquet", strings.Repeat("x", 1000), []string{"a.parquet"}, []string{"a.parquet"}},
		"hostile length":       {"a.parquet", "PAR1" + strings.Repeat("x", 100) + "\xff\xff\xff\x7fPAR1", []string{"a.parquet"}, []string{"a.parquet"}},
		"cut gzip":             {"a.csv.gz", gzipped("a,b\n" + strings.Repeat("1,2\n", 1000))[:40], []string{"a.csv.gz"}, []string{"a.csv.gz"}},
		"corrupt gzip":         {"a.csv.gz", "\x1f\x8b\x08\x00nonsense nonsense nonsense", []string{"a.csv.gz"}, []string{"a.csv.gz"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var files []string
			if c.file != "" {
				files = append(files, write(t, dir, c.file, c.text))
			}
			args := append(append([]string{"convert"}, c.args...), "out.parquet")
			pwcol(t, dir, args...).complained(t, exitFailed, c.want...)
			holds(t, dir, files...)
		})
	}
}

func TestFilesOfOtherColumns(t *testing.T) {
	for name, c := range map[string]struct{ second, want string }{
		"missing": {"a\n1\n", `"b"`}, "extra": {"a,b,c\n1,2,3\n", `"c"`}, "doubled": {"a,b,b\n1,2,3\n", `"b"`}, "other": {"a,B\n1,2\n", `"b"`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "1.csv", "a,b\n1,2\n")
			write(t, dir, "2.csv", c.second)
			pwcol(t, dir, "convert", "*.csv", "out.parquet").complained(t, exitFailed, "2.csv", c.want)
			holds(t, dir, "1.csv", "2.csv")
		})
	}
}

// The sample that types are inferred from is at the start of the file: what comes later doesn't fit.
func TestBadValues(t *testing.T) {
	for name, c := range map[string]struct{ good, bad, want string }{
		"wrong type":   {"1", "abc", "int64"},
		"out of range": {"1", "9223372036854775808", "int64"},
		"bad float":    {"1.5", "1.5.5", "float64"},
		"bad date":     {"2024-02-28", "2024-02-30", "date"},
		"bad time":     {"2024-02-28 01:02:03", "2024-02-28 25:02:03", "timestamp"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			const before = 200_000
			write(t, dir, "a.csv", "x,y\n"+strings.Repeat("7,"+c.good+"\n", before)+"8,"+c.bad+"\n")
			line := fmt.Sprint(before + 2)
			pwcol(t, dir, "convert", "a.csv", "out.parquet").complained(t, exitFailed, "a.csv", line, `y`, c.bad, c.want, "--type", "--sample-rows")
			holds(t, dir, "a.csv")
		})
	}
}

func TestAnEndlessLine(t *testing.T) {
	if testing.Short() {
		t.Skip("100 MB")
	}
	dir := t.TempDir()
	write(t, dir, "a.csv", "a\n1\n"+strings.Repeat("x", 100<<20)+"\n")
	pwcol(t, dir, "convert", "a.csv", "out.parquet", "--max-memory", "64MB").complained(t, exitFailed, "a.csv")
	holds(t, dir, "a.csv")
}

func TestDamagedParquet(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("n,s\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "%d,text %d\n", i, i*7919%5000)
	}
	write(t, dir, "a.csv", b.String())
	pwcol(t, dir, "convert", "a.csv", "whole.parquet").ok(t)
	whole := []byte(read(t, dir, "whole.parquet"))
	for _, n := range []int{len(whole) - 1, len(whole) - 9, len(whole) / 2, 12, 4} {
		write(t, dir, "cut.parquet", string(whole[:n]))
		pwcol(t, dir, "convert", "cut.parquet", "out.csv").complained(t, exitFailed, "cut.parquet")
	}
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	for range 30 {
		damaged := bytes.Clone(whole)
		for range 1 + random.IntN(8) {
			damaged[random.IntN(len(damaged))] ^= byte(1 + random.IntN(255))
		}
		write(t, dir, "damaged.parquet", string(damaged))
		r := pwcol(t, dir, "convert", "damaged.parquet", "out.csv")
		if r.code == exitOK { // the damage went into values
			if err := os.Remove(filepath.Join(dir, "out.csv")); err != nil {
				t.Fatal(err)
			}
			continue
		}
		t.Logf("seed %d: %s", seed, r.stderr)
		r.complained(t, exitFailed, "damaged.parquet")
	}
	holds(t, dir, "a.csv", "whole.parquet", "cut.parquet", "damaged.parquet")
}

func gzipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}

// Nested columns can't be read, and the others of their file can.
func TestColumnsBesideNestedOnes(t *testing.T) {
	dir := t.TempDir()
	nested, err := filepath.Abs("../../testdata/parquet/nested.parquet")
	if err != nil {
		t.Fatal(err)
	}
	pwcol(t, dir, "convert", nested, "out.csv").complained(t, exitFailed, "nested.parquet", "is nested")
	holds(t, dir)
	r := pwcol(t, dir, "convert", nested, "-", "--columns", "a").ok(t)
	if !strings.HasPrefix(r.stdout, "a\n") {
		t.Errorf("%q", r.stdout)
	}
}
