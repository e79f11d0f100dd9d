package op

import (
	"context"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// applyMemory is a part of the rows that are there, with their results.
type applyMemory struct {
	apply   *applyKept
	rows    group.Groups // by all columns
	counts  []int64      // by row: how often it is there; below 0, it went and never was
	failed  []bool       // by row: it has no result
	results *rowStore    // by row: the columns of the result, and if bad rows are rejected the reason
	live    int          // rows
	bad     badRows

	saves   *tableSaves // nil: the state isn't saved
	charged int64
}

func newApplyMemory(a *applyKept) *applyMemory {
	types := slices.Clone(a.node.Func.Results)
	if a.env.Bad == plan.Reject {
		types = append(types, vec.TString)
	}
	m := &applyMemory{
		apply: a, rows: group.New(a.shape.fields, a.shape.opts), results: newRowStore(types), bad: badRows{env: a.env, schema: a.shape.schema},
	}
	m.saves = newTableSaves(a.env, m.saved)
	return m
}

// keepsReasons reports whether it is kept why the function has failed: in the last column of results.
func (m *applyMemory) keepsReasons() bool { return m.apply.env.Bad == plan.Reject }

func (m *applyMemory) reasons() *storeColumn { return &m.results.cols[len(m.results.cols)-1] }

func (m *applyMemory) grow() {
	if n := m.rows.Len() - len(m.counts); n > 0 {
		m.counts, m.failed = append(m.counts, make([]int64, n)...), append(m.failed, make([]bool, n)...)
		m.results.grow(len(m.counts))
	}
}

// setCount notes how often a row is there.
func (m *applyMemory) setCount(row uint32, n int64) {
	was := m.counts[row]
	m.counts[row] = n
	if was == 0 && n != 0 {
		m.live++
	}
	if was != 0 && n == 0 {
		m.live--
	}
}

// run takes the net changes of rows.
func (m *applyMemory) run(e *Epoch, t *netTable, ids []uint32, at Seq, out Out) (err error) {
	b := t.batch(ids)
	places := make([]uint32, len(ids))
	m.rows.Merge(t.rows, ids, places)
	m.grow()
	m.saves.mark(places)
	if err := m.ask(e, b, places, at, out); err != nil {
		return err
	}
	if b.Diff, err = m.count(b, places); err != nil {
		return err
	}
	if err := m.emit(b, places, at, out); err != nil {
		return err
	}
	if err := m.reject(b, places, at, out); err != nil {
		return err
	}
	m.forget(places)
	return nil
}

// ask calls the function for the rows that come and are not there yet.
func (m *applyMemory) ask(e *Epoch, b *vec.Batch, places []uint32, at Seq, out Out) error {
	fresh := []uint32{}
	var to []uint32
	for k, p := range places {
		if was := m.counts[p]; was <= 0 && b.Diff[k] > -was {
			fresh, to = append(fresh, uint32(k)), append(to, p)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	asked := &vec.Batch{N: b.N, Cols: b.Cols, Sel: fresh}
	results, bad, err := m.call(e, argsOf(m.apply.node, asked), len(fresh))
	if err != nil {
		return err
	}
	if len(bad) > 0 && m.apply.env.Bad == plan.Fail {
		return m.bad.report(at, b, []calc.BadRow{{Row: fresh[bad[0].Row], Reason: bad[0].Reason}}, out)
	}
	if m.keepsReasons() {
		results = append(slices.Clone(results), reasons(bad, len(fresh)))
	}
	m.results.set(to, results, nil)
	for _, p := range to {
		m.failed[p] = false
	}
	for _, row := range bad {
		m.failed[to[row.Row]] = true
	}
	return nil
}

// reasons is a column of n rows: why the bad ones are, which ascend.
func reasons(bad []calc.BadRow, n int) *vec.Vec {
	col := vec.NewBuilder(vec.TString, n)
	for i := range n {
		if len(bad) > 0 && int(bad[0].Row) == i {
			col.AppendString(bad[0].Reason)
			bad = bad[1:]
			continue
		}
		col.AppendString("")
	}
	return col.Finish()
}

func (m *applyMemory) call(e *Epoch, args []*vec.Vec, n int) ([]*vec.Vec, []calc.BadRow, error) {
	if m.apply.node.Func.Async == nil {
		return m.apply.call.batch(context.Background(), args, n)
	}
	results, bad, err := m.apply.call.rows(e, []argColumns{{args, n}})
	if err != nil {
		return nil, nil, err
	}
	return results[0], bad[0], nil
}

// count brings up to date how often rows are there, and returns by how much that changes for those behind.
func (m *applyMemory) count(b *vec.Batch, places []uint32) (net []int64, err error) {
	net = make([]int64, b.N)
	for k, p := range places {
		was := m.counts[p]
		is, ok := addTimes(was, b.Diff[k])
		if !ok {
			return nil, timesError(&m.apply.env, m.apply.shape.schema, b, k)
		}
		m.setCount(p, is)
		net[k] = max(is, 0) - max(was, 0)
		if is < 0 && is < was {
			if err := m.apply.env.Inconsistency(m.apply.shape.schema, b, k); err != nil {
				return nil, err
			}
		}
	}
	return net, nil
}

// forget removes those of the rows that are there no more.
func (m *applyMemory) forget(places []uint32) {
	var gone []uint32
	for _, p := range places {
		if m.counts[p] == 0 {
			gone = append(gone, p)
		}
	}
	m.saves.markGone(m.rows, gone)
	m.drain(gone)
}

// drain removes rows that are there no more.
func (m *applyMemory) drain(gone []uint32) {
	for _, p := range gone {
		m.failed[p] = false
	}
	m.results.clear(gone)
	m.rows.Remove(gone)
}

// reject does what the policy says with the rows that the function has failed for and that have changed.
func (m *applyMemory) reject(b *vec.Batch, places []uint32, at Seq, out Out) error {
	var bad []calc.BadRow
	var from []uint32
	for k, n := range b.Diff {
		if n != 0 && m.failed[places[k]] {
			bad, from = append(bad, calc.BadRow{Row: uint32(k)}), append(from, places[k])
		}
	}
	if len(bad) > 0 && m.keepsReasons() {
		texts := m.reasons().gather(from)
		for i := range bad {
			bad[i].Reason = string(texts.Str(i))
		}
	}
	return m.bad.report(at, b, bad, out)
}

// emit emits the rows that have changed and have results.
func (m *applyMemory) emit(b *vec.Batch, places []uint32, at Seq, out Out) error {
	rows := []uint32{}
	changed := &vec.Batch{}
	var from []uint32
	for k, n := range b.Diff {
		if n != 0 && !m.failed[places[k]] {
			rows, from = append(rows, uint32(k)), append(from, places[k])
			changed.Diff = append(changed.Diff, n)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	changed.N = len(rows)
	for _, v := range b.Cols {
		changed.Cols = append(changed.Cols, v.Take(rows))
	}
	changed.Cols = append(changed.Cols, m.results.gather(from)[:len(m.apply.node.Func.Results)]...)
	for _, piece := range changed.Pieces() {
		if err := out.Emit(Main, at, piece); err != nil {
			return err
		}
		at.Offset += int64(piece.N)
	}
	return nil
}

func (m *applyMemory) charge() {
	n := m.rows.Bytes() + m.results.bytes() + int64(8*cap(m.counts)+cap(m.failed)) + m.saves.bytes()
	m.apply.env.Account.Charge(n - m.charged)
	m.charged = n
}

func (m *applyMemory) drop() {
	m.apply.env.Account.Release(m.charged)
	m.charged = 0
}
