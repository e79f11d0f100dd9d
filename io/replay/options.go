package replay

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Option says how a table is played.
type Option func(*settings)

// Max is the Speed of a replay that goes as fast as it can.
const Max = 0

type settings struct {
	speed    float64
	from     time.Time // zero: the first row's time
	disorder time.Duration
	errs     []error
}

func newSettings(options []Option) settings {
	s := settings{speed: 1}
	for _, o := range options {
		o(&s)
	}
	return s
}

func (s *settings) err() error {
	if len(s.errs) == 0 {
		return nil
	}
	return fmt.Errorf("replay: %w", errors.Join(s.errs...))
}

// Speed is how many times faster than it was the table is played: 60 is a minute in a second, 1 (as it is without Speed) as it was, Max as fast as
// it can be read and processed.
func Speed(factor float64) Option {
	return func(s *settings) {
		s.speed = factor
		if !(factor >= 0) || math.IsInf(factor, 0) {
			s.errs = append(s.errs, fmt.Errorf("a speed of %v; it must be above 0, or Max", factor))
		}
	}
}

// From is the event time that the start of the run stands for; rows before it come at once. Without it that is the first row's.
func From(at time.Time) Option { return func(s *settings) { s.from = at } }

// Disorder is how much older than the newest row before it a row may be; without it rows must be in the order of their times.
func Disorder(d time.Duration) Option {
	return func(s *settings) {
		s.disorder = d
		if d < 0 || d%time.Microsecond != 0 {
			s.errs = append(s.errs, fmt.Errorf("a disorder of %s; it must be 0 or more, in whole microseconds", d))
		}
	}
}
