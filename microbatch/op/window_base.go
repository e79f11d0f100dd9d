package op

import (
	"fmt"
	"slices"
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// windowBase is what the operators of all windows have.
type windowBase struct {
	env     Env
	node    *plan.Window
	shape   *windowShape
	port    Port
	retract bool // rows are taken back, too
	revises bool // what is emitted may be corrected

	mark    int64 // the watermark
	now     int64 // the clock; of windows of processing time also that of the rows
	shown   int64 // of the clock: when early results came out last
	charged int64
	saved   savedCopies
}

// open makes the shape; hidden are reducers that the operator itself needs.
func (w *windowBase) open(in Port, hidden []plan.Agg) (err error) {
	w.port = in
	w.retract = in.Kind == plan.Retract
	w.revises = w.node.Revises() && !in.Bounded
	if w.retract && w.node.Processing {
		return fmt.Errorf("%s: windows of processing time take rows that only come, but rows of this table also go, and a row "+
			"that goes doesn't say when it came; put Changes() before it, or use event time", w.env.Name)
	}
	w.shape, err = newWindowShape(w.node, hidden, w.retract, groupOptions(w.env))
	if err != nil {
		return fmt.Errorf("%s: %w", w.env.Name, err)
	}
	return nil
}

// nextMark is the watermark at the end of this epoch.
func (w *windowBase) nextMark(e *Epoch) int64 {
	switch {
	case e.Last || w.port.Bounded:
		return EndOfTime
	case w.node.Processing:
		return max(w.mark, w.now)
	}
	return max(w.mark, e.Watermarks[0])
}

// ticks reports whether early results are due.
func (w *windowBase) ticks() bool {
	return w.revises && w.node.Early > 0 && (w.shown == NoWatermark || w.now >= later(w.shown, w.node.Early))
}

// columns are the results of those cells.
func (w *windowBase) columns(t *aggTable, cells []uint32) ([]*vec.Vec, error) {
	cols := make([]*vec.Vec, 0, w.shape.results)
	for _, r := range w.shape.aggShape.results[:w.shape.results] {
		col, err := t.result(r, cells)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", w.env.Name, r.name, err)
		}
		cols = append(cols, col)
	}
	return cols, nil
}

// serialCells is how many cells are merged and windows' rows emitted by one worker: up to here that takes less than handing parts to
// the workers.
const serialCells = 4096

// forParts runs f for all parts, at once if there is much work.
func forParts[P any](e *Epoch, parts []P, work int, out Out, f func(p P, out Out) error) error {
	if len(parts) > 1 && work > serialCells {
		return e.Parallel(len(parts), func(i int, out Out) error { return f(parts[i], out) })
	}
	for _, p := range parts {
		if err := f(p, out); err != nil {
			return err
		}
	}
	return nil
}

// windowParts is an operator's parts: those of the workers, and those of the state.
type windowParts[L windowLocalPart, P windowStatePart] struct {
	windowBase
	mu     sync.Mutex
	locals []L
	parts  []P
	looked int // how many looks have been taken at parts
}

type windowLocalPart interface {
	Local
	endEpoch()
}

type windowStatePart interface {
	keyed() *keyedPart
	bytes() int64
	compact(room int) // writes it anew, with room for so many cells: see window_compact.go
}

// add adds a worker's part.
func (w *windowParts[L, P]) add(local L) Local {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.locals = append(w.locals, local)
	return local
}

// settle comes last in an epoch: memory that isn't needed any more is given back, and what is held is charged.
func (w *windowParts[L, P]) settle() error {
	for _, l := range w.locals {
		l.endEpoch()
	}
	one := w.parts[w.looked%len(w.parts)]
	w.looked++
	k := one.keyed()
	if k.peak.passed(k.high, peakEpochs/len(w.parts)) || w.env.Test.Compact {
		one.compact(max(k.peak.most, k.live))
	}
	k.high = k.live
	w.charge()
	return overBudget(w.env)
}

// charge makes the account know what the parts hold.
func (w *windowParts[L, P]) charge() {
	n := int64(0)
	for _, p := range w.parts {
		n += p.bytes()
	}
	w.env.Account.Charge(n - w.charged)
	w.charged = n
}

// State implements Stateful: the keys are cells.
func (w *windowParts[L, P]) State() State {
	s := State{Bytes: w.charged}
	for _, p := range w.parts {
		s.Keys += int64(p.keyed().live)
	}
	return s
}

// Close implements Operator.
func (w *windowParts[L, P]) Close() error {
	w.parts, w.locals = nil, nil
	w.env.Account.Clear()
	return nil
}

// keyedPart is the state of one part of the keys, by their hash, whatever the windows are: the keys, and cells of accumulators. Keys
// are freed when nothing needs them, and their numbers are given away again.
type keyedPart struct {
	base   *windowBase
	number int
	keys   group.Groups
	uses   []uint32 // by key: how many things need it
	cells  *aggTable
	out    windowOut
	offset int64 // of the next batch, in the epoch
	live   int   // cells
	high   int   // the most of them since peak took a look
	peak   peak

	changes *aggChanges
}

func newKeyedPart(w *windowBase, number int) keyedPart {
	p := keyedPart{base: w, number: number, keys: w.shape.newKeys(), cells: newAggTable(w.shape.aggShape)}
	p.changes = p.newChanges()
	p.out.merged = newAggTable(w.shape.aggShape)
	return p
}

func (p *keyedPart) newChanges() *aggChanges {
	c := newAggChanges(&p.base.env)
	c.at.Partition = uint32(p.number)
	return c
}

func (p *keyedPart) keyed() *keyedPart { return p }

// noteHigh notes how many cells there are when an epoch's rows have come and nothing has been freed yet.
func (p *keyedPart) noteHigh() { p.high = max(p.high, p.live) }

// takeKeys makes a worker's keys keys of this part: the worker's key k is the part's keys[k]. of says which part a key is
// of; nil: all are of this one.
func (p *keyedPart) takeKeys(from group.Groups, of []uint8) []uint32 {
	n := from.Len()
	src := make([]uint32, 0, n)
	for k := range n {
		if of == nil || of[k] == uint8(p.number) {
			src = append(src, uint32(k))
		}
	}
	dst := make([]uint32, len(src))
	p.keys.Merge(from, src, dst)
	for len(p.uses) < p.keys.Len() {
		p.uses = append(p.uses, 0)
	}
	if of == nil {
		return dst
	}
	keys := make([]uint32, n)
	for i, k := range src {
		keys[k] = dst[i]
	}
	return keys
}

// unuse appends the keys that nothing needs any more to dead.
func (p *keyedPart) unuse(keys, dead []uint32) []uint32 {
	for _, k := range keys {
		p.uses[k]--
		if p.uses[k] == 0 {
			dead = append(dead, k)
		}
	}
	return dead
}

func (p *keyedPart) dropKeys(dead []uint32) {
	if len(dead) > 0 {
		p.keys.Remove(dead)
	}
}

// batch makes rows: windows' bounds, keys, results.
func (p *keyedPart) batch(starts, ends []int64, keys []uint32, results []*vec.Vec) *vec.Batch {
	out := p.base.node.Out
	cols := []*vec.Vec{fromMicros(out.Field(0).Type, starts), fromMicros(out.Field(1).Type, ends)}
	cols = append(cols, p.keys.Keys(keys)...)
	return &vec.Batch{N: len(keys), Cols: append(cols, results...)}
}

// emit emits a batch, numbered on.
func (p *keyedPart) emit(b *vec.Batch, out Out) error {
	at := Seq{Source: p.base.env.Source, Partition: uint32(p.number), Offset: p.offset}
	p.offset += int64(b.N)
	return out.Emit(Main, at, b)
}

// inconsistency reports a key of a window that holds something that went more often than it came.
func (p *keyedPart) inconsistency(start, end int64, key uint32) error {
	return p.base.env.Inconsistency(p.base.node.Out, p.batch([]int64{start}, []int64{end}, []uint32{key}, nil), 0)
}

// wrong are those of the cells that hold something that went more often than it came, ascending.
func (p *keyedPart) wrong(cells []uint32) []uint32 {
	var wrong []uint32
	for k, n := range p.cells.rows(cells) {
		if n < 0 {
			wrong = append(wrong, cells[k])
		}
	}
	for _, a := range p.cells.accs {
		wrong = append(wrong, a.Negative(cells)...)
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

func (p *keyedPart) bytes() int64 {
	return p.keys.Bytes() + p.cells.bytes() + int64(4*cap(p.uses)) + p.out.bytes()
}

// clearCells makes cells as good as new.
func clearCells(t *aggTable, cells []uint32) {
	for _, a := range t.accs {
		a.Clear(cells)
	}
}

// windowKeys makes the first columns of rows of one window: its bounds, and the keys.
type windowKeys struct {
	part       *keyedPart
	start, end int64
}

// Keys implements keyColumns.
func (k windowKeys) Keys(ids []uint32) []*vec.Vec {
	starts, ends := slices.Repeat([]int64{k.start}, len(ids)), slices.Repeat([]int64{k.end}, len(ids))
	return k.part.batch(starts, ends, ids, nil).Cols
}
