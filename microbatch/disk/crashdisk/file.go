package crashdisk

import (
	"errors"
	"io"
	"io/fs"
)

// file is an open file of a process.
type file struct {
	v     *view
	name  string
	n     *node
	at    int64 // where Read goes on
	write bool
}

// begin counts an operation, with the disk's lock held. An error that isn't nil is the operation's; whole is false if the operation
// is to do a part of its work all the same.
func (f *file) begin(op string, write bool) (whole bool, err error) {
	if f.v.d.dead(f.v.boot) {
		return false, f.error(op, ErrOff)
	}
	if f.write != write {
		return false, f.error(op, errors.New("the file wasn't opened for that"))
	}
	whole, err = f.v.d.begin(f.v.boot)
	return whole, f.error(op, err)
}

func (f *file) error(op string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: f.name, Err: err}
}

// Read implements disk.File.
func (f *file) Read(p []byte) (int, error) {
	n, err := f.ReadAt(p, f.at)
	f.at += int64(n)
	if n > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// ReadAt implements disk.File.
func (f *file) ReadAt(p []byte, off int64) (int, error) {
	f.v.d.mu.Lock()
	defer f.v.d.mu.Unlock()
	if _, err := f.begin("read", false); err != nil {
		return 0, err
	}
	if off >= int64(len(f.n.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.n.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Write implements disk.File.
func (f *file) Write(p []byte) (int, error) {
	f.v.d.mu.Lock()
	defer f.v.d.mu.Unlock()
	alive := !f.v.d.dead(f.v.boot)
	whole, err := f.begin("write", true)
	switch {
	case whole:
		f.n.write(p)
		return len(p), nil
	case alive && f.write:
		n := f.v.d.rng.IntN(len(p) + 1)
		f.n.write(p[:n])
		return n, err
	}
	return 0, err
}

// Truncate implements disk.File.
func (f *file) Truncate(size int64) error {
	f.v.d.mu.Lock()
	defer f.v.d.mu.Unlock()
	if _, err := f.begin("truncate", true); err != nil {
		return err
	}
	f.n.truncate(int(size))
	return nil
}

// Sync implements disk.File.
func (f *file) Sync() error {
	f.v.d.mu.Lock()
	defer f.v.d.mu.Unlock()
	alive := !f.v.d.dead(f.v.boot)
	whole, err := f.begin("sync", f.write)
	switch {
	case whole:
		f.n.sync()
	case alive && !f.v.d.off:
		f.n.failSync(f.v.d.rng)
	}
	return err
}

// Size implements disk.File.
func (f *file) Size() (int64, error) {
	f.v.d.mu.Lock()
	defer f.v.d.mu.Unlock()
	if _, err := f.begin("stat", f.write); err != nil {
		return 0, err
	}
	return int64(len(f.n.data)), nil
}

// Close implements disk.File.
func (f *file) Close() error { return nil }
