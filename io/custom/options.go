package custom

import (
	"errors"
	"fmt"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Option says how a source behaves.
type Option func(*settings)

type settings struct {
	name    string
	bounded bool
	replays bool
	feed    plan.Feed
	key     []string
	queue   int
	bad     pw.BadRows
	deaf    bool // the function can't know that the run has ended
	err     error
}

// defaultQueue is how many rows wait for the engine, if nothing else is said: what a fast source commits in some tens of milliseconds.
const defaultQueue = 1 << 19

func newSettings(options []Option) settings {
	s := settings{name: "function", queue: defaultQueue}
	for _, o := range options {
		o(&s)
	}
	return s
}

// Name names the source in Explain, messages and Status; by itself it is "function".
func Name(name string) Option { return func(s *settings) { s.name = name } }

// Bounded makes it a batch's source: it is read until the function returns, as one epoch.
func Bounded() Option { return func(s *settings) { s.bounded = true } }

// Replays says that the rows' event times have nothing to do with the clock, so that none is too far ahead of it.
func Replays() Option { return func(s *settings) { s.replays = true } }

// Revisions lets rows be retracted: Writer.Retract. What is retracted must have been appended before.
func Revisions() Option { return func(s *settings) { s.feed = plan.Revisions } }

// Upserts makes rows with the same values in those columns replace each other: Append puts one in place of the one before, Retract
// removes it.
func Upserts(key ...string) Option {
	return func(s *settings) {
		s.feed, s.key = plan.Upserts, key
		if len(key) == 0 {
			s.err = errors.New("upserts need key columns")
		}
	}
}

// Queue bounds the rows that were committed and are not processed yet; beyond it Commit waits. By itself it is 524,288. Of large rows fewer may wait: at most
// 64 MiB, and an eighth of Config.MaxMemory. A commit that is larger waits until the queue is empty.
func Queue(rows int) Option {
	return func(s *settings) {
		s.queue = rows
		if rows < 1 {
			s.err = fmt.Errorf("a queue of %d rows can't take any", rows)
		}
	}
}

// OnBadRow says what becomes of rows that can't be columns: a time out of range, a text that is too long.
func OnBadRow(policy pw.BadRows) Option { return func(s *settings) { s.bad = policy } }

// keyPlaces is where the key columns are in the schema.
func (s *settings) keyPlaces(schema *pw.Schema) ([]int, error) {
	var places []int
	for _, name := range s.key {
		i, ok := schema.Index(name)
		if !ok {
			return nil, plan.UnknownColumn(name, schema)
		}
		places = append(places, i)
	}
	return places, nil
}
