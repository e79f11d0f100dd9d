package plantest

import (
	"cmp"
	"errors"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

var errNeverCame = errors.New("a row goes that never came")

// changes is every row, coming once; nobody knows when.
func changes(rows [][]any) [][]any {
	var out [][]any
	for _, row := range rows {
		out = append(out, append(slices.Clone(row), nil, int64(1)))
	}
	return out
}

func (r *Result) fromChanges(n *plan.FromChanges) [][]any {
	var diffs []int64
	rows := r.each(n, n.Input, func(row []any) ([]any, error) {
		if row[n.Diff] == nil {
			return nil, errBadRow
		}
		diffs = append(diffs, integer(row[n.Diff]).Int64())
		return slices.Delete(slices.Clone(row), n.Diff, n.Diff+1), nil
	})
	delete(r.places, n)
	for _, d := range sums(rows, diffs) {
		if d < 0 {
			r.Failed = cmp.Or(r.Failed, errNeverCame)
		}
	}
	return net(rows, diffs)
}

func diffsOf(places []place) []int64 {
	out := make([]int64, len(places))
	for i, p := range places {
		out[i] = p.diff
	}
	return out
}

// sums is how often each row is there after all changes, by its text.
func sums(rows [][]any, diffs []int64) map[string]int64 {
	times := map[string]int64{}
	for i, row := range rows {
		times[RowText(row)] += diffs[i]
	}
	return times
}

// net is the rows that are left after all changes, in the order of their first change.
func net(rows [][]any, diffs []int64) [][]any {
	times := sums(rows, diffs)
	var out [][]any
	for _, row := range rows {
		name := RowText(row)
		for ; times[name] > 0; times[name]-- {
			out = append(out, row)
		}
	}
	return out
}
