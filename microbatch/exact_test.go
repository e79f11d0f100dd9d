package microbatch_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/microbatch"
)

// TestSumsAreTheSameToTheLastBit: floats of very different sizes, whose plain sum depends on the order of the
// rows, come out rounded once, however many workers there are and however the groups were cut, spilled and merged.
func TestSumsAreTheSameToTheLastBit(t *testing.T) {
	type row struct {
		Key   int64
		Value float64
	}
	type sums struct {
		Key int64
		Sum float64
		Avg float64
	}
	rng := rand.New(rand.NewPCG(11, 12))
	rows := make([]row, 30_000)
	exact := map[int64]*big.Float{}
	counts := map[int64]float64{}
	for i := range rows {
		rows[i] = row{rng.Int64N(50), math.Ldexp(rng.Float64()-0.5, rng.IntN(120)-60)}
		k := rows[i].Key
		if exact[k] == nil {
			exact[k] = new(big.Float).SetPrec(400)
		}
		exact[k].Add(exact[k], big.NewFloat(rows[i].Value))
		counts[k]++
	}
	configs := bent()
	configs["7 workers"] = microbatch.Config{Threads: 7}
	table := pw.FromRows(rows).GroupBy("key").Reduce(pw.Sum("value").As("sum"), pw.Avg("value").As("avg"))
	for name, c := range configs {
		t.Run(name, func(t *testing.T) {
			got := rowsOf[sums](t, c, table)
			if len(got) != len(exact) {
				t.Fatalf("%d groups, want %d", len(got), len(exact))
			}
			for _, g := range got {
				want, _ := exact[g.Key].Float64()
				if g.Sum != want || g.Avg != want/counts[g.Key] {
					t.Errorf("group %d: sum %v, avg %v, want %v and %v", g.Key, g.Sum, g.Avg, want, want/counts[g.Key])
				}
			}
		})
	}
}
