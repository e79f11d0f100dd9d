package op

import (
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// windowWorker is what a worker's part of any window has: the rows' times, which of them are bad, and the cells of an epoch.
type windowWorker struct {
	env         Env
	node        *plan.Window
	bad         badRows
	times       eventTimes
	least, most int64 // event times that have windows
	cells       *paneCells
	panes       []int64  // scratch: of a batch's rows
	sel         []uint32 // scratch: rows that count
	charged     int64

	all  []int64 // at the end of an epoch: all cells
	part []uint8 // by key: its part; nil: there is one only
}

func newWindowWorker(w *windowBase, least, most int64) windowWorker {
	return windowWorker{
		env: w.env, node: w.node, bad: badRows{env: w.env, schema: w.node.Input.Schema()}, least: least, most: most, cells: newPaneCells(w.shape),
	}
}

// noRows is a selection of no rows: nil would be all.
var noRows = []uint32{}

// valid is the rows of b (nil: all) whose time has windows. The others are bad.
func (l *windowWorker) valid(at Seq, b *vec.Batch, col *vec.Vec, times []int64, out Out) ([]uint32, error) {
	if least, most := bounds(times, b.Sel); col.Valid == nil && least >= l.least && most <= l.most {
		return b.Sel, nil
	}
	l.sel = sized(l.sel, b.Rows())[:0]
	for k := range b.Rows() {
		i := b.Row(k)
		switch t := times[i]; {
		case col.IsNull(i) || t < minTime || t > maxTime:
			l.bad.found.Rows = append(l.bad.found.Rows, badTime(col, i))
		case t < l.least || t > l.most:
			l.bad.found.Rows = append(l.bad.found.Rows, outOfWindows(col, i))
		default:
			l.sel = append(l.sel, uint32(i))
		}
	}
	_, err := l.bad.settle(at, b, b.Sel, out)
	return l.sel, err
}

// charge makes the account know what is held.
func (l *windowWorker) charge() {
	n := l.cells.bytes()
	l.env.Account.Charge(n - l.charged)
	l.charged = n
}

// endEpoch forgets the epoch.
func (l *windowWorker) endEpoch() {
	l.cells.endEpoch()
	l.all = nil
	l.charge()
}

// prepare splits the cells by parts.
func (l *windowWorker) prepare(parts int) {
	l.all, l.part = l.cells.cells(), nil
	if parts == 1 || len(l.all) == 0 {
		return
	}
	l.part = make([]uint8, l.cells.keys.Len())
	for k := range l.part {
		l.part[k] = uint8(partOf(l.cells.keys.Hash(uint32(k)), parts))
	}
}
