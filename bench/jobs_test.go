package bench

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/microbatch"
)

// The reference reads the CSV file a row at a time, with maps.
func TestGroupByQuestions(t *testing.T) {
	const rows = 20_000
	file := testData(t, groupByParquet, rows)
	records := readFile(t, strings.TrimSuffix(file, ".by-pwcol.parquet")+".csv")[1:]
	const id1, id2, id3, id4, id6, v1, v2, v3 = 0, 1, 2, 3, 5, 6, 7, 8
	sum, mean := func(g []float64) float64 { return total(g) }, func(g []float64) float64 { return total(g) / float64(len(g)) }
	for query, c := range map[string]struct {
		keys []int
		sums map[string]func(rows [][]string) float64 // of each group
	}{
		"groupby_q1": {[]int{id1}, reducers{"v1": of(v1, sum)}},
		"groupby_q2": {[]int{id1, id2}, reducers{"v1": of(v1, sum)}},
		"groupby_q3": {[]int{id3}, reducers{"v1": of(v1, sum), "v3": of(v3, mean)}},
		"groupby_q4": {[]int{id4}, reducers{"id4": of(id4, mean), "v1": of(v1, mean), "v2": of(v2, mean), "v3": of(v3, mean)}},
		"groupby_q5": {[]int{id6}, reducers{"id6": of(id6, mean), "v1": of(v1, sum), "v2": of(v2, sum), "v3": of(v3, sum)}},
		"groupby_q7": {[]int{id3}, reducers{"range_v1_v2": rangeOf(v1, v2)}},
	} {
		groups := map[string][][]string{}
		for _, r := range records {
			key := ""
			for _, k := range c.keys {
				key += r[k] + ","
			}
			groups[key] = append(groups[key], r)
		}
		want := map[string]float64{}
		for name, reduce := range c.sums {
			for _, g := range groups {
				want[name] += reduce(g)
			}
		}
		a := ask(t, Request{Query: query, File: file})
		expected := outcome{rows: int64(len(groups)), sums: want}
		if d := expected.difference(outcome{rows: a.Rows, sums: a.Sums}); d != "" {
			t.Errorf("%s: expected and got %s", query, d)
		}
		if a.Processed != rows || a.Seconds <= 0 {
			t.Errorf("%s: %+v", query, a)
		}
	}
}

func TestSeedJobs(t *testing.T) {
	const rows = 10_000
	csvFile, parquetFile := testData(t, seedCSV, rows), testData(t, seedParquet, rows)
	type group struct {
		values []float64
		last   string
	}
	groups := map[string]*group{}
	for _, r := range readFile(t, csvFile)[1:] {
		if value := number(r[1]); value > 500 {
			g := groups[r[2]]
			if g == nil {
				g = &group{}
				groups[r[2]] = g
			}
			g.values, g.last = append(g.values, value), max(g.last, r[3])
		}
	}
	for query, file := range map[string]string{
		"seed_csv": csvFile, "seed_csv_typed": csvFile, "seed_parquet": parquetFile, "seed_parquet_typed": parquetFile,
	} {
		out := filepath.Join(t.TempDir(), "out.csv")
		if a := ask(t, Request{Query: query, File: file, Out: out}); a.Processed != rows {
			t.Errorf("%s: %+v", query, a)
		}
		got := readFile(t, out)
		if len(got) != 6 {
			t.Fatalf("%s: %v", query, got)
		}
		for _, r := range got[1:] {
			g := groups[r[0]]
			if number(r[1]) != float64(len(g.values)) || !near(number(r[2]), total(g.values)) ||
				!near(number(r[3]), total(g.values)/float64(len(g.values))) {
				t.Errorf("%s: %v", query, r)
			}
			if strings.HasSuffix(query, "typed") && !sameText(r[4], g.last) {
				t.Errorf("%s: last is %s, not %s", query, r[4], g.last)
			}
		}
	}
}

func TestConvertJob(t *testing.T) {
	const rows = 5000
	out := filepath.Join(t.TempDir(), "out.parquet")
	ask(t, Request{Query: "convert", File: testData(t, seedCSV, rows), Out: out})
	if a := ask(t, Request{Query: "parquet_sums", File: out}); a.Rows != rows || a.Sums["id"] != rows*(rows-1)/2 {
		t.Errorf("%+v", a)
	}
}

func TestServeAnswersMistakes(t *testing.T) {
	answers := serve(t,
		Request{Query: "nonsense"},
		Request{Query: "seed_csv", File: "no-such-file.csv", Out: filepath.Join(t.TempDir(), "out.csv")},
		Request{Query: "seed_csv", File: "x.csv"},
	)
	for i, want := range []string{"no query", "no-such-file.csv", "needs the name of a file"} {
		if !strings.Contains(answers[i].Error, want) {
			t.Errorf("%d: %+v", i, answers[i])
		}
	}
	if err := Serve(context.Background(), microbatch.Config{}, "", strings.NewReader("not json\n"), io.Discard); err == nil {
		t.Error("no error")
	}
}

// pwcol answers every query that there is.
func TestEveryQueryHasAJob(t *testing.T) {
	for _, q := range Queries() {
		if _, ok := jobs()[q.ask]; !ok && q.how != wholeProcess {
			t.Errorf("no job %s", q.ask)
		}
	}
}

type reducers = map[string]func([][]string) float64

func of(column int, reduce func([]float64) float64) func([][]string) float64 {
	return func(rows [][]string) float64 { return reduce(column64(rows, column)) }
}

func rangeOf(high, low int) func([][]string) float64 {
	return func(rows [][]string) float64 {
		most, least := math.Inf(-1), math.Inf(1)
		for _, x := range column64(rows, high) {
			most = max(most, x)
		}
		for _, x := range column64(rows, low) {
			least = min(least, x)
		}
		return most - least
	}
}

func column64(rows [][]string, column int) []float64 {
	out := make([]float64, len(rows))
	for i, r := range rows {
		out[i] = number(r[column])
	}
	return out
}

func total(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum
}

func number(text string) float64 {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	return x
}

func testData(t *testing.T, what dataset, rows int) string {
	t.Helper()
	d := &Data{Dir: t.TempDir(), Log: func(string, ...any) {}}
	path, err := d.file(context.Background(), what, rows)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func readFile(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// ask sends one query to Serve.
func ask(t *testing.T, r Request) Answer {
	t.Helper()
	a := serve(t, r)[0]
	if a.Error != "" {
		t.Fatal(a.Error)
	}
	return a
}

func serve(t *testing.T, requests ...Request) []Answer {
	t.Helper()
	var in, out bytes.Buffer
	for _, r := range requests {
		_ = json.NewEncoder(&in).Encode(r)
	}
	if err := Serve(context.Background(), microbatch.Config{}, "v1", &in, &out); err != nil {
		t.Fatal(err)
	}
	answers := json.NewDecoder(&out)
	var hello Hello
	if err := answers.Decode(&hello); err != nil || hello.Name != "pwcol" || hello.Version != "v1" {
		t.Fatal(hello, err)
	}
	list := make([]Answer, len(requests))
	for i := range list {
		if err := answers.Decode(&list[i]); err != nil {
			t.Fatal(err)
		}
	}
	return list
}
