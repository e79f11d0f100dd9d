package microbatch_test

import (
	"context"
	"fmt"
	"os"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/microbatch"
)

type customer struct {
	Customer string
	City     string
}

var customers = []customer{{"ada", "Paris"}, {"bob", "Rome"}, {"eve", "Oslo"}}

func ExamplePrint_join() {
	table := pw.FromRows(orders).
		LeftJoin(pw.FromRows(customers), pw.On("customer")).
		Sort("customer", "amount")
	if err := microbatch.Print(context.Background(), os.Stdout, table); err != nil {
		fmt.Println(err)
	}
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

func ExamplePrint_window() {
	table := clicks().
		WindowBy("at", pw.Tumbling(5*time.Minute), pw.By("page"), pw.Delay(time.Minute)).
		Reduce(pw.Count().As("clicks"), pw.CountDistinct("user").As("users"), pw.Last("user", "at").As("last")).
		Sort("window_start", "page")
	if err := microbatch.Print(context.Background(), os.Stdout, table); err != nil {
		fmt.Println(err)
	}
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

func ExamplePrint_topK() {
	table := pw.FromRows(orders).TopK(1, pw.PerKey("customer"), pw.Desc("amount")).Sort("customer")
	if err := microbatch.Print(context.Background(), os.Stdout, table); err != nil {
		fmt.Println(err)
	}
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
func ExamplePrint_asOfJoin() {
	type trade struct{ At, Amount int64 }
	type quote struct {
		Since int64
		Price float64
	}
	trades := pw.FromRows([]trade{{5, 100}, {10, 20}, {1, 7}})
	quotes := pw.FromRows([]quote{{2, 9.5}, {6, 10}, {10, 10.5}})
	table := trades.AsOfLeftJoin(quotes, "at", "since").Sort("at")
	if err := microbatch.Print(context.Background(), os.Stdout, table); err != nil {
		fmt.Println(err)
	}
	// Output:
	//    at  amount  since    price
	// int64   int64  int64  float64
	// -----  ------  -----  -------
	//     1       7   NULL     NULL
	//     5     100      2      9.5
	//    10      20     10     10.5
	// 3 rows
}
