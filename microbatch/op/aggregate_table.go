package op

import (
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/acc"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// aggTable is groups and what has been accumulated for them.
type aggTable struct {
	shape  *aggShape
	groups group.Groups
	accs   []acc.Accumulator
	split  acc.Splitter
	keys   []*vec.Vec // scratch: a batch's key columns
	ids    []uint32   // scratch: its rows' groups
}

func newAggTable(s *aggShape) *aggTable {
	t := &aggTable{shape: s, groups: group.New(s.keyDefs, s.opts), keys: make([]*vec.Vec, len(s.keys))}
	for _, a := range s.origins {
		t.accs = append(t.accs, a.Fresh())
	}
	return t
}

// push takes rows.
func (t *aggTable) push(b *vec.Batch) {
	for i, k := range t.shape.keys {
		t.keys[i] = b.Cols[k]
	}
	ids := t.intern(t.keys, b.N, b.Sel)
	for i := range t.shape.inputs {
		in := &t.shape.inputs[i]
		input := t.split.Changes(in.of(b), b, ids)
		for _, a := range in.accs {
			t.accs[a].Update(input)
		}
	}
}

// of are the input's columns in a batch.
func (in *aggInput) of(b *vec.Batch) acc.Columns {
	c := acc.Columns{Nulls: in.nulls}
	if in.column >= 0 {
		c.Col = b.Cols[in.column]
	}
	if in.arg >= 0 {
		c.Arg = b.Cols[in.arg]
	}
	if in.where >= 0 {
		c.Where = b.Cols[in.where]
	}
	return c
}

// intern finds or makes the groups of rows, and makes the accumulators have as many. It is nil
// without keys, when all rows are of group 0.
func (t *aggTable) intern(keys []*vec.Vec, n int, sel []uint32) []uint32 {
	if sel != nil {
		n = len(sel)
	}
	ids := t.room(n)
	rows := n
	if len(keys) > 0 {
		rows = keys[0].N
	}
	t.groups.Intern(keys, rows, sel, ids)
	t.grow()
	if len(t.shape.keys) == 0 {
		return nil
	}
	return ids
}

func (t *aggTable) grow() {
	for _, a := range t.accs {
		a.Grow(t.groups.Len())
	}
}

// room is scratch for n ids.
func (t *aggTable) room(n int) []uint32 {
	if cap(t.ids) < n {
		t.ids = make([]uint32, n)
	}
	return t.ids[:n]
}

// pushStates takes partial groups as states has made them.
func (t *aggTable) pushStates(b *vec.Batch) error {
	keys := b.Cols[:len(t.shape.keys)]
	ids := t.room(b.N)
	t.groups.Intern(keys, b.N, nil, ids)
	t.grow()
	at := len(keys)
	for _, a := range t.accs {
		n := len(a.StateTypes())
		if err := a.MergeStates(b.Cols[at:at+n], ids); err != nil {
			return err
		}
		at += n
	}
	return nil
}

// states is those groups as a partial batch: their keys, then every accumulator's states.
func (t *aggTable) states(ids []uint32) *vec.Batch {
	b := &vec.Batch{N: len(ids), Cols: t.groups.Keys(ids)}
	for _, a := range t.accs {
		b.Cols = append(b.Cols, a.States(ids)...)
	}
	return b
}

// merge takes all groups of another table.
func (t *aggTable) merge(from *aggTable) {
	n := from.groups.Len()
	src, dst := make([]uint32, n), make([]uint32, n)
	for i := range src {
		src[i] = uint32(i)
	}
	t.mergeSome(from, src, dst)
}

// mergeSome takes the groups src of another table; dst becomes their places.
func (t *aggTable) mergeSome(from *aggTable, src, dst []uint32) {
	t.groups.Merge(from.groups, src, dst)
	t.grow()
	for i, a := range t.accs {
		a.Merge(from.accs[i], src, dst)
	}
}

// emit emits the groups that have rows as rows of the result.
func (t *aggTable) emit(env *Env, at Seq, out Out) error {
	n := t.groups.Len()
	step := min(vec.BatchRows, t.maxRows())
	for from := 0; from < n; from += step {
		ids := t.room(min(step, n-from))
		for k := range ids {
			ids[k] = uint32(from + k)
		}
		ids, err := t.withRows(env, ids)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			continue
		}
		cols, err := t.results(env, ids)
		if err != nil {
			return err
		}
		at.Offset = int64(from)
		if err := out.Emit(Main, at, &vec.Batch{N: len(ids), Cols: append(t.groups.Keys(ids), cols...)}); err != nil {
			return err
		}
	}
	return nil
}

// withRows are those of the groups that have rows, in ids' memory. Where rows are retracted that may not be all.
func (t *aggTable) withRows(env *Env, ids []uint32) ([]uint32, error) {
	if !t.shape.retract {
		return ids, nil
	}
	rows := t.rows(ids)
	if err := t.check(env, ids, rows); err != nil {
		return nil, err
	}
	n := 0
	for k, id := range ids {
		if rows[k] > 0 {
			ids[n] = id
			n++
		}
	}
	return ids[:n], nil
}

// rows are how many rows those groups have, where rows are retracted.
func (t *aggTable) rows(ids []uint32) []int64 {
	return t.accs[t.shape.rows].(*acc.Count).Counts(ids)
}

// results are the result columns of those groups, after the keys.
func (t *aggTable) results(env *Env, ids []uint32) ([]*vec.Vec, error) {
	cols := make([]*vec.Vec, len(t.shape.results), len(t.shape.results)+len(t.shape.keys))
	for i, r := range t.shape.results {
		col, err := t.result(r, ids)
		if err != nil {
			return nil, fmt.Errorf("%s: %s%s: %w", env.Name, r.name, t.ofGroup(err), err)
		}
		cols[i] = col
	}
	return cols, nil
}

// ofGroup says of which group the result is that an error is about, if it says that and there are keys.
func (t *aggTable) ofGroup(err error) string {
	var large *acc.TooLargeError
	if !errors.As(err, &large) || large.Of > 1 || len(t.shape.keys) == 0 {
		return ""
	}
	return " of the group " + t.describe(large.Group, 0)
}

// result is a result column of those groups.
func (t *aggTable) result(r aggResult, ids []uint32) (*vec.Vec, error) {
	switch r.fn {
	case plan.AggCount:
		return &vec.Vec{Type: r.typ, N: len(ids), Data: vec.Bytes(t.counts(r, ids))}, nil
	case plan.AggAvg:
		return t.accs[r.state].(acc.Sum).Average(ids, t.counts(r, ids)), nil
	case plan.AggVarSamp, plan.AggVarPop, plan.AggStddevSamp, plan.AggStddevPop:
		return t.accs[r.state].(*acc.Moments).Spread(ids, spreadOf(r.fn)), nil
	default:
		return t.accs[r.state].Result(ids)
	}
}

// counts are the numbers of values that a count or average is about.
func (t *aggTable) counts(r aggResult, ids []uint32) []int64 {
	counts := t.accs[r.rows].(*acc.Count).Counts(ids)
	if r.nulls < 0 {
		return counts
	}
	for k, n := range t.accs[r.nulls].(*acc.Count).Counts(ids) {
		counts[k] -= n
	}
	return counts
}

// maxColumnBytes bounds a column of strings, whose offsets are of 31 bits.
const maxColumnBytes = 1 << 30

// maxRows is how many groups a batch may have so that none of its columns exceeds maxColumnBytes.
func (t *aggTable) maxRows() int {
	longest := t.groups.Longest()
	for _, a := range t.accs {
		longest = max(longest, a.Longest())
	}
	return max(1, maxColumnBytes/max(1, longest))
}

// bytes is the memory held.
func (t *aggTable) bytes() int64 {
	n := t.groups.Bytes() + int64(4*cap(t.ids))
	for _, a := range t.accs {
		n += a.Bytes()
	}
	return n
}

// reset forgets all groups and keeps the memory.
func (t *aggTable) reset() {
	t.groups.Reset()
	for _, a := range t.accs {
		a.Reset()
	}
}
