package op

import (
	"errors"
	"fmt"
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// aggregate reduces the rows of each group to one.
//
// While rows come, each worker aggregates them in a table of its own, an aggTable. A table that has more groups than
// the caches take is folded: its groups go out as partial batches, keys and states, cut by the hash of the key into
// 64 partitions, and the table starts anew. When the budget is exceeded the partials go to disk, each
// partition to a run of its own. At the end of the epoch a few groups are merged in one go; many are
// merged partition by partition, all workers at once:
//
//	worker 0  rows → table ─fold→ | p0 | p1 | … | p63 |   in memory or on disk
//	worker 1  rows → table ─fold→ | p0 | p1 | … | p63 |
//	                                ↓    ↓        ↓
//	                              table table … table  →  out
//
// A partition that exceeds the budget is folded in turn, by the next six bits of the hash, as often as there are bits.
//
// Cost a row: finding its group and one step an accumulator, without an allocation; a group: about the same again
// for each fold. Memory: keys and states of all groups, or the budget and the rest on disk.
//
// Where all rows of a group come in one epoch, that is all: after it the operator is as new. Else what the
// epoch has brought is merged into a state that is kept, and the groups that it was about are emitted as changes (aggState), or
// the one row of the whole table is (aggWhole).
type aggregate struct {
	env   Env
	node  *plan.Aggregate
	port  Port
	shape *aggShape

	mu      sync.Mutex
	locals  []*aggLocal
	merging []*aggStage // that merge partitions, as many as do at once
	idle    []*aggStage // those of them that wait for the next

	state *aggState // nil: the port is Final, or there are no keys
	whole *aggWhole // nil: there are keys
}

// NewAggregate makes the operator of an Aggregate. It is an error if a reducer has no meaning for its column's type.
func NewAggregate(n *plan.Aggregate, env Env) (Operator, error) {
	if _, err := newAggShape(n, group.Options{}, false); err != nil {
		return nil, fmt.Errorf("%s: %w", env.Name, err)
	}
	return &aggregate{env: env, node: n}, nil
}

func (a *aggregate) Open(in []Port) (func() Local, error) {
	a.port = in[0]
	opts := group.Options{Seed: a.env.Seed, Collide: a.env.Test.ForceCollisions}
	shape, err := newAggShape(a.node, opts, a.port.Kind == plan.Retract)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.env.Name, err)
	}
	a.shape = shape
	switch {
	case len(shape.keys) == 0:
		a.whole = newAggWhole(a.env, shape, a.port.Final)
	case !a.port.Final:
		a.state = newAggState(a.env, shape)
	}
	return func() Local {
		local := &aggLocal{env: a.env, retract: shape.retract, stage: newAggStage(a.env, shape, 0)}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.locals = append(a.locals, local)
		return local
	}, nil
}

// aggLocal is one worker's part.
type aggLocal struct {
	env     Env
	retract bool
	stage   *aggStage
	times   uint64 // how often the epoch's rows have come and gone: see maxTimes
}

func (l *aggLocal) Push(_ int, _ Seq, b *vec.Batch, _ Out) error {
	if b.Diff != nil && !l.retract {
		return fmt.Errorf("%s: internal error: rows are retracted on an edge of insertions only", l.env.Name)
	}
	if b.Rows() == 0 {
		return nil
	}
	if b.Diff != nil {
		l.times = plusTimes(l.times, b)
	}
	l.stage.table.push(b)
	l.stage.use.add(b.Rows())
	return l.stage.settle()
}

// checkTimes is an error if the epoch's rows come and go too often, and begins to count anew.
func (a *aggregate) checkTimes() error {
	sum := uint64(0)
	for _, l := range a.locals {
		sum = min(sum+l.times, maxTimes+1)
		l.times = 0
	}
	return checkTimes(&a.env, sum)
}

func (a *aggregate) EndEpoch(e *Epoch, out Out) error {
	err := a.checkTimes()
	switch {
	case err != nil:
	case a.whole != nil:
		err = a.whole.end(a.locals, out)
	case a.port.Final:
		err = a.endFinal(e, out)
	default:
		err = a.endChanging(e, out)
	}
	return errors.Join(err, a.renew())
}

// renew makes the locals ready for the next epoch, if there may be one.
func (a *aggregate) renew() error {
	if a.port.Bounded {
		return a.dropEpoch()
	}
	var errs []error
	for _, l := range a.locals {
		errs = append(errs, l.stage.renew())
	}
	return errors.Join(errs...)
}

// State implements Stateful.
func (a *aggregate) State() State {
	switch {
	case a.whole != nil:
		return State{Keys: 1, Bytes: a.whole.charged}
	case a.state != nil:
		return a.state.size()
	default:
		return State{}
	}
}

func (a *aggregate) Close() error {
	err := a.dropEpoch()
	if a.whole != nil {
		a.whole.drop()
	}
	if a.state != nil {
		a.state.drop()
	}
	return err
}

// dropEpoch gives back everything that is about one epoch. It may be called again.
func (a *aggregate) dropEpoch() error {
	errs := []error{a.dropMerging()}
	for _, l := range a.locals {
		errs = append(errs, l.stage.drop())
	}
	return errors.Join(errs...)
}

// dropMerging gives back the tables that partitions were merged in.
func (a *aggregate) dropMerging() error {
	var errs []error
	for _, s := range a.merging {
		errs = append(errs, s.drop())
	}
	a.merging, a.idle = nil, nil
	return errors.Join(errs...)
}
