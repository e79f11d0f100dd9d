package op

import (
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// watermark passes rows and follows their event time. While rows come, each worker notes the largest time of each partition;
// at the end of the epoch these move the partitions' clocks, and the least of those that are waited for, less the
// delay, is the watermark.
//
//	partition   largest time   last row
//	source 0, 0      12:07     now            ┐
//	source 0, 1      12:03     now            ├ 12:03 − delay
//	source 0, 2      11:00     an hour ago    ┘ idle: not waited for
//
// Whether a time is too far ahead is told by the epoch's clock, which is known when the epoch ends. Until then, what is too far ahead of
// the clock of the epoch before is held back: a clock doesn't go back, so nothing else can be. In a stream whose times are those of its clock no
// row is held, and what is held is decided by the epoch that it came in, however that was cut.
//
// Cost: a pass over the times. Memory: a few words a partition, and the rows that are held.
type watermark struct {
	env  Env
	node *plan.Watermark
	port Port
	bad  badRows

	mu     sync.Mutex
	locals []*watermarkLocal

	clocks eventClocks
	limit  int64 // while rows come: times up to it aren't too far ahead
	mark   int64

	refused refusedRows
	saved   savedCopies
}

// NewWatermark makes the operator of a Watermark.
func NewWatermark(n *plan.Watermark, env Env) Operator {
	return &watermark{
		env: env, node: n, bad: badRows{env: env, schema: n.Schema()},
		clocks: eventClocks{idle: n.Idle}, mark: NoWatermark,
	}
}

func (w *watermark) Open(in []Port) (func() Local, error) {
	w.port = in[0]
	sources := []uint32{partitionKey{}.source} // of a port that isn't Ordered
	if w.port.Ordered {
		sources = w.env.Sources
	}
	for _, s := range sources { // also one that has shown no row yet is waited for
		w.clocks.source(s)
	}
	w.limit = w.furthest(w.env.Started)
	if w.port.Kind == plan.Retract && w.limit < maxTime {
		w.refused = newRefusedRows(w.port, w.env)
	}
	return func() Local {
		local := &watermarkLocal{of: w, bad: badRows{env: w.env, schema: w.node.Schema()}}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.locals = append(w.locals, local)
		return local
	}, nil
}

// furthest is the largest time that isn't too far ahead of the clock now.
func (w *watermark) furthest(now int64) int64 {
	if w.node.Ahead == 0 || w.port.Bounded {
		return maxTime
	}
	return min(later(now, w.node.Ahead), maxTime)
}

// watermarkLocal is one worker's part.
type watermarkLocal struct {
	of    *watermark
	bad   badRows
	times eventTimes
	good  []uint32 // scratch: rows that pass
	held  []uint32 // scratch: rows that are held
	kept  []seqBatch
	tops  []partitionTop // of this epoch
}

// partitionTop is the largest time that a worker has seen of a partition.
type partitionTop struct {
	partition partitionKey
	top       int64
}

func (l *watermarkLocal) Push(_ int, at Seq, b *vec.Batch, out Out) error {
	if b.Rows() == 0 {
		return nil
	}
	col := b.Cols[l.of.node.Time]
	times := l.times.of(col)
	limit, recall := l.of.limit, l.of.refused.left > 0 && b.Diff != nil
	if least, most := bounds(times, b.Sel); col.Valid == nil && least >= minTime && most <= limit && !recall {
		l.note(at, most)
		return out.Emit(Main, at, b)
	}
	passed, top := l.sift(col, times, b, limit, recall)
	if _, err := l.bad.settle(at, b, b.Sel, out); err != nil {
		return err
	}
	if len(l.held) > 0 {
		later := *b
		later.Sel = l.held
		l.kept = append(l.kept, keep(at, &later, l.of.env))
		if err := overBudget(l.of.env); err != nil {
			return err
		}
	}
	if passed == nil {
		return nil
	}
	l.note(at, top)
	return out.Emit(Main, at, passed)
}

// sift takes out the rows whose time is bad (to l.bad) or to be decided later (to l.held); if some may have been refused, all that go are decided later.
// It returns the others, nil if there are none, and their largest time.
func (l *watermarkLocal) sift(col *vec.Vec, times []int64, b *vec.Batch, limit int64, recall bool) (passed *vec.Batch, top int64) {
	l.good, l.held = l.good[:0], l.held[:0]
	top = NoWatermark
	for k := range b.Rows() {
		i := b.Row(k)
		switch t := times[i]; {
		case col.IsNull(i) || t < minTime || t > maxTime:
			l.bad.found.Rows = append(l.bad.found.Rows, badTime(col, i))
		case t > limit || recall && b.Diff[i] < 0:
			l.held = append(l.held, uint32(i))
		default:
			l.good = append(l.good, uint32(i))
			top = max(top, t)
		}
	}
	if len(l.good) == 0 {
		return nil, top
	}
	out := *b
	if len(l.good) < b.N {
		out.Sel = l.good
	}
	return &out, top
}

// note remembers the largest time of rows.
func (l *watermarkLocal) note(at Seq, top int64) {
	key := l.of.partition(at)
	for i := len(l.tops) - 1; i >= 0; i-- { // nearly always the last one
		if l.tops[i].partition == key {
			l.tops[i].top = max(l.tops[i].top, top)
			return
		}
	}
	l.tops = append(l.tops, partitionTop{key, top})
}

// partition is that of rows. Where the rows have lost their places, all are of one.
func (w *watermark) partition(at Seq) partitionKey {
	if !w.port.Ordered {
		return partitionKey{}
	}
	return partitionKey{at.Source, at.Partition}
}

func (w *watermark) EndEpoch(e *Epoch, out Out) error {
	w.limit = max(w.limit, w.furthest(e.Now))
	w.clocks.skip(e.Away)
	for _, l := range w.locals {
		if err := w.decide(l, out); err != nil {
			return err
		}
		for _, t := range l.tops {
			w.clocks.advance(t.partition, t.top, e.Now)
		}
		l.tops = l.tops[:0]
	}
	if e.Last || w.port.Bounded {
		w.mark = EndOfTime
		return nil
	}
	if w.port.Ordered {
		w.clocks.follow(e)
	}
	if top := w.clocks.least(e.Now); top != NoWatermark {
		w.mark = max(w.mark, earlier(top, w.node.Delay))
	}
	return nil
}

// decide lets the rows that a worker has held pass, or not.
func (w *watermark) decide(l *watermarkLocal, out Out) error {
	for _, h := range l.kept {
		col := h.b.Cols[w.node.Time]
		times := l.times.of(col)
		passed, top := l.sift(col, times, h.b, w.limit, false)
		for _, i := range l.held {
			w.bad.found.Rows = append(w.bad.found.Rows, w.tooFarAhead(col, int(i)))
			if err := w.refused.add(h.b, i); err != nil {
				return err
			}
		}
		if _, err := w.bad.settle(h.at, h.b, nil, out); err != nil {
			return err
		}
		passed, err := w.recall(h, passed, out)
		if err != nil {
			return err
		}
		if passed != nil {
			l.note(h.at, top)
			if err := out.Emit(Main, h.at, h.inPlace(passed)); err != nil {
				return err
			}
		}
		h.drop(w.env)
	}
	clear(l.kept)
	l.kept = l.kept[:0]
	return nil
}

// Watermark implements Clocked.
func (w *watermark) Watermark() int64 { return w.mark }

// Wake implements Waker: when the next partition becomes idle.
func (w *watermark) Wake() int64 {
	if w.mark == EndOfTime {
		return EndOfTime
	}
	return w.clocks.nextIdle()
}

// State implements Stateful: the keys are partitions. Refused rows are among its bytes.
func (w *watermark) State() State {
	n := w.clocks.partitions()
	return State{Keys: n, Bytes: n*partitionBytes + w.refused.charged}
}

func (w *watermark) Close() error {
	for _, l := range w.locals {
		l.kept = nil
	}
	w.env.Account.Clear()
	return nil
}
