package op

import (
	"github.com/pwcol/pwcol/kernels/group"
)

// maxMergedGroups is how many groups are merged and emitted by one worker: up to here that
// takes less than handing 64 partitions to the workers.
const maxMergedGroups = 4096

// aggEpoch is what the locals have of an epoch.
type aggEpoch struct {
	stages  []*aggStage // those that have something
	groups  int         // of all their tables; a group may be in many
	folded  bool        // there is more in parts
	spilled bool        // on disk
}

func (a *aggregate) gather() aggEpoch {
	var in aggEpoch
	for _, l := range a.locals {
		s := l.stage
		n := s.table.groups.Len()
		if n == 0 && !s.parts.any() {
			continue
		}
		in.stages = append(in.stages, s)
		in.groups += n
		in.folded = in.folded || s.parts.any()
		in.spilled = in.spilled || s.parts.spilled
	}
	return in
}

// isSmall reports whether to merge all in one table.
func (in *aggEpoch) isSmall() bool {
	return !in.folded && (in.groups <= maxMergedGroups || len(in.stages) == 1)
}

// merge merges the tables of a small epoch into one.
func (in *aggEpoch) merge() *aggTable {
	to := in.stages[0].table
	for _, s := range in.stages[1:] {
		to.merge(s.table)
	}
	return to
}

// endFinal emits the groups of an epoch that has all of their rows.
func (a *aggregate) endFinal(e *Epoch, out Out) error {
	in := a.gather()
	switch {
	case len(in.stages) == 0:
		return nil
	case in.isSmall():
		return in.merge().emit(&a.env, Seq{Source: a.env.Source}, out)
	}
	return a.mergePartitions(e, in, group.Partitions, func(p int, t *aggTable, out Out) error {
		return t.emit(&a.env, Seq{Source: a.env.Source, Partition: uint32(p)}, out)
	})
}

// mergePartitions folds what the workers still have in their tables, and merges partition by partition. use is called with
// every table that there is then, which has groups of one partition, all that there is of them. The partitions are cut into sets, as
// many as said: those of a set come one after the other.
func (a *aggregate) mergePartitions(e *Epoch, in aggEpoch, sets int, use func(set int, t *aggTable, out Out) error) error {
	err := e.Parallel(len(in.stages), func(i int, _ Out) error {
		defer in.stages[i].dropTable()
		if in.spilled {
			return in.stages[i].spill()
		}
		in.stages[i].fold()
		return nil
	})
	if err != nil {
		return err
	}
	each := group.Partitions / sets
	err = e.Parallel(sets, func(set int, out Out) error {
		for p := set * each; p < (set+1)*each; p++ {
			if err := a.mergePartition(in, p, func(t *aggTable) error { return use(set, t, out) }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.dropMerging()
}

func (a *aggregate) mergePartition(in aggEpoch, p int, use func(t *aggTable) error) error {
	merged := a.idleStage()
	for _, s := range in.stages {
		if err := merged.take(&s.parts, p); err != nil {
			return err
		}
	}
	if err := merged.finish(use); err != nil {
		return err
	}
	return a.giveBack(merged)
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
