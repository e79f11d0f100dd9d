package op

import (
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// lateRows collects rows and the windows that they are late for, and emits them.
type lateRows struct {
	node         *plan.Window
	rows         []uint32 // of one batch
	starts, ends []int64
	came         []bool // the row came late; else its retraction
}

// add adds a row of b, once for each time that it comes or goes.
func (l *lateRows) add(b *vec.Batch, row int, start, end int64) {
	times := int64(1)
	if b.Diff != nil {
		times = b.Diff[row]
	}
	for range max(times, -times) {
		l.rows = append(l.rows, uint32(row))
		l.starts, l.ends = append(l.starts, start), append(l.ends, end)
		l.came = append(l.came, times > 0)
	}
}

// emit emits them, in pieces that aren't larger than a batch should be.
func (l *lateRows) emit(at Seq, b *vec.Batch, out Out) error {
	for from := 0; from < len(l.rows); from += vec.BatchRows {
		to := min(len(l.rows), from+vec.BatchRows)
		if err := out.Emit(Late, at, l.batch(b, from, to)); err != nil {
			return err
		}
	}
	l.rows, l.starts, l.ends, l.came = l.rows[:0], l.starts[:0], l.ends[:0], l.came[:0]
	return nil
}

// batch is some of them as rows of plan.LateSchema.
func (l *lateRows) batch(b *vec.Batch, from, to int) *vec.Batch {
	out := &vec.Batch{N: to - from}
	for i, f := range l.node.Input.Schema().Fields() {
		if f.Name != "window_start" && f.Name != "window_end" && f.Name != "reason" {
			out.Cols = append(out.Cols, b.Cols[i].Take(l.rows[from:to]))
		}
	}
	bounds := l.node.Out
	reason := vec.NewBuilder(vec.TString, out.N)
	for _, came := range l.came[from:to] {
		if came {
			reason.AppendString("the window was closed when the row came")
		} else {
			reason.AppendString("the window was closed when the row was taken back")
		}
	}
	out.Cols = append(out.Cols, fromMicros(bounds.Field(0).Type, l.starts[from:to]), fromMicros(bounds.Field(1).Type, l.ends[from:to]), reason.Finish())
	return out
}

// dropLate emits the pairs of rows and windows of b that are late, and returns the rows that count for another window, not nil.
func (l *windowLocal) dropLate(at Seq, b *vec.Batch, out Out) ([]uint32, error) {
	g, freed := &l.of.grid, l.of.freed
	late := lateRows{node: l.of.node}
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
		}
		if len(late.rows) >= vec.BatchRows {
			if err := late.emit(at, b, out); err != nil {
				return nil, err
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
