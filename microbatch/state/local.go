package state

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/pwcol/pwcol/microbatch/disk"
)

// local keeps objects as files in a folder.
type local struct {
	fsys disk.FS
	dir  string
}

// Local is a Storage in a folder of a file system, with these folders in it, which it makes if need be. What a crash has left
// half written in them is removed, and what there is and isn't is made safe: a run that couldn't do so for what it renamed or removed may have been killed, and then a crash
// would still undo it.
func Local(fsys disk.FS, dir string, folders ...string) (Storage, error) {
	s := &local{fsys: fsys, dir: dir}
	for _, folder := range folders {
		path := s.Place(folder)
		if err := disk.MkdirAll(fsys, path); err != nil {
			return nil, err
		}
		if err := disk.RemoveTemps(fsys, path); err != nil {
			return nil, err
		}
		if err := fsys.SyncDir(path); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Place implements Storage.
func (s *local) Place(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// Create implements Storage.
func (s *local) Create(name string) (Object, error) {
	path := s.Place(name)
	file, err := s.fsys.Create(path + disk.TempSuffix)
	if err != nil {
		return nil, err
	}
	return &localObject{fsys: s.fsys, path: path, file: file}, nil
}

// Open implements Storage.
func (s *local) Open(name string) (Reader, error) { return s.fsys.Open(s.Place(name)) }

// List implements Storage.
func (s *local) List(folder string) ([]string, error) {
	all, err := s.fsys.ReadDir(s.Place(folder))
	if err != nil {
		return nil, err
	}
	names := all[:0]
	for _, name := range all {
		if !strings.HasSuffix(name, disk.TempSuffix) {
			names = append(names, name)
		}
	}
	return names, nil
}

// Delete implements Storage.
func (s *local) Delete(names ...string) error {
	var folders []string
	for _, name := range names {
		path := s.Place(name)
		if err := s.fsys.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if dir := filepath.Dir(path); len(folders) == 0 || folders[len(folders)-1] != dir {
			folders = append(folders, dir)
		}
	}
	for _, dir := range folders {
		if err := s.fsys.SyncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

// localObject is a file under its temporary name.
type localObject struct {
	fsys disk.FS
	path string
	file disk.File // nil after Commit or Abort
}

// Write implements Object.
func (o *localObject) Write(p []byte) (int, error) { return o.file.Write(p) }

// Commit implements Object.
func (o *localObject) Commit() error {
	if err := o.file.Sync(); err != nil {
		return err
	}
	file := o.file
	o.file = nil
	if err := file.Close(); err != nil {
		return err
	}
	return disk.Publish(o.fsys, o.path)
}

// Abort implements Object.
func (o *localObject) Abort() error {
	if o.file == nil {
		return nil
	}
	file := o.file
	o.file = nil
	return errors.Join(file.Close(), o.fsys.Remove(o.path+disk.TempSuffix))
}
