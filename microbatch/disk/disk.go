// Package disk is the seam between what must outlast a crash and the file system below it.
//
// The journal and the checkpoints write through an FS. In a program that is OS, the file system itself; in tests it is
// a crashdisk, which loses at a crash whatever a file system may lose:
//
//	f, err := fsys.Create("state/a.tmp")
//	f.Write(data)                          // others see it; a crash may lose or tear it
//	err = f.Sync()                         // the bytes are safe, the name isn't
//	err = fsys.Rename("state/a.tmp", "state/a")
//	err = fsys.SyncDir("state")            // the name is safe
//
// WriteFile does all of that. The rules that the packages above rely on, and that no others may be relied on:
//
//   - Bytes are safe when Sync of their file has returned without an error, names (created, renamed, removed) when SyncDir of
//     their folder has. Until then a crash may keep them or not, in any order, and keep a part of the bytes.
//   - A rename is one step: after a crash the new name is the old file or the new one, never neither. What is in the file is another matter: hence
//     the Sync before it.
//   - A Sync that fails may have thrown away what it should have saved, and the next one succeeds all the same (Linux
//     marks the pages clean). So it is never tried again: what isn't known to be safe is written anew.
//   - A killed process loses nothing that it has written.
//
// These are the weakest of what POSIX and the common file systems promise; SQLite's "Atomic Commit In SQLite" and PostgreSQL's experience with fsync
// (2018) tell how they were found out.
package disk

import (
	"fmt"
	"io"
)

// FS is a file system. Names are paths as the system writes them. Errors name the path. It is safe for concurrent use.
type FS interface {
	// Open opens a file for reading.
	Open(name string) (File, error)
	// Create makes a new file for writing. That there is one already is an error (fs.ErrExist).
	Create(name string) (File, error)
	// OpenAppend opens a file that there is; writes go to its end.
	OpenAppend(name string) (File, error)
	// Rename gives a file another name in the same folder, in place of a file that has it.
	Rename(from, to string) error
	// Remove removes a file or an empty folder.
	Remove(name string) error
	// Mkdir makes a folder, which only this user may use. That there is one already is an error (fs.ErrExist).
	Mkdir(name string) error
	// ReadDir is the names in a folder, sorted.
	ReadDir(name string) ([]string, error)
	// Stat says what there is of that name; fs.ErrNotExist if nothing is.
	Stat(name string) (Info, error)
	// SyncDir makes safe which names there are in a folder, not what is in the files.
	SyncDir(name string) error
	// Lock takes a file's lock, or fails with a *LockedError while another process, or another Lock of this one, has it. A process
	// that ends, however it does, gives it back. The file is made if need be, holds the owner's text, and stays.
	Lock(name, owner string) (io.Closer, error)
}

// File is an open file. One opened for reading can't write, and the other way round. ReadAt may be called by several at once.
type File interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.Closer
	// Size is the file's length in bytes.
	Size() (int64, error)
	// Truncate cuts the file, which is open for writing, to a length.
	Truncate(size int64) error
	// Sync makes safe all that was written. An error is final: see the package's rules.
	Sync() error
}

// Info is what there is under a name.
type Info struct {
	Dir  bool
	Size int64 // of a file, in bytes
}

// LockedError is the error of Lock while another has it.
type LockedError struct {
	Path  string
	Owner string // as the one who has it said; "" if it is unknown
}

func (e *LockedError) Error() string {
	if e.Owner == "" {
		return fmt.Sprintf("%s is locked by another run", e.Path)
	}
	return fmt.Sprintf("%s is locked by another run (%s)", e.Path, e.Owner)
}
