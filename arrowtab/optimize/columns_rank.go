package optimize

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// topNeeds is the columns of its input that a Top needs if those of its result are needed: these, the keys and the order; and where rows may tie
// all of them, for ties are broken by all columns.
func topNeeds(n *plan.Top, needed columns) columns {
	in := slices.Clone(needed[:n.Input.Schema().Len()])
	in.add(n.Keys)
	for _, k := range n.Order {
		in[k.Column] = true
	}
	by := slices.Clone(n.Keys)
	for _, k := range n.Order {
		by = append(by, k.Column)
	}
	if tied(n.Input) && !unique(n.Input, by) {
		in.add(places(len(in)))
	}
	return in.atLeastOne()
}

// tied reports whether two of n's rows may have the same place in the order of arrival, or have none: those that a Union has twice.
func tied(n plan.Node) bool {
	return !plan.KeepsSeq(n) || slices.ContainsFunc(plan.Upstream(n), func(n plan.Node) bool {
		_, union := n.(*plan.Union)
		return union
	})
}

func (p *pruner) rebuildTop(n *plan.Top) pruned {
	needs := topNeeds(n, p.of(n))
	keep := needs.list()
	in := p.trimmed(n.Base, n.Input, keep)
	out := *n
	out.Input, out.Keys, out.Order = in.node, in.places(n.Keys), slices.Clone(n.Order)
	for i := range out.Order {
		out.Order[i].Column = in.place[n.Order[i].Column]
	}
	if n.Number {
		keep = append(keep, len(needs))
	}
	out.Out = n.Out.Pick(keep)
	return pruned{&out, kept(n.Out.Len(), keep)}
}
