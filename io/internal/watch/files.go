package watch

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
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
	known   map[identity]*File
	scans   int
}

// File is one of the files. Its fields but Taken change only in Scan.
type File struct {
	Path  string // its present name
	Size  int64  // bytes
	Taken int64  // bytes from its start that were taken: for whoever reads it to set

	id       identity
	modified time.Time
	hash     [sha256.Size]byte // of its first bytes
	hashed   int64             // how many those are: of the bytes that were taken, headSize at most
	seen     int               // the scan that it was last seen in
}

// headSize is up to how many of a file's first bytes tell whether it was rewritten.
const headSize = 4 << 10

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
// yet, but the folder that it is in must be.
func New(path string, endings ...string) (*Files, error) {
	if path == files.Stdin {
		return nil, errors.New("standard input can't be watched; read it")
	}
	w := &Files{path: path, endings: endings, known: make(map[identity]*File)}
	if _, err := w.list(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("there is no folder %s to watch: %w", filepath.Dir(path), err)
	}
	return w, nil
}

// list is the files there are; it may be none.
func (w *Files) list() ([]files.File, error) {
	list, err := files.List(w.path, w.endings...)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return list, err
}

// patience is after how many scans without it a file is gone: one that is being renamed may be missing from a listing.
const patience = 3

// Scan looks at the files and returns what has happened since the last time, ordered by the files' names. What has taken the name of a file that is gone
// comes directly behind the news of that.
func (w *Files) Scan() ([]News, error) {
	list, err := w.list()
	if err != nil {
		return nil, err
	}
	w.scans++
	var news []News
	var fresh []*File
	for _, f := range list {
		n, isNew, err := w.look(f.Path)
		if errors.Is(err, fs.ErrNotExist) { // gone since it was listed
			continue
		}
		if err != nil {
			return nil, err
		}
		news = append(news, n...)
		if isNew != nil {
			fresh = append(fresh, isNew)
		}
	}
	gone, missing := w.gone()
	for _, f := range fresh {
		// Where the file of that name has gone is not known yet: if it is gone for good, the news of both are to come together.
		if !slices.ContainsFunc(missing, func(m *File) bool { return m.Path == f.Path }) {
			w.known[f.id] = f
			news = w.grown(news, f)
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
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s is not a regular file: it can't be watched", path)
	}
	id := identify(path, info)
	f := w.known[id]
	if f == nil {
		return nil, &File{Path: path, Size: info.Size(), id: id, modified: info.ModTime(), seen: w.scans}, nil
	}
	renamed := f.Path != path
	f.seen = w.scans
	if !renamed && f.Size == info.Size() && f.modified.Equal(info.ModTime()) {
		return w.grown(nil, f), nil, nil
	}
	same, err := f.holdsWhatWasTaken(path, info.Size())
	if err != nil {
		return nil, nil, err
	}
	switch {
	case same:
	case renamed: // another file, which has got the inode of one that was removed
		news = append(news, News{Gone, f})
		f = &File{id: id, seen: w.scans}
		w.known[id] = f
	default:
		f.Taken, f.hashed = 0, 0
		news = append(news, News{Rewritten, f})
	}
	f.Path, f.Size, f.modified = path, info.Size(), info.ModTime()
	if len(news) > 0 && news[0].Kind == Rewritten {
		return news, nil, nil
	}
	return w.grown(news, f), nil, nil
}

// grown appends that f has grown, if it has.
func (w *Files) grown(news []News, f *File) []News {
	if f.Size <= f.Taken {
		return news
	}
	return append(news, News{Grown, f})
}

// gone forgets the files that haven't been seen for some time; missing are those that may still turn up under another name.
func (w *Files) gone() (news []News, missing []*File) {
	for id, f := range w.known {
		switch {
		case f.seen == w.scans:
		case w.scans-f.seen < patience:
			missing = append(missing, f)
		default:
			news = append(news, News{Gone, f})
			delete(w.known, id)
		}
	}
	return news, missing
}

// holdsWhatWasTaken reports whether the file, of size bytes now, still begins as it did when bytes of it were taken.
func (f *File) holdsWhatWasTaken(path string, size int64) (bool, error) {
	if size < f.Taken {
		return false, nil
	}
	if f.hashed == 0 {
		return true, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	hash, err := hashHead(file, f.hashed)
	if errors.Is(err, io.EOF) { // it has become shorter since
		return false, nil
	}
	return hash == f.hash, err
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

// Take says that the bytes up to place upTo of the file, which is open as file, were taken.
func (f *File) Take(file *os.File, upTo int64) error {
	f.Taken = upTo
	n := min(upTo, headSize)
	if n <= f.hashed {
		return nil
	}
	hash, err := hashHead(file, n)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", f.Path, err)
	}
	f.hash, f.hashed = hash, n
	return nil
}

// hashHead is the hash of the first n bytes.
func hashHead(file *os.File, n int64) (hash [sha256.Size]byte, err error) {
	head := make([]byte, n)
	if _, err := file.ReadAt(head, 0); err != nil {
		return hash, err
	}
	return sha256.Sum256(head), nil
}
