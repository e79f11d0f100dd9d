// Package plantest runs plans row by row, as slowly and plainly as can be: tests compare with it what the optimizer
// makes of a plan, and what the engine does with it.
//
//	want := plantest.Run(nodes)
//	want.Rows[nodes[0]]     // [][]any{{int64(1), "x", nil}, …}
//	want.Rejected[nodes[0]] // how many bad rows that step left out
//
// What is run is a batch: all windows close at the end, no row is late, and what is there now is all there is.
//
// Values are nil (NULL), bool, int64 (also dates, times and the like), float64, string, Digits and List. All nodes and operators
// are known, but only casts between signed integers and float64 and from string to string, arithmetic of these, no average of decimals, and times
// in UTC only.
package plantest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Result is what some plans yield.
type Result struct {
	// Rows are those of every node, in the order of the input. A Rejected has one row for each row that is left out, of no
	// columns: their text depends on how the plan is run, their number doesn't.
	Rows map[plan.Node][][]any
	// Rejected is how many bad rows a node has left out under the policies Skip and Reject.
	Rejected map[plan.Node]int
	// Failed is the first bad row under the policy Fail, or a sum that overflows. A run of the plan may then fail; Rows are
	// without that row.
	Failed error
	// Certain says that every run fails: no Limit stands between the bad row and a result.
	Certain bool

	failed map[plan.Node]bool    // nodes with a bad row under Fail
	places map[plan.Node][]place // of the rows of nodes in which rows have the places of their source
}

// place is where a row stands in its source, and what it means there.
type place struct {
	arrival int64 // a row that came later has more
	diff    int64 // −1: a row goes
}

// Batches is the source that Run can read: rows in memory.
type Batches interface {
	plan.Source
	Batches() []*vec.Batch
}

var (
	errBadRow   = errors.New("bad row")
	errOverflow = errors.New("overflow of a sum")
)

// Run computes all nodes that roots are made of. AND, OR, If and Coalesce compute an argument only if they need
// it, and a filter stops at its first condition that isn't true.
func Run(roots []plan.Node) *Result {
	r := &Result{Rows: map[plan.Node][][]any{}, Rejected: map[plan.Node]int{}, failed: map[plan.Node]bool{}, places: map[plan.Node][]place{}}
	for i, n := range plan.Upstream(roots...) {
		if read, ok := n.(*plan.Read); ok {
			r.read(read, int64(i)<<32)
			continue
		}
		r.Rows[n] = r.node(n)
	}
	for _, n := range wanted(roots) {
		r.Certain = r.Certain || r.failed[n]
	}
	return r
}

// wanted is the nodes all of whose rows are needed for what roots yield.
func wanted(roots []plan.Node) []plan.Node {
	seen := map[plan.Node]bool{}
	var all []plan.Node
	var visit func(n plan.Node)
	visit = func(n plan.Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		all = append(all, n)
		_, limit := n.(*plan.Limit)
		if s, ok := n.(*plan.Sort); limit || ok && s.Limit >= 0 {
			return
		}
		for _, in := range n.Inputs() {
			visit(in)
		}
	}
	for _, n := range roots {
		visit(n)
	}
	return all
}

func (r *Result) node(n plan.Node) [][]any {
	switch n := n.(type) {
	case *plan.Filter:
		return r.each(n, n.Input, func(row []any) ([]any, error) {
			keep, err := holds(n.Cond, row)
			if keep {
				return row, err
			}
			return nil, err
		})
	case *plan.Project:
		return r.each(n, n.Input, func(row []any) ([]any, error) { return project(n.Exprs, row) })
	case *plan.Aggregate:
		rows, err := aggregate(n, r.Rows[n.Input])
		r.Failed = cmp.Or(r.Failed, err)
		return rows
	case *plan.Sort:
		rows := slices.Clone(r.Rows[n.Input])
		slices.SortStableFunc(rows, func(a, b []any) int { return order(n.Keys, a, b) })
		return window(rows, n.Limit, n.Offset)
	case *plan.Limit:
		return window(r.Rows[n.Input], n.N, n.Offset)
	case *plan.Union:
		var rows [][]any
		for _, in := range n.In {
			rows = append(rows, r.Rows[in]...)
			r.places[n] = append(r.places[n], r.places[in]...)
		}
		if !plan.KeepsSeq(n) {
			delete(r.places, n)
		}
		return rows
	case *plan.Flatten:
		return flatten(n, r.Rows[n.Input])
	case *plan.Rejected:
		return make([][]any, r.Rejected[n.Of])
	case *plan.Write:
		return r.Rows[n.Input]
	}
	return r.streamNode(n)
}

// streamNode is what nodes for streams yield of input that has an end.
func (r *Result) streamNode(n plan.Node) [][]any {
	switch n := n.(type) {
	case *plan.Join:
		return join(n, withOneZero(r.Rows[n.Left]), withOneZero(r.Rows[n.Right]))
	case *plan.AsOf:
		return asOf(n, withOneZero(r.Rows[n.Left]), withOneZero(r.Rows[n.Right]))
	case *plan.Watermark:
		return r.each(n, n.Input, func(row []any) ([]any, error) {
			if row[n.Time] == nil {
				return nil, errBadRow
			}
			return row, nil
		})
	case *plan.Window:
		rows, err := windows(n, r.Rows[n.Input])
		r.Failed = cmp.Or(r.Failed, err)
		return rows
	case *plan.Late: // all windows close at the end
		return nil
	case *plan.Top:
		return top(n, r.Rows[n.Input], r.places[n.Input])
	case *plan.Accept:
		return accept(n, r.Rows[n.Input], r.places[n.Input])
	case *plan.Upsert:
		return upsert(n, r.Rows[n.Input], r.places[n.Input])
	case *plan.Changes:
		return changes(r.Rows[n.Input])
	case *plan.FromChanges:
		return r.fromChanges(n)
	case *plan.Consolidate:
		return r.Rows[n.Input]
	case *plan.Apply:
		return r.each(n, n.Input, func(row []any) ([]any, error) {
			results, err := callFunction(n.Func, columnsOf(n.Args, row))
			return slices.Concat(row, results), err
		})
	}
	panic(fmt.Sprintf("plantest: no node %T", n))
}

// read reads a source whose first row's place is from. Of a source that revises rows, these are those that are left.
func (r *Result) read(n *plan.Read, from int64) {
	feed, _ := plan.FeedOf(n.Source)
	var rows [][]any
	var places []place
	for _, b := range n.Source.(Batches).Batches() {
		for k, row := range RowsOf(b) {
			p := place{from, 1}
			from++
			if b.Diff != nil {
				p.diff = b.Diff[b.Row(k)]
			}
			if n.Filter != nil {
				if keep, err := holds(n.Filter, row); err != nil {
					panic("plantest: a source's filter fails")
				} else if !keep {
					continue
				}
			}
			if n.Columns != nil {
				row = columnsOf(n.Columns, row)
			}
			rows, places = append(rows, row), append(places, p)
		}
	}
	if feed == plan.Revisions {
		rows, places = net(rows, diffsOf(places)), nil
	}
	r.Rows[n], r.places[n] = rows, places
}

// columnsOf is those columns of a row.
func columnsOf(columns []int, row []any) []any {
	out := []any{}
	for _, c := range columns {
		out = append(out, row[c])
	}
	return out
}

// each is what f makes of the rows of input: no row where it gives neither one nor an error, n's policy for bad ones.
func (r *Result) each(n, input plan.Node, f func(row []any) ([]any, error)) [][]any {
	var rows [][]any
	places := r.places[input]
	for i, row := range r.Rows[input] {
		out, err := f(row)
		switch {
		case err == nil && out != nil:
			rows = append(rows, out)
			if places != nil {
				r.places[n] = append(r.places[n], places[i])
			}
		case err == nil:
		case n.Policy() == plan.Fail:
			r.Failed = cmp.Or(r.Failed, err)
			r.failed[n] = true
		default:
			r.Rejected[n]++
		}
	}
	return rows
}

// holds reports whether a filter's condition is true.
func holds(cond plan.Expr, row []any) (bool, error) {
	if c, ok := cond.(*plan.Call); ok && c.Op == plan.OpAnd {
		for _, a := range c.Args {
			if ok, err := holds(a, row); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	v, err := eval(cond, row)
	return v == true, err
}

func project(exprs []plan.Expr, row []any) ([]any, error) {
	out := make([]any, len(exprs))
	for i, e := range exprs {
		v, err := eval(e, row)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// flatten is a row for each element of a list.
func flatten(n *plan.Flatten, rows [][]any) [][]any {
	var out [][]any
	for _, row := range rows {
		list, _ := row[n.Column].(List) // nil of a NULL
		for _, e := range list {
			made := slices.Clone(row)
			made[n.Column] = e
			out = append(out, made)
		}
	}
	return out
}

func window(rows [][]any, n, offset int64) [][]any {
	rows = rows[min(offset, int64(len(rows))):]
	if n < 0 {
		return rows
	}
	return rows[:min(n, int64(len(rows)))]
}

func order(keys []plan.SortKey, a, b []any) int {
	for _, k := range keys {
		x, y := a[k.Column], b[k.Column]
		c := 0
		switch {
		case x == nil && y == nil:
		case x == nil || y == nil:
			if c = 1; (x == nil) == k.NullsFirst {
				c = -1
			}
		case k.Desc:
			c = compare(y, x)
		default:
			c = compare(x, y)
		}
		if c != 0 {
			return c
		}
	}
	return 0
}
