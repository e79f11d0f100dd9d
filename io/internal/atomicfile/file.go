// Package atomicfile writes files that are there whole or not at all.
//
// What is written goes to a hidden temporary file in the target's folder. Commit makes it durable,
// Publish gives it the target's name, Close removes whatever was not published:
//
//	f, err := atomicfile.Create("out.csv", atomicfile.Replace)
//	…
//	defer f.Close()
//	f.Write(data)
//	err = f.Commit()  // flushed and on disk, under the temporary name: all that can fail has
//	err = f.Publish() // renamed, and the folder synced
//
// Errors don't name the target, as the engine calls a step that writes by its target, and never name the temporary file.
//
// A target that isn't a regular file (a device, a FIFO, standard output) can't be replaced by a rename
// and is written straight.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Policy says what becomes of a regular file that the target's name already has.
type Policy uint8

// The policies.
const (
	Replace Policy = iota // Publish replaces it; until then it stays as it is
	Refuse                // Create fails if it holds anything
)

// Stdout is the path that stands for standard output.
const Stdout = "-"

// bufferSize collects small writes; larger ones go straight to the file.
const bufferSize = 64 << 10

// File is a file being written. One goroutine at a time may use it.
type File struct {
	path   string // as the user wrote it
	target string // what is renamed onto, links resolved; "" if written straight
	file   *os.File
	buf    *bufio.Writer

	closed    bool // file is closed
	committed bool
	published bool
}

// Create opens the file that will be path. Nothing is visible under that name before Publish, except where
// path is something else than a regular file. A link is followed: what it points to is replaced.
// The path "-" is standard output.
func Create(path string, policy Policy) (*File, error) {
	if path == Stdout {
		return newFile(path, "", os.Stdout), nil
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return createTemp(path, path, 0)
	case err != nil:
		return nil, Explain(path, err)
	case info.IsDir():
		return nil, errors.New("it is a folder; give the name of a file in it")
	case !info.Mode().IsRegular() || IsDevicePath(path):
		return createStraight(path)
	case policy == Refuse && info.Size() > 0:
		return nil, errors.New("it exists and is not empty; remove it, or give the option Overwrite")
	}
	return createOver(path, info.Mode().Perm())
}

// IsDevicePath reports names such as /dev/stdout: even when they lead to a regular file, because the
// shell redirected it there, they mean the open file and not its name.
func IsDevicePath(path string) bool {
	abs, err := filepath.Abs(path)
	return err == nil && (strings.HasPrefix(abs, "/dev/") || strings.HasPrefix(abs, "/proc/"))
}

func createStraight(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, Explain(path, err)
	}
	return newFile(path, "", f), nil
}

// createOver prepares to replace an existing regular file.
func createOver(path string, perm fs.FileMode) (*File, error) {
	// A rename would replace a write-protected file too, so that is looked at first.
	probe, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, Explain(path, err)
	}
	if err := probe.Close(); err != nil {
		return nil, Explain(path, err)
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, Explain(path, err)
	}
	return createTemp(path, target, perm)
}

// createTemp makes the temporary file beside target. perm is the mode it is to have, 0 for that of a new file.
func createTemp(path, target string, perm fs.FileMode) (*File, error) {
	dir, base := filepath.Split(target)
	const attempts = 100
	for range attempts {
		name := filepath.Join(dir, fmt.Sprintf(".%s.%08x.tmp", base, rand.Uint32()))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, Explain(path, err)
		}
		out := newFile(path, target, f)
		if perm != 0 {
			if err := f.Chmod(perm); err != nil {
				return nil, errors.Join(Explain(path, err), out.Close())
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("no free name for a temporary file in %s", filepath.Dir(target))
}

func newFile(path, target string, f *os.File) *File {
	return &File{path: path, target: target, file: f, buf: bufio.NewWriterSize(f, bufferSize)}
}

// Identity is the same for two Files exactly if Publish would give both the same name: the target's full path, links
// resolved. It is "" for a target that is written straight, which several may share.
func (f *File) Identity() string {
	if f.target == "" {
		return ""
	}
	full, err := filepath.Abs(f.target)
	if err != nil {
		return f.target
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(full))
	if err != nil {
		return full
	}
	return filepath.Join(dir, filepath.Base(full))
}

// Write appends p.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.buf.Write(p)
	if err != nil {
		return n, Explain(f.path, err)
	}
	return n, nil
}

// Commit puts all that was written on disk. After it only Publish and Close may be called.
func (f *File) Commit() error {
	if err := f.buf.Flush(); err != nil {
		return Explain(f.path, err)
	}
	if f.target != "" {
		if err := f.file.Sync(); err != nil {
			return Explain(f.path, err)
		}
	}
	if err := f.closeFile(); err != nil {
		return Explain(f.path, err)
	}
	f.committed = true
	return nil
}

// Publish makes a committed file visible under its name.
func (f *File) Publish() error {
	if !f.committed {
		return errors.New("a file is published that is not committed")
	}
	if f.target == "" {
		return nil
	}
	if err := os.Rename(f.file.Name(), f.target); err != nil {
		return Explain(f.path, err)
	}
	f.published = true
	return syncDir(f.path, filepath.Dir(f.target))
}

// Close gives the file back and removes it if it was not published. It may be called more than once.
func (f *File) Close() error {
	err := f.closeFile()
	if f.target == "" || f.published {
		return err
	}
	if rm := os.Remove(f.file.Name()); rm != nil && !errors.Is(rm, fs.ErrNotExist) {
		err = errors.Join(err, rm)
	}
	return err
}

func (f *File) closeFile() error {
	if f.closed || f.file == os.Stdout {
		return nil
	}
	f.closed = true
	return f.file.Close()
}

// syncDir makes a rename in dir durable. Windows has no such call and needs none.
func syncDir(path, dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return Explain(path, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return Explain(path, err)
	}
	return nil
}

// noFolder says that the folder of a file to write isn't there.
type noFolder string

func (dir noFolder) Error() string { return "there is no folder " + string(dir) }
func (noFolder) Unwrap() error     { return fs.ErrNotExist }

// Explain is the system's own part of an error about the target at path, or that there is no folder for it. The target isn't named, and a temporary name would
// only confuse.
func Explain(path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		err = le.Err
	}
	if errors.Is(err, io.ErrShortWrite) {
		return fmt.Errorf("only a part was taken: %w", err)
	}
	dir := filepath.Dir(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, statErr := os.Stat(dir); errors.Is(statErr, fs.ErrNotExist) {
			return noFolder(dir)
		}
	}
	return err
}
