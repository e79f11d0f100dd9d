// Command enrich joins a stream of orders with a table of customers and shows, while the orders come, the three products of each country that bring
// in the most. Run it at the top of the project:
//
//	go run ./examples/enrich
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/io/generate"
	"github.com/pwcol/pwcol/microbatch"
)

// order is a row of the stream. Prices are in cents: what is counted in whole numbers is added up in whole numbers.
type order struct {
	ID       int64
	Customer int64
	Product  string
	Cents    int64
}

// customer is the columns of the table.
var customer = pw.NewSchema(pw.Int64("customer"), pw.String("name"), pw.String("country"))

var products = []string{"tea", "coffee", "cocoa", "juice", "water", "milk"}

// orderOf makes up order n. One customer in 13 isn't in the table.
func orderOf(n int64) order {
	rng := rand.New(rand.NewPCG(42, uint64(n)))
	return order{ID: n, Customer: rng.Int64N(13), Product: products[rng.IntN(len(products))], Cents: 100 + rng.Int64N(900)}
}

// best is the three products of each country with the largest revenue. Orders of unknown customers don't count.
func best(orders, customers *pw.Table) *pw.Table {
	return orders.
		Join(customers, pw.On("customer")).
		GroupBy("country", "product").
		Reduce(pw.Sum("cents").As("revenue"), pw.Count().As("orders")).
		TopK(3, pw.PerKey("country"), pw.Desc("revenue"), "product")
}

func main() {
	in := flag.String("customers", "examples/enrich/testdata/customers.csv", "CSV file of customers")
	rate := flag.Float64("rate", 100, "orders a second")
	limit := flag.Int64("orders", 500, "orders in all")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	orders := generate.Rows(orderOf, generate.Name("orders"), generate.Rate(*rate), generate.Limit(*limit))
	if err := run(ctx, os.Stdout, orders, *in); err != nil {
		fmt.Fprintln(os.Stderr, "enrich:", err)
		os.Exit(1)
	}
}

// ranked is a row of the result.
type ranked struct {
	Country string
	Product string
	Revenue int64
	Orders  int64
}

// run prints the changes of the result, at most twice a second, until the orders end or ctx is done.
func run(ctx context.Context, w io.Writer, orders *pw.Table, customers string) error {
	show := func(_ context.Context, rows []ranked, diffs []int64) error {
		for i, r := range rows {
			fmt.Fprintf(w, "%+d  %s  %-6s %8d cents in %d orders\n", diffs[i], r.Country, r.Product, r.Revenue, r.Orders)
		}
		_, err := fmt.Fprintln(w)
		return err
	}
	config := microbatch.Config{Autocommit: 500 * time.Millisecond}
	h, err := config.Start(context.WithoutCancel(ctx), custom.WriteRows(best(orders, csv.Read(customers, customer)), show))
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return h.Stop()
	case <-h.Done():
		return h.Wait()
	}
}
