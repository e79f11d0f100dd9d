package bench

import (
	"slices"
	"testing"
)

func TestSelect(t *testing.T) {
	for _, c := range []struct {
		names, want []string
	}{
		{[]string{"seed_csv"}, []string{"seed_csv"}},
		{[]string{"convert", "seed"}, []string{"seed_csv", "seed_csv_typed", "seed_parquet", "seed_parquet_typed", "convert"}},
		{[]string{"groupby_q5", "groupby"}, []string{"groupby_q1", "groupby_q2", "groupby_q3", "groupby_q4", "groupby_q5", "groupby_q7"}},
		{[]string{"memory"}, []string{"memory_10m", "memory_40m"}},
		{nil, queryNames(Queries())},
	} {
		got, err := Select(c.names)
		if err != nil || !slices.Equal(queryNames(got), c.want) {
			t.Errorf("%v gives %v, not %v: %v", c.names, queryNames(got), c.want, err)
		}
	}
	for _, wrong := range []string{"", "see", "seed_csv_", "q1"} {
		if q, err := Select([]string{wrong}); err == nil {
			t.Errorf("%q gives %v", wrong, queryNames(q))
		}
	}
}
