package optimize

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// windowColumns is how many columns a window has before its keys: window_start and window_end.
const windowColumns = 2

// askWindow needs the time, the keys, and what those reducers read whose results are needed. Where there are late rows, they need columns, too.
func (p *pruner) askWindow(n *plan.Window, needed columns) {
	in := p.of(n.Input)
	if late, ok := p.late[n]; ok {
		in.add(late.list())
	}
	if n.Time >= 0 {
		in[n.Time] = true
	}
	in.add(n.Keys)
	first := windowColumns + len(n.Keys)
	needed.add(places(first))
	for i, a := range n.Aggs {
		if needed[first+i] {
			a.Columns(func(c *int) { in[*c] = true })
		}
	}
	in.atLeastOne()
}

func (p *pruner) rebuildWindow(n *plan.Window) pruned {
	in := p.done[n.Input]
	keep := p.of(n).list()
	out := *n
	out.Input, out.Out = in.node, n.Out.Pick(keep)
	out.Keys, out.Aggs = in.places(n.Keys), nil
	if n.Time >= 0 {
		out.Time = in.place[n.Time]
	}
	for i, a := range n.Aggs {
		if slices.Contains(keep, windowColumns+len(n.Keys)+i) {
			a.Columns(func(c *int) { *c = in.place[*c] })
			out.Aggs = append(out.Aggs, a)
		}
	}
	return pruned{&out, kept(n.Out.Len(), keep)}
}

// askLate asks the window's input for what is needed of late rows.
func (p *pruner) askLate(n *plan.Late, needed columns) {
	in := n.Of.Input.Schema()
	c, ok := p.late[n.Of]
	if !ok {
		c = make(columns, in.Len())
		p.late[n.Of] = c
	}
	for i, f := range n.Out.Fields() {
		if at, ok := in.Index(f.Name); ok && needed[i] && i < ownColumns(n) {
			c[at] = true
		}
	}
	p.of(n.Of) // the window itself is needed, but none of its columns
}

// ownColumns is how many columns of late rows are those of the window's input.
func ownColumns(n *plan.Late) int {
	return n.Out.Len() - len(plan.LateFields(n.Of, plan.Changing(n.Of.Input)))
}

// rebuildLate is the late rows of the new window, which have the columns that its input has.
func (p *pruner) rebuildLate(n *plan.Late) pruned {
	w := p.done[n.Of].node.(*plan.Window)
	out := &plan.Late{Base: n.Base, Of: w, Out: plan.LateSchema(w)}
	place := make([]int, n.Out.Len())
	own, newOwn := ownColumns(n), ownColumns(out)
	for i, f := range n.Out.Fields() {
		if place[i] = newOwn + i - own; i < own {
			place[i] = slices.Index(out.Out.Names()[:newOwn], f.Name)
		}
	}
	return pruned{out, place}
}
