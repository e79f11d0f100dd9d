package op

import (
	"fmt"
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// window reduces the rows of each window and key to one, for windows that lie at fixed places in time; sessions has the others.
//
// While rows come, each worker reduces them in tables of its own by pane and key (paneCells; what a pane is, windowGrid says). At the end
// of the epoch those are merged into the state, which is in parts by the hash of the key (windowPart), and the windows that the
// watermark has passed are put together from their panes, emitted and freed.
//
//	worker 0   rows → (pane, key) ┐        12:00   12:01   12:02   12:03
//	worker 1   rows → (pane, key) ┴ merge →  a b     a       b c     a
//	                                        └────── window ──────┘            → a, b, c
//
// A batch is one such epoch, at whose end all windows close.
//
// Cost a row: finding its cell and one step an accumulator; a cell: merging it into the state, into at most two blocks, and into the windows that it
// is in, by way of blocks (see window_blocks.go). Memory: the cells of windows that can still get rows, and, where windows are corrected, what was
// last emitted of them.
type window struct {
	windowBase
	grid windowGrid

	mu     sync.Mutex
	locals []*windowLocal
	parts  []*windowPart

	closed int64 // windows up to it have closed
	freed  int64 // and those up to it aren't kept any more
	late   int64 // rows in panes before it are late for some window
}

// NewWindow makes the operator of a Window. It is an error if a reducer has no meaning for its column's type.
func NewWindow(n *plan.Window, env Env) (Operator, error) {
	base := windowBase{env: env, node: n, mark: NoWatermark, now: NoWatermark, shown: NoWatermark}
	if n.Kind == plan.Session {
		return newSessions(base)
	}
	grid, err := newWindowGrid(n)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", env.Name, err)
	}
	return &window{windowBase: base, grid: grid, closed: noWindow, freed: noWindow, late: noWindow}, nil
}

func (w *window) Open(in []Port) (func() Local, error) {
	if err := w.open(in[0], nil); err != nil {
		return nil, err
	}
	for i := range stateParts(w.env.Workers) {
		w.parts = append(w.parts, newWindowPart(w, i))
	}
	return func() Local {
		local := newWindowLocal(w)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.locals = append(w.locals, local)
		return local
	}, nil
}

// serialCells is how many cells are merged and windows' rows emitted by one worker: up to here that takes less than handing parts to
// the workers.
const serialCells = 4096

func (w *window) EndEpoch(e *Epoch, out Out) error {
	w.now = max(w.now, e.Now)
	mark := w.nextMark(e)
	work := w.prepare()
	closed, freed := w.grid.endedBy(mark), w.grid.endedBy(earlier(mark, w.node.Lateness))
	if closed > w.closed {
		for _, p := range w.parts {
			work += len(p.owner)
		}
	}
	step := windowStep{closed: closed, freed: freed, whole: w.grid.wholeBy(mark), tick: w.ticks()}
	err := w.forParts(e, work, out, func(p *windowPart, out Out) error { return p.endEpoch(step, out) })
	if err != nil {
		return err
	}
	for _, l := range w.locals {
		l.cells.reset()
	}
	w.mark, w.closed, w.freed, w.late = mark, closed, freed, w.grid.lateBefore(freed)
	if step.tick {
		w.shown = w.now
	}
	w.charge()
	return overBudget(w.env)
}

// prepare splits what the workers have by parts, and returns how many cells there are.
func (w *window) prepare() int {
	n := 0
	for _, l := range w.locals {
		l.prepare(len(w.parts))
		n += len(l.all)
	}
	return n
}

// forParts runs f for all parts, at once if there is much work.
func (w *window) forParts(e *Epoch, work int, out Out, f func(p *windowPart, out Out) error) error {
	if len(w.parts) > 1 && work > serialCells {
		return e.Parallel(len(w.parts), func(i int, out Out) error { return f(w.parts[i], out) })
	}
	for _, p := range w.parts {
		if err := f(p, out); err != nil {
			return err
		}
	}
	return nil
}

// windowStep is what the end of an epoch does to windows.
type windowStep struct {
	closed int64 // those up to it have closed
	freed  int64 // those up to it are kept no more
	whole  int64 // panes before it are complete
	tick   bool  // early results come out
}

// paneTaken is the pane that a worker's pane is in the state.
func (w *window) paneTaken(pane int64) int64 {
	if w.node.Processing {
		return w.grid.paneOf(w.now)
	}
	return pane
}

// Watermark implements Clocked: the least start of a window that may come out later.
func (w *window) Watermark() int64 { return w.grid.startAfter(w.freed) }

// Wake implements Waker: when the next window of processing time ends, or the next early results are due.
func (w *window) Wake() int64 {
	next := EndOfTime
	for _, p := range w.parts {
		if w.node.Processing && len(p.panes) > 0 {
			next = min(next, p.nextEnd())
		}
		if p.shown.waiting() {
			next = min(next, later(w.shown, w.node.Early))
		}
	}
	return next
}

// State implements Stateful: the keys are cells.
func (w *window) State() State {
	s := State{Bytes: w.charged}
	for _, p := range w.parts {
		s.Keys += int64(p.live)
	}
	return s
}

// charge makes the account know what is held.
func (w *window) charge() {
	n := int64(0)
	for _, p := range w.parts {
		n += p.bytes()
	}
	w.chargeTo(n)
	for _, l := range w.locals {
		l.charge()
	}
}

func (w *window) Close() error {
	w.parts, w.locals = nil, nil
	w.env.Account.Clear()
	return nil
}

// windowLocal is one worker's part.
type windowLocal struct {
	of      *window
	bad     badRows
	times   eventTimes
	cells   *paneCells
	panes   []int64  // scratch: of a batch's rows
	sel     []uint32 // scratch: rows that count
	charged int64

	all  []int64 // at the end of an epoch: all cells
	part []uint8 // by key: its part; nil: there is one only
}

func newWindowLocal(w *window) *windowLocal {
	return &windowLocal{of: w, bad: badRows{env: w.env, schema: w.node.Input.Schema()}, cells: newPaneCells(w.shape)}
}

func (l *windowLocal) Push(_ int, at Seq, b *vec.Batch, out Out) error {
	if b.Rows() == 0 {
		return nil
	}
	if l.of.node.Processing {
		l.cells.push(b, nil)
		l.charge()
		return nil
	}
	sel, err := l.place(at, b, out)
	if err != nil {
		return err
	}
	in := *b
	in.Sel = sel
	if in.Rows() > 0 {
		l.cells.push(&in, l.panes)
	}
	l.charge()
	return nil
}

// place finds the panes of a batch's rows, and which rows count (nil: all): the others are bad, or too late for all of their windows.
func (l *windowLocal) place(at Seq, b *vec.Batch, out Out) ([]uint32, error) {
	g := &l.of.grid
	col := b.Cols[l.of.node.Time]
	times := l.times.of(col)
	sel := b.Sel
	if least, most := bounds(times, sel); col.Valid != nil || least < g.least || most > g.most {
		var err error
		if sel, err = l.settle(at, b, col, times, out); err != nil || len(sel) == 0 {
			return noRows, err
		}
	}
	l.panes = sized(l.panes, b.N)
	least := int64(EndOfTime)
	if sel == nil {
		for i, t := range times {
			p := g.paneOf(t)
			l.panes[i] = p
			least = min(least, p)
		}
	} else {
		for _, i := range sel {
			p := g.paneOf(times[i])
			l.panes[i] = p
			least = min(least, p)
		}
	}
	if least >= l.of.late && g.step <= g.size {
		return sel, nil
	}
	in := *b
	in.Sel = sel
	return l.dropLate(at, &in, out)
}

// noRows is a selection of no rows: nil would be all.
var noRows = []uint32{}

// settle takes out the rows whose time no window has. It returns the others, not nil.
func (l *windowLocal) settle(at Seq, b *vec.Batch, col *vec.Vec, times []int64, out Out) ([]uint32, error) {
	if l.sel == nil {
		l.sel = make([]uint32, 0, b.N)
	}
	l.sel = l.sel[:0]
	for k := range b.Rows() {
		i := b.Row(k)
		switch t := times[i]; {
		case col.IsNull(i) || t < minTime || t > maxTime:
			l.bad.found.Rows = append(l.bad.found.Rows, badTime(col, i))
		case t < l.of.grid.least || t > l.of.grid.most:
			l.bad.found.Rows = append(l.bad.found.Rows, outOfWindows(col, i))
		default:
			l.sel = append(l.sel, uint32(i))
		}
	}
	_, err := l.bad.settle(at, b, b.Sel, out)
	return l.sel, err
}

// charge makes the account know what is held.
func (l *windowLocal) charge() {
	n := l.cells.bytes()
	l.of.env.Account.Charge(n - l.charged)
	l.charged = n
}

// prepare splits the cells by parts.
func (l *windowLocal) prepare(parts int) {
	l.all, l.part = l.cells.cells(), nil
	if parts == 1 || len(l.all) == 0 {
		return
	}
	l.part = make([]uint8, l.cells.keys.Len())
	for k := range l.part {
		l.part[k] = uint8(partOf(l.cells.keys.Hash(uint32(k)), parts))
	}
}
