package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/generate"
)

const customers = "testdata/customers.csv"

func TestTheChangesAddUpToTheTopThree(t *testing.T) {
	const rows = 3000
	var printed bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if err := run(t.Context(), &printed, orders(rows), customers); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(began); d < 3*time.Second || d > 4*time.Second {
			t.Errorf("3000 orders at 1000 a second took %s", d)
		}
	})
	got, epochs := sum(t, &printed)
	if want := reference(t, rows); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if epochs < 6 || epochs > 8 {
		t.Errorf("changes were shown %d times in three seconds, not twice a second", epochs)
	}
}

func TestInterruptionShowsWhatHasCome(t *testing.T) {
	var printed bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 1750*time.Millisecond)
		defer cancel()
		if err := run(ctx, &printed, orders(1<<40), customers); err != nil {
			t.Fatal(err)
		}
	})
	if got, epochs := sum(t, &printed); len(got) != 9 || epochs != 3 {
		t.Errorf("%d epochs: %v", epochs, got)
	}
}

func orders(n int64) *pw.Table {
	return generate.Rows(orderOf, generate.Rate(1000), generate.Limit(n))
}

// sum is the printed changes added up, and in how many epochs they came.
func sum(t *testing.T, printed *bytes.Buffer) (rows []string, epochs int) {
	t.Helper()
	diffs := map[string]int{}
	for lines := bufio.NewScanner(printed); lines.Scan(); {
		sign, row, ok := strings.Cut(lines.Text(), " ")
		if !ok {
			epochs++
			continue
		}
		diff, err := strconv.Atoi(sign)
		if err != nil {
			t.Fatal(err)
		}
		diffs[strings.Join(strings.Fields(row), " ")] += diff
	}
	for row, n := range diffs {
		if n != 0 && n != 1 {
			t.Errorf("%q is there %d times", row, n)
		}
		if n == 1 {
			rows = append(rows, row)
		}
	}
	slices.Sort(rows)
	return rows, epochs
}

// reference is the same by a loop.
func reference(t *testing.T, rows int64) []string {
	countries := countriesOf(t)
	totals := map[string]map[string]ranked{}
	for n := range rows {
		o := orderOf(n)
		country, known := countries[o.Customer]
		if !known {
			continue
		}
		if totals[country] == nil {
			totals[country] = map[string]ranked{}
		}
		r := totals[country][o.Product]
		totals[country][o.Product] = ranked{country, o.Product, r.Revenue + o.Cents, r.Orders + 1}
	}
	var out []string
	for _, products := range totals {
		all := slices.SortedFunc(maps.Values(products), func(x, y ranked) int {
			return cmp.Or(cmp.Compare(y.Revenue, x.Revenue), cmp.Compare(x.Product, y.Product))
		})
		for _, r := range all[:3] {
			out = append(out, fmt.Sprintf("%s %s %d cents in %d orders", r.Country, r.Product, r.Revenue, r.Orders))
		}
	}
	slices.Sort(out)
	return out
}

func countriesOf(t *testing.T) map[int64]string {
	t.Helper()
	f, err := os.Open(customers)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[int64]string{}
	for _, r := range rows[1:] {
		id, err := strconv.ParseInt(r[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		out[id] = r[2]
	}
	return out
}
