package texttable_test

import (
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/texttable"
	"github.com/pwcol/pwcol/microbatch"
)

const orders = `
	# what was ordered
	id int64 | name string    | time | diff
	1        | tea            | 1    | 1
	2        | "a | b"        | 1    | 2
	2        | NULL           | 3    | 1
	1        | tea            | 3    | -1
`

func TestReadAndRecord(t *testing.T) {
	var r texttable.Recorder
	if err := microbatch.Run(t.Context(), r.Output(texttable.Read(orders))); err != nil {
		t.Fatal(err)
	}
	want := `id int64 | name string | time | diff
1 | tea | 1 | 1
2 | "a | b" | 1 | 2
1 | tea | 2 | -1
2 | NULL | 2 | 1
`
	if got := r.Changes(); got != want {
		t.Errorf("changes: got\n%s\nwant\n%s", got, want)
	}
	want = "id int64 | name string\n2 | \"a | b\"\n2 | \"a | b\"\n2 | NULL\n"
	if got := r.Table(-1); got != want {
		t.Errorf("table: got\n%s\nwant\n%s", got, want)
	}
}

func TestAsBatchIsTheSum(t *testing.T) {
	var r texttable.Recorder
	if err := microbatch.Run(t.Context(), r.Output(texttable.Read(orders, texttable.AsBatch()))); err != nil {
		t.Fatal(err)
	}
	want := "id int64 | name string | diff\n2 | \"a | b\" | 1\n2 | \"a | b\" | 1\n2 | NULL | 1\n"
	if got := r.Changes(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTablesGoInStep(t *testing.T) {
	a := "x int64 | time\n1 | 1\n2 | 4\n"
	b := "x int64 | time\n10 | 2\n20 | 4\n"
	times := texttable.Times(1, 2, 4)
	var r texttable.Recorder
	table := texttable.Read(a, times).Union(texttable.Read(b, times)).Filter(pw.Col("x").Gt(1))
	if err := microbatch.Run(t.Context(), r.Output(table)); err != nil {
		t.Fatal(err)
	}
	want := "x int64 | time | diff\n10 | 2 | 1\n2 | 3 | 1\n20 | 3 | 1\n"
	if got := r.Changes(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMistakesNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "no line with the columns",
		"a":                        `column "a" has no type`,
		"a int65":                  `there is no type "int65"`,
		"a int64\n1 | 2":           "line 2: 2 cells for 1 columns",
		"a int64\n\n1\nx":          `line 4: column "a"`,
		"a string\n\"\\q\"":        "no quoted text",
		"a int64 | a int64\n1 | 2": "twice",

		"a int64 | time | time\n1 | 1 | 2":           "column time is there twice",
		"a int64 | time\n1 | NULL":                   `line 2: column "time": it can't be NULL`,
		"a int64 | diff\n1 | 0":                      "a diff of 0",
		"a int64 | diff\n1 | NULL":                   `column "diff": it can't be NULL`,
		"a int64 not null\nNULL":                     `line 2: column "a": it can't be NULL`,
		"a int64 | diff\n1 | 1000000000000":          "add up to more than",
		"a int64 | diff\n1 | 3000000\n2 | 3000000\n": "add up to more than",
	} {
		err := microbatch.Run(t.Context(), new(texttable.Recorder).Output(texttable.Read(text)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

// TestTimesHaveAllTimes: rows of a time that isn't one of all tables' would never come.
func TestTimesHaveAllTimes(t *testing.T) {
	err := microbatch.Run(t.Context(), new(texttable.Recorder).Output(texttable.Read("a int64 | time\n1 | 2\n", texttable.Times(1, 3))))
	if err == nil || !strings.Contains(err.Error(), "the time 2") {
		t.Errorf("got %v", err)
	}
}

// TestWhatIsWrittenIsReadAgain, with bars and backslashes, too.
func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	const table = "a string | b string\n\"x|\\\\\" | \"\\\"|\"\n\\ | \\\n"
	var r texttable.Recorder
	if err := microbatch.Run(t.Context(), r.Output(texttable.Read(table))); err != nil {
		t.Fatal(err)
	}
	if got := r.Table(-1); got != table {
		t.Errorf("got\n%s\nwant\n%s", got, table)
	}
}

// TestFinishTakesAllTimes: what is left comes in one epoch.
func TestFinishTakesAllTimes(t *testing.T) {
	var r texttable.Recorder
	source := texttable.Read("v int64 | time\n1 | 1\n2 | 2\n3 | 3")
	h, err := microbatch.Config{Autocommit: time.Hour}.Start(t.Context(), r.Output(source))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Finish(); err != nil {
		t.Fatal(err)
	}
	if got := r.Table(-1); got != "v int64\n1\n2\n3\n" {
		t.Errorf("got %s", got)
	}
}
