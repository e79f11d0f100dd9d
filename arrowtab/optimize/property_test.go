package optimize_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/optimize"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/arrowtab/plan/plantest"
	"github.com/pwcol/pwcol/arrowtab/tabletest"
)

type testRow struct {
	A int64
	B *int64
	C int32
	X float64
	Y *float64
	S *string
	T bool
	M time.Time
	N *time.Time
}

// draws are random numbers of a property test.
type draws struct{ t *rapid.T }

func (d draws) IntN(n int) int { return rapid.IntRange(0, n-1).Draw(d.t, "pick") }

func (d draws) rows() []testRow {
	ints := []int64{0, 1, 2, -1, 7, math.MaxInt64, math.MinInt64}
	floats := []float64{0, 1, -2.5, 100, math.NaN(), math.Inf(1)}
	texts := []string{"", "a", "b"}
	rows := make([]testRow, d.IntN(12))
	for i := range rows {
		b, y, s := ints[d.IntN(len(ints))], floats[d.IntN(len(floats))], texts[d.IntN(len(texts))]
		rows[i] = testRow{A: ints[d.IntN(len(ints))], C: int32(d.IntN(5) - 2), X: floats[d.IntN(len(floats))], T: d.IntN(2) == 0}
		m := time.Unix(int64(d.IntN(100)), 0)
		rows[i].M = time.Unix(int64(d.IntN(100)), 0)
		if d.IntN(3) > 0 {
			rows[i].B, rows[i].Y, rows[i].S, rows[i].N = &b, &y, &s, &m
		}
	}
	return rows
}

// TestOptimizedPlansGiveTheSame runs random plans as they are and after rules in any order: the same rows in the same
// order, the same number of rejected rows for each step that is asked, and a bad row under Fail in both or in none.
func TestOptimizedPlansGiveTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draws{t}
		g := tabletest.Everything(d)
		g.AnyOrder = true
		sources := []*pw.Table{pw.FromRows(d.rows())}
		if d.IntN(2) == 0 {
			sources = append(sources, pw.FromRows(d.rows()).Rename(map[string]string{"b": "other"}))
		}
		tables := g.Tables(sources...)
		before := make([]plan.Node, len(tables))
		for i, table := range tables {
			n, err := table.Plan()
			if err != nil {
				t.Fatalf("the generator made an error: %v", err)
			}
			before[i] = n
		}
		want := plantest.Run(before)
		after := before
		for range 1 + d.IntN(8) {
			r := rules[d.IntN(len(rules))]
			input := after
			after = r.rule(input)
			if problem := differs(want, plantest.Run(after), before, after); problem != "" {
				t.Fatalf("%s: %s; of\n%s\ncame\n%s", r.name, problem, plan.Explain(input...), plan.Explain(after...))
			}
		}
	})
}

var rules = []struct {
	name string
	rule rule
}{
	{"fold", optimize.Fold},
	{"projects", optimize.MergeProjects},
	{"filters", optimize.PushFilters},
	{"ranks", optimize.Ranks},
	{"limits", optimize.Limits},
	{"reads", optimize.FilterReads},
	{"columns", optimize.PruneColumns},
	{"all", optimize.Nodes},
}

func differs(want, got *plantest.Result, before, after []plan.Node) string {
	if (want.Failed == nil) != (got.Failed == nil) || want.Certain && !got.Certain {
		return fmt.Sprintf("failed: %v (certain: %v), before: %v (%v)", got.Failed, got.Certain, want.Failed, want.Certain)
	}
	for i, n := range before {
		if a, b := fmt.Sprint(got.Rows[after[i]]), fmt.Sprint(want.Rows[n]); a != b {
			return fmt.Sprintf("plan %d gives %s, before: %s", i, a, b)
		}
		if a, b := after[i].Schema(), n.Schema(); a.String() != b.String() {
			return fmt.Sprintf("plan %d has schema %s, before: %s", i, a, b)
		}
	}
	return ""
}
