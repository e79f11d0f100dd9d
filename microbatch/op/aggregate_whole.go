package op

import (
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// aggWhole is the state of a stream's aggregate without keys: one group, whose row is always there, from the first epoch on, in
// which there may be no rows yet.
type aggWhole struct {
	env     Env
	shape   *aggShape
	table   *aggTable
	row     []*vec.Vec // that was emitted last; nil: none yet
	charged int64
}

func newAggWhole(env Env, shape *aggShape) *aggWhole {
	return &aggWhole{env: env, shape: shape, table: newAggTable(shape)}
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
	if err != nil {
		return err
	}
	err = w.emit(row, out)
	w.row = row
	w.charge()
	return err
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
	if err := w.check(); err != nil {
		return nil, err
	}
	if w.table.isEmptied() {
		return w.shape.emptyRow().Cols, nil
	}
	return w.table.results(&w.env, []uint32{0})
}

// check reports rows that went more often than they came. Where that is only counted, it is as if they had come.
func (w *aggWhole) check() error {
	if !w.shape.retract || w.table.groups.Len() == 0 {
		return nil
	}
	one := []uint32{0}
	rows := w.table.rows(one)
	if rows[0] >= 0 {
		return w.table.check(&w.env, one, rows)
	}
	if w.env.Inconsistent != plan.Skip {
		return fmt.Errorf("%s: %d rows more go than have come; its source must send what it retracts exactly as it sent it before "+
			"(Config.Inconsistent: pw.Skip counts such rows instead)", w.env.Name, -rows[0])
	}
	w.env.Stats.Inconsistent.Add(1)
	w.table.reset()
	return nil
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
