package op

import (
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// sessions reduces the rows of each session and key to one. A session goes from its first row to a gap after its last, and its rows come less than
// a gap after each other.
//
// Two rows of a key in the same stretch of a gap's length are always of one session. So workers reduce rows by such panes, as
// for other windows, with the first and the last time of each cell; the state has, for each key, its sessions with their
// accumulators, in order:
//
//	gap 10    rows at 3 7 12 | 25 31      cells [3, 7] [12, 12] [25, 25] [31, 31]      sessions [3, 12] [25, 31]
//	then a row at 18                      cell  [18, 18]                               session  [3, 31]
//
// Where rows also go, a session may fall apart; then a pane is a single time, and each has a cell of its own, which goes with its last row.
//
// A session closes when the watermark reaches its end, and is freed a lateness behind that. What is left of it, for another gap, is where it was: a row that
// comes so late that it would have been in it, or would join it with another, is late for it. So what a stream has emitted is
// what a batch over the rows that were not late would have.
//
// A row before the watermark that is in a session which is kept, behind its first row, is not late, however old it is. One that would make the session
// begin earlier is late as it would be by itself: what it would bring the session close to is only known for that long.
//
// Cost a row: finding its cell and one step an accumulator; a cell: finding its session, in O(log) of the key's, and merging it. At the end of an epoch
// only sessions that close or have changed are looked at, and of keys whose results are corrected also the others that are kept. Where rows also go,
// a session that comes out takes a merge for each of its times; if it comes out again, as corrections and early results do, one for each chunk of
// them and each time of chunks that have changed. Memory: the sessions that can still get rows.
type sessions struct {
	windowParts[*sessionLocal, *sessionPart]
	freed int64 // sessions that have ended by then aren't kept
	least int64 // no session to come begins before it
}

func newSessions(base windowBase) (Operator, error) {
	if gap := base.node.Size; gap <= 0 || gap > maxTime/8 {
		return nil, fmt.Errorf("%s: internal error: a session window with a gap of %d µs", base.env.Name, gap)
	}
	s := &sessions{freed: NoWatermark, least: NoWatermark}
	s.windowBase = base
	return s, nil
}

func (s *sessions) Open(in []Port) (func() Local, error) {
	var hidden []plan.Agg
	if in[0].Kind == plan.Append && !s.node.Processing {
		hidden = []plan.Agg{plan.MakeAgg(plan.AggMin, s.node.Time), plan.MakeAgg(plan.AggMax, s.node.Time)}
	}
	if err := s.open(in[0], hidden); err != nil {
		return nil, err
	}
	for i := range stateParts(s.env.Workers) {
		s.parts = append(s.parts, newSessionPart(s, i))
	}
	least, most := timeRange(s.node.Out.Field(0).Type)
	return func() Local {
		return s.add(&sessionLocal{windowWorker: newWindowWorker(&s.windowBase, least+2*s.node.Size, most-2*s.node.Size), of: s})
	}, nil
}

func (s *sessions) EndEpoch(e *Epoch, out Out) error {
	s.now = max(s.now, e.Now)
	step := sessionStep{mark: s.nextMark(e), tick: s.ticks()}
	step.freed = earlier(step.mark, s.node.Lateness)
	if err := s.take(e, out); err != nil {
		return err
	}
	if err := s.takeHeld(e, out); err != nil {
		return err
	}
	work := 0
	for _, p := range s.parts {
		work += p.due(step)
	}
	if err := forParts(e, s.parts, work, out, func(p *sessionPart, out Out) error { return p.endEpoch(step, out) }); err != nil {
		return err
	}
	s.mark, s.freed = step.mark, step.freed
	if step.tick {
		s.shown = s.now
	}
	s.moveLeast()
	return s.settle()
}

// sessionStep is what the end of an epoch does to sessions.
type sessionStep struct {
	mark  int64 // those that have ended by then have closed
	freed int64 // those that have ended by then are kept no more
	tick  bool  // early results come out
}

// take merges what the workers have into the state.
func (s *sessions) take(e *Epoch, out Out) error {
	work := 0
	for _, l := range s.locals {
		l.prepare(len(s.parts))
		if err := l.span(); err != nil {
			return err
		}
		work += len(l.all)
	}
	if work == 0 {
		return nil
	}
	err := forParts(e, s.parts, work, out, func(p *sessionPart, _ Out) error { return p.takeAll(s.locals) })
	for _, l := range s.locals {
		l.cells.reset()
	}
	return err
}

// moveLeast moves the watermark of what is emitted.
func (s *sessions) moveLeast() {
	if s.freed == NoWatermark || s.freed == EndOfTime {
		s.least = s.freed
		return
	}
	least := earlier(s.freed, s.node.Size-1)
	for _, p := range s.parts {
		least = min(least, p.firstStart())
	}
	s.least = max(s.least, least)
}

// Watermark implements Clocked: the least start of a session that may come out later.
func (s *sessions) Watermark() int64 { return s.least }

// Wake implements Waker: when the next session of processing time ends, or the next early results are due.
func (s *sessions) Wake() int64 {
	next := EndOfTime
	for _, p := range s.parts {
		if s.node.Processing && len(p.timers.entries) > 0 {
			next = min(next, p.timers.entries[0].at)
		}
		if s.revises && s.node.Early > 0 && len(p.changed) > 0 {
			next = min(next, later(s.shown, s.node.Early))
		}
	}
	return next
}
