package optimize

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// before is the place in the input of a FromChanges of its column i.
func before(n *plan.FromChanges, i int) int {
	if i >= n.Diff {
		return i + 1
	}
	return i
}

func (p *pruner) askFromChanges(n *plan.FromChanges, needed columns) {
	in := p.of(n.Input)
	in[n.Diff] = true
	for i, need := range needed.atLeastOne() {
		if need {
			in[before(n, i)] = true
		}
	}
}

func (p *pruner) rebuildFromChanges(n *plan.FromChanges) pruned {
	in := p.done[n.Input]
	out := plan.NewFromChanges(n.Base, in.node, in.place[n.Diff])
	place := make([]int, n.Out.Len())
	for i := range place {
		if place[i] = in.place[before(n, i)]; place[i] > out.Diff {
			place[i]--
		}
	}
	return pruned{out, place}
}

// askApply needs the arguments of a function that may fail, whether its results are needed or not. Where rows go again, what
// a function that isn't Deterministic has made of them is remembered by all of their columns.
func (p *pruner) askApply(n *plan.Apply, needed columns) {
	in := p.of(n.Input)
	in.add(columns(needed[:len(in)]).list())
	in.add(n.Args)
	if !n.Func.Deterministic && plan.Changing(n.Input) == plan.Retract {
		p.needAll(n.Input)
	}
}

func (p *pruner) rebuildApply(n *plan.Apply) pruned {
	in := p.done[n.Input]
	fields := slices.Clone(in.node.Schema().Fields())
	old := n.Input.Schema().Len()
	place := slices.Clone(in.place)
	for i := old; i < n.Out.Len(); i++ {
		place = append(place, len(fields))
		fields = append(fields, n.Out.Field(i))
	}
	out := *n
	out.Input, out.Args, out.Out = in.node, in.places(n.Args), plan.NewSchema(fields...)
	return pruned{&out, place}
}
