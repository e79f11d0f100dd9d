// Package growfile writes files to which each epoch of a stream adds whole rows.
//
// What is written is the file's once Commit has returned; Close takes away what came after:
//
//	f, err := growfile.Create("out.csv", growfile.Refuse)
//	…
//	defer f.Close()
//	f.Write(rows)
//	err = f.Commit() // others see the rows
//
// Commit hands the bytes to the system, so they outlive this process; Close, at the end, puts them on disk. A machine that
// loses power may lose the last seconds.
//
// A file whose writer was killed is brought back to what it held after one of its commits, and goes on from there:
//
//	p := f.Position()        // after each Commit; it is kept somewhere else
//	…
//	f, n, err := growfile.Resume("out.csv", first, later)
//
// What isn't a regular file (standard output, a FIFO, a device) is written all the same, but nothing can be taken away.
package growfile

import (
	"bufio"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pwcol/pwcol/io/internal/atomicfile"
)

// Policy says what becomes of the rows that a file already has.
type Policy uint8

// The policies.
const (
	Refuse  Policy = iota // Create fails if it holds anything
	Replace               // the first Commit or the first full buffer replaces them
)

// Stdout is the path that stands for standard output.
const Stdout = "-"

// bufferSize is up to how much of an epoch nobody sees before Commit.
const bufferSize = 1 << 20

// File is a file that grows. One goroutine at a time may use it.
type File struct {
	target    string // "" if it isn't a regular file
	file      *os.File
	buf       *bufio.Writer
	replace   bool  // what is in it has still to be taken away
	size      int64 // written so far, what is buffered included
	sum       uint32
	committed Position
}

// Create opens the file at path, and makes it if there is none. Errors don't name it.
func Create(path string, policy Policy) (*File, error) {
	if path == Stdout {
		return newFile("", os.Stdout), nil
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, atomicfile.Explain(path, err)
	case info.IsDir():
		return nil, errors.New("it is a folder; give the name of a file in it")
	case !info.Mode().IsRegular() || atomicfile.IsDevicePath(path):
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return nil, atomicfile.Explain(path, err)
		}
		return newFile("", file), nil
	case policy == Refuse && info.Size() > 0:
		return nil, errors.New("it exists and is not empty; remove it, or give the option Overwrite")
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return nil, atomicfile.Explain(path, err)
	}
	f := newFile(path, file)
	f.replace = info != nil && info.Size() > 0
	return f, nil
}

func newFile(target string, file *os.File) *File {
	f := &File{target: target, file: file}
	f.buf = bufio.NewWriterSize(writer{f}, bufferSize)
	return f
}

// writer is the file behind the buffer.
type writer struct{ f *File }

func (w writer) Write(p []byte) (int, error) {
	if w.f.replace {
		if err := w.f.file.Truncate(0); err != nil {
			return 0, err
		}
		w.f.replace = false
	}
	return w.f.file.Write(p)
}

// Identity is the same for two Files exactly if they write the same file: its full path, links resolved. It is "" for what isn't a
// regular file, which several may share.
func (f *File) Identity() string {
	if f.target == "" {
		return ""
	}
	full, err := filepath.Abs(f.target)
	if err != nil {
		return f.target
	}
	if real, err := filepath.EvalSymlinks(full); err == nil {
		return real
	}
	return full
}

// Write appends p.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.buf.Write(p)
	f.size += int64(n)
	f.sum = crc32.Update(f.sum, castagnoli, p[:n])
	return n, f.explain(err)
}

// Commit makes what was written so far stay, and others see it.
func (f *File) Commit() error {
	if f.replace {
		if _, err := (writer{f}).Write(nil); err != nil {
			return f.explain(err)
		}
	}
	if err := f.buf.Flush(); err != nil {
		return f.explain(err)
	}
	f.committed = Position{Size: f.size, Sum: f.sum}
	f.sum = 0
	return nil
}

func (f *File) explain(err error) error { return atomicfile.Explain(f.target, err) }

// Publish does nothing: what is committed is visible.
func (f *File) Publish() error { return nil }

// Close takes away what was not committed and puts the rest on disk.
func (f *File) Close() error {
	if f.file == os.Stdout {
		return nil
	}
	var errs []error
	if f.target != "" && !f.replace {
		if f.size > f.committed.Size {
			errs = append(errs, f.explain(f.file.Truncate(f.committed.Size)))
		}
		errs = append(errs, f.explain(f.file.Sync()))
	}
	return errors.Join(append(errs, f.explain(f.file.Close()))...)
}
