package op

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// endChanging merges what an epoch has brought into the state and emits what that changes. A small epoch is merged by its
// caller, with the changes of all tables in the same batches; a large one by all workers, each table on its own.
func (a *aggregate) endChanging(e *Epoch, out Out) error {
	err := a.mergeEpoch(e, out)
	if errors.Is(err, errOverBudget) {
		return a.state.overBudget()
	}
	return err
}

func (a *aggregate) mergeEpoch(e *Epoch, out Out) error {
	in := a.gather()
	switch {
	case len(in.stages) == 0:
		return nil
	case in.isSmall():
		return a.mergeSmall(e, in, out)
	}
	a.state.prepare(in.groups, in.folded)
	return a.mergePartitions(e, in, len(a.state.parts), func(i int, t *aggTable, out Out) error {
		return a.state.mergeAll(i, t, out)
	})
}

// mergeSmall merges an epoch of few groups, or of many that are in one table.
func (a *aggregate) mergeSmall(e *Epoch, in aggEpoch, out Out) error {
	changed := in.merge()
	a.state.prepare(changed.groups.Len(), false)
	ids, from := a.state.byPart(changed)
	if changed.groups.Len() <= maxMergedGroups {
		for i := range a.state.parts {
			if err := a.state.merge(i, changed, ids[from[i]:from[i+1]], &a.state.changes, out); err != nil {
				return err
			}
		}
		err := a.state.changes.flush(out)
		a.state.charge(&a.state.charged, a.state.scratch())
		return err
	}
	return e.Parallel(len(a.state.parts), func(i int, out Out) error {
		changes := newAggChanges(&a.env)
		if err := a.state.merge(i, changed, ids[from[i]:from[i+1]], changes, out); err != nil {
			return err
		}
		return changes.flush(out)
	})
}

// aggState is what the group-by of a stream keeps from one epoch to the next: a table of all groups with their accumulators. When there
// are many groups, it is aggStateParts tables, each with the groups of some of the 64 partitions:
//
//	up to maxOnePart groups   | p0 p1 …                         p63 |
//	more                      | p0 p1 p2 p3 | p4 … p7 | … | p60 … p63 |
//
// One table costs an epoch of a few groups least; but a table that grows is copied, which of millions of groups would stop the stream.
// Of many tables one at a time is, and different workers can merge into them at the same time. More than 16 cost more than they
// give: docs/perf-log.md has the figures.
//
// An epoch's groups, each once, with what the epoch has brought, are merged like this: find them in the table; compute
// the results of those that there were already; merge; compute the results of those that there are still; emit
// where the two differ. The old results needn't be kept, since results are functions of the state, and the state has to be read anyway.
type aggState struct {
	env     Env
	shape   *aggShape
	parts   []aggPart
	changes aggChanges // scratch, for small epochs
	charged int64      // for that, and the other scratch

	where []uint8  // scratch of byPart
	ids   []uint32 // scratch of byPart
}

// aggPart is one table of the state.
type aggPart struct {
	table   *aggTable
	groups  int64
	charged int64
	saves   *tableSaves // nil: the state isn't saved
	dst     []uint32    // scratch: the places of an epoch's groups
	lists   aggLists    // scratch
}

const (
	aggStateParts = 16
	maxOnePart    = 1 << 15
)

func newAggState(env Env, shape *aggShape) *aggState {
	s := &aggState{env: env, shape: shape}
	s.changes = *newAggChanges(&s.env)
	s.parts = []aggPart{s.newPart()}
	return s
}

func (s *aggState) newPart() aggPart {
	t := newAggTable(s.shape)
	return aggPart{table: t, saves: newTableSaves(s.env, t.saved)}
}

// prepare splits the state's only table when it has become large, or is about to.
func (s *aggState) prepare(coming int, more bool) {
	if len(s.parts) > 1 || !more && int(s.parts[0].groups)+coming <= maxOnePart {
		return
	}
	old := s.parts[0]
	whole := old.table
	s.charge(&old.charged, 0)
	s.parts = make([]aggPart, aggStateParts)
	ids, from := s.byPart(whole)
	for i := range s.parts {
		p := &s.parts[i]
		*p = s.newPart()
		mine := whole.present(ids[from[i]:from[i+1]])
		p.dst = resized(p.dst, len(mine))
		p.table.mergeSome(whole, mine, p.dst)
		p.groups = int64(len(mine))
		p.takeMarks(&old, mine)
		if i == 0 {
			p.takeSaved(&old)
		}
		s.charge(&p.charged, p.bytes())
	}
}

// present are those of the ids that groups have, in ids' memory: the others were removed.
func (t *aggTable) present(ids []uint32) []uint32 {
	if !t.shape.retract {
		return ids
	}
	n := 0
	for k, rows := range t.rows(ids) {
		if rows != 0 {
			ids[n] = ids[k]
			n++
		}
	}
	return ids[:n]
}

// byPart is a table's groups in the order of the parts that they belong to: part i's are ids[from[i]:from[i+1]].
func (s *aggState) byPart(t *aggTable) (ids []uint32, from [aggStateParts + 1]int) {
	n := t.groups.Len()
	s.ids, s.where = resized(s.ids, n), resized(s.where, n)
	ids = s.ids
	if len(s.parts) == 1 {
		for id := range ids {
			ids[id] = uint32(id)
		}
		from[1] = n
		return ids, from
	}
	for id := range s.where {
		p := group.Partition(t.groups.Hash(uint32(id)), 0) * aggStateParts / group.Partitions
		s.where[id] = uint8(p)
		from[p+1]++
	}
	for p := range aggStateParts {
		from[p+1] += from[p]
	}
	next := from
	for id, p := range s.where {
		ids[next[p]] = uint32(id)
		next[p]++
	}
	return ids, from
}

// mergeAll merges all groups of a table into part i.
func (s *aggState) mergeAll(i int, changed *aggTable, out Out) error {
	all := make([]uint32, changed.groups.Len())
	for id := range all {
		all[id] = uint32(id)
	}
	changes := newAggChanges(&s.env)
	if err := s.merge(i, changed, all, changes, out); err != nil {
		return err
	}
	return changes.flush(out)
}

// merge merges the groups src of a table into part i.
func (s *aggState) merge(i int, changed *aggTable, src []uint32, changes *aggChanges, out Out) error {
	if len(src) == 0 {
		return nil
	}
	p := &s.parts[i]
	for len(src) > 0 {
		n := min(len(src), changesStep(p.table, changed))
		if err := changes.makeRoom(n, out); err != nil {
			return err
		}
		if err := p.merge(&s.env, changed, src[:n], changes); err != nil {
			return err
		}
		src = src[n:]
	}
	s.charge(&p.charged, p.bytes())
	if s.env.Account.Over() {
		return errOverBudget
	}
	return nil
}

// errOverBudget says, while parts are merged, that the state has outgrown the budget. How large it is can be told when all have stopped: see overBudget.
var errOverBudget = errors.New("over the budget")

// charge makes the account know that bytes are held of what it knew as charged.
func (s *aggState) charge(charged *int64, bytes int64) {
	s.env.Account.Charge(bytes - *charged)
	*charged = bytes
}

// changesStep is how many groups are merged at a time: twice their keys and results go into one batch. How long the texts are that the results get
// by the merge isn't asked, for it would take a good part of the merge to know; but all of what is merged is far from 1 GiB (maxLocalBytes).
func changesStep(t, changed *aggTable) int {
	return max(1, min(vec.BatchRows, t.maxRows(), maxColumnBytes/max(1, changed.groups.Longest()))/2)
}

// overBudget is the error of a state that has outgrown the budget.
func (s *aggState) overBudget() error {
	names := make([]string, len(s.shape.keys))
	for i := range names {
		names[i] = s.shape.out.Field(i).Name
	}
	size := s.size()
	return fmt.Errorf("%s: needs more memory than max_memory allows: its %d groups by %s take %d bytes, and the run may use %d; "+
		"raise max_memory, or make fewer groups: by coarser keys, or in windows, whose groups go when they close",
		s.env.Name, size.Keys, strings.Join(names, ", "), size.Bytes, s.env.Account.Budget().Limit())
}

// scratch is the memory held beside the tables.
func (s *aggState) scratch() int64 { return s.changes.bytes() + int64(4*cap(s.ids)+cap(s.where)) }

func (s *aggState) size() State {
	var sum State
	for i := range s.parts {
		sum.Keys += s.parts[i].groups
		sum.Bytes += s.parts[i].charged
	}
	return sum
}

// drop gives back everything.
func (s *aggState) drop() {
	for i := range s.parts {
		s.charge(&s.parts[i].charged, 0)
	}
	s.parts = nil
	s.charge(&s.charged, 0)
}
