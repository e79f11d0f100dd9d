package arrowtab

import (
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Distinct keeps one of rows that are equal in all columns. NULL is equal to NULL, and NaN to NaN.
func (t *Table) Distinct() *Table {
	at := position()
	if t.node == nil {
		return t
	}
	s := t.node.Schema()
	return t.then(&plan.Aggregate{Base: t.base(at), Input: t.node, Keys: firstPlaces(s.Len()), Out: s})
}

// firstPlaces is 0, 1, … n−1.
func firstPlaces(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Keep says which one of the rows with equal keys Deduplicate keeps.
type Keep struct {
	ordered bool   // by a column; else by the order of arrival
	by      string // that column
	last    bool
	// accept, if not nil, finds what plan.Accept asks, and the column that it asks about, in a table's columns: AcceptIf.
	accept func(s *Schema) (value int, f *plan.Function, err error)
}

// KeepFirst keeps the row of a key that came first.
func KeepFirst() Keep { return Keep{} }

// KeepLast keeps the row of a key that came last.
func KeepLast() Keep { return Keep{last: true} }

// KeepFirstBy keeps the row of a key with the smallest value in a column, mostly a time. Of several it is the one that came first; a NULL
// is larger than all.
func KeepFirstBy(column string) Keep { return Keep{ordered: true, by: column} }

// KeepLastBy keeps the row of a key with the largest value in a column; of several the one that came last. A NULL is smaller than
// all.
func KeepLastBy(column string) Keep { return Keep{ordered: true, by: column, last: true} }

// Deduplicate keeps one row of each key.
//
//	t.Deduplicate([]string{"id"}, pw.KeepLastBy("updated"))
//
// KeepFirst, KeepLast and AcceptIf go by the order in which rows come from their source, so they need one: behind a GroupBy or a join
// there is none, and rows must not be retracted.
func (t *Table) Deduplicate(keys []string, keep Keep) *Table {
	at := position()
	const step = "deduplicate"
	if t.node == nil {
		return t
	}
	r := &ranking{}
	r.addKeys(keys, t.node.Schema())
	if len(keys) == 0 {
		r.fail(errors.New("no key columns are given; Distinct compares all of them"))
	}
	if !keep.ordered {
		r.needArrival(t, `say by a column which one to keep: KeepFirstBy("column"), KeepLastBy("column")`)
	} else if key, err := sortKey(SortKey{column: keep.by, desc: keep.last}, t.node.Schema()); err != nil {
		r.fail(err)
	} else {
		r.order = []plan.SortKey{key}
	}
	var node plan.Node = &plan.Top{Base: t.base(at), Input: t.node, Keys: r.keys, Order: r.order, Last: keep.last, N: 1, Out: t.node.Schema()}
	if keep.accept != nil {
		value, f, err := keep.accept(t.node.Schema())
		if err != nil {
			r.fail(fmt.Errorf("AcceptIf: %w", err))
		}
		node = &plan.Accept{Base: t.base(at), Input: t.node, Keys: r.keys, Value: value, Func: f}
	}
	if len(r.errs) > 0 {
		return t.allFailed(at, step, r.errs)
	}
	return t.then(node)
}
