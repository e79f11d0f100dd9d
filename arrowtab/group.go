package arrowtab

import (
	"errors"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Grouped is a table whose rows are put into groups of equal keys. NULL is equal to NULL, and NaN to NaN.
type Grouped struct {
	table *Table
	keys  []string
}

// GroupBy puts the rows that are equal in those columns into a group each.
func (t *Table) GroupBy(columns ...string) Grouped { return Grouped{t, columns} }

// Reduce makes a row of each group: the key columns, then a column for each reducer. No order is promised.
func (g Grouped) Reduce(reducers ...Reducer) *Table {
	at := position()
	if len(g.keys) == 0 {
		err := errors.New("no key columns are given; to make one row of the whole table, call its Reduce")
		return g.table.lost(at, "group by", err)
	}
	return g.table.reduce(at, "group by", g.keys, reducers)
}

// Reduce makes one row of the whole table: a column for each reducer. There is a row also when the table is empty.
func (t *Table) Reduce(reducers ...Reducer) *Table {
	at := position()
	if len(reducers) == 0 {
		return t.lost(at, "reduce", errors.New("no reducers are given"))
	}
	return t.reduce(at, "reduce", nil, reducers)
}

func (t *Table) reduce(at, step string, keys []string, reducers []Reducer) *Table {
	if t.node == nil {
		return t
	}
	r := &reduction{in: t.node.Schema(), names: map[string]bool{}}
	for _, k := range keys {
		r.addKey(k)
	}
	for _, red := range reducers {
		r.addReducer(red, len(keys) > 0)
	}
	if len(r.errs) > 0 {
		return t.allLost(at, step, r.errs)
	}
	input, columns := r.input(t.base(at), t.node)
	n := &plan.Aggregate{Base: t.base(at), Input: input, Aggs: r.placed(columns), Out: plan.NewSchema(r.out...)}
	n.Keys = append(n.Keys, columns[:len(keys)]...)
	return t.then(n)
}
