package op

import (
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// seqBatch is a kept batch with its place.
type seqBatch struct {
	at Seq
	b  *vec.Batch
}

// sortBySeq puts batches into the order of the input. Batches of one place stay as they are.
func sortBySeq(batches []seqBatch) {
	slices.SortStableFunc(batches, func(x, y seqBatch) int { return x.at.Compare(y.at) })
}

// overBudget is the error of an operator that can't spill when the memory budget is exceeded.
func overBudget(env Env) error {
	if !env.Account.Over() {
		return nil
	}
	return fmt.Errorf("%s: needs more memory than max_memory allows: it holds %d bytes of %d; raise max_memory, or filter or select fewer columns before it",
		env.Name, env.Account.Used(), env.Account.Budget().Limit())
}

// keepLocal is a worker's part of an operator that keeps the epoch's rows as they come.
type keepLocal struct {
	env  Env
	kept []seqBatch
}

func (l *keepLocal) Push(_ int, at Seq, b *vec.Batch, _ Out) error {
	l.kept = append(l.kept, seqBatch{at, b.Keep(l.env.Account)})
	return overBudget(l.env)
}

// allKept is what all workers have kept, in the order of the input.
func allKept(locals []*keepLocal) []seqBatch {
	var all []seqBatch
	for _, l := range locals {
		all = append(all, l.kept...)
	}
	sortBySeq(all)
	return all
}

// releaseKept gives back what they have kept.
func releaseKept(locals []*keepLocal, env Env) {
	for _, l := range locals {
		for _, k := range l.kept {
			k.b.Drop(env.Account)
		}
		l.kept = nil
	}
}
