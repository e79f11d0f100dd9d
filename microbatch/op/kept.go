package op

import (
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// seqBatch is a kept batch with its place.
type seqBatch struct {
	at   Seq
	b    *vec.Batch
	rows []uint32 // where its rows were in the batch that came; nil: 0, 1, 2 …
}

// row is where row i was in the batch that came. With at it is the row's place in its source, by which rows are told apart that come on two ways.
func (k seqBatch) row(i int) int {
	if k.rows == nil {
		return i
	}
	return int(k.rows[i])
}

// inPlace is b, which has a row for each of k's, perhaps selected, as a batch whose rows are where they were.
//
//	rows 2, 5; b x y    →   x x x x x y of which 2, 5 are selected
func (k seqBatch) inPlace(b *vec.Batch) *vec.Batch {
	if k.rows == nil || b.N == 0 {
		return b
	}
	from := make([]uint32, k.rows[b.N-1]+1)
	out := &vec.Batch{N: len(from), Sel: make([]uint32, b.Rows()), Cols: make([]*vec.Vec, len(b.Cols))}
	if b.Diff != nil {
		out.Diff = make([]int64, out.N)
	}
	for i := range out.Sel {
		row := b.Row(i)
		out.Sel[i] = k.rows[row]
		from[k.rows[row]] = uint32(row)
		if b.Diff != nil {
			out.Diff[k.rows[row]] = b.Diff[row]
		}
	}
	for i, v := range b.Cols {
		out.Cols[i] = v.Take(from)
	}
	return out
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
	if b.Rows() == 0 {
		return nil
	}
	l.kept = append(l.kept, keep(at, b, l.env))
	return overBudget(l.env)
}

// keep keeps a batch with the places of its rows, charged.
func keep(at Seq, b *vec.Batch, env Env) seqBatch {
	k := seqBatch{at: at, b: b.Keep(env.Account)}
	if b.Sel != nil {
		k.rows = slices.Clone(b.Sel)
		env.Account.Charge(int64(4 * len(k.rows)))
	}
	return k
}

// drop gives back what keep has kept.
func (k seqBatch) drop(env Env) {
	k.b.Drop(env.Account)
	env.Account.Release(int64(4 * len(k.rows)))
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
			k.drop(env)
		}
		l.kept = nil
	}
}
