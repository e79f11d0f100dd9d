package arrowtab

import (
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// SortKey is a column to order by, and how.
type SortKey struct {
	column     string
	desc       bool
	nullsFirst bool
}

// Asc orders by a column, smallest first.
func Asc(column string) SortKey { return SortKey{column: column} }

// Desc orders by a column, largest first.
func Desc(column string) SortKey { return SortKey{column: column, desc: true} }

// NullsFirst puts NULLs before all values. By itself they come last, in both directions.
func (k SortKey) NullsFirst() SortKey {
	k.nullsFirst = true
	return k
}

// Sort orders the rows by keys: columns' names, smallest first, or Asc and Desc. Rows that are equal in all keys stay
// in the order of the input. NaN is above +Inf. With Limit behind it, only as many rows are ever kept; a stream can only be sorted
// with a Limit right behind.
func (t *Table) Sort(keys ...any) *Table {
	at := position()
	if t.node == nil {
		return t
	}
	n := &plan.Sort{Base: t.base(at), Input: plan.Settled(t.base(at), t.node), Limit: -1}
	var errs []error
	if len(keys) == 0 {
		errs = append(errs, errors.New("no keys are given"))
	}
	for _, k := range keys {
		key, err := sortKey(k, t.node.Schema())
		if err != nil {
			errs = append(errs, err)
		}
		n.Keys = append(n.Keys, key)
	}
	if len(errs) == 0 {
		return t.then(n)
	}
	return t.allFailed(at, "sort", errs)
}

func sortKey(key any, s *Schema) (plan.SortKey, error) {
	var k SortKey
	switch key := key.(type) {
	case string:
		k = Asc(key)
	case SortKey:
		k = key
	default:
		return plan.SortKey{}, fmt.Errorf("a key is a column's name, Asc or Desc, not a %T", key)
	}
	i, ok := s.Index(k.column)
	if !ok {
		return plan.SortKey{}, plan.UnknownColumn(k.column, s)
	}
	return plan.SortKey{Column: i, Desc: k.desc, NullsFirst: k.nullsFirst}, nil
}

// Limit passes the first n rows: behind a Sort those of its order, else any n. Of a stream that is sorted these are the first n so far,
// revised as rows come. Of another stream they are the first n that come; a source of which nothing else is wanted is then read no further, and a run whose sources
// are all so ends.
func (t *Table) Limit(n int) *Table {
	at := position()
	const step = "limit"
	if t.node == nil {
		return t
	}
	if n < 0 {
		return t.failed(at, step, fmt.Errorf("%d rows can't be had", n))
	}
	if plan.Bounded(t.node) {
		return t.then(&plan.Limit{Base: t.base(at), Input: plan.Settled(t.base(at), t.node), N: int64(n)})
	}
	if s, ok := t.node.(*plan.Sort); ok {
		return t.then(&plan.Top{Base: s.Base, Input: s.Input, Order: s.Keys, N: int64(n), Out: s.Schema()})
	}
	if retracting := plan.Retracting(t.node); retracting != nil {
		return t.failed(at, step, fmt.Errorf("rows of the table may be retracted (%s), so there are no first ones; "+
			"say by an order which ones: TopK(%d, \"column\")", plan.Describe(retracting), max(n, 1)))
	}
	return t.then(&plan.Limit{Base: t.base(at), Input: t.node, N: int64(n)})
}

// endless is the mistakes in a plan that show only when it is whole: a Sort of rows that never end. With a Limit right behind it, it
// would be a plan.Top.
func endless(n plan.Node) []*Error {
	var errs []*Error
	for _, in := range plan.Upstream(n) {
		if s, ok := in.(*plan.Sort); ok && !plan.Bounded(s) {
			errs = append(errs, &Error{s.Pos(), "sort", errors.New("the rows never end, so the first one of an order is never known; " +
				"keep the first k with TopK, or with a Limit right behind Sort")})
		}
	}
	return errs
}
