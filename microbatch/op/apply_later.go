package op

import (
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// applyLater asks a function that waits for something: the epoch's rows are kept, at its end the calls are made, many at once, and the
// rows go on in the order in which they came. So an epoch's results are there before the epoch ends. Rows that come, and never go, have no Diff.
type applyLater struct {
	node *plan.Apply
	env  Env
	call caller

	mu     sync.Mutex
	locals []*keepLocal
}

func (a *applyLater) Open([]Port) (func() Local, error) {
	a.call = newCaller(a.node.Func, a.env)
	return func() Local {
		l := &keepLocal{env: a.env}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.locals = append(a.locals, l)
		return l
	}, nil
}

func (a *applyLater) EndEpoch(e *Epoch, out Out) error {
	defer releaseKept(a.locals, a.env)
	all := allKept(a.locals)
	for len(all) > 0 {
		n, rows := 1, all[0].b.N
		for ; n < len(all) && rows+all[n].b.N <= asyncRows; n++ {
			rows += all[n].b.N
		}
		if err := a.answer(e, all[:n], out); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// asyncRows is how many calls of an Async function are made in one go, about: between two goes the slowest call is waited for, and of one go all
// answers are held.
const asyncRows = 1 << 16

// answer calls the function for the rows of batches, and passes them on.
func (a *applyLater) answer(e *Epoch, all []seqBatch, out Out) error {
	args := make([]argColumns, len(all))
	for i, k := range all {
		args[i] = argColumns{argsOf(a.node, k.b), k.b.N}
	}
	results, bad, err := a.call.rows(e, args)
	if err != nil {
		return err
	}
	settled := badRows{env: a.env, schema: a.node.Input.Schema()}
	for i, k := range all {
		settled.found.Rows = append(settled.found.Rows, bad[i]...)
		sel, err := settled.settle(k.at, k.b, nil, out)
		if err != nil {
			return err
		}
		b := &vec.Batch{N: k.b.N, Cols: append(append([]*vec.Vec(nil), k.b.Cols...), results[i]...), Sel: sel}
		if err := out.Emit(Main, k.at, k.inPlace(b)); err != nil {
			return err
		}
	}
	return nil
}

func (a *applyLater) Close() error {
	releaseKept(a.locals, a.env)
	return nil
}
