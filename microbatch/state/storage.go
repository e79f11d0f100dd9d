package state

import "io"

// Storage is where manifests and blocks are kept: objects under names with slashes that, once there, don't change. It is
// safe for concurrent use. Errors name the object as the user knows it.
type Storage interface {
	// Create begins an object. It isn't there before Commit.
	Create(name string) (Object, error)
	// Open opens an object; fs.ErrNotExist if there is none.
	Open(name string) (Reader, error)
	// List is the names in a folder, sorted, without the folder's.
	List(folder string) ([]string, error)
	// Delete removes objects, safely: when it has returned a crash won't bring them back. That one isn't there is no error.
	Delete(names ...string) error
	// Place is what users call the object of that name.
	Place(name string) string
}

// Object is an object that is being written.
type Object interface {
	io.Writer
	// Commit makes the object be there, whole and safe.
	Commit() error
	// Abort forgets it. After Commit it does nothing.
	Abort() error
}

// Reader reads an object.
type Reader interface {
	io.ReaderAt
	io.Closer
	Size() (int64, error)
}
