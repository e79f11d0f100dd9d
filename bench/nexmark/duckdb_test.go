package nexmark

import (
	"flag"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/io/parquet"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

var dump = flag.String("dump", "", "write the events as Parquet files to this folder, for testdata/answers.py")

// TestQueriesAsDuckDB compares the queries' rows, by sums of their columns, with what DuckDB made of the published SQL: see
// testdata/answers.py.
func TestQueriesAsDuckDB(t *testing.T) {
	if testing.Short() {
		t.Skip("100,000 events for each query")
	}
	const events = 100_000
	if *dump != "" {
		s := StreamOf(table(t, []int64{events}, custom.Bounded()))
		var outputs []pw.Output
		for kind := range kinds {
			outputs = append(outputs, parquet.Write(s.view(kind), filepath.Join(*dump, kinds[kind]+".parquet")))
		}
		if err := microbatch.Run(t.Context(), outputs...); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile("testdata/answers.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(golden)), "\n")
	if len(lines) != len(Queries())-1 { // all but q12, which is of the clock
		t.Errorf("%d queries are in the file", len(lines))
	}
	for _, want := range lines {
		name, _, _ := strings.Cut(want, " ")
		q, err := QueryOf(name)
		if err != nil {
			t.Fatal(err)
		}
		batches, err := microbatch.Config{}.Batches(t.Context(), q.Table(StreamOf(table(t, []int64{events}, custom.Bounded()))))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := name + " " + sums(batches); got != want {
			t.Errorf("got\n%s\nDuckDB has\n%s", got, want)
		}
	}
}

// sums is the number of rows, and for each column the sum that answers.py says.
func sums(batches []*vec.Batch) string {
	n := 0
	var all []*big.Int
	for _, b := range batches {
		n += b.N
		for i, v := range b.Cols {
			if i == len(all) {
				all = append(all, new(big.Int))
			}
			for row := range b.N {
				all[i].Add(all[i], worth(v, row))
			}
		}
	}
	text := fmt.Sprint(n)
	for _, s := range all {
		text += " " + s.String()
	}
	return text
}

func worth(v *vec.Vec, row int) *big.Int {
	switch {
	case v.Type.Kind == vec.Decimal:
		x := vec.Of[vec.Int128](v)[row]
		high := new(big.Int).Lsh(big.NewInt(x.Hi), 64)
		return high.Add(high, new(big.Int).SetUint64(x.Lo))
	case v.Type.IsVar():
		s := v.Str(row)
		n := int64(256 * len(s))
		if len(s) > 0 {
			n += int64(s[0])
		}
		return big.NewInt(n)
	case v.Type.Kind == vec.Timestamp:
		return big.NewInt(vec.Of[int64](v)[row] * 1000 / v.Type.Unit.PerSecond())
	}
	return big.NewInt(vec.Of[int64](v)[row])
}
