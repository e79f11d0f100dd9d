package crashdisk

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/pwcol/pwcol/microbatch/disk"
)

// view is the disk as one process sees it.
type view struct {
	d    *Disk
	boot int
}

// begin counts an operation on a path, with d.mu held, and wraps its error.
func (v *view) begin(op, name string) error {
	if _, err := v.d.begin(v.boot); err != nil {
		return &fs.PathError{Op: op, Path: name, Err: err}
	}
	return nil
}

// Open implements disk.FS.
func (v *view) Open(name string) (disk.File, error) { return v.open(name, false) }

// OpenAppend implements disk.FS.
func (v *view) OpenAppend(name string) (disk.File, error) { return v.open(name, true) }

func (v *view) open(name string, write bool) (disk.File, error) {
	v.d.mu.Lock()
	defer v.d.mu.Unlock()
	if err := v.begin("open", name); err != nil {
		return nil, err
	}
	n, err := v.d.find("open", name)
	switch {
	case err != nil:
		return nil, err
	case n.isDir():
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("it is a folder")}
	}
	return &file{v: v, name: name, n: n, write: write}, nil
}

// Create implements disk.FS.
func (v *view) Create(name string) (disk.File, error) {
	v.d.mu.Lock()
	defer v.d.mu.Unlock()
	n := newFile()
	if err := v.add("create", name, n); err != nil {
		return nil, err
	}
	return &file{v: v, name: name, n: n, write: true}, nil
}

// Mkdir implements disk.FS.
func (v *view) Mkdir(name string) error {
	v.d.mu.Lock()
	defer v.d.mu.Unlock()
	return v.add("mkdir", name, newFolder())
}

// add gives a new node a name that there isn't yet. d.mu is held.
func (v *view) add(op, name string, n *node) error {
	dir, base, err := v.d.folder(op, name)
	if err == nil {
		err = v.begin(op, name)
	}
	if err != nil {
		return err
	}
	if dir.names[base] != nil {
		return &fs.PathError{Op: op, Path: name, Err: fs.ErrExist}
	}
	dir.change(change{to: base, n: n})
	return nil
}

// Rename implements disk.FS.
func (v *view) Rename(from, to string) error {
	v.d.mu.Lock()
	defer v.d.mu.Unlock()
	dir, base, err := v.d.folder("rename", from)
	if err == nil {
		err = v.begin("rename", from)
	}
	switch {
	case err != nil:
		return err
	case filepath.Dir(filepath.Clean(from)) != filepath.Dir(filepath.Clean(to)):
		return &fs.PathError{Op: "rename", Path: to, Err: errors.New("names are changed inside of a folder only")}
	case dir.names[base] == nil:
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	dir.change(change{from: base, to: filepath.Base(to), n: dir.names[base]})
	return nil
}

// Remove implements disk.FS.
func (v *view) Remove(name string) error {
	v.d.mu.Lock()
	defer v.d.mu.Unlock()
	dir, base, err := v.d.folder("remove", name)
	if err == nil {
		err = v.begin("remove", name)
	}
	if err != nil {
		return err
	}
	n := dir.names[base]
	switch {
	case n == nil:
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	case len(n.names) > 0:
		return &fs.PathError{Op: "remove", Path: name, Err: errors.New("the folder isn't empty")}
	}
	dir.change(change{from: base})
	return nil
}

// ReadDir implements disk.FS.
func (v *view) ReadDir(name string) ([]string, error) {
	n, err := v.dir("readdir", name)
	if err != nil {
		return nil, err
	}
	v.d.mu.Lock()
	defer v.d.mu.Unlock()
	return slices.Sorted(maps.Keys(n.names)), nil
}

// SyncDir implements disk.FS.
func (v *view) SyncDir(name string) error {
	n, err := v.dir("sync", name)
	if err != nil {
		return err
	}
	v.d.mu.Lock()
	defer v.d.mu.Unlock()
	n.syncNames()
	return nil
}

// dir begins an operation on a folder.
func (v *view) dir(op, name string) (*node, error) {
	v.d.mu.Lock()
	defer v.d.mu.Unlock()
	if err := v.begin(op, name); err != nil {
		return nil, err
	}
	n, err := v.d.find(op, name)
	if err == nil && !n.isDir() {
		err = &fs.PathError{Op: op, Path: name, Err: errors.New("it is no folder")}
	}
	return n, err
}

// Stat implements disk.FS.
func (v *view) Stat(name string) (disk.Info, error) {
	v.d.mu.Lock()
	defer v.d.mu.Unlock()
	if err := v.begin("stat", name); err != nil {
		return disk.Info{}, err
	}
	n, err := v.d.find("stat", name)
	if err != nil {
		return disk.Info{}, err
	}
	return disk.Info{Dir: n.isDir(), Size: int64(len(n.data))}, nil
}

// Lock implements disk.FS.
func (v *view) Lock(name, owner string) (io.Closer, error) {
	v.d.mu.Lock()
	defer v.d.mu.Unlock()
	if had, locked := v.d.locks[name]; locked && !v.d.dead(v.boot) {
		return nil, &disk.LockedError{Path: name, Owner: had}
	}
	err := v.add("lock", name, newFile())
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	v.d.locks[name] = owner
	return &held{v: v, name: name}, nil
}

// held is a lock.
type held struct {
	v    *view
	name string
}

// Close gives the lock back.
func (h *held) Close() error {
	h.v.d.mu.Lock()
	defer h.v.d.mu.Unlock()
	if h.v.boot == h.v.d.boot {
		delete(h.v.d.locks, h.name)
	}
	return nil
}
