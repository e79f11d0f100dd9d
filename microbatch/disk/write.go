package disk

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
)

// TempSuffix ends the names of files that are being written, and have no meaning yet. RemoveTemps removes those that a crash has left.
const TempSuffix = ".tmp"

// WriteFile makes name hold data, safely: after a crash it holds data or what it held before. After an error either may be.
func WriteFile(fsys FS, name string, data []byte) error {
	if err := writeTemp(fsys, name+TempSuffix, data); err != nil {
		_ = fsys.Remove(name + TempSuffix) // in nobody's way
		return err
	}
	return Publish(fsys, name)
}

// writeTemp writes and syncs a file whose name is not to be.
func writeTemp(fsys FS, name string, data []byte) error {
	if err := fsys.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := fsys.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Publish gives the file name + TempSuffix, which is synced, its name, safely.
func Publish(fsys FS, name string) error {
	if err := fsys.Rename(name+TempSuffix, name); err != nil {
		return err
	}
	return fsys.SyncDir(filepath.Dir(name))
}

// RemoveTemps removes from a folder what a crash has left half written. A name that a crash brings back does no harm.
func RemoveTemps(fsys FS, dir string) error {
	names, err := fsys.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !strings.HasSuffix(name, TempSuffix) {
			continue
		}
		if err := fsys.Remove(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// MkdirAll makes a folder and those above it, safely. If there is one it may be that a run which was killed has made it just now, so
// that its name isn't safe yet: the folders above are synced as well, as far as this user may.
func MkdirAll(fsys FS, path string) error {
	parent := filepath.Dir(path)
	if parent == path {
		return nil
	}
	info, err := fsys.Stat(path)
	isNew := errors.Is(err, fs.ErrNotExist)
	switch {
	case err != nil && !isNew:
		return err
	case err == nil && !info.Dir:
		return &fs.PathError{Op: "mkdir", Path: path, Err: errors.New("it is a file, not a folder")}
	}
	if err := MkdirAll(fsys, parent); err != nil {
		return err
	}
	if isNew {
		if err := fsys.Mkdir(path); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	if err := fsys.SyncDir(parent); err != nil && (isNew || !mayNotSync(err)) {
		return err
	}
	return nil
}

// mayNotSync reports whether an error says that a folder can't be synced by this user or on this file system.
func mayNotSync(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL)
}
