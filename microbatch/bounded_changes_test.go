package microbatch_test

import (
	"slices"
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// logged is a row of a log of changes.
type logged struct {
	K string
	V int64
	D int64
}

// left is what is left of a table.
type left struct {
	K string
	V int64
}

// TestChangesThatEnd: of a log of changes that has an end the rows that are left can be sorted, cut off, written and collected as any other table's.
func TestChangesThatEnd(t *testing.T) {
	table := pw.FromRows([]logged{{"b", 1, 2}, {"a", 3, -1}, {"c", 2, 1}, {"a", 3, 1}, {"b", 1, -1}, {"c", 2, 1}, {"d", 0, 0}}).FromChanges("d")
	b, c := left{"b", 1}, left{"c", 2}
	for name, test := range map[string]struct {
		table *pw.Table
		want  []left
	}{
		"table":            {table.Filter(pw.Col("k").Eq("c")), []left{c, c}},
		"sort":             {table.Sort("v"), []left{b, c, c}},
		"sort and limit":   {table.Sort(pw.Desc("v")).Limit(1), []left{c}},
		"limit":            {table.Filter(pw.Col("v").Lt(2)).Limit(5), []left{b}},
		"filter of sorted": {table.Sort("v").Filter(pw.Col("v").Gt(1)), []left{c, c}},
		"changes of it":    {table.Changes().Filter(pw.Col("v").Eq(1)).Select("k", pw.Col("diff").As("v")), []left{b}},
	} {
		if got, err := microbatch.CollectRows[left](t.Context(), test.table); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, test.want)
		}
	}
	type count struct{ Count int64 }
	for _, limited := range []*pw.Table{table, table.Limit(2).Union(table.Limit(1)), table.Sort("v")} {
		if got, err := microbatch.CollectRows[count](t.Context(), limited.Reduce(pw.Count())); err != nil || got[0].Count != 3 {
			t.Errorf("%v, %v, want a count of 3", got, err)
		}
	}
}

// TestChangesThatEndBelowZero: a row that goes more often than it came is an error, or left out and counted.
func TestChangesThatEndBelowZero(t *testing.T) {
	table := pw.FromRows([]logged{{"a", 1, 1}, {"a", 1, -3}, {"b", 2, 1}}).FromChanges("d")
	_, err := microbatch.CollectRows[left](t.Context(), table)
	if err == nil || !strings.Contains(err.Error(), "a row goes that never came: k=a, v=1;") {
		t.Error(err)
	}
	c := microbatch.Config{Inconsistent: pw.Skip, Stats: &microbatch.Stats{}}
	if batches, err := c.Batches(t.Context(), table); err != nil || len(batches) != 1 || batches[0].N != 1 || c.Stats.Inconsistent.Load() != 1 {
		t.Errorf("%v, %v", batches, err)
	}
}

// TestChangesThatEndOftenThere: rows that are there more often than a batch has rows.
func TestChangesThatEndOftenThere(t *testing.T) {
	for _, test := range []op.TestSettings{{}, {PoisonLent: true}} {
		table := pw.FromRows([]logged{{"a", 1, 3*vec.BatchRows + 5}, {"b", 2, 1}}).FromChanges("d")
		rows := 0
		batches, err := microbatch.Config{Test: test, Threads: 2}.Batches(t.Context(), table)
		for _, b := range batches {
			rows += b.N
		}
		if err != nil || rows != 3*vec.BatchRows+6 {
			t.Errorf("%d rows, %v", rows, err)
		}
	}
}
