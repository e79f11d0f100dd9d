package arrowtab

import (
	"errors"
	"slices"
)

// Error is a mistake in a table program: an unknown column, types that don't go together, a file that isn't there.
// Building goes on after one, so that Run can report all of them at once.
type Error struct {
	At   string // the line of the user's program, "job.go:12", or ""
	Step string // what it was building, "filter", or ""
	Err  error  // what is wrong
}

// Error is "job.go:12: filter: unknown column …".
func (e *Error) Error() string {
	text := e.Err.Error()
	if e.Step != "" {
		text = e.Step + ": " + text
	}
	if e.At != "" {
		text = e.At + ": " + text
	}
	return text
}

// Unwrap is what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// addErrors is list and those of more that aren't in it yet: tables made from the same one share its errors.
func addErrors(list []*Error, more ...*Error) []*Error {
	out := slices.Clip(list)
	for _, e := range more {
		if !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}

// joined is all of them as one error, a line each, or nil.
func joined(list []*Error) error {
	if len(list) == 1 {
		return list[0]
	}
	errs := make([]error, len(list))
	for i, e := range list {
		errs[i] = e
	}
	return errors.Join(errs...)
}
