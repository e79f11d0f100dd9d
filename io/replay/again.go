package replay

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/pwcol/pwcol/io/internal/chunks"
	"github.com/pwcol/pwcol/microbatch"
)

// again is what a replay that goes on from an earlier run has to do with the table's first rows, rejected ones counted:
//
//	rows   ├── of the checkpoint ──┤── polled since ──┤── new ──
//	       read, and dropped       at once, cut as    when they are due
//	                               they were then
type again struct {
	drop   int64   // rows that are still to be dropped
	polls  []int64 // rows of each poll since
	paused bool    // the clock stands still: no row is new yet
	due    int64   // of the last row of the batch before, µs after the start
}

// resume takes up what an earlier run has left.
func (a *again) resume(e *microbatch.Earlier) (given int64, err error) {
	if len(e.Position) > 0 {
		if given, err = decodeRows(e.Position); err != nil {
			return 0, err
		}
	}
	a.drop, a.paused = given, true
	at := given
	for _, since := range e.Since {
		if len(since.Range) == 0 { // a poll that had nothing
			continue
		}
		to, err := decodeRows(since.Range)
		if err != nil {
			return 0, err
		}
		if to > at {
			a.polls = append(a.polls, to-at)
		}
		at = max(at, to)
	}
	return given, nil
}

// skips is how many of n rows are to be dropped.
func (a *again) skips(n int) int {
	k := min(a.drop, int64(n))
	a.drop -= k
	return int(k)
}

// next is how many of n rows come together in an earlier run's poll; 0: they are new.
func (a *again) next(n int) int {
	if len(a.polls) == 0 {
		return 0
	}
	k := min(a.polls[0], int64(n))
	if a.polls[0] -= k; a.polls[0] == 0 {
		a.polls = a.polls[1:]
	}
	return int(k)
}

// resumes reports, once, that the clock is to go on.
func (a *again) resumes() bool {
	paused := a.paused
	a.paused = false
	return paused
}

func encodeRows(n int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(n)) }

func decodeRows(data []byte) (int64, error) {
	if len(data) != 8 || data[7] > 0x7f {
		return 0, errors.New("the position of an earlier run can't be understood: it was written by another version")
	}
	return int64(binary.LittleEndian.Uint64(data)), nil
}

// took notes that the engine has taken those morsels.
func (s *stream) took(morsels []microbatch.Morsel) {
	for _, m := range morsels {
		s.given += int64(m.(*chunks.Chunk).Rows)
	}
}

// Position is how many rows the engine has taken, rejected ones counted.
func (s *stream) Position() ([]byte, error) { return encodeRows(s.given), nil }

// Reread waits for the rows that an earlier run has given, up to the one that the range names.
func (s *stream) Reread(of []byte) (p microbatch.Poll, err error) {
	if len(of) == 0 {
		return p, nil
	}
	to, err := decodeRows(of)
	if err != nil {
		return p, err
	}
	for s.given < to {
		c, err := s.queue.Next(s.ctx)
		if errors.Is(err, io.EOF) {
			return p, fmt.Errorf("%s has changed: an earlier run was given row %d, and it has only %d now: bring back what it was", s.player.of.played(), to, s.given)
		}
		if err != nil {
			return p, err
		}
		p.Morsels = append(p.Morsels, c)
		p.Rows += int64(c.Rows)
		s.given += int64(c.Rows)
	}
	if s.given > to {
		return p, fmt.Errorf("%s has changed: other rows of it are rejected than in an earlier run, which was given rows up to %d: bring back what it was", s.player.of.played(), to)
	}
	return p, nil
}
