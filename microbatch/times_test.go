package microbatch_test

import (
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/microbatch"
)

// TestTimesThatCantBeCounted: where the numbers of matching rows are multiplied or added up and can't be counted any more, that is an error.
func TestTimesThatCantBeCounted(t *testing.T) {
	log := func(n int64) *pw.Table {
		return pw.FromRows([]logged{{"a", 1, n}, {"a", 2, n}, {"a", 3, n}, {"a", 4, n}}).FromChanges("d")
	}
	other := log(1 << 32).Rename(map[string]string{"v": "w"})
	many := log(1 << 62).Rename(map[string]string{"v": "w"})
	for name, table := range map[string]*pw.Table{
		"join":      log(1<<32).Join(other, pw.On("k")),
		"left join": log(1).LeftJoin(many, pw.On("k")),
		"semi join": log(1).SemiJoin(many, pw.On("k")),
	} {
		_, err := microbatch.CollectRows[struct{ Count int64 }](t.Context(), table.Reduce(pw.Count()))
		if err == nil || !strings.Contains(err.Error(), "join") || !strings.Contains(err.Error(), "more than can be counted: k=a") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRanksThatCantBeCounted: as much in an epoch, and of a key.
func TestRanksThatCantBeCounted(t *testing.T) {
	many := pw.FromRows([]logged{{"a", 1, 1 << 62}, {"a", 2, 1 << 62}}).FromChanges("d")
	one := pw.FromRows([]logged{{"a", 1, 1 << 62}}).FromChanges("d")
	for want, table := range map[string]*pw.Table{
		"the rows of an epoch come and go more than": many.TopK(3, pw.PerKey("k"), pw.Asc("v")),
		"more than can be counted: k=a":              one.TopK(3, pw.PerKey("k"), pw.Asc("v")),
	} {
		_, err := microbatch.CollectRows[struct{ Count int64 }](t.Context(), table.Reduce(pw.Count()))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}
