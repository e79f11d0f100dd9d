package microbatch

import (
	"cmp"
	"slices"
	"sync"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Kept is what a sink keeps that wants an epoch's rows, or a batch's, whole: it makes the sink's writers.
type Kept struct {
	Env *Env   // whose account is charged with what is kept; nil: nobody's
	Who string // for the error when that is too much

	mu   sync.Mutex
	kept []keptBatch
}

type keptBatch struct {
	morsel int64
	batch  *vec.Batch
}

// NewWriter makes a worker's writer, which keeps what it is given.
func (k *Kept) NewWriter() Writer { return &keptWriter{of: k} }

// Batches are the rows as dense batches, in the order of their morsels. Nobody may write meanwhile.
func (k *Kept) Batches() []*vec.Batch {
	slices.SortStableFunc(k.kept, func(x, y keptBatch) int { return cmp.Compare(x.morsel, y.morsel) })
	out := make([]*vec.Batch, len(k.kept))
	for i, b := range k.kept {
		out[i] = b.batch
	}
	return out
}

// Drop lets go of all. Nobody may write meanwhile.
func (k *Kept) Drop() {
	clear(k.kept)
	k.kept = k.kept[:0]
	if k.Env != nil {
		k.Env.Account.Clear()
	}
}

// keptWriter keeps what one worker writes.
type keptWriter struct {
	of   *Kept
	kept []*vec.Batch // of the morsel that the worker is on
}

func (w *keptWriter) Push(_ Seq, b *vec.Batch) error {
	env := w.of.Env
	if env == nil {
		w.kept = append(w.kept, b.Keep(nil))
		return nil
	}
	w.kept = append(w.kept, b.Keep(env.Account))
	return env.OverBudget(w.of.Who)
}

func (w *keptWriter) EndMorsel(m int64) error {
	if len(w.kept) == 0 {
		return nil
	}
	w.of.mu.Lock()
	defer w.of.mu.Unlock()
	for _, b := range w.kept {
		w.of.kept = append(w.of.kept, keptBatch{m, b})
	}
	w.kept = w.kept[:0]
	return nil
}
