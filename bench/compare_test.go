package bench

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestRoundsAreInterleavedInRotatingOrder(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	t.Setenv("PWCOL_BENCH_TEST_LOG", log)
	compareFakes(t, "seed_csv", fake("pwcol", "good"), fake("fast", "good"), fake("slow", "good"))

	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	processes := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		fields := strings.Fields(line)
		order = append(order, fields[0])
		processes[fields[0]+fields[2]] = true
	}
	want := []string{
		"pwcol", "fast", "slow", // to warm up
		"fast", "slow", "pwcol",
		"slow", "pwcol", "fast",
	}
	if !slices.Equal(order, want) {
		t.Errorf("order %v, not %v", order, want)
	}
	if len(processes) != 3 {
		t.Errorf("%d processes, not one for each engine", len(processes))
	}
}

func TestRatios(t *testing.T) {
	report := compareFakes(t, "seed_csv", fake("pwcol", "good"), fake("fast", "good"), fake("slow", "good"))
	if len(report.Problems) > 0 {
		t.Errorf("problems %v", report.Problems)
	}
	lines := report.Results[0].Lines
	for i, want := range []struct {
		engine string
		ratio  float64
	}{{"pwcol", 2}, {"fast", 0.5}, {"slow", 2}} {
		if l := lines[i]; l.Engine != want.engine || l.Ratio != want.ratio || l.MedianRatio != want.ratio || l.CPU != 0.3 {
			t.Errorf("line %+v, not %+v", l, want)
		}
	}
}

// A fast wrong answer must not go unnoticed.
func TestDifferentResultsAreProblems(t *testing.T) {
	for _, query := range []string{"seed_csv", "groupby_q1", "convert"} {
		report := compareFakes(t, query, fake("pwcol", "good"), fake("other", "wrong"), fake("fast", "good"))
		if query == "convert" { // all files are read by the same engine, which says what is in them
			if len(report.Problems) != 0 {
				t.Errorf("%s: problems %q", query, report.Problems)
			}
			continue
		}
		if len(report.Problems) != 1 || !strings.Contains(report.Problems[0], "pwcol and other computed different results") {
			t.Errorf("%s: problems %q", query, report.Problems)
		}
	}
	report := compareFakes(t, "convert", fake("pwcol", "good"), fake("liar", "good"), fake("fast", "good"))
	if len(report.Problems) != 1 || !strings.Contains(report.Problems[0], "3 rows and 4") {
		t.Errorf("problems %q", report.Problems)
	}
}

func TestEnginesThatFailAreProblemsAndTheOthersGoOn(t *testing.T) {
	for how, want := range map[string]string{
		"failing": "out of luck",
		"dying":   "Segmentation fault",
		"absent":  "other doesn't start: ModuleNotFoundError: no module",
	} {
		report := compareFakes(t, "seed_csv", fake("pwcol", "good"), fake("other", how), fake("fast", "good"))
		if len(report.Problems) != 1 || !strings.Contains(report.Problems[0], want) {
			t.Errorf("%s: problems %q", how, report.Problems)
		}
		if n := len(report.Results[0].Lines); n != 2 {
			t.Errorf("%s: %d engines in the result", how, n)
		}
	}
}

func TestWithoutPwcolThereIsNoReport(t *testing.T) {
	c := comparison(t, fake("pwcol", "absent"))
	if _, err := c.Run(context.Background(), mustSelect(t, "seed_csv")); err == nil {
		t.Error("no error")
	}
}

func TestPeakMemoryIsThatOfAFreshProcess(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	t.Setenv("PWCOL_BENCH_TEST_LOG", log)
	q := mustSelect(t, "memory_10m")
	q[0].rows = 10
	c := comparison(t, fake("pwcol", "good"), fake("fast", "good"))
	report, err := c.Run(context.Background(), q)
	if err != nil || len(report.Problems) > 0 {
		t.Fatal(err, report.Problems)
	}
	text, err := os.ReadFile(log) // a line with the process's id for each question: one to warm up, one that counts
	asked := strings.Fields(strings.ReplaceAll(strings.TrimSpace(string(text)), " ", "/"))
	slices.Sort(asked)
	if err != nil || len(slices.Compact(asked)) != 4 {
		t.Errorf("%v, asked:\n%s", err, text)
	}
	if l := report.Results[0].Lines; !report.Results[0].Memory || len(l) != 2 || l[0].Peak != 50e6 {
		t.Errorf("result %+v", report.Results[0])
	}
}

func TestWholeProcessesAreMeasuredFromOutside(t *testing.T) {
	c := comparison(t, fake("pwcol", "good"))
	if err := os.WriteFile(filepath.Join(c.Data.Dir, "seed-1000.csv"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pwcol", "other", "broken"} {
		c.Whole = append(c.Whole, Whole{Name: name, Version: "3", Args: func(in, out string) []string {
			return []string{os.Args[0], "job", name, in, out}
		}})
	}
	report, err := c.Run(context.Background(), mustSelect(t, "start"))
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Problems) != 1 || !strings.Contains(report.Problems[0], "broken") || !strings.Contains(report.Problems[0], "as it was meant") {
		t.Errorf("problems %q", report.Problems)
	}
	lines := report.Results[0].Lines
	if len(lines) != 2 || lines[0].Engine != "pwcol" || lines[0].Least <= 0 || lines[0].CPU <= 0 || len(lines[0].rounds) != wholeRounds {
		t.Errorf("lines %+v", lines)
	}
}

func TestCancelledComparison(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := comparison(t, fake("pwcol", "good"))
	c.Log = func(string, ...any) { cancel() } // after the first query
	if _, err := c.Run(ctx, mustSelect(t, "seed_csv", "groupby")); err == nil {
		t.Error("no error")
	}
}

func compareFakes(t *testing.T, query string, engines ...Command) *Report {
	t.Helper()
	report, err := comparison(t, engines...).Run(context.Background(), mustSelect(t, query))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// comparison has inputs of 10 rows, which the fakes don't read.
func comparison(t *testing.T, engines ...Command) *Compare {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"seed-10.csv", "groupby-10.csv", "seed-10.by-pwcol.parquet", "groupby-10.by-pwcol.parquet"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	log := func(string, ...any) {}
	return &Compare{Engines: engines, Rows: 10, Rounds: 2, Threads: 2, Data: &Data{Dir: dir, Log: log}, Log: log}
}

func mustSelect(t *testing.T, names ...string) []Query {
	t.Helper()
	q, err := Select(names)
	if err != nil {
		t.Fatal(err)
	}
	return q
}
