package microbatch

import (
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/microbatch/op"
)

// operator makes the operator of a step that isn't a Read.
func (b *builder) operator(s *step) (op.Operator, error) {
	env := op.Env{
		Name: s.name, Source: uint32(s.id), Workers: b.config.Threads, Account: b.budget.Account(s.name),
		Spill: b.spill, Stats: b.config.Stats, Test: b.config.Test, Seed: b.config.seed, Bad: s.node.Policy(),
		Inconsistent: b.config.Inconsistent, Sources: sourcesOf(s, nil), Started: b.config.started, Durable: b.durable != nil,
	}
	switch n := s.node.(type) {
	case *plan.Filter:
		return op.NewFilter(n, env), nil
	case *plan.Project:
		return op.NewProject(n, env), nil
	case *plan.Flatten:
		return op.NewFlatten(n, env), nil
	case *plan.Consolidate:
		return op.NewConsolidate(n, env), nil
	case *plan.Changes:
		return op.NewChanges(n, env), nil
	case *plan.FromChanges:
		return op.NewFromChanges(n, env), nil
	case *plan.Upsert:
		return op.NewUpsert(n, env), nil
	case *plan.Top:
		return op.NewTop(n, env), nil
	case *plan.Accept:
		return op.NewAccept(n, env), nil
	case *plan.Apply:
		return op.NewApply(n, env), nil
	case *plan.Watermark:
		return op.NewWatermark(n, env), nil
	case *plan.Window:
		return op.NewWindow(n, env)
	case *plan.Aggregate:
		return op.NewAggregate(n, env)
	case *plan.Join:
		return op.NewJoin(n, env)
	case *plan.AsOf:
		return op.NewAsOf(n, env)
	case *plan.Sort:
		return op.NewSort(n, env), nil
	case *plan.Limit:
		return op.NewLimit(n, env), nil
	case *plan.Union, *plan.Rejected, *plan.Late:
		return op.NewPass(), nil
	case *plan.Write:
		return b.sink(n, s)
	}
	return nil, fmt.Errorf("internal error: no operator for %T", s.node)
}

// sourcesOf appends the numbers of the sources that s's rows come from, each once.
func sourcesOf(s *step, to []uint32) []uint32 {
	if _, ok := s.node.(*plan.Read); ok && !slices.Contains(to, uint32(s.id)) {
		return append(to, uint32(s.id))
	}
	for _, in := range s.inputs {
		to = sourcesOf(in, to)
	}
	return to
}
