package op

import (
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
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
	windowParts[*windowLocal, *windowPart]
	grid windowGrid

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
	w := &window{grid: grid, closed: noWindow, freed: noWindow, late: noWindow}
	w.windowBase = base
	return w, nil
}

func (w *window) Open(in []Port) (func() Local, error) {
	if err := w.open(in[0], nil); err != nil {
		return nil, err
	}
	for i := range stateParts(w.env.Workers) {
		w.parts = append(w.parts, newWindowPart(w, i))
	}
	return func() Local {
		return w.add(&windowLocal{windowWorker: newWindowWorker(&w.windowBase, w.grid.least, w.grid.most), of: w})
	}, nil
}

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
	err := forParts(e, w.parts, work, out, func(p *windowPart, out Out) error { return p.endEpoch(step, out) })
	if err != nil {
		return err
	}
	w.mark, w.closed, w.freed, w.late = mark, closed, freed, w.grid.lateBefore(freed)
	if step.tick {
		w.shown = w.now
	}
	return w.settle()
}

// prepare splits what the workers have by parts, and returns how many cells there are. Rows that come between two windows of processing time are in
// none.
func (w *window) prepare() int {
	n := 0
	between := w.node.Processing && !w.grid.isInWindow(w.grid.paneOf(w.now))
	for _, l := range w.locals {
		if between {
			l.cells.reset()
		}
		l.prepare(len(w.parts))
		n += len(l.all)
	}
	return n
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
