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

// Status is how a run stands, as of its last epoch.
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
	lags   map[*step]Lag
	marks  map[*step]int64
	states map[*step]op.State
	ended  map[*step]bool
	rates  map[*step]*rate
}

func (b *statusBoard) begin(e *engine) {
	b.started, b.engine = time.Now(), e
	b.lags, b.marks, b.states, b.ended = map[*step]Lag{}, map[*step]int64{}, map[*step]op.State{}, map[*step]bool{}
	b.rates = map[*step]*rate{}
	for _, s := range e.graph.steps {
		b.rates[s] = &rate{at: b.started}
	}
}

// rate is rows a second since a moment at least a second ago.
type rate struct {
	at    time.Time
	rows  int64
	value float64
	moved time.Time // when rows last came
}

func (r *rate) note(rows int64, now time.Time) {
	if rows != r.rows && now.Sub(r.at) < time.Second {
		r.moved = now
		return
	}
	if d := now.Sub(r.at); d >= time.Second {
		if rows != r.rows {
			r.moved = now
		}
		r.value = float64(rows-r.rows) / d.Seconds()
		r.at, r.rows = now, rows
	}
}

func (h *Handle) polled(s *step, p Poll) {
	b := &h.status
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lags[s] = p.Lag
}

// ran notes the end of an epoch. The operators are at rest.
func (h *Handle) ran(s *stream, c *cut) {
	b := &h.status
	b.mu.Lock()
	defer b.mu.Unlock()
	b.epochs++
	b.last = c.number
	for _, st := range s.graph.steps {
		b.ended[st] = st.ended
		b.marks[st] = st.watermark
		if o, ok := st.operator.(op.Stateful); ok {
			b.states[st] = o.State()
		}
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
	in, rowsOut := s.counts.rowsIn.Load(), s.counts.rowsOut.Load()
	r := b.rates[s]
	sink, isSink := s.operator.(*sinkOp)
	switch {
	case s.operator == nil:
		r.note(rowsOut, now)
		out.Sources = append(out.Sources, SourceStatus{
			Name: s.name, Rows: rowsOut, Rate: r.value, Lag: b.lags[s], Watermark: b.watermarkBehind(s), Ended: b.ended[s],
			Idle: !b.ended[s] && now.Sub(later(r.moved, b.started)) >= time.Second,
		})
	case isSink:
		r.note(in, now)
		st := SinkStatus{Name: s.name, Rows: in, Rate: r.value}
		if acked := sink.acked.Load(); acked > 0 {
			st.Acknowledged = time.UnixMicro(acked)
		}
		out.Sinks = append(out.Sinks, st)
	default:
		out.Operators = append(out.Operators, OperatorStatus{
			Name: s.name, RowsIn: in, RowsOut: rowsOut, Time: time.Duration(s.counts.nanos.Load()), Keys: b.states[s].Keys, Bytes: b.states[s].Bytes,
		})
	}
}

func later(x, y time.Time) time.Time {
	if x.After(y) {
		return x
	}
	return y
}

// watermarkBehind is the watermark of the first Watermark that a source's rows come to.
func (b *statusBoard) watermarkBehind(s *step) time.Time {
	for _, e := range s.to[op.Main] {
		if _, ok := e.step.node.(*plan.Watermark); ok {
			if m := b.marks[e.step]; m > op.NoWatermark && m < op.EndOfTime {
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
