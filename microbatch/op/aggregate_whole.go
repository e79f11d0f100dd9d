package op

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// aggWhole is an aggregate without keys: one group, whose row is always there, from the first epoch on, in
// which there may be no rows yet.
type aggWhole struct {
	env     Env
	shape   *aggShape
	final   bool // every epoch has a row of its own
	table   *aggTable
	row     []*vec.Vec   // that was emitted last; nil: none yet
	saved   []savedBatch // copies, still to be written to a checkpoint
	charged int64
}

func newAggWhole(env Env, shape *aggShape, final bool) *aggWhole {
	return &aggWhole{env: env, shape: shape, final: final, table: newAggTable(shape)}
}

// end merges what the locals have and emits the row if it is another one now.
func (w *aggWhole) end(locals []*aggLocal, out Out) error {
	touched := w.row == nil
	for _, l := range locals {
		some, err := w.take(l.stage)
		if err != nil {
			return err
		}
		touched = touched || some
	}
	if !touched {
		return nil
	}
	row, err := w.result()
	if err == nil {
		err = w.emit(row, out)
	}
	if err != nil {
		return err
	}
	w.row = row
	if w.final {
		w.row = nil
		w.table.reset()
	}
	w.charge()
	return overBudget(w.env)
}

// take merges what a local has, and reports whether it has anything: in its table, or, if memory was short, in parts.
func (w *aggWhole) take(s *aggStage) (some bool, err error) {
	some = s.table.groups.Len() > 0 || s.parts.any()
	w.table.merge(s.table)
	if !s.parts.any() {
		return some, nil
	}
	for p := range group.Partitions {
		if err := s.parts.read(p, w.table.pushStates); err != nil {
			return some, fmt.Errorf("%s: %w", w.env.Name, err)
		}
	}
	return some, nil
}

// result is the row of all that has come.
func (w *aggWhole) result() ([]*vec.Vec, error) {
	one := []uint32{0}
	if w.table.groups.Len() == 0 {
		return w.shape.emptyRow().Cols, nil
	}
	if w.shape.retract {
		rows := w.table.rows(one)
		if err := w.table.check(&w.env, one, rows); err != nil {
			return nil, err
		}
		if rows[0] <= 0 { // below 0 only where that is counted and let pass: as if the rows had come
			w.table.reset()
			return w.shape.emptyRow().Cols, nil
		}
	}
	return w.table.results(&w.env, one)
}

// emit emits the row, after the one that it takes the place of, if they differ. What is emitted is a copy, for row is kept.
func (w *aggWhole) emit(row []*vec.Vec, out Out) error {
	b := &vec.Batch{N: 1}
	refs := []vec.Ref{{Batch: 1}}
	if w.row != nil {
		b.N, b.Diff, refs = 2, []int64{-1, 1}, []vec.Ref{{Batch: 0}, {Batch: 1}}
	}
	differs := []bool{w.row == nil}
	for i, now := range row {
		old := now
		if w.row != nil {
			old = w.row[i]
		}
		markDifferent(old, now, []change{{}}, differs)
		b.Cols = append(b.Cols, vec.Gather([]*vec.Vec{old, now}, refs))
	}
	if !differs[0] {
		return nil
	}
	return out.Emit(Main, Seq{Source: w.env.Source}, b)
}

func (w *aggWhole) charge() {
	bytes := w.table.bytes()
	for _, v := range w.row {
		bytes += v.Size()
	}
	w.env.Account.Charge(bytes - w.charged)
	w.charged = bytes
}

func (w *aggWhole) drop() {
	w.env.Account.Charge(-w.charged)
	w.charged = 0
}
