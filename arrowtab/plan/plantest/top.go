package plantest

import (
	"cmp"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// ranked is a row and its number in the input.
type ranked struct {
	row     []any
	at      int
	arrival int64
}

// top keeps the rows with the right numbers in their groups, in the order of the input.
func top(n *plan.Top, rows [][]any, places []place) [][]any {
	byKey := map[string][]ranked{}
	for i, row := range rows {
		r := ranked{row: row, at: i}
		if plan.KeepsSeq(n.Input) {
			r.arrival = places[i].arrival
		}
		name := RowText(keysOf(n.Keys, row))
		byKey[name] = append(byKey[name], r)
	}
	kept := make([][]any, len(rows))
	for _, group := range byKey {
		slices.SortStableFunc(group, func(a, b ranked) int {
			arrival := cmp.Compare(a.arrival, b.arrival)
			if n.Last {
				arrival = -arrival
			}
			return cmp.Or(order(n.Order, a.row, b.row), arrival, compareRows(a.row, b.row))
		})
		for i, r := range group {
			rank := int64(i)
			if rank < n.Offset || n.N >= 0 && rank-n.Offset >= n.N {
				continue
			}
			kept[r.at] = r.row
			if n.Number {
				kept[r.at] = append(slices.Clone(r.row), rank+1)
			}
		}
	}
	return slices.DeleteFunc(kept, func(row []any) bool { return row == nil })
}

// accept asks, row by row in the order of arrival, whether a row takes the place of the one that is kept for its key.
func accept(n *plan.Accept, rows [][]any, places []place) [][]any {
	byKey := map[string]int{} // the row kept
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(places[a].arrival, places[b].arrival) })
	for _, i := range order {
		name := RowText(keysOf(n.Keys, rows[i]))
		old, there := byKey[name]
		if there {
			results, err := callFunction(n.Func, []any{rows[i][n.Value], rows[old][n.Value]})
			if err != nil || results[0] != true {
				continue
			}
		}
		byKey[name] = i
	}
	var out [][]any
	for i, row := range rows {
		if kept, ok := byKey[RowText(keysOf(n.Keys, row))]; ok && kept == i {
			out = append(out, row)
		}
	}
	return out
}

// upsert keeps the last row of each key, unless that one went.
func upsert(n *plan.Upsert, rows [][]any, places []place) [][]any {
	last := map[string]int{}
	for i, row := range rows {
		last[RowText(keysOf(n.Key, row))] = i
	}
	var out [][]any
	for i, row := range rows {
		if last[RowText(keysOf(n.Key, row))] == i && places[i].diff > 0 {
			out = append(out, row)
		}
	}
	return out
}
