package op

import (
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// maxLocalGroups is how many groups a worker's table has before it is folded. Folding earlier moves groups that will come
// again; later, every row misses the caches and growing the table moves too much. CPU seconds for 10 M rows of an int64 key
// and three reducers on two workers:
//
//	                300 k groups   1 M   10 M
//	1 << 17         1.3            1.6   2.3
//	1 << 20         0.7            1.0   2.3
//	1 << 22         0.7            1.0   4.5
const maxLocalGroups = 1 << 20

// maxLocalBytes folds a table of few groups with long strings, whose columns have offsets of 31 bits.
const maxLocalBytes = 256 << 20

// minSpill is what a stage must hold to spill: less would not help, whoever exceeds the budget, and make many small
// blocks, each of which opens and closes a file: 400,000 groups with a budget of 100 kB took 0.9 s when a
// sixteenth of the budget was enough, and take 0.1 s now.
const minSpill = 1 << 20

// spillShare quarters of the budget may be in use before a group-by spills. The rest is for what is about to be
// made, the memory of tables that have grown and isn't collected yet, and the collector itself: with a live heap
// as large as its limit it does nothing else.
const spillShare = 3

// maxSpillRows is how many groups are in memory a second time, as a partial batch, when a table is spilled.
const maxSpillRows = vec.BatchRows

// aggStage aggregates one set of groups: all of a worker's (level 0), or one partition of the level before.
// It spills by the partitions of its own level.
type aggStage struct {
	env     Env
	shape   *aggShape
	level   int
	table   *aggTable
	parts   aggParts
	charged int64
	use     tableUse
	room    int // groups that the table had when it was last spilled: it has memory for so many
}

func newAggStage(env Env, shape *aggShape, level int) *aggStage {
	return &aggStage{env: env, shape: shape, level: level, table: newAggTable(shape)}
}

// settle comes after every batch: it folds a table that is too large, spills if memory is short, and charges what is held.
func (s *aggStage) settle() error {
	s.charge()
	switch {
	case s.mustSpill():
		return s.spill()
	case s.level == 0 && s.isLarge():
		s.fold()
		s.table.reset()
		s.charge()
	}
	return nil
}

// mustSpill reports whether memory is short: a table that grows doubles, so the half of it must still be free.
func (s *aggStage) mustSpill() bool {
	if s.env.Test.ForceSpill && s.level == 0 {
		return true
	}
	if s.env.Account == nil {
		return false
	}
	budget := s.env.Account.Budget()
	limit := budget.Limit()
	switch {
	case limit == 0 || s.charged < minSpill:
		return false
	case s.table.groups.Len() < s.room: // it need not grow
		return budget.Used() > limit
	default:
		return budget.Used()+s.charged/2 > limit/4*spillShare
	}
}

func (s *aggStage) isLarge() bool {
	limit := maxLocalGroups
	if n := s.env.Test.MaxLocalGroups; n > 0 {
		limit = n
	}
	return s.table.groups.Len() > limit || s.table.bytes() > maxLocalBytes
}

// charge makes the account know what this stage holds.
func (s *aggStage) charge() { s.chargeTo(s.bytes()) }

func (s *aggStage) bytes() int64 {
	if s.table == nil {
		return s.parts.held
	}
	return s.table.bytes() + s.parts.held
}

func (s *aggStage) chargeTo(n int64) {
	s.env.Account.Charge(n - s.charged)
	s.charged = n
}

// fold moves the table's groups to the parts. The table is as it was: reset or drop it.
func (s *aggStage) fold() {
	_ = s.foldBy(s.table.maxRows(), func(c aggChunk) error { s.parts.add(c); return nil })
}

// foldBy yields the table's groups in chunks of at most step.
func (s *aggStage) foldBy(step int, yield func(c aggChunk) error) error {
	ids, from := s.byPartition()
	for start := 0; start < len(ids); start += step {
		end := min(len(ids), start+step)
		c := aggChunk{batch: s.table.states(ids[start:end])}
		for p := range c.from {
			c.from[p] = min(max(from[p]-start, 0), end-start)
		}
		if err := yield(c); err != nil {
			return err
		}
	}
	return nil
}

// byPartition is the table's groups in the order of their partitions: partition p's are ids[from[p]:from[p+1]].
func (s *aggStage) byPartition() (ids []uint32, from [group.Partitions + 1]int) {
	n := s.table.groups.Len()
	ids = make([]uint32, n)
	where := make([]uint8, n)
	for id := range where {
		p := group.Partition(s.table.groups.Hash(uint32(id)), s.level)
		where[id] = uint8(p)
		from[p+1]++
	}
	for p := range group.Partitions {
		from[p+1] += from[p]
	}
	next := from
	for id, p := range where {
		ids[next[p]] = uint32(id)
		next[p]++
	}
	return ids, from
}

// spill moves all that is held to disk. The table keeps its memory for the groups to come, so that a run which spills
// often doesn't make its tables again and again, unless the budget is exceeded.
func (s *aggStage) spill() error {
	if s.level >= group.Levels {
		return fmt.Errorf("%s: out of memory: a set of groups (%d) that can't be split again holds %d bytes, and the run may use %d: "+
			"raise max_memory", s.env.Name, s.table.groups.Len(), s.charged, s.env.Account.Budget().Limit())
	}
	err := s.parts.spill(s.env.Spill)
	if err == nil {
		step := min(maxSpillRows, s.table.maxRows())
		err = s.foldBy(step, func(c aggChunk) error { return s.parts.spillChunk(s.env.Spill, &c) })
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.env.Name, err)
	}
	s.room = s.table.groups.Len()
	s.table.reset()
	s.charge()
	if s.env.Account.Over() {
		s.room, s.table = 0, newAggTable(s.shape)
		s.charge()
	}
	return nil
}

// take merges partition p of parts into the table, and gives back what of it is on disk.
func (s *aggStage) take(parts *aggParts, p int) error {
	return parts.read(p, func(b *vec.Batch) error {
		if err := s.table.pushStates(b); err != nil {
			return fmt.Errorf("%s: %w", s.env.Name, err)
		}
		return s.settle()
	})
}

// finish hands over the groups: those of the table, or, if some were spilled, partition by partition.
func (s *aggStage) finish(use func(t *aggTable) error) error {
	if !s.parts.spilled {
		return use(s.table)
	}
	if err := s.spill(); err != nil {
		return err
	}
	s.dropTable()
	for p := range group.Partitions {
		next := newAggStage(s.env, s.shape, s.level+1)
		err := next.take(&s.parts, p)
		if err == nil {
			err = next.finish(use)
		}
		if err = errors.Join(err, next.drop()); err != nil {
			return err
		}
	}
	return nil
}

func (s *aggStage) dropTable() {
	s.table = nil
	s.charge()
}

// renew makes a worker's stage ready for the next epoch.
func (s *aggStage) renew() error {
	err := s.parts.drop()
	switch {
	case s.table == nil:
		s.table, s.use = newAggTable(s.shape), tableUse{}
	case s.use.outgrown(s.table.bytes()):
		s.table = newAggTable(s.shape)
	case s.table.groups.Len() > 0:
		s.table.reset()
	}
	s.room = 0
	s.charge()
	return err
}

// clear makes the stage as new. It keeps its table's memory, unless it has spilled.
func (s *aggStage) clear() error {
	err := s.parts.drop()
	if s.table == nil {
		s.table = newAggTable(s.shape)
	}
	s.table.reset()
	s.room = 0
	s.charge()
	return err
}

// drop gives back everything.
func (s *aggStage) drop() error {
	err := s.parts.drop()
	s.table = nil
	s.chargeTo(0)
	return err
}
