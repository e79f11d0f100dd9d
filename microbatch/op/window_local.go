package op

import "github.com/pwcol/pwcol/kernels/vec"

// windowLocal is one worker's part.
type windowLocal struct {
	windowWorker
	of *window
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
	sel, err := l.valid(at, b, col, times, out)
	if err != nil || sel != nil && len(sel) == 0 {
		return noRows, err
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
