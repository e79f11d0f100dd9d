package custom

import (
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/microbatch"
)

// seeks is a writer's part in going on from an earlier run.
type seeks struct {
	position []byte // of that run's last commit; nil: none
	on       bool   // the function has asked for it, or has committed at one
}

// resumed is the position, which the function asks for.
func (s *seeks) resumed() []byte {
	s.on = true
	return s.position
}

// errNoPosition says that rows would come twice.
var errNoPosition = errors.New("rows were committed without a position, but the source goes on by positions (Resumed, CommitAt): after a restart they would come twice; commit them with CommitAt")

var _ microbatch.Resumable = (*running)(nil)

// earlierPosition is the position of the last commit that an earlier run has taken.
func earlierPosition(e *microbatch.Earlier) []byte {
	if e == nil {
		return nil
	}
	position := e.Position
	for _, since := range e.Since {
		if len(since.Position) > 0 { // a poll without rows has none
			position = since.Position
		}
	}
	return decodePosition(position)
}

// A position is kept with a byte before it, so that there may be an empty one.
const positionMark = 'p'

func decodePosition(kept []byte) []byte {
	if len(kept) == 0 || kept[0] != positionMark {
		return nil
	}
	return kept[1:]
}

// Position is that of the last commit that the engine has taken; empty if the source has none.
func (r *running) Position() ([]byte, error) {
	if r.position == nil {
		return nil, nil
	}
	return append([]byte{positionMark}, r.position...), nil
}

// Reread gives nothing: the rows themselves are in the journal.
func (r *running) Reread(of []byte) (microbatch.Poll, error) {
	if len(of) > 0 {
		return microbatch.Poll{}, fmt.Errorf("%s: an earlier run has noted a range of %d bytes of it, but it has none: its rows are in the journal", r.source.name, len(of))
	}
	return microbatch.Poll{}, nil
}
