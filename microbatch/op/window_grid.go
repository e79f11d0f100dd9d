package op

import (
	"fmt"
	"math"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// windowGrid is the arithmetic of windows that lie at fixed places in time. Time is cut into panes, each of which lies whole inside or
// whole outside of every window, so that a row is put into one pane, however many windows it is in. Panes and windows
// have numbers; 0 begins at the origin.
//
//	tumbling 5       pane 5    window w is pane w
//	sliding 10 / 4   pane 2    window w is panes [2·w, 2·w+5)
//	cumulating 2…6   pane 2    window w is panes [3·⌊w/3⌋, w+1)
type windowGrid struct {
	kind   plan.WindowKind
	origin int64 // µs, at least 0 and less than a step
	pane   int64 // µs
	size   int64 // panes of a window; cumulating: of the longest
	step   int64 // panes from one window to the next; cumulating: 1
	least  int64 // event times of rows are from here, so that no window's bounds are beyond their type
	most   int64 // to here
}

func newWindowGrid(n *plan.Window) (windowGrid, error) {
	g := windowGrid{kind: n.Kind, pane: n.Size, size: 1, step: 1}
	every := n.Size
	switch n.Kind {
	case plan.Sliding:
		every = n.Step
		g.pane = gcd(n.Size, n.Step)
		g.size, g.step = n.Size/g.pane, n.Step/g.pane
	case plan.Cumulating:
		g.pane, g.size = n.Step, n.Size/max(1, n.Step)
	}
	if n.Size <= 0 || g.pane <= 0 || every <= 0 || n.Kind == plan.Cumulating && n.Size%n.Step != 0 || n.Size > maxTime/4 || every > maxTime/4 {
		return g, fmt.Errorf("internal error: a %s window of %d µs every %d µs", n.Kind, n.Size, n.Step)
	}
	g.origin = n.Origin - floorDiv(n.Origin, every)*every
	g.least, g.most = timeRange(n.Out.Field(0).Type)
	g.least += n.Size + every
	g.most -= n.Size + every
	return g, nil
}

// timeRange is the µs that a timestamp type can tell.
func timeRange(t vec.Type) (least, most int64) {
	if t.Unit == vec.Nano {
		return math.MinInt64/1000 + 1, math.MaxInt64/1000 - 1
	}
	return minTime, maxTime
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// paneOf is the pane of an event time between least and most.
func (g *windowGrid) paneOf(t int64) int64 { return floorDiv(t-g.origin, g.pane) }

// firstOf is the first window that contains pane p. If it is behind lastOf none does.
func (g *windowGrid) firstOf(p int64) int64 {
	if g.kind == plan.Sliding {
		return floorDiv(p-g.size, g.step) + 1
	}
	return p
}

// lastOf is the last window that contains pane p.
func (g *windowGrid) lastOf(p int64) int64 {
	switch g.kind {
	case plan.Sliding:
		return floorDiv(p, g.step)
	case plan.Cumulating:
		return (floorDiv(p, g.size)+1)*g.size - 1
	default:
		return p
	}
}

// isInWindow reports whether any window contains pane p: where windows are shorter than the step from one to the next, some panes are between them.
func (g *windowGrid) isInWindow(p int64) bool { return g.firstOf(p) <= g.lastOf(p) }

// panesOf is the panes of window w: [from, to). Both only grow with w.
func (g *windowGrid) panesOf(w int64) (from, to int64) {
	switch g.kind {
	case plan.Sliding:
		return w * g.step, w*g.step + g.size
	case plan.Cumulating:
		return floorDiv(w, g.size) * g.size, w + 1
	default:
		return w, w + 1
	}
}

// bounds are a window's start and end.
func (g *windowGrid) bounds(w int64) (start, end int64) {
	from, to := g.panesOf(w)
	return g.origin + from*g.pane, g.origin + to*g.pane
}

// No window, or every window, is one up to these.
const (
	noWindow   int64 = math.MinInt64
	allWindows int64 = math.MaxInt64
)

// wholeBy is the first pane that has not ended at time t.
func (g *windowGrid) wholeBy(t int64) int64 {
	switch {
	case t <= g.least:
		return noWindow
	case t >= g.most+g.size*g.pane:
		return allWindows
	}
	return g.paneOf(t)
}

// endedBy is the last window that has ended at time t.
func (g *windowGrid) endedBy(t int64) int64 {
	ended := g.wholeBy(t)
	if ended == noWindow || ended == allWindows {
		return ended
	}
	if g.kind == plan.Sliding {
		return floorDiv(ended-g.size, g.step)
	}
	return ended - 1
}

// lateBefore is the first pane that is in none of the windows up to w.
func (g *windowGrid) lateBefore(w int64) int64 {
	if w == noWindow || w == allWindows {
		return w
	}
	_, to := g.panesOf(w)
	return to
}

// startAfter is the least start of a window behind w.
func (g *windowGrid) startAfter(w int64) int64 {
	switch w {
	case noWindow:
		return NoWatermark
	case allWindows:
		return EndOfTime
	}
	start, _ := g.bounds(w + 1)
	return start
}
