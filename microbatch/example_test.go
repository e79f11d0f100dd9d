package microbatch_test

import (
	"context"
	"fmt"
	"os"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/microbatch"
)

type order struct {
	Customer string  `pw:"customer"`
	Amount   float64 `pw:"amount"`
}

var orders = []order{{"ada", 120}, {"bob", 80}, {"ada", 45.5}, {"cyd", 300}}

func ExamplePrint() {
	totals := pw.FromRows(orders).
		GroupBy("customer").
		Reduce(pw.Count().As("orders"), pw.Sum("amount").As("total")).
		Sort(pw.Desc("total"))
	if err := microbatch.Print(context.Background(), os.Stdout, totals); err != nil {
		fmt.Println(err)
	}
	// Output:
	// customer  orders    total
	// string     int64  float64
	// --------  ------  -------
	// cyd            1      300
	// ada            2    165.5
	// bob            1       80
	// 3 rows
}

func ExampleCollectRows() {
	large, err := microbatch.CollectRows[order](context.Background(), pw.FromRows(orders).Filter(pw.Col("amount").Gt(100)))
	fmt.Println(large, err)
	// Output: [{ada 120} {cyd 300}] <nil>
}

// A run with settings of its own: bad rows are left out and counted.
func ExampleConfig_Collect() {
	type ratio struct{ A, B int64 }
	quotients := pw.FromRows([]ratio{{6, 3}, {1, 0}}).
		OnBadRow(pw.Skip).
		Select(pw.Col("a").Quo(pw.Col("b")).As("quotient"))
	stats := &microbatch.Stats{}
	records, err := microbatch.Config{Threads: 2, MaxMemory: 64 << 20, Stats: stats}.Collect(context.Background(), quotients)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(records[0].NumRows(), "row,", stats.RowsSkipped.Load(), "skipped")
	// Output: 1 row, 1 skipped
}

// A function of batches, and one of rows that may fail; rows that fail are left out.
func ExampleCollectRows_apply() {
	vat := func(amount, out []float64) error {
		for i, a := range amount {
			out[i] = a * 0.2
		}
		return nil
	}
	initial := func(customer string) (string, error) {
		if customer == "cyd" {
			return "", fmt.Errorf("%s wants no initial", customer)
		}
		return customer[:1], nil
	}
	bills := pw.FromRows(orders).OnBadRow(pw.Skip).
		Select(pw.Apply("initial", initial, "customer").As("customer"), pw.Apply("vat", vat, "amount", pw.Deterministic()).As("amount"))
	rows, err := microbatch.CollectRows[order](context.Background(), bills)
	fmt.Println(rows, err)
	// Output: [{a 24} {b 16} {a 9.1}] <nil>
}
