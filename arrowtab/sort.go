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
// in the order of the input. NaN is above +Inf. With Limit behind it, only as many rows are ever kept.
func (t *Table) Sort(keys ...any) *Table {
	at := position()
	if t.node == nil {
		return t
	}
	n := &plan.Sort{Base: t.base(at), Input: t.node, Limit: -1}
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
	for _, err := range errs {
		t = t.failed(at, "sort", err)
	}
	return t
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

// Limit passes the first n rows: behind a Sort those of its order, else any n.
func (t *Table) Limit(n int) *Table {
	at := position()
	if t.node == nil {
		return t
	}
	if n < 0 {
		return t.failed(at, "limit", fmt.Errorf("%d rows can't be had", n))
	}
	return t.then(&plan.Limit{Base: t.base(at), Input: t.node, N: int64(n)})
}
