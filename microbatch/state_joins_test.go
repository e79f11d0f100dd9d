package microbatch_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	pwcsv "github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/generate"
	"github.com/pwcol/pwcol/microbatch"
)

type ordered struct {
	ID       int64
	Customer int64
	At       time.Time
}

type paid struct {
	Number int64
	Order  int64
	At2    time.Time
}

type customer struct {
	Customer int64
	Name     string
}

// sold is the tables of the tests' joins: orders and payments come in the course of time, customers are there from the start.
type sold struct{ orders, payments, customers *pw.Table }

const soldRows = 4000

func newSold(options ...generate.Option) sold {
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	options = append(options, generate.Limit(soldRows))
	order := func(n int64) ordered {
		return ordered{ID: n, Customer: n * 7 % 120, At: start.Add(time.Duration(n) * time.Second)}
	}
	payment := func(n int64) paid {
		return paid{Number: n, Order: n * 11 % 5000, At2: start.Add(time.Duration(n+n%50) * time.Second)}
	}
	return sold{
		orders: generate.Rows(order, options...), payments: generate.Rows(payment, options...),
		customers: generate.Rows(func(n int64) customer { return customer{n, fmt.Sprint("customer ", n)} }, generate.Limit(100), generate.Bounded()),
	}
}

// soldJoins are joins whose sums of changes are what a batch comes to.
var soldJoins = map[string]func(s sold) *pw.Table{
	"inner": func(s sold) *pw.Table { return s.orders.Join(s.payments, pw.OnPair("id", "order")) },
	"left":  func(s sold) *pw.Table { return s.orders.LeftJoin(s.payments, pw.OnPair("id", "order")) },
	"full with a condition": func(s sold) *pw.Table {
		return s.orders.FullJoin(s.payments, pw.OnPair("id", "order"), pw.OnCond(pw.Col("number").Gt(pw.Col("customer"))))
	},
	"bounded right": func(s sold) *pw.Table { return s.orders.LeftJoin(s.customers, pw.On("customer")) },
	"bounded left":  func(s sold) *pw.Table { return s.customers.LeftJoin(s.orders, pw.On("customer")) },
	"retracting sides": func(s sold) *pw.Table {
		n := s.orders.GroupBy("customer").Reduce(pw.Count().As("n"))
		return n.FullJoin(s.orders.GroupBy("customer").Reduce(pw.Max("id").As("last")).Filter(pw.Col("last").Rem(2).Eq(0)), pw.On("customer"))
	},
	"semi": func(s sold) *pw.Table { return s.orders.SemiJoin(s.payments, pw.OnPair("id", "order")) },
	"anti": func(s sold) *pw.Table { return s.orders.AntiJoin(s.payments, pw.OnPair("id", "order")) },
	"interval": func(s sold) *pw.Table {
		orders, payments := s.timed()
		return orders.LeftJoin(payments, pw.Within("at", "at2", -2*time.Second, 2*time.Second))
	},
	"as of": func(s sold) *pw.Table { return s.orders.AsOfLeftJoin(s.payments, "at", "at2") },
	"as of with watermarks": func(s sold) *pw.Table {
		orders, payments := s.timed()
		return orders.AsOfLeftJoin(payments, "at", "at2")
	},
}

// timed is orders and payments with watermarks that no row is behind.
func (s sold) timed() (orders, payments *pw.Table) {
	return s.orders.Watermark("at", time.Minute), s.payments.Watermark("at2", time.Minute)
}

// runSold runs a stream of the join with settings by chance, and ends it if it takes long. It reports whether it has come to its end.
func runSold(t *testing.T, rng *rand.Rand, join func(s sold) *pw.Table, dir string) (ended bool) {
	t.Helper()
	c := microbatch.Config{
		Threads: 1 + rng.IntN(2), MaxEpochRows: int64(100 + rng.IntN(400)),
		State: microbatch.State{Path: filepath.Join(dir, "state"), CheckpointInterval: time.Duration(1+rng.IntN(10)) * time.Millisecond},
	}
	table := join(newSold(generate.Rate(40_000), generate.Tick(time.Millisecond)))
	h, err := c.Start(t.Context(), pwcsv.WriteChanges(table, filepath.Join(dir, "out.csv")))
	if hasFinished(err) {
		return true
	}
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-h.Done():
		err = h.Wait()
	case <-time.After(time.Duration(20+rng.IntN(60)) * time.Millisecond):
		if rng.IntN(2) == 0 {
			err = h.Stop()
		} else {
			err = h.Cancel()
		}
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	return false
}

// TestJoinsGoOn ends streams of joins again and again, and starts them again: what their changes add up to is what a batch comes to.
func TestJoinsGoOn(t *testing.T) {
	for name, join := range soldJoins {
		t.Run(name, func(t *testing.T) {
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			rng, dir := rand.New(rand.NewPCG(seed, 1)), t.TempDir()
			runs := 1
			for ; !runSold(t, rng, join, dir); runs++ {
				if runs == 1000 {
					t.Fatal("the stream doesn't come to its end")
				}
			}
			t.Logf("%d runs", runs)
			batch := filepath.Join(dir, "batch.csv")
			if err := microbatch.Run(t.Context(), pwcsv.Write(join(newSold(generate.Bounded())), batch)); err != nil {
				t.Fatal(err)
			}
			if got, want := netRows(t, filepath.Join(dir, "out.csv"), 2), netRows(t, batch, 0); !maps.Equal(got, want) {
				t.Errorf("%d rows, want %d", len(got), len(want))
				for row, n := range want {
					if got[row] != n {
						t.Fatalf("%s is there %d times, want %d", row, got[row], n)
					}
				}
			}
		})
	}
}

// netRows is how often each row of a file is there; the last columns, if there are more than the row's, are an epoch and a diff.
func netRows(t *testing.T, path string, more int) map[string]int {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for _, line := range lines[1:] {
		n := 1
		if more > 0 {
			if _, err := fmt.Sscan(line[len(line)-1], &n); err != nil {
				t.Fatal(err)
			}
		}
		row := strings.Join(line[:len(line)-more], ",")
		if rows[row] += n; rows[row] == 0 {
			delete(rows, row)
		}
	}
	return rows
}
