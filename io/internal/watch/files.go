package watch

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/pwcol/pwcol/io/internal/files"
)

// Files are the files that a path names, as they were when they were last looked at.
type Files struct {
	path    string
	endings []string
	exact   bool
	known   map[identity]*File
	scans   int
}

// File is one of the files. Its fields but Taken change only in Scan.
type File struct {
	Path  string // its present name
	Size  int64  // bytes
	Taken int64  // bytes from its start that were taken

	id       identity
	modified time.Time
	settled  bool // it was looked at when modified was past for long enough to be another time than that of any later change
	waiting  bool // it is no news before it has changed
	taken    taken
	exact    bool
	seen     int // the scan that it was last seen in
}

// Kind is what has happened to a file.
type Kind uint8

// The kinds.
const (
	Grown     Kind = iota // it has more bytes than were taken; or it is new
	Rewritten             // bytes that were taken have changed or are gone: all that it holds now is new. Taken is 0
	Gone                  // it is no longer there
)

// News is something that has happened to a file.
type News struct {
	Kind Kind
	File *File
}

// New watches a path as files.List has it: a folder, whose files with those endings are meant, a glob, or a file. It need not be there
// yet, but the folder that it is in must be. exact says that a change anywhere in what was taken is to be found.
func New(path string, exact bool, endings ...string) (*Files, error) {
	if path == files.Stdin {
		return nil, errors.New("standard input can't be watched; read it")
	}
	w := &Files{path: path, endings: endings, exact: exact, known: make(map[identity]*File)}
	if _, err := w.names(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("there is no folder %s to watch: %w", filepath.Dir(path), err)
	}
	return w, nil
}

// names are the names of the files there are; it may be none.
func (w *Files) names() ([]string, error) {
	names, err := files.Names(w.path, w.endings...)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return names, err
}

// patience is after how many scans without it a file is gone: one that is being renamed may be missing from a listing.
const patience = 3

// settles is after how long a change has another time than the one before, on whatever file system: there are some that count in steps of 2 seconds.
const settles = 2 * time.Second

// Scan looks at the files and returns what has happened since the last time, ordered by the files' names. What has taken the name of a file that is gone
// comes directly behind the news of that.
func (w *Files) Scan() ([]News, error) {
	names, err := w.names()
	if err != nil {
		return nil, err
	}
	w.scans++
	var news []News
	var fresh []*File
	met := map[identity]bool{} // those of fresh
	for _, name := range names {
		n, isNew, err := w.look(name)
		if errors.Is(err, fs.ErrNotExist) { // gone since it was listed, or a link to nothing
			continue
		}
		if err != nil {
			return nil, err
		}
		news = append(news, n...)
		if isNew != nil && !met[isNew.id] {
			met[isNew.id] = true
			fresh = append(fresh, isNew)
		}
	}
	gone, missing := w.gone()
	for _, f := range fresh {
		// Where the file of that name has gone is not known yet: if it is gone for good, the news of both are to come together.
		if !missing[f.Path] {
			w.known[f.id] = f
			news = grown(news, f)
		}
	}
	news = append(gone, news...)
	slices.SortStableFunc(news, func(a, b News) int { return cmp.Compare(a.File.Path, b.File.Path) })
	return news, nil
}

// look looks at the file of that name. One that isn't known is fresh.
func (w *Files) look(path string) (news []News, fresh *File, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		return nil, nil, nil
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s is not a regular file: it can't be watched", path)
	}
	id := identify(path, info)
	f := w.known[id]
	if f == nil {
		f = &File{id: id, exact: w.exact, seen: w.scans}
		f.is(path, info)
		f.settled = atRest(info)
		return nil, f, nil
	}
	if f.seen == w.scans { // a link to one that was looked at under another name
		return nil, nil, nil
	}
	f.seen = w.scans
	news, err = w.compare(f, path, info)
	return news, nil, err
}

// is notes how the file is now.
func (f *File) is(path string, info fs.FileInfo) {
	f.Path, f.Size, f.modified = path, info.Size(), info.ModTime()
}

// atRest reports whether a later change is sure to have another time.
func atRest(info fs.FileInfo) bool { return time.Since(info.ModTime()) >= settles }

// compare finds out what has happened to a file since it was last looked at. What was taken is looked at again when the file has another time or name,
// and once more when it has come to rest: the first time it may have changed within the same tick of the file system's clock.
func (w *Files) compare(f *File, path string, info fs.FileInfo) ([]News, error) {
	renamed, touched := f.Path != path, f.Size != info.Size() || !f.modified.Equal(info.ModTime())
	if touched {
		f.settled = false
	}
	settling := !f.settled && atRest(info)
	f.waiting = f.waiting && !touched && !settling
	if !renamed && !touched && !settling {
		return grown(nil, f), nil
	}
	// Of one that grows on and on not all is looked at each time.
	same, err := f.holdsWhatWasTaken(path, info.Size(), settling || touched && info.Size() <= f.Size)
	if errors.Is(err, fs.ErrPermission) { // whoever wants to read it will be told
		f.Path = path
		return []News{{Grown, f}}, nil
	}
	if err != nil {
		return nil, err
	}
	was := f
	switch {
	case same:
	case renamed: // another file, which has got the inode of one that was removed
		f = &File{id: was.id, exact: w.exact, seen: w.scans}
		w.known[f.id] = f
	default:
		f.Taken, f.taken, f.waiting = 0, taken{}, false
	}
	f.is(path, info)
	f.settled = f.settled || settling
	switch {
	case same:
		return grown(nil, f), nil
	case renamed:
		return grown([]News{{Gone, was}}, f), nil
	}
	return []News{{Rewritten, f}}, nil
}

// grown appends that f has grown, if it has.
func grown(news []News, f *File) []News {
	if f.Size <= f.Taken || f.waiting {
		return news
	}
	return append(news, News{Grown, f})
}

// gone forgets the files that haven't been seen for some time; missing are the names of those that may still turn up under another one.
func (w *Files) gone() (news []News, missing map[string]bool) {
	missing = map[string]bool{}
	for id, f := range w.known {
		switch {
		case f.seen == w.scans:
		case w.scans-f.seen < patience:
			missing[f.Path] = true
		default:
			news = append(news, News{Gone, f})
			delete(w.known, id)
		}
	}
	return news, missing
}

// holdsWhatWasTaken reports whether the file, of size bytes now, still begins as it did when bytes of it were taken.
func (f *File) holdsWhatWasTaken(path string, size int64, all bool) (bool, error) {
	if size < f.Taken || f.Taken == 0 {
		return size >= f.Taken, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	return f.taken.isIn(file, f.Taken, all)
}

// Holds reports whether the file, which is open as file, still holds what was taken: what was read of one that was rewritten since the scan doesn't belong
// behind that. The next scan will tell.
func (f *File) Holds(file *os.File) (bool, error) {
	info, err := file.Stat()
	switch {
	case err != nil || info.Size() < f.Taken:
		return false, err
	case f.Taken == 0 || info.Size() == f.Size && info.ModTime().Equal(f.modified):
		return true, nil
	}
	return f.taken.isIn(file, f.Taken, false)
}

// Open opens the file to be read. It reports false if what is there now is another one, or none: the next scan will tell.
func (f *File) Open() (*os.File, bool, error) {
	file, err := os.Open(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	info, err := file.Stat()
	if err != nil || identify(f.Path, info) != f.id {
		return nil, false, errors.Join(err, file.Close())
	}
	return file, true, nil
}

// Wait says that what is behind the bytes that were taken isn't whole: the file has grown only when it has changed.
func (f *File) Wait() { f.waiting = true }

// Take says that p was taken, the file's bytes from place Taken on.
func (f *File) Take(p []byte) {
	f.taken.add(p, f.exact)
	f.Taken += int64(len(p))
}
