package arrowtab

import (
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Late is the rows that came too late for windows of the last WindowBy before t: the columns of the table that is windowed,
// window_start and window_end of the window that was closed, and the reason. A row that is late for several windows is
// there for each. Of a table whose rows also go, diff says how often the row came (+) or was taken back (−), as in Changes. In a batch there are none.
func (t *Table) Late() *Table {
	at := position()
	if t.node == nil {
		return t
	}
	windows := lastWindows(t.node)
	out := &Table{errs: t.errs, bad: t.bad}
	switch {
	case len(windows) == 0:
		return out.lost(at, "late", errors.New("no step before is a WindowBy; rows that are late for a join have no table, they are counted (Stats.RowsLate)"))
	case len(windows) > 1:
		return out.lost(at, "late", fmt.Errorf("the table is made of several WindowBy (%s and %s); call Late on the one that is meant, before they are joined",
			windows[0].Pos(), windows[1].Pos()))
	case windows[0].Processing:
		return out.lost(at, "late", errors.New("nothing is late for windows of processing time"))
	}
	w := windows[0]
	out.node = lateOf(t.base(at), w)
	return out
}

// lateOf is the late rows of w, without the columns that were computed only to be reduced: see wholeInput.
func lateOf(base plan.Base, w *plan.Window) plan.Node {
	n := &plan.Late{Base: base, Of: w, Out: plan.LateSchema(w)}
	in, ok := w.Input.(*plan.Project)
	if !ok {
		return n
	}
	p := newProjection(n.Out)
	for i, f := range n.Out.Fields() {
		at, own := in.Out.Index(f.Name)
		if !own || !isComputed(in, at) {
			p.addBound(f.Name, plan.ColumnAt(n.Out, i))
		}
	}
	if len(p.exprs) == n.Out.Len() {
		return n
	}
	return &plan.Project{Base: base, Input: n, Exprs: p.exprs, Out: plan.NewSchema(p.out...)}
}

// isComputed reports whether a column of p is one that wholeInput has added: it is called like its expression.
func isComputed(p *plan.Project, i int) bool {
	_, call := p.Exprs[i].(*plan.Call)
	return call && p.Out.Field(i).Name == p.Exprs[i].String()
}

// lastWindows is the windows from which rows come to n with no other window in between.
func lastWindows(n plan.Node) []*plan.Window {
	var found []*plan.Window
	seen := map[plan.Node]bool{}
	var visit func(n plan.Node)
	visit = func(n plan.Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		if w, ok := n.(*plan.Window); ok {
			found = append(found, w)
			return
		}
		for _, in := range n.Inputs() {
			visit(in)
		}
	}
	visit(n)
	return found
}
