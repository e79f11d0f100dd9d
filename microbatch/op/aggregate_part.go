package op

import (
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// aggLists are which of an epoch's groups had rows before and have rows after it.
type aggLists struct {
	old, new []uint32 // their places in the table
	pairs    []change
	gone     []uint32
}

// change is a group that an epoch was about: the places of its rows among the old results and among the new, −1 for none.
type change struct {
	old, new int32
}

// merge merges the groups src of another table, each of which is there once, and notes what that changes.
func (p *aggPart) merge(env *Env, changed *aggTable, src []uint32, changes *aggChanges) error {
	t, known := p.table, uint32(p.table.groups.Len())
	p.dst = resized(p.dst, len(src))
	t.groups.Merge(changed.groups, src, p.dst)
	t.grow()
	p.saves.mark(p.dst)
	p.listOld(known)
	old, err := t.results(env, p.lists.old)
	if err != nil {
		return err
	}
	for i, a := range t.accs {
		a.Merge(changed.accs[i], src, p.dst)
	}
	if err := p.listNew(env); err != nil {
		return err
	}
	results, err := t.results(env, p.lists.new)
	if err != nil {
		return err
	}
	// Keys are read from the smaller table, which is in the caches.
	changes.add(changed.groups, src, p.lists.pairs, old, results)
	p.groups += int64(len(p.lists.new) - len(p.lists.old))
	p.remove()
	return nil
}

// listOld lists the groups that there were: those whose ids are below known, and that have rows.
func (p *aggPart) listOld(known uint32) {
	l := &p.lists
	l.old, l.pairs = l.old[:0], l.pairs[:0]
	var rows []int64
	if p.table.shape.retract {
		rows = p.table.rows(p.dst)
	}
	for k, id := range p.dst {
		at := int32(-1)
		if id < known && (rows == nil || rows[k] > 0) {
			at = int32(len(l.old))
			l.old = append(l.old, id)
		}
		l.pairs = append(l.pairs, change{old: at, new: -1})
	}
}

// listNew lists the groups that have rows after the merge, and those that have none.
func (p *aggPart) listNew(env *Env) error {
	l := &p.lists
	l.new, l.gone = l.new[:0], l.gone[:0]
	if !p.table.shape.retract {
		for k, id := range p.dst {
			l.pairs[k].new = int32(k)
			l.new = append(l.new, id)
		}
		return nil
	}
	rows := p.table.rows(p.dst)
	if err := p.table.check(env, p.dst, rows); err != nil {
		return err
	}
	for k, id := range p.dst {
		if rows[k] <= 0 { // below 0 only where that is counted and let pass: as if its rows had come
			l.gone = append(l.gone, id)
			continue
		}
		l.pairs[k].new = int32(len(l.new))
		l.new = append(l.new, id)
	}
	return nil
}

// remove takes out the groups that have no rows. Their ids are used again.
func (p *aggPart) remove() {
	if len(p.lists.gone) == 0 {
		return
	}
	p.saves.markGone(p.table.groups, p.lists.gone)
	for _, a := range p.table.accs {
		a.Clear(p.lists.gone)
	}
	p.table.groups.Remove(p.lists.gone)
}

func (p *aggPart) bytes() int64 {
	l := &p.lists
	n := p.table.bytes() + int64(4*(cap(p.dst)+cap(l.old)+cap(l.new)+cap(l.gone))+8*cap(l.pairs))
	return n + p.saves.bytes()
}

// check is an error if one of those groups, which have that many rows, has more than can be counted, or holds something that went more often than it
// came. Where the latter is only counted, each such group counts.
func (t *aggTable) check(env *Env, ids []uint32, rows []int64) error {
	for k, n := range rows {
		if n > maxTimes {
			return fmt.Errorf("%s: a group has more than %d rows (2^62), more than can be counted: %s", env.Name, maxTimes, t.describe(ids[k], n))
		}
		if n < 0 {
			if err := t.inconsistency(env, ids[k], n); err != nil {
				return err
			}
		}
	}
	var wrong []uint32
	for _, a := range t.accs {
		wrong = append(wrong, a.Negative(ids)...)
	}
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong)
	for _, id := range slices.Compact(wrong) {
		n := t.rows([]uint32{id})[0]
		if n < 0 { // is counted already
			continue
		}
		if err := t.inconsistency(env, id, n); err != nil {
			return err
		}
	}
	return nil
}

// wholeSchema stands for the key in messages about a table without keys.
var wholeSchema = plan.NewSchema(plan.Field{Name: "rows", Type: vec.TInt64})

// inconsistency reports a group, of which there are so many rows.
func (t *aggTable) inconsistency(env *Env, id uint32, rows int64) error {
	schema, row := t.keyRow(id, rows)
	return env.Inconsistency(schema, row, 0)
}

// describe is a group's key, as messages have it.
func (t *aggTable) describe(id uint32, rows int64) string {
	schema, row := t.keyRow(id, rows)
	return rowText(schema, row, 0)
}

// keyRow is a group's key as a row; of a table without keys, how many rows there are.
func (t *aggTable) keyRow(id uint32, rows int64) (*plan.Schema, *vec.Batch) {
	if len(t.shape.keys) == 0 {
		count := &vec.Vec{Type: vec.TInt64, N: 1, Data: vec.Bytes([]int64{rows})}
		return wholeSchema, &vec.Batch{N: 1, Cols: []*vec.Vec{count}}
	}
	return t.shape.out, &vec.Batch{N: 1, Cols: t.groups.Keys([]uint32{id})}
}
