package microbatch_test

// Questions that DuckDB has answered (testdata/streams), asked of a batch and of streams that are cut, shuffled and take rows back.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/texttable"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

const streams = "../testdata/streams"

// shop is the tables that questions are about, and how much out of order their rows come.
type shop struct {
	customers, orders, bands, quotes, trades, events *pw.Table
	delay                                            time.Duration
}

// shopTables are the tables' names, in the order of shop's fields, and the column of each that says when a row happened.
var shopTables = []struct{ name, time string }{
	{"customers", "since"}, {"orders", "placed"}, {"bands", ""}, {"quotes", "quoted"}, {"trades", "traded"}, {"events", "seen"},
}

func newShop(delay time.Duration, table func(name, time string) *pw.Table) shop {
	var t []*pw.Table
	for _, s := range shopTables {
		t = append(t, table(s.name, s.time))
	}
	return shop{t[0], t[1], t[2], t[3], t[4], t[5], delay}
}

// shopQuestion is a question of SQL in the engine's language. Its answer is testdata/streams/answers/<name>.csv.
type shopQuestion struct {
	ask     func(shop) *pw.Table
	rounded bool // DuckDB's floats are rounded on the way: they agree to twelve digits
}

func allShopQuestions() map[string]shopQuestion {
	all := map[string]shopQuestion{}
	for _, part := range []map[string]shopQuestion{joinQuestions, reducerQuestions, rankQuestions, windowQuestions} {
		for name, q := range part {
			all[name] = q
		}
	}
	return all
}

func TestShopAsBatch(t *testing.T) {
	in := newShop(0, func(name, _ string) *pw.Table { return csv.Read(filepath.Join(streams, name+".csv")) })
	for name, q := range allShopQuestions() {
		for setting, config := range map[string]microbatch.Config{
			"1 worker": {Threads: 1}, "2 workers": {Threads: 2, Test: op.TestSettings{PoisonLent: true}},
		} {
			t.Run(name+"/"+setting, func(t *testing.T) { q.check(t, name, config, in) })
		}
	}
}

// TestShopAsStream runs the questions over rows that come in any order and go again, and rows that never were in the table: in one epoch, a few, many.
func TestShopAsStream(t *testing.T) {
	for _, epochs := range []int{1, 5, 60} {
		seed := rand.Uint64()
		rng := rand.New(rand.NewPCG(seed, 0))
		in := newShop(48*time.Hour, func(name, _ string) *pw.Table { return revisedLines(shopText(t, name), epochs, rng) })
		checkAll(t, fmt.Sprintf("%d epochs, seed %#x", epochs, seed), in)
	}
}

// TestShopInOrder runs them over rows that come by their times, up to a minute late, so that windows close on the way.
func TestShopInOrder(t *testing.T) {
	for _, epochs := range []int{5, 60} {
		seed := rand.Uint64()
		rng := rand.New(rand.NewPCG(seed, 0))
		in := newShop(time.Minute, func(name, time string) *pw.Table { return inOrder(t, shopText(t, name), time, epochs, rng) })
		checkAll(t, fmt.Sprintf("%d epochs, seed %#x", epochs, seed), in)
	}
}

func checkAll(t *testing.T, how string, in shop) {
	for name, q := range allShopQuestions() {
		t.Run(name+"/"+how, func(t *testing.T) {
			q.check(t, name, microbatch.Config{Threads: 2, Test: op.TestSettings{PoisonLent: true}}, in)
		})
	}
}

func TestEveryShopAnswerHasItsQuestion(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(streams, "answers", "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	questions := allShopQuestions()
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".csv"); questions[name].ask == nil {
			t.Errorf("no question for %s", f)
		}
	}
	if len(files) != len(questions) {
		t.Errorf("%d answers, %d questions", len(files), len(questions))
	}
}

// check runs the question and compares what its changes add up to with DuckDB's answer.
func (q shopQuestion) check(t *testing.T, name string, config microbatch.Config, in shop) {
	t.Helper()
	var got, want texttable.Recorder
	table := q.ask(in)
	if err := config.Run(t.Context(), got.Output(table)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(streams, "answers", name+".csv")
	if err := microbatch.Run(t.Context(), want.Output(csv.Read(file, answerSchema(table.Schema())))); err != nil {
		t.Fatal(err)
	}
	if err := sameAnswer(got.Table(-1), want.Table(-1), q.rounded); err != nil {
		t.Errorf("%v\n%s", err, table.Explain())
	}
}

// answerSchema is the schema of an answer's file: lists are text there.
func answerSchema(s *pw.Schema) *pw.Schema {
	fields := slices.Clone(s.Fields())
	for i, f := range fields {
		if f.Type.Kind == vec.List {
			fields[i] = pw.String(f.Name)
		}
	}
	return pw.NewSchema(fields...)
}

// sameAnswer compares two tables that a Recorder wrote: names and rows, in the order of their text. Where floats may differ in their last digits, the columns before
// the first that does tell rows apart.
func sameAnswer(got, want string, rounded bool) error {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	if names(g[0]) != names(w[0]) {
		return fmt.Errorf("got the columns %s, want %s", names(g[0]), names(w[0]))
	}
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g):
			return fmt.Errorf("got %d rows, want %d; the first that is missing is\n%s", len(g)-2, len(w)-2, w[i])
		case i >= len(w):
			return fmt.Errorf("got %d rows, want %d; the first too many is\n%s", len(g)-2, len(w)-2, g[i])
		case i > 0 && g[i] != w[i] && !(rounded && nearlySame(g[i], w[i])):
			return fmt.Errorf("row %d: got\n%s\nDuckDB has\n%s", i, g[i], w[i])
		}
	}
	return nil
}

// names is the names in a header of names with types.
func names(header string) string {
	var out []string
	for _, c := range strings.Split(header, " | ") {
		name, _, _ := strings.Cut(c, " ")
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// tolerance is how much the floats of two rounded sums may differ, of their size.
const tolerance = 1e-12

func nearlySame(x, y string) bool {
	a, b := strings.Split(x, " | "), strings.Split(y, " | ")
	for i := range a {
		if len(a) != len(b) {
			return false
		}
		p, errP := strconv.ParseFloat(a[i], 64)
		q, errQ := strconv.ParseFloat(b[i], 64)
		if a[i] != b[i] && (errP != nil || errQ != nil || !(math.Abs(p-q) <= tolerance*max(math.Abs(p), math.Abs(q)))) {
			return false
		}
	}
	return true
}

// shopText is a table of testdata/streams as lines of texttable: the header and the rows.
func shopText(t *testing.T, name string) []string {
	t.Helper()
	var r texttable.Recorder
	if err := microbatch.Run(t.Context(), r.Output(csv.Read(filepath.Join(streams, name+".csv")))); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(r.Table(-1)), "\n")
}

// revisedLines is a stream of lines in some order, in so many epochs: some rows go and come again, and rows that are put together from two of the table
// come and go.
func revisedLines(lines []string, epochs int, rng *rand.Rand) *pw.Table {
	header, rows := lines[0], slices.Clone(lines[1:])
	rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	at := make([][]string, epochs)
	for i, row := range rows {
		from := i * epochs / len(rows)
		come(at, row, from, 1)
		switch rng.IntN(6) {
		case 0:
			gone := from + rng.IntN(epochs-from)
			come(at, row, gone, -1)
			come(at, row, gone+rng.IntN(epochs-gone), 1)
		case 1:
			noise, n := crossed(row, rows[rng.IntN(len(rows))], rng), 1+rng.IntN(3)
			come(at, noise, from, n)
			come(at, noise, from+rng.IntN(epochs-from), -n)
		}
	}
	return streamOf(header, at)
}

// come puts a line with a time and a number into its epoch.
func come(at [][]string, row string, epoch, diff int) {
	at[epoch] = append(at[epoch], fmt.Sprintf("%s | %d | %d", row, epoch+1, diff))
}

// crossed is a row with the first cells of x and the others of y.
func crossed(x, y string, rng *rand.Rand) string {
	a, b := strings.Split(x, " | "), strings.Split(y, " | ")
	k := rng.IntN(len(a))
	return strings.Join(append(slices.Clone(a[:k]), b[k:]...), " | ")
}

// inOrder is a stream of lines in the order of a column of times, each up to a minute too late. Rows without a time come anywhere.
func inOrder(t *testing.T, lines []string, column string, epochs int, rng *rand.Rand) *pw.Table {
	t.Helper()
	header, rows := lines[0], lines[1:]
	place := slices.Index(strings.Split(names(header), ", "), column)
	type timed struct {
		at  time.Time
		row string
	}
	var sorted []timed
	for _, row := range rows {
		at := time.Date(2024, 3, 4, rng.IntN(24), 0, 0, 0, time.UTC)
		if place >= 0 {
			if found, err := time.Parse("2006-01-02 15:04:05.999999", strings.Split(row, " | ")[place]); err == nil {
				at = found.Add(time.Duration(rng.Int64N(int64(time.Minute))))
			}
		}
		sorted = append(sorted, timed{at, row})
	}
	slices.SortStableFunc(sorted, func(x, y timed) int { return x.at.Compare(y.at) })
	at := make([][]string, epochs)
	for i, s := range sorted {
		at[i*epochs/len(sorted)] = append(at[i*epochs/len(sorted)], fmt.Sprintf("%s | %d", s.row, i*epochs/len(sorted)+1))
	}
	return streamOf(strings.TrimSuffix(header, " | diff"), at)
}

// streamOf is the table of lines by epoch, the last cells of which are the time and perhaps the number.
func streamOf(header string, at [][]string) *pw.Table {
	all := slices.Concat(at...)
	header += " | time"
	if strings.Count(all[0], " | ") > strings.Count(header, " | ") {
		header += " | diff"
	}
	times := make([]int64, len(at))
	for i := range times {
		times[i] = int64(i + 1)
	}
	return texttable.Read(header+"\n"+strings.Join(all, "\n"), texttable.Times(times...))
}
