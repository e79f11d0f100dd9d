package journal

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/pwcol/pwcol/microbatch/disk"
)

// writer writes the log's last segment. One goroutine at a time uses it, and none after an error but for close.
type writer struct {
	fsys disk.FS
	dir  string
	id   Identity
	last int64 // greatest epoch so far

	segment           // end: so much is safe
	seed    uint32    // of its frames
	file    disk.File // nil: failed or closed
	size    int64     // length of the file: a mark that isn't safe may be behind end
}

// begin starts the next segment with the frames in taken, which aren't sealed. When it gets its name it is whole and safe.
func (w *writer) begin(taken []byte) error {
	next := header{id: w.id, number: w.number + 1, previous: w.end, last: w.last, born: segmentHeader + int64(len(taken))}
	path, seed := segmentPath(w.dir, next.number), next.seed()
	if _, err := w.fsys.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("there is %s already: another run writes this journal", path))
	}
	seal(taken, seed, segmentHeader)
	if err := disk.WriteFile(w.fsys, path, append(next.encode(), taken...)); err != nil {
		return err
	}
	file, err := w.fsys.OpenAppend(path)
	if err != nil {
		return err
	}
	w.segment = segment{header: next, path: path, end: next.born}
	w.seed, w.file, w.size = seed, file, next.born
	return nil
}

// write adds a group of frames and makes them safe; before it the next segment is begun if this one is full.
func (w *writer) write(frames []byte, roll int64) error {
	if w.end >= roll {
		if err := errors.Join(w.drop(), w.begin(nil)); err != nil {
			return err
		}
	}
	w.last = max(w.last, seal(frames, w.seed, w.end))
	if err := w.put(frames); err != nil {
		return err
	}
	return w.sync()
}

// mark vouches for what is safe, unless a mark has.
func (w *writer) mark() error {
	if w.size > w.end || w.end == w.born {
		return nil
	}
	frame := appendFrame(nil, mark, 0)
	seal(frame, w.seed, w.end)
	return w.put(frame)
}

// put writes bytes to the file's end.
func (w *writer) put(b []byte) error {
	n, err := w.file.Write(b)
	w.size += int64(n)
	if err != nil {
		return errors.Join(err, w.drop())
	}
	return nil
}

// sync makes safe what was written.
func (w *writer) sync() error {
	if err := w.file.Sync(); err != nil {
		return errors.Join(err, w.drop())
	}
	w.end = w.size
	return nil
}

// drop closes the file as it is.
func (w *writer) drop() error {
	file := w.file
	w.file = nil
	return file.Close()
}

// close vouches for all that is written, makes that safe too, and closes the file. It does nothing after an error.
func (w *writer) close() error {
	if w.file == nil {
		return nil
	}
	if err := w.mark(); err != nil {
		return err
	}
	if w.size > w.end {
		if err := w.sync(); err != nil {
			return err
		}
	}
	return w.drop()
}
