package microbatch

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/microbatch/op"
)

// Status is how a run stands: counts and what waits in queues as of now, the rest as of its last epoch.
type Status struct {
	Started   time.Time
	Epochs    int64     // that have ended
	LastEpoch time.Time // when the last of them was cut; zero: none
	Held      int64     // bytes charged to the budget
	Sources   []SourceStatus
	Operators []OperatorStatus
	Sinks     []SinkStatus
}

// SourceStatus is how a source stands.
type SourceStatus struct {
	Name      string
	Rows      int64   // taken from it so far
	Rate      float64 // rows a second, over the last second or so
	Lag       Lag
	Watermark time.Time // of the first Watermark that its rows come to; zero: none yet
	Idle      bool      // no rows for a second or more
	Ended     bool
}

// OperatorStatus is what an operator has done.
type OperatorStatus struct {
	Name            string
	RowsIn, RowsOut int64
	Time            time.Duration // of all workers
	Keys, Bytes     int64         // state that it keeps between epochs
}

// SinkStatus is how a sink stands.
type SinkStatus struct {
	Name         string
	Rows         int64     // handed to it so far
	Rate         float64   // rows a second, over the last second or so
	Acknowledged time.Time // the last epoch that it has committed; zero: none
}

// String is the status on a line for each source and sink.
func (s Status) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d epochs, %d MB held\n", s.Epochs, s.Held>>20)
	for _, x := range s.Sources {
		fmt.Fprintf(&b, "%s: %d rows, %.0f/s", x.Name, x.Rows, x.Rate)
		if !x.Watermark.IsZero() {
			fmt.Fprintf(&b, ", watermark %s", x.Watermark.Format(time.RFC3339))
		}
		if x.Lag.Rows > 0 {
			fmt.Fprintf(&b, ", %d rows waiting", x.Lag.Rows)
		}
		switch {
		case x.Ended:
			b.WriteString(", ended")
		case x.Idle:
			b.WriteString(", idle")
		}
		b.WriteString("\n")
	}
	for _, x := range s.Sinks {
		fmt.Fprintf(&b, "%s: %d rows, %.0f/s\n", x.Name, x.Rows, x.Rate)
	}
	return b.String()
}

// statusBoard is where the engine notes how the run stands, once an epoch.
type statusBoard struct {
	started time.Time
	engine  *engine

	mu     sync.Mutex
	epochs int64
	last   int64
	steps  []stepStatus // by the steps' number
}

// stepStatus is how a step stood at the end of the last epoch.
type stepStatus struct {
	lag       Lag
	watermark int64
	state     op.State
	ended     bool
	rate      rate
}

// lagOf is how far a source is behind: now, if it can say so.
func (s *stepStatus) lagOf(source *step) Lag {
	if l, ok := source.stream.(Lagging); ok {
		return l.Lag()
	}
	return s.lag
}

func (b *statusBoard) begin(e *engine) {
	b.started, b.engine = time.Now(), e
	b.steps = make([]stepStatus, len(e.graph.steps))
	for i := range b.steps {
		start := mark{at: b.started}
		b.steps[i] = stepStatus{watermark: op.NoWatermark, rate: rate{from: start, to: start, noted: b.started, moved: b.started}}
	}
}

// rate is how fast rows have come of late: how many since one of two marks, of which the newer is at most about a second old.
type rate struct {
	from, to mark
	rows     int64 // when it was last noted
	noted    time.Time
	moved    time.Time // when rows last came, at first the start
}

type mark struct {
	at   time.Time
	rows int64
}

// note says how many rows have come by the end of an epoch.
func (r *rate) note(rows int64, began, now time.Time) {
	if began.Sub(r.noted) >= time.Second { // what comes now isn't spread over the time without epochs
		r.to = mark{began, r.rows}
		r.from = r.to
	}
	if rows != r.rows {
		r.rows, r.moved = rows, now
	}
	if now.Sub(r.to.at) >= time.Second {
		r.from, r.to = r.to, mark{now, rows}
	}
	r.noted = now
}

// perSecond is the rows a second over the last second or two, if there are so many rows by now.
func (r *rate) perSecond(rows int64, now time.Time) float64 {
	if r.idle(rows, now) {
		return 0
	}
	since := r.to
	if now.Sub(since.at) < time.Second {
		since = r.from
	}
	return float64(rows-since.rows) / max(now.Sub(since.at), time.Second).Seconds()
}

// idle reports whether no rows have come for a second.
func (r *rate) idle(rows int64, now time.Time) bool {
	return rows == r.rows && now.Sub(r.moved) >= time.Second
}

func (h *Handle) polled(s *step, p Poll) {
	b := &h.status
	b.mu.Lock()
	defer b.mu.Unlock()
	b.steps[s.id].lag = p.Lag
}

// ran notes the end of an epoch. The operators are at rest.
func (h *Handle) ran(s *stream, c *cut) {
	b := &h.status
	b.mu.Lock()
	defer b.mu.Unlock()
	b.epochs++
	b.last = c.number
	now := time.Now()
	for _, st := range s.graph.steps {
		at := &b.steps[st.id]
		at.ended, at.watermark = st.ended, st.watermark
		if o, ok := st.operator.(op.Stateful); ok {
			at.state = o.State()
		}
		at.rate.note(st.counts.passed(st), s.cutAt, now)
	}
}

// Status is how the run stands. It may be asked at any time, also after the end.
func (h *Handle) Status() Status {
	b := &h.status
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	out := Status{Started: b.started, Epochs: b.epochs, Held: b.engine.budget.Used()}
	if b.last > 0 {
		out.LastEpoch = time.UnixMicro(b.last)
	}
	for _, s := range b.engine.graph.steps {
		b.add(&out, s, now)
	}
	return out
}

func (b *statusBoard) add(out *Status, s *step, now time.Time) {
	at := &b.steps[s.id]
	in, rowsOut := s.counts.rowsIn.Load(), s.counts.rowsOut.Load()
	sink, isSink := s.operator.(*sinkOp)
	switch {
	case s.operator == nil:
		out.Sources = append(out.Sources, SourceStatus{
			Name: s.name, Rows: rowsOut, Rate: at.rate.perSecond(rowsOut, now), Lag: at.lagOf(s), Watermark: b.watermarkBehind(s), Ended: at.ended,
			Idle: !at.ended && at.rate.idle(rowsOut, now),
		})
	case isSink:
		st := SinkStatus{Name: s.name, Rows: in, Rate: at.rate.perSecond(in, now)}
		if acked := sink.acked.Load(); acked > 0 {
			st.Acknowledged = time.UnixMicro(acked)
		}
		out.Sinks = append(out.Sinks, st)
	default:
		out.Operators = append(out.Operators, OperatorStatus{
			Name: s.name, RowsIn: in, RowsOut: rowsOut, Time: time.Duration(s.counts.nanos.Load()), Keys: at.state.Keys, Bytes: at.state.Bytes,
		})
	}
}

// watermarkBehind is the watermark of the first Watermark that a source's rows come to.
func (b *statusBoard) watermarkBehind(s *step) time.Time {
	for _, e := range s.to[op.Main] {
		if _, ok := e.step.node.(*plan.Watermark); ok {
			if m := b.steps[e.step.id].watermark; m > op.NoWatermark && m < op.EndOfTime {
				return time.UnixMicro(m)
			}
			return time.Time{}
		}
		if t := b.watermarkBehind(e.step); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// logStatus writes a line every LogInterval until the returned function is called.
func (h *Handle) logStatus(c Config) (stop func()) {
	if !c.Log.Enabled(context.Background(), slog.LevelInfo) {
		return func() {}
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(c.LogInterval)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				h.logLine(c.Log)
			case <-done:
				h.logLine(c.Log)
				return
			}
		}
	})
	return func() {
		close(done)
		wg.Wait()
	}
}

// logLine writes how the run stands on one line: sums over all sources and sinks, and the least watermark.
func (h *Handle) logLine(log *slog.Logger) {
	s := h.Status()
	var in, out, waiting int64
	var rateIn, rateOut float64
	var watermark time.Time
	for _, x := range s.Sources {
		in, rateIn, waiting = in+x.Rows, rateIn+x.Rate, waiting+x.Lag.Rows
		if !x.Watermark.IsZero() && (watermark.IsZero() || x.Watermark.Before(watermark)) {
			watermark = x.Watermark
		}
	}
	for _, x := range s.Sinks {
		out, rateOut = out+x.Rows, rateOut+x.Rate
	}
	args := []any{
		"epochs", s.Epochs, "rows_in", in, "rate_in", int64(rateIn), "waiting", waiting, "rows_out", out, "rate_out", int64(rateOut), "held_bytes", s.Held,
	}
	if !watermark.IsZero() {
		args = append(args, "watermark", watermark)
	}
	log.Info("stream", args...)
}
