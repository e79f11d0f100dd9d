package generate

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Option says how rows are generated.
type Option func(*settings)

type settings struct {
	name       string
	rate       float64 // rows a second; 0: as many as the engine takes
	tick       time.Duration
	start      time.Time // zero: when the run starts
	limit      int64     // rows in all
	bounded    bool
	partitions int64
	errs       []error
}

// noLimit is the limit of a source that never ends.
const noLimit = math.MaxInt64

// usualTick is how often rows are handed over if nothing else is said: too short to be seen, long enough that at high rates an epoch
// has more than a few rows.
const usualTick = 10 * time.Millisecond

// mostPartitions is how many partitions a source may have: more are a slip, as each has a clock of its own.
const mostPartitions = 1 << 12

func newSettings(options []Option) settings {
	s := settings{name: "rows", tick: usualTick, limit: noLimit, partitions: 1}
	for _, o := range options {
		o(&s)
	}
	if s.bounded && s.limit == noLimit {
		s.fail("Bounded without a Limit would never end; say how many rows there are")
	}
	return s
}

func (s *settings) fail(format string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf(format, args...))
}

func (s *settings) err() error {
	if len(s.errs) == 0 {
		return nil
	}
	return fmt.Errorf("generate: %w", errors.Join(s.errs...))
}

// Name names the source in Explain, messages and Status; by itself it is "rows".
func Name(name string) Option { return func(s *settings) { s.name = name } }

// Rate is how many rows are due each second; it may be less than one. Without it rows come as fast as the engine takes them.
func Rate(rowsPerSecond float64) Option {
	return func(s *settings) {
		s.rate = rowsPerSecond
		if !(rowsPerSecond > 0) || math.IsInf(rowsPerSecond, 0) {
			s.fail("a rate of %v rows a second; it must be above 0 (for as fast as it goes leave Rate out)", rowsPerSecond)
		}
	}
}

// Tick is how often rows that have become due are handed over, counted from the start: 10 ms unless said.
func Tick(d time.Duration) Option {
	return func(s *settings) {
		s.tick = d
		if d <= 0 {
			s.fail("a tick of %s; it must be longer than nothing", d)
		}
	}
}

// Start is the time from which Rate counts; without it that is when the run starts. If it is past, the rows since then are due at once.
func Start(at time.Time) Option { return func(s *settings) { s.start = at } }

// Limit ends the source after so many rows.
func Limit(rows int64) Option {
	return func(s *settings) {
		s.limit = rows
		if rows < 0 {
			s.fail("a limit of %d rows", rows)
		}
	}
}

// Bounded makes it a batch's source: the rows up to Limit, which it needs, are read as one epoch, as fast as it goes; Rate, Tick and Start say nothing then.
func Bounded() Option { return func(s *settings) { s.bounded = true } }

// Partitions deals the rows out to n partitions in turn, row 0 to the first one: each has a watermark of its own. By itself there is one.
func Partitions(n int) Option {
	return func(s *settings) {
		s.partitions = int64(n)
		if n < 1 || n > mostPartitions {
			s.fail("%d partitions; there may be 1 to %d", n, mostPartitions)
		}
	}
}
