package op

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

// The tables of a group-by's state in checkpoints: groups that are there, as keys and accumulators' states; the keys of groups that are gone,
// which come before those that are there, since one may have come back; of a table without keys, the row that was emitted last.
const (
	savedGroups = iota
	savedGone
	savedRow
)

var _ Durable = (*aggregate)(nil)

// BeginSave implements Durable.
func (a *aggregate) BeginSave(whole bool) {
	if a.whole != nil {
		a.whole.saved = a.whole.copies()
	}
	if a.state == nil {
		return
	}
	for i := range a.state.parts {
		p := &a.state.parts[i]
		p.saves.begin(whole, p.table.groups.Len())
	}
}

// Save implements Durable.
func (a *aggregate) Save(rows int, emit func(table int, b *vec.Batch) error) (done bool, err error) {
	switch {
	case a.whole != nil:
		return true, a.whole.save(emit)
	case a.state == nil:
		return true, nil
	}
	return saveParts(len(a.state.parts), rows, func(i, rows int) (int, error) {
		p := &a.state.parts[i]
		n, err := p.saves.save(rows, p.table.maxRows(), emit)
		a.state.charge(&p.charged, p.bytes())
		return n, err
	})
}

// saved is the states of those groups that are there.
func (t *aggTable) saved(ids []uint32) []savedBatch {
	ids = t.present(ids)
	if len(ids) == 0 {
		return nil
	}
	return []savedBatch{{savedGroups, t.states(ids)}}
}

// takeMarks takes the marks of the groups mine of another part, which are p.dst here.
func (p *aggPart) takeMarks(from *aggPart, mine []uint32) {
	if p.saves == nil {
		return
	}
	var changed, due []uint32
	for k, id := range mine {
		if from.saves.marks.isChanged(id) {
			changed = append(changed, p.dst[k])
		}
		if from.saves.marks.isDue(id) {
			due = append(due, p.dst[k])
		}
	}
	p.saves.marks.change(due, nil)
	p.saves.marks.begin(false, 0)
	p.saves.marks.change(changed, nil)
}

// takeSaved takes what another part, which is no more, has put aside.
func (p *aggPart) takeSaved(from *aggPart) {
	if p.saves != nil {
		p.saves.gone, p.saves.aside, p.saves.held = from.saves.gone, from.saves.aside, from.saves.held
	}
}

// Load implements Durable.
func (a *aggregate) Load(table int, b *vec.Batch) error {
	err := a.load(table, b)
	if err != nil {
		return fmt.Errorf("%s: state: %w", a.env.Name, err)
	}
	return nil
}

func (a *aggregate) load(table int, b *vec.Batch) error {
	if err := checkSaved(b, a.savedTypes(table)); err != nil {
		return fmt.Errorf("table %d: %w", table, err)
	}
	switch {
	case a.whole != nil && table == savedRow: // all that came before is no more
		a.whole.table.reset()
		a.whole.row = b.Keep(nil).Cols
		return nil
	case a.whole != nil:
		return a.whole.table.pushStates(b)
	case table == savedGone:
		return a.state.loadGone(b)
	}
	return a.state.load(b)
}

// savedTypes are the columns of a table's batches; nil if there is no such table.
func (a *aggregate) savedTypes(table int) []vec.Type {
	var types []vec.Type
	switch {
	case table == savedRow && a.whole != nil:
		for _, r := range a.shape.results {
			types = append(types, r.typ)
		}
		return types
	case a.whole == nil && a.state == nil, table != savedGroups && (table != savedGone || a.whole != nil):
		return nil
	}
	for _, k := range a.shape.keyDefs {
		types = append(types, k.Type)
	}
	if table == savedGone {
		return types
	}
	for _, o := range a.shape.origins {
		types = append(types, o.StateTypes()...)
	}
	return types
}

// checkSaved is an error if a batch from a checkpoint doesn't have these columns.
func checkSaved(b *vec.Batch, types []vec.Type) error {
	if len(b.Cols) != len(types) || b.Diff != nil || b.Sel != nil {
		return fmt.Errorf("%d columns, expected %d: it was saved by another program", len(b.Cols), len(types))
	}
	for i, v := range b.Cols {
		if v.Type != types[i] {
			return fmt.Errorf("column %d is %s, expected %s: it was saved by another program", i+1, v.Type, types[i])
		}
	}
	return nil
}

// load takes groups, in the place of those with the same keys.
func (s *aggState) load(b *vec.Batch) error {
	s.prepare(b.N, false)
	return s.eachPart(b, func(p *aggPart, rows []uint32) error {
		t := p.table
		part := &vec.Batch{N: len(rows), Cols: taken(b.Cols, rows)}
		known := uint32(t.groups.Len())
		p.dst = resized(p.dst, part.N)
		t.groups.Intern(part.Cols[:len(t.shape.keys)], part.N, nil, p.dst)
		var again []uint32
		for _, id := range p.dst {
			if id < known {
				again = append(again, id)
			}
		}
		p.groups += int64(part.N - len(t.present(append([]uint32(nil), again...))))
		for _, a := range t.accs {
			a.Clear(again)
		}
		return t.pushStates(part)
	})
}

// loadGone takes groups out, of which some may not be there.
func (s *aggState) loadGone(b *vec.Batch) error {
	return s.eachPart(b, func(p *aggPart, rows []uint32) error {
		t := p.table
		part := &vec.Batch{N: len(rows), Cols: taken(b.Cols, rows)}
		p.dst = resized(p.dst, part.N)
		t.groups.Intern(part.Cols, part.N, nil, p.dst)
		t.grow()
		p.groups -= int64(len(t.present(append([]uint32(nil), p.dst...))))
		for _, a := range t.accs {
			a.Clear(p.dst)
		}
		t.groups.Remove(p.dst)
		return nil
	})
}

// eachPart calls f with each part that rows of b belong to, and those rows.
func (s *aggState) eachPart(b *vec.Batch, f func(p *aggPart, rows []uint32) error) error {
	keys := newAggTable(s.shape)
	keys.groups.Intern(b.Cols[:len(s.shape.keys)], b.N, nil, keys.room(b.N))
	if err := checkDistinct(b, keys.groups.Len()); err != nil {
		return err
	}
	ids, from := s.byPart(keys)
	for i := range s.parts {
		rows := ids[from[i]:from[i+1]]
		if len(rows) == 0 {
			continue
		}
		if err := f(&s.parts[i], rows); err != nil {
			return err
		}
	}
	return nil
}

// Loaded implements Durable.
func (a *aggregate) Loaded() error {
	switch {
	case a.whole != nil:
		a.whole.charge()
		return overBudget(a.env)
	case a.state == nil:
		return nil
	}
	for i := range a.state.parts {
		p := &a.state.parts[i]
		a.state.charge(&p.charged, p.bytes())
	}
	if a.env.Account.Over() {
		return a.state.overBudget()
	}
	return nil
}

// copies is the row that was emitted last, and the table's state if there are rows: always all there is.
func (w *aggWhole) copies() []savedBatch {
	if w.row == nil {
		return nil
	}
	out := []savedBatch{{savedRow, (&vec.Batch{N: 1, Cols: w.row}).Keep(nil)}}
	if w.table.groups.Len() > 0 {
		out = append(out, savedBatch{savedGroups, w.table.states([]uint32{0})})
	}
	return out
}

// save emits the copies.
func (w *aggWhole) save(emit func(table int, b *vec.Batch) error) error {
	for _, s := range w.saved {
		if err := emit(s.table, s.batch); err != nil {
			return err
		}
	}
	w.saved = nil
	return nil
}

// taken is those rows of columns.
func taken(cols []*vec.Vec, rows []uint32) []*vec.Vec {
	out := make([]*vec.Vec, len(cols))
	for i, v := range cols {
		out[i] = v.Take(rows)
	}
	return out
}
