package arrowtab_test

import (
	"context"
	"fmt"
	"os"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/microbatch"
)

// show writes all rows of a table.
func show(table *pw.Table) {
	if err := microbatch.Print(context.Background(), os.Stdout, table); err != nil {
		fmt.Println(err)
	}
}

type order struct {
	Customer string
	Amount   float64
}

var orders = []order{{"ada", 120}, {"bob", 80}, {"ada", 45.5}, {"cyd", 300}}

type customer struct {
	Customer string
	City     string
}

var customers = []customer{{"ada", "Paris"}, {"bob", "Rome"}, {"eve", "Oslo"}}

func ExampleTable_LeftJoin() {
	table := pw.FromRows(orders).
		LeftJoin(pw.FromRows(customers), pw.On("customer")).
		Sort("customer", "amount")
	show(table)
	// Output:
	// customer   amount  city
	// string    float64  string
	// --------  -------  ------
	// ada          45.5  Paris
	// ada           120  Paris
	// bob            80  Rome
	// cyd           300  NULL
	// 4 rows
}

type click struct {
	At   time.Time
	Page string
	User int64
}

// clicks are at 12:01, 12:04 and so on.
func clicks() *pw.Table {
	at := func(minute int) time.Time { return time.Date(2026, 1, 2, 12, minute, 0, 0, time.UTC) }
	return pw.FromRows([]click{{at(1), "home", 7}, {at(4), "home", 7}, {at(6), "home", 8}, {at(2), "help", 9}, {at(9), "help", 8}})
}

func ExampleTable_WindowBy() {
	table := clicks().
		WindowBy("at", pw.Tumbling(5*time.Minute), pw.By("page"), pw.Delay(time.Minute)).
		Reduce(pw.Count().As("clicks"), pw.CountDistinct("user").As("users"), pw.Last("user", "at").As("last")).
		Sort("window_start", "page")
	show(table)
	// Output:
	// window_start         window_end           page    clicks  users   last
	// timestamp[us]        timestamp[us]        string   int64  int64  int64
	// -------------------  -------------------  ------  ------  -----  -----
	// 2026-01-02 12:00:00  2026-01-02 12:05:00  help         1      1      9
	// 2026-01-02 12:00:00  2026-01-02 12:05:00  home         2      1      7
	// 2026-01-02 12:05:00  2026-01-02 12:10:00  help         1      1      8
	// 2026-01-02 12:05:00  2026-01-02 12:10:00  home         1      1      8
	// 4 rows
}

func ExampleTable_TopK() {
	table := pw.FromRows(orders).TopK(1, pw.PerKey("customer"), pw.Desc("amount")).Sort("customer")
	show(table)
	// Output:
	// customer   amount
	// string    float64
	// --------  -------
	// ada           120
	// bob            80
	// cyd           300
	// 3 rows
}

// The last price that was known when a trade was made.
func ExampleTable_AsOfLeftJoin() {
	type trade struct{ At, Amount int64 }
	type quote struct {
		Since int64
		Price float64
	}
	trades := pw.FromRows([]trade{{5, 100}, {10, 20}, {1, 7}})
	quotes := pw.FromRows([]quote{{2, 9.5}, {6, 10}, {10, 10.5}})
	table := trades.AsOfLeftJoin(quotes, "at", "since").Sort("at")
	show(table)
	// Output:
	//    at  amount  since    price
	// int64   int64  int64  float64
	// -----  ------  -----  -------
	//     1       7   NULL     NULL
	//     5     100      2      9.5
	//    10      20     10     10.5
	// 3 rows
}

func ExampleReducer() {
	table := pw.FromRows(orders).Reduce(
		pw.Count(),
		pw.Sum("amount"),
		pw.Median("amount"),
		pw.Count().Where(pw.Col("amount").Gt(100)).As("large"),
		pw.ArgMax("customer", "amount").As("best"),
		pw.List("customer").OrderBy("amount").As("customers"))
	show(table)
	// Output:
	// count  sum_amount  median_amount  large  best    customers
	// int64     float64        float64  int64  string  list(string)
	// -----  ----------  -------------  -----  ------  --------------------
	//     4       545.5            100      2  cyd     [ada, bob, ada, cyd]
	// 1 row
}

// A function of one row; one of whole batches is faster.
func ExampleApply() {
	initial := func(customer string) (string, error) {
		if customer == "cyd" {
			return "", fmt.Errorf("%s wants no initial", customer)
		}
		return customer[:1], nil
	}
	table := pw.FromRows(orders).OnBadRow(pw.Skip).With(pw.Apply("initial", initial, "customer", pw.Deterministic()))
	show(table)
	// Output:
	// customer   amount  initial
	// string    float64  string
	// --------  -------  -------
	// ada           120  a
	// bob            80  b
	// ada          45.5  a
	// 3 rows
}

// Rows that say how often another one comes (1) or goes (−1) are a table's changes.
func ExampleTable_FromChanges() {
	type change struct {
		Item string
		Diff int64
	}
	table := pw.FromRows([]change{{"tea", 1}, {"cake", 1}, {"tea", 1}, {"cake", -1}}).FromChanges("diff")
	show(table.GroupBy("item").Reduce(pw.Count()))
	// Output:
	// item    count
	// string  int64
	// ------  -----
	// tea         2
	// 1 row
}

// The changes of a table are rows with two more columns: the time of their epoch, and how often a row comes (1) or goes (−1).
func ExampleTable_Changes() {
	totals := pw.FromRows(orders).GroupBy("customer").Reduce(pw.Sum("amount")).Changes()
	for _, f := range totals.Schema().Fields() {
		fmt.Println(f.Name, f.Type)
	}
	// Output:
	// customer string
	// sum_amount float64
	// time timestamp[us]
	// diff int64
}
