package arrowtab

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// TopK keeps the first k rows of an order: columns' names, smallest first, or Asc and Desc, as in Sort; with PerKey among them
// the first k of each key. The rows themselves come in no particular order.
//
//	bids.TopK(10, pw.PerKey("auction"), pw.Desc("price"), "time")
//
// Rows that tie are taken in the order in which they came from their source, or, behind a step that has no such order (as GroupBy and joins), by all their
// columns, smallest first: what is kept never depends on chance.
func (t *Table) TopK(k int, keysAndOrder ...any) *Table {
	at := position()
	if t.node == nil {
		return t
	}
	r := rankingOf(t, keysAndOrder)
	if k <= 0 {
		r.fail(fmt.Errorf("%d rows can't be had; k is 1 or more", k))
	}
	if len(r.order) == 0 {
		r.fail(errors.New(`no order is given: first by what? Give columns' names, Asc or Desc`))
	}
	if len(r.errs) > 0 {
		return t.allFailed(at, "top", r.errs)
	}
	return t.then(&plan.Top{Base: t.base(at), Input: t.node, Keys: r.keys, Order: r.order, N: int64(k), Out: t.node.Schema()})
}

// RowNumber adds a column with each row's number in an order, from 1, or in the order of each key: an int64. The order is given as in TopK; without
// one it is that in which rows came from their source.
func (t *Table) RowNumber(name string, keysAndOrder ...any) *Table {
	at := position()
	if t.node == nil {
		return t
	}
	r := rankingOf(t, keysAndOrder)
	switch _, there := t.node.Schema().Index(name); {
	case name == "":
		r.fail(errors.New("the column of the numbers needs a name"))
	case there:
		r.fail(fmt.Errorf("there is a column %q already; take another name", name))
	}
	if len(r.order) == 0 {
		r.needArrival(t, "number them in an order: RowNumber(name, …, \"column\")")
	}
	if len(r.errs) > 0 {
		return t.allLost(at, "row number", r.errs)
	}
	fields := append(slices.Clone(t.node.Schema().Fields()), Field{Name: name, Type: vec.TInt64})
	n := &plan.Top{Base: t.base(at), Input: t.node, Keys: r.keys, Order: r.order, N: -1, Number: true, Out: plan.NewSchema(fields...)}
	return t.then(n)
}

// Partition is the columns for whose values there is a ranking each: see PerKey.
type Partition struct{ columns []string }

// PerKey gives each value of those columns a ranking of its own, in TopK and RowNumber.
func PerKey(columns ...string) Partition { return Partition{columns} }

// ranking is the keys and the order of a plan.Top, and what is wrong with them.
type ranking struct {
	keys  []int
	order []plan.SortKey
	errs  []error
}

func (r *ranking) fail(err error) { r.errs = append(r.errs, err) }

func rankingOf(t *Table, keysAndOrder []any) *ranking {
	r := &ranking{}
	for _, k := range keysAndOrder {
		if p, ok := k.(Partition); ok {
			r.addKeys(p.columns, t.node.Schema())
			continue
		}
		key, err := sortKey(k, t.node.Schema())
		if err != nil {
			r.fail(err)
			continue
		}
		r.order = append(r.order, key)
	}
	return r
}

func (r *ranking) addKeys(names []string, s *Schema) {
	for _, name := range names {
		i, ok := s.Index(name)
		switch {
		case !ok:
			r.fail(plan.UnknownColumn(name, s))
		case slices.Contains(r.keys, i):
			r.fail(fmt.Errorf("key %q is given twice", name))
		default:
			r.keys = append(r.keys, i)
		}
	}
}

// needArrival reports rows that have no order of arrival, or go again.
func (r *ranking) needArrival(t *Table, instead string) {
	switch {
	case plan.Changing(t.node) == plan.Retract:
		r.fail(fmt.Errorf("rows of the table may be retracted (%s), so which came first means nothing; %s",
			plan.Describe(plan.Retracting(t.node)), instead))
	case !plan.KeepsSeq(t.node):
		r.fail(fmt.Errorf("the rows come in no particular order (%s), so none is the first; %s", plan.Describe(disorder(t.node)), instead))
	}
}

// disorder is the step on the way to n behind which rows have no order of arrival any more.
func disorder(n plan.Node) plan.Node {
	for _, in := range n.Inputs() {
		if !plan.KeepsSeq(in) {
			return disorder(in)
		}
	}
	return n
}
