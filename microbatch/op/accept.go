package op

import (
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// accept keeps a row a key: a function says of each new row, in the order of arrival, whether it takes the place of the one that is
// kept. The first row of a key is kept unasked. A row whose value is NULL is never kept.
//
// The epoch's rows are kept until it ends. Then the function is asked in rounds: in the n-th round for the n-th row of all keys at once, for they
// don't know of each other.
//
//	a 3   b 5   a 4   a 1        round 1: a 3, b 5   round 2: a 4 (kept 3)   round 3: a 1 (kept 3 or 4)
//
// Cost a row: finding its key, and the function; memory: a row a key.
type accept struct {
	node     *plan.Accept
	env      Env
	shape    keyedShape
	call     caller
	keyParts // one

	mu     sync.Mutex
	locals []*keepLocal
}

var _ Durable = (*accept)(nil)

// NewAccept makes the operator of an Accept.
func NewAccept(n *plan.Accept, env Env) Operator { return &accept{node: n, env: env} }

func (a *accept) Open(in []Port) (func() Local, error) {
	a.shape, a.call = newKeyedShape(in[0], a.node.Keys, a.env), newCaller(a.node.Func, a.env)
	a.keyParts = newKeyParts(&a.shape, 1)
	return func() Local {
		l := &keepLocal{env: a.env}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.locals = append(a.locals, l)
		return l
	}, nil
}

func (a *accept) EndEpoch(_ *Epoch, out Out) error {
	defer releaseKept(a.locals, a.env)
	all := allKept(a.locals)
	if len(all) == 0 {
		return nil
	}
	r := newAcceptRounds(a, all)
	if err := r.run(); err != nil {
		return err
	}
	if err := r.settle(out); err != nil {
		return err
	}
	ids, rows := r.changed()
	gone := func(k int) bool { return rows[k].Batch == noRow }
	err := a.part(0).replace(ids, r.store(rows), numbers(len(rows)), gone, Seq{Source: a.env.Source}, out)
	if a.shape.final {
		a.drop()
	}
	return err
}

func (a *accept) Close() error {
	releaseKept(a.locals, a.env)
	a.drop()
	return nil
}
