package files

import (
	"fmt"
	"os"
)

// Open opens the file for reading. Standard input is not closed by Close.
func (f File) Open() (*os.File, error) {
	if f.Path == Stdin {
		return os.Stdin, nil
	}
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", f.Path, cause(err))
	}
	return file, nil
}

// Seekable reports whether any range of the file can be read, as many times as one likes.
func (f File) Seekable() bool { return f.Size >= 0 }

// Name is the file's name for messages.
func (f File) Name() string {
	if f.Path == Stdin {
		return "standard input"
	}
	return f.Path
}
