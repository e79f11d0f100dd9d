package journal

import (
	"errors"
	"fmt"
)

// ErrClosed is the error of a log that was closed.
var ErrClosed = errors.New("the journal is closed")

// DamageError says that a journal isn't what was written.
type DamageError struct {
	Path   string // of the file, or of the folder if a file is missing
	Offset int64  // of the frame; 0: the file as a whole
	Reason string
}

func (e *DamageError) Error() string {
	place := e.Path
	if e.Offset > 0 {
		place = fmt.Sprintf("%s: offset %d", e.Path, e.Offset)
	}
	return place + ": " + e.Reason + ": the journal is damaged; restore the state folder from a copy, or begin anew with an empty one"
}

// NewerError says that a file was written in a format that isn't known here.
type NewerError struct {
	Path   string
	Format int
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("%s: it has format %d, this version of pwcol reads formats up to %d: use the version that wrote it, or a later one",
		e.Path, e.Format, segmentFormat)
}
