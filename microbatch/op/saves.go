package op

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// tableSaves is what a table of keys, which has them by number, notes for checkpoints. Of each key that has changed all is saved: the batches that
// states makes of some keys' numbers, leaving out those that are not there. Keys that are gone are saved as such before them, since one may have
// come back under another number. nil notes nothing.
type tableSaves struct {
	marks  marks
	states func(ids []uint32) []savedBatch
	gone   []savedBatch // keys that went, since the last BeginSave
	aside  []savedBatch // what is to be saved and is no longer so in the table, or was never there: as it was
	held   int64        // bytes of both
	ids    []uint32     // scratch
}

func newTableSaves(env Env, states func(ids []uint32) []savedBatch) *tableSaves {
	if !env.Durable {
		return nil
	}
	return &tableSaves{states: states}
}

// savedBatch is a batch of a table of the state.
type savedBatch struct {
	table int
	batch *vec.Batch
}

// begin makes what has changed due, or, if whole is set, all of the n keys. Keys that are gone are saved first: they are put aside at once.
func (s *tableSaves) begin(whole bool, n int) {
	s.marks.begin(whole, n)
	s.aside, s.gone = s.gone, nil
	if whole {
		s.held, s.aside = 0, nil
	}
}

// save emits what is aside, then about so many rows of keys that are due, at most most of them at a time, and returns how many those were.
func (s *tableSaves) save(rows, most int, emit func(table int, b *vec.Batch) error) (n int, err error) {
	for _, a := range s.aside {
		if err := emit(a.table, a.batch); err != nil {
			return n, err
		}
		s.held -= a.batch.Size()
		n += a.batch.N
	}
	s.aside = nil
	for n < rows {
		s.ids = s.marks.take(min(vec.BatchRows, most, rows-n), s.ids[:0])
		if len(s.ids) == 0 {
			return n, nil
		}
		n += len(s.ids)
		for _, b := range s.states(s.ids) {
			if err := emit(b.table, b.batch); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// mark notes that keys are about to change; those that have still to be saved are put aside as they are.
func (s *tableSaves) mark(ids []uint32) {
	if s == nil {
		return
	}
	s.ids = s.marks.change(ids, s.ids[:0])
	if len(s.ids) == 0 {
		return
	}
	for _, b := range s.states(s.ids) {
		s.aside = append(s.aside, b)
		s.held += b.batch.Size()
	}
}

// markGone notes that keys go, which were marked: before they do, as their columns are still to be had.
func (s *tableSaves) markGone(groups group.Groups, ids []uint32) {
	if s == nil || len(ids) == 0 {
		return
	}
	b := &vec.Batch{N: len(ids), Cols: groups.Keys(ids)}
	s.gone = append(s.gone, savedBatch{savedGone, b})
	s.held += b.Size()
}

func (s *tableSaves) bytes() int64 {
	if s == nil {
		return 0
	}
	return s.held + s.marks.bytes() + int64(4*cap(s.ids))
}

// savedParts is the rows of a batch of a state, in the order of the parts that their keys belong to, and how many keys there are.
func savedParts(groups group.Groups, b *vec.Batch, keys, parts int) (c cut, distinct int) {
	ids := make([]uint32, b.N)
	groups.Intern(b.Cols[:keys], b.N, nil, ids)
	return newCut(b.N, func(row uint32) uint64 { return groups.Hash(ids[row]) }, parts), groups.Len()
}

// checkDistinct is an error if a batch of a state, in which a key can be only once, has fewer keys than rows.
func checkDistinct(b *vec.Batch, keys int) error {
	if keys == b.N {
		return nil
	}
	return fmt.Errorf("%d rows have %d different keys: it was saved by another program, or damaged", b.N, keys)
}

// saveParts emits about so many rows of the parts 0 to n−1, of which save emits some and returns how many those were, and reports whether nothing is left.
func saveParts(n, rows int, save func(p, rows int) (int, error)) (done bool, err error) {
	for p := range n {
		saved, err := save(p, rows)
		if err != nil {
			return false, err
		}
		if rows -= saved; rows <= 0 {
			return false, nil
		}
	}
	return true, nil
}
