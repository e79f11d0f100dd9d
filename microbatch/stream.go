package microbatch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pwcol/pwcol/microbatch/op"
)

// stream cuts the epochs of a run that has unbounded sources, on one goroutine:
//
//	epoch 1      bounded sources, whole
//	epoch 2 …    as soon as a stream has rows, and the epoch before has ended: what they all have by then
//
// At low rates a row is so answered in the time that it takes to process it; under load rows gather while an epoch is
// processed, and epochs grow by themselves. An operator that waits for a time of the clock gets an epoch without rows.
type stream struct {
	*engine
	handle  *Handle
	streams []*step   // that have not ended
	last    int64     // the number of the last epoch
	now     int64     // its clock
	cutAt   time.Time // when it was cut, by a clock that nobody sets
	begun   bool      // the first epoch, which has the bounded sources, is over
	resumed bool      // the next epoch is the first one behind those of an earlier run
	more    bool      // a source has rows that the last epoch didn't take
	pressed bool      // it has so many that the next epoch doesn't wait for Autocommit
}

func newStream(e *engine, h *Handle) *stream {
	s := &stream{engine: e, handle: h}
	for _, st := range e.graph.steps {
		if st.stream != nil {
			s.streams = append(s.streams, st)
		}
	}
	return s
}

// run cuts and runs epochs until all sources have ended or the handle says stop.
func (s *stream) run() error {
	ended, err := s.begin()
	if err != nil || ended {
		return err
	}
	for {
		more, err := s.saves()
		if err != nil {
			return err
		}
		request, err := s.wait(more)
		if err != nil {
			return err
		}
		if request == stopped {
			return s.wholeCheckpoint(false)
		}
		c, err := s.poll(request == finished)
		if err != nil {
			return err
		}
		if c == nil {
			continue
		}
		if err := s.epoch(c); err != nil {
			return err
		}
		if c.last {
			return s.wholeCheckpoint(true)
		}
	}
}

// begin goes on from an earlier run, or runs the first epoch, and reports whether that was all.
func (s *stream) begin() (ended bool, err error) {
	all := len(s.streams) == 0
	switch {
	case s.durable == nil:
	case s.durable.earlier != nil:
		ended, err := s.resume()
		if err == nil && ended { // that run's last epoch was in the journal, and no checkpoint said so
			err = s.wholeCheckpoint(true)
		}
		if err != nil || ended {
			return ended, err
		}
	default: // so that the journal has something to be added to
		s.last = time.Now().UnixMicro()
		if err := s.wholeCheckpoint(false); err != nil {
			return false, err
		}
	}
	if s.begun {
		return false, nil
	}
	if err := s.epoch(&cut{first: true, last: all}); err != nil {
		return false, err
	}
	if all {
		return true, s.wholeCheckpoint(true)
	}
	if s.durable != nil && s.graph.readsBounded() { // which then need not be read again
		return false, s.beginCheckpoint(false)
	}
	return false, nil
}

// sinks is those of bounded tables, or the others.
func (s *stream) sinks(batch bool) []*sinkOp {
	var out []*sinkOp
	for _, k := range s.graph.sinks {
		if k.batch == batch {
			out = append(out, k)
		}
	}
	return out
}

// wait returns when an epoch may be cut: there are rows, or it is time for something, or the user has asked for an end. If busy, it returns at once.
func (s *stream) wait(busy bool) (request, error) {
	if !s.pressed {
		if err := s.pause(s.config.Autocommit - time.Since(s.cutAt)); err != nil {
			return running, err
		}
	}
	if busy || s.more || slices.ContainsFunc(s.streams, (*step).sated) {
		return s.handle.asked(), s.cancelled()
	}
	var due <-chan time.Time
	if at, ok := s.nextTime(); ok {
		timer := time.NewTimer(time.Until(at))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-s.handle.ready:
	case <-due:
	case <-s.handle.requests:
	case <-s.runner.ctx.Done():
	}
	return s.handle.asked(), s.cancelled()
}

// pause waits for the autocommit time to pass, unless an end is asked for or a source can't go on before an epoch is cut.
func (s *stream) pause(d time.Duration) error {
	if s.config.Autocommit == 0 || d <= 0 {
		return s.cancelled()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.handle.full:
	case <-s.handle.requests:
	case <-s.runner.ctx.Done():
	}
	return s.cancelled()
}

// nextTime is when there is something to do even if no rows come: for an operator, or a checkpoint.
func (s *stream) nextTime() (at time.Time, ok bool) {
	if wake := s.wakeTime(); wake != op.EndOfTime {
		at, ok = time.UnixMicro(wake), true
	}
	if due := s.checkpointDue(); !due.IsZero() && (!ok || due.Before(at)) {
		at, ok = due, true
	}
	return at, ok
}

// wakeTime is the first time at which an operator has something to do.
func (s *stream) wakeTime() int64 {
	first := op.EndOfTime
	for _, st := range s.graph.steps {
		if w, ok := st.operator.(op.Waker); ok {
			first = min(first, w.Wake())
		}
	}
	return first
}

// poll takes what the streams have. It is nil if there is nothing to be done: no rows, no news of a source, nothing due. If finish is set, it is
// the last epoch.
func (s *stream) poll(finish bool) (*cut, error) {
	c := &cut{polled: map[*step]Poll{}}
	news := finish
	limit := s.config.MaxEpochRows
	if finish { // what has come by now is all that there will be
		limit = 0
	}
	s.more, s.pressed = false, false
	select {
	case <-s.handle.full: // that was before this epoch
	default:
	}
	live := s.streams[:0]
	for _, st := range s.streams {
		p, err := st.poll(limit)
		if err != nil {
			return nil, err
		}
		c.polled[st] = p
		c.rows += p.Rows
		s.more = s.more || p.More
		s.pressed = s.pressed || p.More && max(p.Rows, p.Lag.Rows) >= s.config.MaxEpochRows
		news = news || p.Ended || len(p.Morsels) > 0
		if !p.Ended {
			live = append(live, st)
		}
		s.handle.polled(st, p)
	}
	s.streams = live
	c.last = finish || len(live) == 0
	if !news && time.Now().UnixMicro() < s.wakeTime() {
		return nil, nil
	}
	return c, nil
}

// poll takes what a stream has. One whose rows can't matter any more, behind a Limit that has all, has ended.
func (s *step) poll(limit int64) (p Poll, err error) {
	if s.sated() {
		return Poll{Ended: true}, nil
	}
	err = guard(s.called, func() error {
		p, err = s.stream.Poll(limit)
		return err
	})
	return p, err
}

// epoch runs an epoch and delivers what it has changed.
func (s *stream) epoch(c *cut) error {
	s.cutAt = time.Now()
	c.now = max(s.cutAt.UnixMicro(), s.now) // the system's clock may be set back
	c.resumed, s.resumed = s.resumed, false
	c.goOn(s.now)
	c.number = max(c.now, s.last+1)
	s.last, s.now = c.number, c.now
	if s.durable != nil {
		s.keep(c)
		c.read = s.record
	}
	if err := s.runner.run(c); err != nil {
		return err
	}
	if s.durable != nil {
		if err := s.durable.journal.Wait(s.runner.ctx, s.durable.entry); err != nil {
			return err
		}
	}
	return s.deliver(c)
}

// deliver makes the sinks commit an epoch, but those that have it already; behind the first one, outputs of batches appear.
func (s *stream) deliver(c *cut) error {
	for _, k := range s.sinks(false) {
		if k.has {
			k.has = false
			continue
		}
		if err := k.deliver(s.runner.ctx, c.number, s.config.SinkRetries); err != nil {
			return err
		}
		if s.durable != nil {
			if err := s.acknowledge(k, c.number); err != nil {
				return err
			}
		}
	}
	if c.first {
		s.begun = true
		if err := s.finish(s.sinks(true), c.number); err != nil {
			return err
		}
	}
	if s.durable != nil {
		s.durable.times.dirty = true
	}
	s.handle.ran(s, c)
	return nil
}

// keep notes whose rows of an epoch have to go into the journal.
func (s *stream) keep(c *cut) {
	for st, p := range c.polled {
		st.keeping = st.keepsRows(p)
	}
}

// cancelled is why the run was cancelled; nil if it wasn't.
func (s *stream) cancelled() error {
	if s.runner.ctx.Err() == nil {
		return nil
	}
	return context.Cause(s.runner.ctx)
}

// errCancelled is the result of a run that Cancel has ended.
var errCancelled = fmt.Errorf("the run was cancelled by Cancel: %w", context.Canceled)
