package main

import (
	"strings"
	"testing"
)

func TestMistakesOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args string
		want string
	}{
		{"frobnicate", "frobnicate"},
		{"convert", "<file>"},
		{"convert a.csv", "<out>"},
		{"convert a.csv b.parquet c", "c"},
		{"convert a.csv b.parquet --codec lzma", "--codec"},
		{"convert a.csv b.parquet --nonsense", "--nonsense"},
		{"convert a.csv b.parquet --bad-rows reject", "none of fail, skip, reject:FILE"},
		{"convert a.csv b.parquet --bad-rows reject:", "none of fail, skip, reject:FILE"},
		{"head -n many a.csv", "--rows"},
		{"head a.csv --max-memory lots", "not a size"},
		{"head a.csv --threads x", "--threads"},
		{"bench", "expected one of"},
		{"bench compare --rounds", "--rounds"},
	} {
		r := pwcol(t, dir, strings.Fields(c.args)...)
		r.complained(t, exitUsage, c.want)
		if r.stdout != "" {
			t.Errorf("%s: standard output %q", c.args, r.stdout)
		}
	}
	holds(t, dir)
}

func TestMistakesThatTheCommandFinds(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.csv", "x\n1\n")
	for _, c := range []struct {
		args string
		want string
	}{
		{"convert a.csv b.xlsx", "b.xlsx: the ending doesn't say the format: add --to=csv, --to=jsonl or --to=parquet"},
		{"convert a.bin b.csv", "a.bin: the ending doesn't say the format: add --from=csv, --from=jsonl or --from=parquet"},
		{"head a.csv --rows=-1", "--rows=-1"},
		{"head a.csv --threads=-1", "--threads=-1"},
		{"convert a.csv b.csv --delimiter ab", "--delimiter"},
		{"convert a.csv b.parquet --row-group-size=-5", "row groups of -5 rows"},
		{"head a.csv --type y=string", "there is no such column; there are x"},
		{"head a.csv --type x=number", "there is no type \"number\""},
		{"head a.csv --type x=decimal(50,2)", "decimal"},
		{"head a.csv --type x=timestamp[us,No/Where]", "there is no time zone \"No/Where\""},
		{"head a.csv --columns y", "unknown column \"y\""},
		{"bench compare --only nonsense", "there is no query \"nonsense\""},
		{"bench compare --engines oracle", "there is no engine \"oracle\""},
		{"bench compare --rounds 0", "--rounds=0"},
		{"bench batch --max-rows 10", "--max-rows=10"},
		{"bench stream --rates=-5", "a rate of -5 rows/s"},
		{"bench stream --ticks 0s", "a tick of 0s"},
		{"bench stream --duration 1us", "for 1µs"},
		{"bench nexmark --events 0", "--events"},
		{"bench nexmark --rate 20000000", "20000000 events in a second"},
		{"bench nexmark --queries q0,q6", "there is no query \"q6\""},
	} {
		pwcol(t, dir, strings.Fields(c.args)...).complained(t, exitFailed, c.want)
	}
	holds(t, dir, "a.csv")
}

func TestHelp(t *testing.T) {
	top := pwcol(t, t.TempDir(), "--help").ok(t)
	for _, command := range []string{"convert", "schema", "head", "bench", "version"} {
		if !strings.Contains(top.stdout, command) {
			t.Errorf("--help doesn't name %s:\n%s", command, top.stdout)
		}
	}
	if none := pwcol(t, t.TempDir()).ok(t); none.stdout != top.stdout {
		t.Errorf("without arguments:\n%s", none.stdout)
	}
	for _, command := range []string{"convert", "schema", "head", "bench", "bench batch", "bench compare", "bench stream", "bench nexmark", "version"} {
		r := pwcol(t, t.TempDir(), append(strings.Fields(command), "--help")...).ok(t)
		if !strings.Contains(r.stdout, "\nExamples:\n\n    ") || !strings.Contains(r.stdout, "    pwcol "+command) {
			t.Errorf("%s --help has no examples:\n%s", command, r.stdout)
		}
		if r.stderr != "" {
			t.Errorf("%s --help: standard error %q", command, r.stderr)
		}
	}
}

func TestVersion(t *testing.T) {
	r := pwcol(t, t.TempDir(), "version").ok(t)
	if !strings.HasPrefix(r.stdout, "pwcol ") || !strings.Contains(r.stdout, "go1.") {
		t.Errorf("%q", r.stdout)
	}
}

func TestProfiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.csv", "x\n1\n")
	pwcol(t, dir, "head", "a.csv", "--cpuprofile", "cpu.out", "--memprofile", "mem.out").ok(t)
	holds(t, dir, "a.csv", "cpu.out", "mem.out")
	for _, name := range []string{"cpu.out", "mem.out"} {
		if text := read(t, dir, name); !strings.HasPrefix(text, "\x1f\x8b") {
			t.Errorf("%s is no profile: %.10q", name, text)
		}
	}
	pwcol(t, dir, "head", "a.csv", "--cpuprofile", "no/such/folder").complained(t, exitFailed, "no/such/folder")
}
