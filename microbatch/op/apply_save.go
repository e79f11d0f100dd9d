package op

import (
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

var _ Durable = (*apply)(nil)

// checkLasting is an error if the state is saved, and the function may answer otherwise when epochs are run again after a restart: what is behind it
// would have rows that nobody has seen. Whether a call takes too long isn't up to its arguments, either; it doesn't matter if that ends the run.
func (a *apply) checkLasting(bounded bool) error {
	f := a.node.Func
	timed := f.Async != nil && f.Async.Timeout > 0 && a.env.Bad != plan.Fail
	switch {
	case !a.env.Durable || bounded || f.Deterministic && !timed:
		return nil
	case timed:
		return fmt.Errorf("%s: the function %s may answer otherwise after a restart, for whether a call takes too long isn't up to its arguments, and what it answers can't be "+
			"kept in a state yet: let bad rows end the run (pw.Fail), give it no Timeout, or run it without State", a.env.Name, f.Name)
	}
	return fmt.Errorf("%s: the function %s may answer otherwise when it is asked again after a restart, and what it answers can't be kept in a state yet: "+
		"declare it pw.Deterministic(), if it is, or run it without State", a.env.Name, f.Name)
}

// kept is the operator if it keeps results: nil for those that keep nothing between epochs.
func (a *apply) kept() *applyKept {
	k, _ := a.Operator.(*applyKept)
	return k
}

// BeginSave implements Durable.
func (a *apply) BeginSave(whole bool) {
	if k := a.kept(); k != nil {
		for _, m := range k.parts {
			if m != nil {
				m.saves.begin(whole, m.rows.Len())
			}
		}
	}
}

// Save implements Durable.
func (a *apply) Save(rows int, emit func(table int, b *vec.Batch) error) (done bool, err error) {
	k := a.kept()
	if k == nil {
		return true, nil
	}
	return saveParts(len(k.parts), rows, func(p, rows int) (int, error) {
		m := k.parts[p]
		if m == nil {
			return 0, nil
		}
		n, err := m.saves.save(rows, min(m.results.maxRows(), max(1, maxColumnBytes/max(1, m.rows.Longest()))), emit)
		m.charge()
		return n, err
	})
}

// Load implements Durable.
func (a *apply) Load(table int, b *vec.Batch) error {
	if err := a.load(table, b); err != nil {
		return fmt.Errorf("%s: state: table %d: %w", a.env.Name, table, err)
	}
	return nil
}

func (a *apply) load(table int, b *vec.Batch) error {
	k := a.kept()
	if k == nil {
		return fmt.Errorf("it keeps nothing: it was saved by another program")
	}
	if err := checkSaved(b, k.savedTypes(table)); err != nil {
		return err
	}
	fields := len(k.shape.fields)
	rows, keys := savedParts(newNetTable(&k.shape).rows, b, fields, len(k.parts))
	if err := checkDistinct(b, keys); err != nil {
		return err
	}
	for p := range k.parts {
		some := rows.part(p)
		if len(some) == 0 {
			continue
		}
		if k.parts[p] == nil {
			k.parts[p] = newApplyMemory(k)
		}
		part := &vec.Batch{N: len(some), Cols: taken(b.Cols, some)}
		if table == savedGone {
			k.parts[p].loadGone(part)
		} else {
			k.parts[p].load(part)
		}
	}
	return nil
}

// Loaded implements Durable.
func (a *apply) Loaded() error {
	k := a.kept()
	if k == nil {
		return nil
	}
	for _, m := range k.parts {
		if m != nil {
			m.charge()
		}
	}
	return overBudget(a.env)
}

// savedTypes are the columns of a table's batches; nil if there is no such table.
//
//	savedKeyRows   the row's columns, how often it is there, whether the function has failed for it, why, the columns of the result
//	savedGone      the row's columns
func (a *applyKept) savedTypes(table int) []vec.Type {
	var types []vec.Type
	for _, f := range a.shape.fields {
		types = append(types, f.Type)
	}
	switch table {
	case savedKeyRows:
		return append(append(types, vec.TInt64, vec.TBool, vec.TString), a.node.Func.Results...)
	case savedGone:
		return types
	}
	return nil
}

// saved is those of the rows that are there, or went and never were.
func (m *applyMemory) saved(ids []uint32) []savedBatch {
	var there []uint32
	counts, failed, reasons := []int64(nil), vec.NewBuilder(vec.TBool, len(ids)), vec.NewBuilder(vec.TString, len(ids))
	for _, id := range ids {
		if m.counts[id] == 0 {
			continue
		}
		there, counts = append(there, id), append(counts, m.counts[id])
		failed.AppendBool(m.failed[id])
		if m.failed[id] && m.keepsReasons() {
			reasons.AppendBytes(m.reasons().text(id))
		} else {
			reasons.AppendString("")
		}
	}
	if len(there) == 0 {
		return nil
	}
	cols := append(m.rows.Keys(there), savedInts(counts...), failed.Finish(), reasons.Finish())
	cols = append(cols, m.results.gather(there)[:len(m.apply.node.Func.Results)]...)
	return []savedBatch{{savedKeyRows, &vec.Batch{N: len(there), Cols: cols}}}
}

// load takes rows, in the place of those that are equal.
func (m *applyMemory) load(b *vec.Batch) {
	ids, fields := make([]uint32, b.N), len(m.apply.shape.fields)
	m.rows.Intern(b.Cols[:fields], b.N, nil, ids)
	m.grow()
	more := b.Cols[fields:]
	counts, failed := vec.Of[int64](more[0].Plain()), more[1].Plain()
	for k, id := range ids {
		m.setCount(id, counts[k])
		m.failed[id] = failed.Bool(k)
	}
	results := more[3:]
	if m.keepsReasons() {
		results = append(append([]*vec.Vec(nil), results...), more[2])
	}
	m.results.set(ids, results, nil)
}

// loadGone takes out rows, of which some may not be there.
func (m *applyMemory) loadGone(b *vec.Batch) {
	ids := make([]uint32, b.N)
	m.rows.Intern(b.Cols, b.N, nil, ids)
	m.grow()
	for _, id := range ids {
		m.setCount(id, 0)
	}
	m.drain(ids)
}
