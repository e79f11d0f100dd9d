package state

import (
	"errors"
	"fmt"
)

// DamageError says that a file of the state isn't what was written, or can't be read.
type DamageError struct {
	Path   string
	Offset int64 // of the block; 0: the file as a whole
	Epoch  int64 // of the checkpoint that it belongs to; 0: none
	Err    error // what was found
}

func (e *DamageError) Error() string {
	place, what := e.Path, "the state is damaged; restore the folder from a copy, or begin anew with an empty one"
	if e.Offset > 0 {
		place = fmt.Sprintf("%s: offset %d", e.Path, e.Offset)
	}
	if e.Epoch > 0 {
		what = fmt.Sprintf("the checkpoint of epoch %d can't be used", e.Epoch)
	}
	return fmt.Sprintf("%s: %v: %s", place, e.Err, what)
}

// Unwrap is what was found.
func (e *DamageError) Unwrap() error { return e.Err }

// NewerError says that a file was written in a format that isn't known here.
type NewerError struct {
	Path   string
	Format int
}

func (e *NewerError) Error() string { return e.Path + ": " + errNewer(e.Format).Error() }

// fileError is what is wrong with a file: a *NewerError, or a *DamageError of that epoch. nil stays nil.
func fileError(path string, epoch int64, err error) error {
	var newer errNewer
	switch {
	case err == nil:
		return nil
	case errors.As(err, &newer):
		return &NewerError{Path: path, Format: int(newer)}
	}
	return &DamageError{Path: path, Epoch: epoch, Err: err}
}

// ErrReadOnly is the error of what would change a store that was opened for reading.
var ErrReadOnly = errors.New("the state was opened for reading only")
