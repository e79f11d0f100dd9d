package microbatch_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
)

type line struct {
	ID   int64
	Text *string
}

// TestFlattenWords counts words, from strings that are split and from a list column that goes through a filter and a sort.
func TestFlattenWords(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	lines := make([]line, 20_000)
	lists := make([]struct{ Words []string }, len(lines))
	want := map[string]int64{}
	for i := range lines {
		lines[i].ID = int64(i)
		if r.IntN(5) == 0 {
			continue // NULL
		}
		words := make([]string, r.IntN(4))
		for j := range words {
			words[j] = fmt.Sprint("w", r.IntN(30))
			want[words[j]]++
		}
		text := strings.Join(words, " ")
		lines[i].Text, lists[i].Words = &text, words
	}
	word := pw.Col("words")
	tables := map[string]*pw.Table{
		"split":  pw.FromRows(lines).With(pw.Col("text").Split(" ").As("words")).Flatten("words").Filter(word.Ne("")),
		"lists":  pw.FromRows(lists).Filter(word.ListLen().Gt(0)).Flatten("words"),
		"sorted": pw.FromRows(lists).Sort("words").Flatten("words"),
		"grouped": pw.FromRows(lists).With(pw.Col("words").ListLen().As("n")).GroupBy("words", "n").Reduce(pw.Count().As("times")).
			Flatten("words").Select("words", "times"),
	}
	for name, table := range tables {
		count := pw.Count()
		if name == "grouped" {
			count = pw.Sum("times")
		}
		counts := table.GroupBy("words").Reduce(count.As("n")).With(pw.Col("n").Cast(pw.TInt64).As("n"))
		for setting, c := range bent() {
			got := map[string]int64{}
			for _, row := range rowsOf[struct {
				Words *string
				N     int64
			}](t, c, counts) {
				got[*row.Words] = row.N
			}
			if !maps.Equal(got, want) {
				t.Errorf("%s, %s: got %d words, want %d: %v", name, setting, len(got), len(want), slices.Sorted(maps.Keys(got)))
			}
		}
	}
}
