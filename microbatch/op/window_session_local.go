package op

import (
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// sessionLocal is one worker's part.
type sessionLocal struct {
	windowWorker
	of     *sessions
	safe   []uint32   // scratch: rows that can't be late
	behind []uint32   // scratch: the others
	held   []seqBatch // rows that may be late: that is decided when the epoch ends

	firsts, lasts []int64 // at the end of an epoch, by cell: times of its first and last row
}

func (l *sessionLocal) Push(_ int, at Seq, b *vec.Batch, out Out) error {
	if b.Rows() == 0 {
		return nil
	}
	defer l.charge()
	if l.node.Processing {
		l.cells.push(b, nil)
		return nil
	}
	col := b.Cols[l.node.Time]
	times := l.times.of(col)
	sel, err := l.valid(at, b, col, times, out)
	if err != nil || sel != nil && len(sel) == 0 {
		return err
	}
	in := *b
	in.Sel = sel
	if least, _ := bounds(times, sel); least < l.of.freed {
		l.split(&in, times)
		behind := in
		behind.Sel = l.behind
		l.held = append(l.held, seqBatch{at: at, b: behind.Keep(l.env.Account)})
		if in.Sel = l.safe; len(l.safe) == 0 {
			return overBudget(l.env)
		}
	}
	l.add(&in, times)
	return nil
}

// split finds the rows from the times of freed sessions on, which can't be late, and the others.
func (l *sessionLocal) split(b *vec.Batch, times []int64) {
	l.safe, l.behind = sized(l.safe, b.Rows())[:0], sized(l.behind, b.Rows())[:0]
	for k := range b.Rows() {
		i := b.Row(k)
		if times[i] >= l.of.freed {
			l.safe = append(l.safe, uint32(i))
		} else {
			l.behind = append(l.behind, uint32(i))
		}
	}
}

// add reduces rows to cells.
func (l *sessionLocal) add(b *vec.Batch, times []int64) {
	if l.of.retract {
		l.cells.push(b, times)
		return
	}
	l.panes = sized(l.panes, b.N)
	for k := range b.Rows() {
		i := b.Row(k)
		l.panes[i] = floorDiv(times[i], l.node.Size)
	}
	l.cells.push(b, l.panes)
}

// span finds the first and last times of the cells.
func (l *sessionLocal) span() error {
	n := len(l.all)
	l.firsts, l.lasts = sized(l.firsts, n), sized(l.lasts, n)
	switch {
	case n == 0:
	case l.node.Processing:
		for i := range n {
			l.firsts[i], l.lasts[i] = l.of.now, l.of.now
		}
	case l.of.retract:
		for i, code := range l.all {
			t := l.cells.panes[code>>32]
			l.firsts[i], l.lasts[i] = t, t
		}
	default:
		for i, to := range [][]int64{l.firsts, l.lasts} {
			shape := l.cells.shape
			col, err := l.cells.table.result(shape.aggShape.results[shape.results+i], numbers(n))
			if err != nil {
				return err
			}
			copy(to, l.times.of(col))
		}
	}
	return nil
}

// timers are keys to look at when a time comes, the least first: a binary heap.
type timers struct{ entries []timer }

type timer struct {
	at  int64
	key uint32
}

func (h *timers) push(at int64, key uint32) {
	h.entries = append(h.entries, timer{at, key})
	e := h.entries
	for i := len(e) - 1; i > 0; {
		up := (i - 1) / 2
		if e[up].at <= e[i].at {
			return
		}
		e[up], e[i] = e[i], e[up]
		i = up
	}
}

// pop takes out the least.
func (h *timers) pop() timer {
	e := h.entries
	top, n := e[0], len(e)-1
	e[0] = e[n]
	h.entries = e[:n]
	for i := 0; ; {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < n; c++ {
			if e[c].at < e[least].at {
				least = c
			}
		}
		if least == i {
			return top
		}
		e[i], e[least] = e[least], e[i]
		i = least
	}
}

// never is a time that doesn't come.
const never = math.MaxInt64
