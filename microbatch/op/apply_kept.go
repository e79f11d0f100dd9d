package op

import (
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// applyKept asks a function that may answer the same question differently, where rows go: what goes must have the result with which it came. So a row's
// result is kept, with how often the row is there, until it is there no more. Equal rows have one result. A row that the function has failed for is
// kept, too, with the reason: it goes from the rejected rows, for which it must look as it did when it came there.
//
// Workers add up the epoch's rows; at its end the function is asked for those that are new, by the hash of the row. Memory: all rows
// that are there, and their results.
type applyKept struct {
	node  *plan.Apply
	env   Env
	call  caller
	shape netShape
	final bool           // no row goes in a later epoch
	parts []*applyMemory // each nil until there is something for it

	mu     sync.Mutex
	locals []*netTable
}

func newApplyKept(n *plan.Apply, env Env) *applyKept {
	parts := stateParts(env.Workers)
	if n.Func.Async != nil {
		parts = 1 // so that all calls are made at once
	}
	return &applyKept{node: n, env: env, call: newCaller(n.Func, env), parts: make([]*applyMemory, parts)}
}

func (a *applyKept) Open(in []Port) (func() Local, error) {
	rows := in[0]
	rows.Key = nil // neither here nor behind does it matter which row has which key
	a.shape, a.final = newNetShape(rows, a.env), rows.Final
	return func() Local {
		l := &netLocal{newNetTable(&a.shape)}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.locals = append(a.locals, l.table)
		return l
	}, nil
}

func (a *applyKept) EndEpoch(e *Epoch, out Out) error {
	fresh := func() *netTable { return newNetTable(&a.shape) }
	return eachPart(e, out, a.locals, fresh, len(a.parts), func(p int, t *netTable, rows []uint32, out Out) error {
		if a.parts[p] == nil {
			a.parts[p] = newApplyMemory(a)
		}
		m := a.parts[p]
		if a.final {
			defer func() { m.drop(); a.parts[p] = nil }()
		}
		rows = t.net(rows)
		at := Seq{Source: a.env.Source, Partition: uint32(p)}
		step := min(t.maxRows(), m.results.maxRows())
		if a.node.Func.Async != nil {
			step = max(step, min(len(rows), asyncRows))
		}
		for from := 0; from < len(rows); from += step {
			at.Offset = int64(from)
			if err := m.run(e, t, rows[from:min(len(rows), from+step)], at, out); err != nil {
				return err
			}
		}
		m.charge()
		return overBudget(a.env)
	})
}

// State says how much is kept.
func (a *applyKept) State() State {
	var sum State
	for _, m := range a.parts {
		if m != nil {
			sum.Keys += int64(m.live)
			sum.Bytes += m.charged
		}
	}
	return sum
}

func (a *applyKept) Close() error {
	for _, t := range a.locals {
		t.drop()
	}
	for _, m := range a.parts {
		if m != nil {
			m.drop()
		}
	}
	a.parts = nil
	return nil
}
