package op

import (
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// lateRows collects rows and the windows that they are late for, and emits them. A row that comes many times is one.
type lateRows struct {
	of           *windowBase
	rows         []uint32 // of one batch
	starts, ends []int64
	diffs        []int64 // how often each comes or goes
}

func (l *lateRows) add(b *vec.Batch, row int, start, end int64) {
	diff := int64(1)
	if b.Diff != nil {
		diff = b.Diff[row]
	}
	l.rows, l.diffs = append(l.rows, uint32(row)), append(l.diffs, diff)
	l.starts, l.ends = append(l.starts, start), append(l.ends, end)
}

func (l *lateRows) isFull() bool { return len(l.rows) >= vec.BatchRows }

// emit emits them, in pieces that aren't larger than a batch should be.
func (l *lateRows) emit(at Seq, b *vec.Batch, out Out) error {
	for from := 0; from < len(l.rows); from += vec.BatchRows {
		to := min(len(l.rows), from+vec.BatchRows)
		if err := out.Emit(Late, at, l.batch(b, from, to)); err != nil {
			return err
		}
	}
	l.rows, l.starts, l.ends, l.diffs = l.rows[:0], l.starts[:0], l.ends[:0], l.diffs[:0]
	return nil
}

// batch is some of them as rows of plan.LateSchema.
func (l *lateRows) batch(b *vec.Batch, from, to int) *vec.Batch {
	node := l.of.node
	added := plan.LateFields(node, l.of.port.Kind)
	out := &vec.Batch{N: to - from}
	for i, f := range node.Input.Schema().Fields() {
		if !slices.ContainsFunc(added, func(a plan.Field) bool { return a.Name == f.Name }) {
			out.Cols = append(out.Cols, b.Cols[i].Take(l.rows[from:to]))
		}
	}
	diffs := l.diffs[from:to]
	reason := vec.NewBuilder(vec.TString, out.N)
	for _, d := range diffs {
		if d > 0 {
			reason.AppendString("the window was closed when the row came")
		} else {
			reason.AppendString("the window was closed when the row was taken back")
		}
	}
	out.Cols = append(out.Cols, fromMicros(added[0].Type, l.starts[from:to]), fromMicros(added[1].Type, l.ends[from:to]), reason.Finish())
	if l.of.retract {
		out.Cols = append(out.Cols, &vec.Vec{Type: vec.TInt64, N: out.N, Data: vec.Bytes(slices.Clone(diffs))})
	}
	return out
}

// dropLate emits the pairs of rows and windows of b that are late, and returns the rows that count for another window, not nil.
func (l *windowLocal) dropLate(at Seq, b *vec.Batch, out Out) ([]uint32, error) {
	g, freed := &l.of.grid, l.of.freed
	late := lateRows{of: &l.of.windowBase}
	rows := b.Sel
	if rows == nil {
		rows = numbers(b.N)
	}
	counted := make([]uint32, 0, len(rows))
	for _, i := range rows {
		p := l.panes[i]
		first, last := g.firstOf(p), g.lastOf(p)
		for w := first; w <= min(last, freed); w++ {
			start, end := g.bounds(w)
			late.add(b, int(i), start, end)
			if late.isFull() {
				if err := late.emit(at, b, out); err != nil {
					return nil, err
				}
			}
		}
		if last > freed && first <= last {
			counted = append(counted, i)
		}
	}
	return counted, late.emit(at, b, out)
}

// outOfWindows is a row whose windows would begin or end at times that their type can't tell.
func outOfWindows(col *vec.Vec, row int) calc.BadRow {
	return calc.BadRow{Row: uint32(row), Reason: fmt.Sprintf("its event time %s is so far from 1970 that the bounds of its windows are beyond %s",
		calc.AppendText(nil, col, row), col.Type)}
}
