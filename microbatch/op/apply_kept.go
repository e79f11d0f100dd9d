package op

import (
	"context"
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// applyKept asks a function that may answer the same question differently, where rows go: what goes must have the result with which it came. So a row's
// result is kept, with how often the row is there, until it is there no more. Equal rows have one result. A row that the function has failed for is
// kept, too: it didn't come, so it doesn't go.
//
// Workers add up the epoch's rows; at its end the function is asked for those that are new, by the hash of the row. Memory: all rows
// that are there, and their results.
type applyKept struct {
	node  *plan.Apply
	env   Env
	call  caller
	shape netShape
	final bool           // no row goes in a later epoch
	parts []*applyMemory // each nil until there is something for it

	mu     sync.Mutex
	locals []*netTable
}

func newApplyKept(n *plan.Apply, env Env) *applyKept {
	parts := stateParts(env.Workers)
	if n.Func.Async != nil {
		parts = 1 // so that all calls are made at once
	}
	return &applyKept{node: n, env: env, call: newCaller(n.Func, env), parts: make([]*applyMemory, parts)}
}

func (a *applyKept) Open(in []Port) (func() Local, error) {
	rows := in[0]
	rows.Key = nil // neither here nor behind does it matter which row has which key
	a.shape, a.final = newNetShape(rows, a.env), rows.Final
	return func() Local {
		l := &netLocal{newNetTable(&a.shape)}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.locals = append(a.locals, l.table)
		return l
	}, nil
}

func (a *applyKept) EndEpoch(e *Epoch, out Out) error {
	fresh := func() *netTable { return newNetTable(&a.shape) }
	return eachPart(e, out, a.locals, fresh, len(a.parts), func(p int, t *netTable, rows []uint32, out Out) error {
		if a.parts[p] == nil {
			a.parts[p] = newApplyMemory(a)
		}
		m := a.parts[p]
		if a.final {
			defer func() { m.drop(); a.parts[p] = nil }()
		}
		rows = t.net(rows)
		at := Seq{Source: a.env.Source, Partition: uint32(p)}
		step := min(t.maxRows(), m.results.maxRows())
		if a.node.Func.Async != nil {
			step = max(step, min(len(rows), asyncRows))
		}
		for from := 0; from < len(rows); from += step {
			at.Offset = int64(from)
			if err := m.run(e, t, rows[from:min(len(rows), from+step)], at, out); err != nil {
				return err
			}
		}
		m.charge()
		return overBudget(a.env)
	})
}

// asyncRows is how many calls of an Async function are made in one go: between two goes the slowest call is waited for.
const asyncRows = 1 << 16

// State says how much is kept.
func (a *applyKept) State() State {
	var sum State
	for _, m := range a.parts {
		if m != nil {
			sum.Keys += int64(m.live)
			sum.Bytes += m.charged
		}
	}
	return sum
}

func (a *applyKept) Close() error {
	for _, t := range a.locals {
		t.drop()
	}
	for _, m := range a.parts {
		if m != nil {
			m.drop()
		}
	}
	a.parts = nil
	return nil
}

// applyMemory is a part of the rows that are there, with their results.
type applyMemory struct {
	apply   *applyKept
	rows    group.Groups // by all columns
	counts  []int64      // by row: how often it is there; below 0, it went and never was
	failed  []bool       // by row: it has no result
	results *rowStore    // by row
	live    int          // rows

	charged int64
}

func newApplyMemory(a *applyKept) *applyMemory {
	return &applyMemory{apply: a, rows: group.New(a.shape.fields, a.shape.opts), results: newRowStore(a.node.Func.Results)}
}

// run takes the net changes of rows.
func (m *applyMemory) run(e *Epoch, t *netTable, ids []uint32, at Seq, out Out) error {
	b := t.batch(ids)
	places := make([]uint32, len(ids))
	m.rows.Merge(t.rows, ids, places)
	if n := m.rows.Len() - len(m.counts); n > 0 {
		m.counts, m.failed = append(m.counts, make([]int64, n)...), append(m.failed, make([]bool, n)...)
		m.results.grow(len(m.counts))
	}
	if err := m.ask(e, b, places, at, out); err != nil {
		return err
	}
	emitted, gone, err := m.count(b, places)
	if err != nil {
		return err
	}
	err = m.emit(b, places, emitted, at, out)
	m.results.clear(gone)
	m.rows.Remove(gone)
	return err
}

// ask calls the function for the rows that come and are not there yet.
func (m *applyMemory) ask(e *Epoch, b *vec.Batch, places []uint32, at Seq, out Out) error {
	fresh := []uint32{}
	var to []uint32
	for k, p := range places {
		if was := m.counts[p]; was <= 0 && was+b.Diff[k] > 0 {
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
	m.results.set(to, results, nil)
	for _, p := range to {
		m.failed[p] = false
	}
	settled := badRows{env: m.apply.env, schema: m.apply.shape.schema}
	for _, row := range bad {
		m.failed[to[row.Row]] = true
		settled.found.Rows = append(settled.found.Rows, calc.BadRow{Row: fresh[row.Row], Reason: row.Reason})
	}
	_, err = settled.settle(at, b, nil, out)
	return err
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

// count brings up to date how often rows are there. It returns by how much that changes for those behind, and which rows are there no more.
func (m *applyMemory) count(b *vec.Batch, places []uint32) (emitted []int64, gone []uint32, err error) {
	emitted = make([]int64, b.N)
	for k, p := range places {
		was := m.counts[p]
		is := was + b.Diff[k]
		m.counts[p] = is
		if !m.failed[p] {
			emitted[k] = max(is, 0) - max(was, 0)
		}
		if was == 0 {
			m.live++
		}
		if is == 0 {
			m.live--
			m.failed[p] = false
			gone = append(gone, p)
		}
		if is < 0 && is < was {
			if err := m.apply.env.Inconsistency(m.apply.shape.schema, b, k); err != nil {
				return nil, nil, err
			}
		}
	}
	return emitted, gone, nil
}

// emit emits the rows that have changed for those behind, with their results.
func (m *applyMemory) emit(b *vec.Batch, places []uint32, emitted []int64, at Seq, out Out) error {
	rows := []uint32{}
	changed := &vec.Batch{}
	var from []uint32
	for k, n := range emitted {
		if n != 0 {
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
	changed.Cols = append(changed.Cols, m.results.gather(from)...)
	for _, piece := range changed.Pieces() {
		if err := out.Emit(Main, at, piece); err != nil {
			return err
		}
		at.Offset += int64(piece.N)
	}
	return nil
}

func (m *applyMemory) charge() {
	n := m.rows.Bytes() + m.results.bytes() + int64(8*cap(m.counts)+cap(m.failed))
	m.apply.env.Account.Charge(n - m.charged)
	m.charged = n
}

func (m *applyMemory) drop() {
	m.apply.env.Account.Release(m.charged)
	m.charged = 0
}
