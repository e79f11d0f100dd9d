package bench

import (
	"strings"
	"testing"
)

func sampleReport() *Report {
	r := &Report{
		Machine: Machine{CPU: "Some CPU", Cores: 2, OS: "linux", Arch: "amd64", Go: "go1.26"}, Threads: 2, Rounds: 5,
		Versions: []EngineVersion{{"pwcol", "v1"}, {"duckdb", "2.0.0"}, {"duckdb-cli", "1.5"}},
		Results: []Result{
			{Query: "groupby_q1", Title: "sum v1 by id1", Rows: 1000, Lines: []Line{
				{Engine: "pwcol", Least: 0.1, Median: 0.11, CPU: 0.2, Peak: 7e6}, {Engine: "duckdb", Least: 0.2, Median: 0.22, CPU: 0.3, Peak: 9e6},
			}},
			{Query: "groupby_q2", Title: "sum v1 by id1, id2", Rows: 1000, Lines: []Line{
				{Engine: "pwcol", Least: 0.8, Median: 0.9, CPU: 0.2}, {Engine: "duckdb", Least: 0.1, Median: 0.1, CPU: 0.3},
			}},
			{Query: "start", Title: "whole process", Rows: 1000, Lines: []Line{
				{Engine: "pwcol", Least: 0.01, Median: 0.01, CPU: 0.01}, {Engine: "duckdb-cli", Least: 0.02, Median: 0.02, CPU: 0.02},
			}},
			{Query: "memory_10m", Title: "seed batch job, CSV", Rows: 10_000_000, Memory: true, Lines: []Line{
				{Engine: "pwcol", Least: 0.5, Median: 0.5, Peak: 60e6}, {Engine: "duckdb", Least: 0.8, Median: 0.8, Peak: 240e6},
			}},
		},
	}
	for i := range r.Results {
		r.Results[i].rank()
	}
	return r
}

func TestMarkdown(t *testing.T) {
	r := sampleReport()
	r.problem("pwcol and duckdb disagree")
	var b strings.Builder
	if err := r.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	const want = `Some CPU, 2 cores, linux/amd64, go1.26. 2 threads, 5 rounds, interleaved. Warm: files in the page cache, one round before those that count.
pwcol v1, duckdb 2.0.0, duckdb-cli 1.5.

Seconds: least / median / CPU.

| work | rows | pwcol | duckdb | duckdb-cli | ratio |
|---|---|---|---|---|---|
| sum v1 by id1 | 1,000 | 0.1 / 0.11 / 0.2 | 0.2 / 0.22 / 0.3 |  | 0.50 |
| sum v1 by id1, id2 | 1,000 | 0.8 / 0.9 / 0.2 | 0.1 / 0.1 / 0.3 |  | 8.00 |
| whole process | 1,000 | 0.01 / 0.01 / 0.01 |  | 0.02 / 0.02 / 0.02 | 0.50 |

group-by questions, geometric mean of least times: 2.00 × duckdb

| peak memory, MB | rows | pwcol | duckdb | ratio |
|---|---|---|---|---|
| seed batch job, CSV | 10,000,000 | 60 | 240 | 0.25 |

**pwcol and duckdb disagree**
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestText(t *testing.T) {
	r := sampleReport()
	r.problem("pwcol and duckdb disagree")
	var b strings.Builder
	if err := r.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\ngroupby_q2               1,000       pwcol   0.8000", "240   4.00\n\n", "PROBLEM: pwcol and duckdb disagree", "2.00 × duckdb",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}
