package generate

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/pwcol/pwcol/microbatch"
)

// stream is an open source. What is due is worked out when the engine asks; a timer tells the engine when to ask.
type stream struct {
	*source
	env   *microbatch.Env
	scan  microbatch.Scan
	began time.Time
	taken int64 // rows that the engine has
	timer *time.Timer
	parts []uint32
}

var _ microbatch.Resumable = (*stream)(nil)

func openStream(s *source, env *microbatch.Env, scan microbatch.Scan) (*stream, error) {
	st := &stream{source: s, env: env, scan: scan, began: s.start}
	if st.began.IsZero() {
		st.began = time.Now()
	}
	for p := range s.partitions {
		st.parts = append(st.parts, uint32(p))
	}
	if env.Earlier != nil {
		if err := st.resume(env.Earlier.Position); err != nil {
			return nil, err
		}
	}
	st.timer = time.AfterFunc(st.nextDue(), env.Ready)
	return st, nil
}

// nextDue is the time from now until there is a row to take, or the end to be told.
func (s *stream) nextDue() time.Duration {
	if s.rate == 0 || s.taken >= s.limit {
		return 0
	}
	return time.Until(s.began.Add(s.dueAfter(s.taken)))
}

// dueBy is how many rows are due so long after the start: those of all ticks that have passed.
func (s *source) dueBy(passed time.Duration) int64 {
	if s.rate == 0 {
		return s.limit
	}
	ticks := (passed / s.tick) * s.tick
	rows := s.rate * float64(ticks) / float64(time.Second)
	if passed < 0 || rows < 1 {
		return 0
	}
	if rows >= float64(s.limit) {
		return s.limit
	}
	return int64(rows)
}

// dueAfter is how long after the start row n is handed over: at the first tick by which n+1 rows are due.
func (s *source) dueAfter(n int64) time.Duration {
	seconds := float64(n+1) / s.rate
	if seconds >= farthest.Seconds() {
		return farthest
	}
	ticks := time.Duration(math.Ceil(seconds * float64(time.Second) / float64(s.tick)))
	for ticks > 0 && s.dueBy((ticks-1)*s.tick) > n { // rounding may be a tick off, either way
		ticks--
	}
	for s.dueBy(ticks*s.tick) <= n {
		ticks++
	}
	return ticks * s.tick
}

// farthest is as good as never, and far from where durations overflow.
const farthest = 100 * 365 * 24 * time.Hour

// mostUnpaced is how many rows without a Rate have come when the engine, which ends, asks for all that there are.
const mostUnpaced = 1 << 20

func (s *stream) Poll(most int64) (microbatch.Poll, error) {
	passed := time.Since(s.began)
	due := max(s.dueBy(passed), s.taken) // the clock may have been set back
	if most <= 0 && s.rate == 0 {
		most = mostUnpaced
	}
	to := due
	if most > 0 {
		to = min(to, s.taken+most)
	}
	p := s.take(to)
	p.More = to < due
	if p.More && s.rate > 0 {
		p.Lag = microbatch.Lag{Rows: due - to, Age: passed - s.dueAfter(to)}
	}
	if !p.More && !p.Ended {
		s.timer.Reset(s.nextDue())
	}
	return p, nil
}

// take gives the rows up to that one.
func (s *stream) take(to int64) microbatch.Poll {
	p := microbatch.Poll{
		Morsels: s.stretches(s.taken, to), Rows: to - s.taken, Ended: to == s.limit, Partitions: s.parts,
		Range: binary.LittleEndian.AppendUint64(nil, uint64(to)),
	}
	s.taken = to
	return p
}

// Position is how many rows were given.
func (s *stream) Position() ([]byte, error) {
	p := binary.LittleEndian.AppendUint64(nil, uint64(s.taken))
	return binary.LittleEndian.AppendUint64(p, uint64(s.began.UnixMicro())), nil
}

// resume takes up an earlier run's position. Where that had no Start, its rows go on being due from when it began.
func (s *stream) resume(position []byte) error {
	if len(position) != 16 {
		return fmt.Errorf("the position of an earlier run has %d bytes, expected 16", len(position))
	}
	s.taken = int64(binary.LittleEndian.Uint64(position))
	if s.start.IsZero() {
		s.began = time.UnixMicro(int64(binary.LittleEndian.Uint64(position[8:])))
	}
	return nil
}

// Reread gives rows of an earlier run again, up to the one that the range names.
func (s *stream) Reread(of []byte) (microbatch.Poll, error) {
	if len(of) != 8 {
		return microbatch.Poll{}, fmt.Errorf("a range of an earlier run has %d bytes, expected 8", len(of))
	}
	to := int64(binary.LittleEndian.Uint64(of))
	if to < s.taken || to > s.limit {
		return microbatch.Poll{}, fmt.Errorf("an earlier run had rows %d to %d of this source; now it has a limit of %d", s.taken, to, s.limit)
	}
	return s.take(to), nil
}

func (s *stream) NewReader() microbatch.Reader { return s.newReader(s.env, s.scan) }

func (s *stream) Close() error {
	s.timer.Stop()
	return nil
}

// batch is an open bounded source.
type batch struct {
	*source
	env   *microbatch.Env
	scan  microbatch.Scan
	taken int64
	ready []microbatch.Morsel
}

func (b *batch) Next(context.Context) (microbatch.Morsel, error) {
	if len(b.ready) == 0 {
		to := b.taken + min(morselRows*b.partitions, b.limit-b.taken)
		b.ready = b.stretches(b.taken, to)
		b.taken = to
	}
	if len(b.ready) == 0 {
		return nil, io.EOF
	}
	m := b.ready[0]
	b.ready = b.ready[1:]
	return m, nil
}

func (b *batch) NewReader() microbatch.Reader { return b.newReader(b.env, b.scan) }

func (b *batch) Close() error { return nil }
