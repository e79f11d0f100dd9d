package disk

import (
	"io"
	"os"
	"slices"
)

// OS is the system's file system. Files and folders that it makes are this user's alone.
type OS struct{}

var _ FS = OS{}

// osFile is a file of the system.
type osFile struct{ *os.File }

// Size implements File.
func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func open(name string, flag int) (File, error) {
	f, err := os.OpenFile(name, flag, 0o600)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// Open implements FS.
func (OS) Open(name string) (File, error) { return open(name, os.O_RDONLY) }

// Create implements FS.
func (OS) Create(name string) (File, error) { return open(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL) }

// OpenAppend implements FS.
func (OS) OpenAppend(name string) (File, error) { return open(name, os.O_WRONLY|os.O_APPEND) }

// Rename implements FS.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove implements FS.
func (OS) Remove(name string) error { return os.Remove(name) }

// Mkdir implements FS.
func (OS) Mkdir(name string) error { return os.Mkdir(name, 0o700) }

// ReadDir implements FS.
func (OS) ReadDir(name string) ([]string, error) {
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	slices.Sort(names)
	return names, nil
}

// Stat implements FS.
func (OS) Stat(name string) (Info, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Info{}, err
	}
	return Info{Dir: info.IsDir(), Size: info.Size()}, nil
}

// Lock implements FS.
func (OS) Lock(name, owner string) (io.Closer, error) {
	f, err := lock(name)
	if err != nil {
		return nil, err
	}
	if err := f.Truncate(0); err != nil {
		return nil, closeAfter(f, err)
	}
	if _, err := f.WriteAt([]byte(owner), 0); err != nil {
		return nil, closeAfter(f, err)
	}
	return f, nil
}

// closeAfter closes f and returns the error that was before.
func closeAfter(f *os.File, err error) error {
	_ = f.Close()
	return err
}

// maxOwner is the longest text of an owner that is read.
const maxOwner = 1 << 10

// locked is the error of a lock that another has.
func locked(name string) error {
	e := &LockedError{Path: name}
	f, err := os.Open(name)
	if err != nil {
		return e
	}
	defer f.Close()
	owner, err := io.ReadAll(io.LimitReader(f, maxOwner))
	if err == nil {
		e.Owner = string(owner)
	}
	return e
}
