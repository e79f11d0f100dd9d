package op

import (
	"errors"
	"fmt"
	"math/rand/v2"
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
type aggregate struct {
	env   Env
	shape *aggShape

	mu      sync.Mutex
	locals  []*aggLocal
	merging []*aggStage // that merge partitions, as many as do at once
	idle    []*aggStage // those of them that wait for the next
}

// NewAggregate makes the operator of an Aggregate. It is an error if a reducer has no meaning for its column's type.
func NewAggregate(n *plan.Aggregate, env Env) (Operator, error) {
	shape, err := newAggShape(n, group.Options{Seed: rand.Uint64(), Collide: env.Test.ForceCollisions})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", env.Name, err)
	}
	return &aggregate{env: env, shape: shape}, nil
}

func (a *aggregate) Open([]Port) (func() Local, error) {
	return func() Local {
		local := &aggLocal{env: a.env, stage: newAggStage(a.env, a.shape, 0)}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.locals = append(a.locals, local)
		return local
	}, nil
}

// aggLocal is one worker's part.
type aggLocal struct {
	env   Env
	stage *aggStage
}

func (l *aggLocal) Push(_ int, _ Seq, b *vec.Batch, _ Out) error {
	if b.Diff != nil {
		return fmt.Errorf("%s: its input retracts rows, and it takes insertions only", l.env.Name)
	}
	if b.Rows() == 0 {
		return nil
	}
	l.stage.table.push(b)
	return l.stage.settle()
}

// maxMergedGroups is how many groups are merged and emitted by one worker: up to here that
// takes less than handing 64 partitions to the workers.
const maxMergedGroups = 4096

func (a *aggregate) EndEpoch(e *Epoch, out Out) error {
	var stages []*aggStage
	groups, folded, spilled := 0, false, false
	for _, l := range a.locals {
		s := l.stage
		groups += s.table.groups.Len()
		folded = folded || len(s.parts.chunks) > 0
		spilled = spilled || s.parts.spilled
		if s.table.groups.Len() > 0 || s.parts.any() {
			stages = append(stages, s)
		}
	}
	switch {
	case len(stages) == 0:
		return a.emitNothing(out)
	case folded || spilled || groups > maxMergedGroups && len(stages) > 1:
		return a.mergePartitions(e, stages, spilled)
	}
	for _, s := range stages[1:] {
		stages[0].table.merge(s.table)
		if err := s.drop(); err != nil {
			return err
		}
	}
	return stages[0].emit(0, out)
}

// emitNothing is the result of no rows: no groups, but without keys one row all the same.
func (a *aggregate) emitNothing(out Out) error {
	if len(a.shape.keys) > 0 {
		return nil
	}
	b := &vec.Batch{N: 1}
	for _, r := range a.shape.results {
		col := vec.NewBuilder(r.typ, 1)
		col.AppendScalar(vec.Scalar{Type: r.typ, Null: r.fn != plan.AggCount})
		b.Cols = append(b.Cols, col.Finish())
	}
	return out.Emit(Main, Seq{Source: a.env.Source}, b)
}

// mergePartitions folds what the workers still have in their tables, and merges and emits partition by partition.
func (a *aggregate) mergePartitions(e *Epoch, stages []*aggStage, spilled bool) error {
	err := e.Parallel(len(stages), func(i int, _ Out) error {
		defer stages[i].dropTable()
		if spilled {
			return stages[i].spill()
		}
		stages[i].fold()
		return nil
	})
	if err != nil {
		return err
	}
	err = e.Parallel(group.Partitions, func(p int, out Out) error {
		merged := a.idleStage()
		for _, s := range stages {
			if err := merged.take(&s.parts, p); err != nil {
				return err
			}
		}
		if err := merged.finish(p, out); err != nil {
			return err
		}
		return a.giveBack(merged)
	})
	if err != nil {
		return err
	}
	return a.drop()
}

// idleStage is a stage for a partition: one that another partition is done with, whose tables have their size already.
func (a *aggregate) idleStage() *aggStage {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n := len(a.idle); n > 0 {
		s := a.idle[n-1]
		a.idle = a.idle[:n-1]
		return s
	}
	s := newAggStage(a.env, a.shape, 1)
	a.merging = append(a.merging, s)
	return s
}

func (a *aggregate) giveBack(s *aggStage) error {
	err := s.clear()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.idle = append(a.idle, s)
	return err
}

func (a *aggregate) Close() error { return a.drop() }

// drop gives back everything. It may be called again.
func (a *aggregate) drop() error {
	var errs []error
	for _, s := range a.merging {
		errs = append(errs, s.drop())
	}
	for _, l := range a.locals {
		errs = append(errs, l.stage.drop())
	}
	a.merging, a.idle = nil, nil
	return errors.Join(errs...)
}
