package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/bench"
)

func TestBenchBatch(t *testing.T) {
	dir := t.TempDir()
	r := pwcol(t, dir, "bench", "batch", "--max-rows", "10000", "--rounds", "1", "--data", "data").ok(t)
	lines := strings.Split(strings.TrimSpace(read(t, dir, "performance_results.csv")), "\n")
	if len(lines) != 3 || lines[0] != "mode,size,duration,throughput,processed_records,cpu_percent,peak_memory_mb" ||
		!strings.HasPrefix(lines[1], "batch,1000,") || !strings.HasPrefix(lines[2], "batch,10000,") || !strings.Contains(lines[2], ",10000,") {
		t.Errorf("%q", lines)
	}
	if !strings.Contains(r.stdout, "10,000") {
		t.Errorf("%s", r.stdout)
	}
	holds(t, dir, "data", "performance_results.csv")
	holds(t, filepath.Join(dir, "data"), "seed-1000.csv", "seed-10000.csv")
}

func TestBenchCompareAlone(t *testing.T) {
	dir := t.TempDir()
	pwcol(t, dir, "bench", "compare", "--engines", "pwcol", "--rows", "1000", "--rounds", "1", "--data", "data",
		"--only", "seed,groupby,convert,start", "--json", "r.json", "--markdown", "r.md").ok(t)
	var report bench.Report
	if err := json.Unmarshal([]byte(read(t, dir, "r.json")), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Results) != 12 || len(report.Problems) != 0 {
		t.Errorf("%+v", report)
	}
	for _, result := range report.Results {
		if len(result.Lines) != 1 || result.Lines[0].Engine != "pwcol" || result.Lines[0].Least <= 0 {
			t.Errorf("%+v", result)
		}
	}
	if text := read(t, dir, "r.md"); !strings.Contains(text, "| seed batch job, CSV | 1,000 |") {
		t.Errorf("%s", text)
	}
}

func TestBenchStream(t *testing.T) {
	dir := t.TempDir()
	r := pwcol(t, dir, "bench", "stream", "--duration", "100ms", "--rates", "1000,20000", "--ticks", "10ms", "--no-search", "--out", "out.csv").ok(t)
	lines := strings.Split(strings.TrimSpace(read(t, dir, "out.csv")), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "engine,mode,rate,tick_ms,") ||
		!strings.HasPrefix(lines[1], "pwcol,stream,1000,10,") || !strings.HasPrefix(lines[2], "pwcol,stream,20000,10,") || !strings.Contains(lines[2], ",2000,2000,") {
		t.Errorf("%q", lines)
	}
	if !strings.Contains(r.stdout, "20,000") {
		t.Errorf("%s", r.stdout)
	}
	holds(t, dir, "out.csv")
}

func TestBenchNexmark(t *testing.T) {
	dir := t.TempDir()
	r := pwcol(t, dir, "bench", "nexmark", "--events", "5000", "--queries", "q2,q4", "--out", "out.csv").ok(t)
	lines := strings.Split(strings.TrimSpace(read(t, dir, "out.csv")), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[1], "q2,5000,100000,") || !strings.HasPrefix(lines[2], "q4,5000,100000,") {
		t.Errorf("%q", lines)
	}
	if !strings.Contains(r.stdout, "q4") || !strings.Contains(r.stdout, "p99") {
		t.Errorf("%s", r.stdout)
	}
	holds(t, dir, "out.csv")
}

func TestBenchCompareSaysHowToInstallThePeers(t *testing.T) {
	pwcol(t, t.TempDir(), "bench", "compare", "--rows", "1000").complained(t, exitFailed, "bench/peers/setup.sh")
}

// All engines have to compute the same. The peers are used where they are installed: see bench/peers/README.md.
func TestBenchComparePeers(t *testing.T) {
	python, err := filepath.Abs("../../.venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	if other := os.Getenv("PWCOL_PEERS_PYTHON"); other != "" {
		python = other
	}
	if !isFile(python) || testing.Short() {
		t.Skip("the peers aren't installed")
	}
	dir := t.TempDir()
	pwcol(t, dir, "bench", "compare", "--python", python, "--rows", "20000", "--rounds", "1", "--data", "data",
		"--only", "seed,groupby,convert,start", "--json", "r.json").ok(t)
	var report bench.Report
	if err := json.Unmarshal([]byte(read(t, dir, "r.json")), &report); err != nil {
		t.Fatal(err)
	}
	for _, result := range report.Results {
		want := 4
		if result.Query == "start" {
			want = 2
		}
		if len(result.Lines) != want {
			t.Errorf("%s: %+v", result.Query, result.Lines)
		}
	}
}
