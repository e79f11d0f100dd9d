package watch

import (
	"crypto/sha256"
	"encoding"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
)

// Mark is how far a file was taken, for another process that goes on there: which file, how much of it, and the hashes of that.
type Mark struct {
	Path   []byte `json:"path"` // its name at that time, which need not be UTF-8
	Device uint64 `json:"device,omitempty"`
	Inode  uint64 `json:"inode,omitempty"`
	Taken  int64  `json:"taken"`

	Head     []byte `json:"head,omitempty"` // a hash that goes on, as it marshals itself
	HeadSize int64  `json:"head_size,omitempty"`
	Tail     []byte `json:"tail,omitempty"`
	TailSize int64  `json:"tail_size,omitempty"`
	All      []byte `json:"all,omitempty"` // a hash that goes on, if it is exact
}

// Mark is where the file stands now.
func (f *File) Mark() (Mark, error) {
	m := Mark{Path: []byte(f.Path), Taken: f.Taken, HeadSize: f.taken.headSize, Tail: f.taken.tail[:], TailSize: f.taken.tailSize}
	f.id.note(&m)
	m.Tail = append([]byte(nil), m.Tail...)
	var errs [2]error
	m.Head, errs[0] = marshalHash(f.taken.head)
	m.All, errs[1] = marshalHash(f.taken.all)
	return m, errors.Join(errs[:]...)
}

// ID tells files apart, whatever they are called.
type ID identity

// ID is the marked file's.
func (m *Mark) ID() ID { return ID(identityOf(m)) }

// ID is the file's.
func (f *File) ID() ID { return ID(f.id) }

// Resume takes up files of another process, before the first Scan, which then finds what has happened to them since. A file system may have got another
// number since, as it may when a machine starts: a file that is on no other is then known by its inode, and what it holds is compared.
func (w *Files) Resume(marks []Mark) ([]*File, error) {
	there, err := w.identities()
	if err != nil {
		return nil, err
	}
	out := make([]*File, len(marks))
	for i := range marks {
		f, err := w.resumed(&marks[i])
		if err != nil {
			return nil, fmt.Errorf("the position of an earlier run in %s: %w", marks[i].Path, err)
		}
		if moved, ok := f.id.among(there); ok && w.known[moved] == nil {
			f.id = moved
		}
		out[i], w.known[f.id] = f, f
	}
	return out, nil
}

// resumed is a file as a mark has it.
func (w *Files) resumed(m *Mark) (*File, error) {
	f := &File{Path: string(m.Path), Size: m.Taken, Taken: m.Taken, id: identityOf(m), exact: w.exact, seen: w.scans}
	if m.Taken < 0 || m.HeadSize < 0 || m.HeadSize > m.Taken || m.TailSize < 0 || m.TailSize > m.Taken || len(m.Tail) != sha256.Size {
		return nil, errMark
	}
	f.taken.headSize, f.taken.tailSize = m.HeadSize, m.TailSize
	copy(f.taken.tail[:], m.Tail)
	var errs [2]error
	f.taken.head, errs[0] = unmarshalHash(m.Head)
	f.taken.all, errs[1] = unmarshalHash(m.All)
	if m.Taken > 0 && f.taken.head == nil {
		return nil, errMark
	}
	return f, errors.Join(errs[:]...)
}

// errMark says that a mark can't be one of this package's.
var errMark = errors.New("it makes no sense: it was written by another version")

// identities are the files that there are now.
func (w *Files) identities() (map[identity]string, error) {
	names, err := w.names()
	if err != nil {
		return nil, err
	}
	out := make(map[identity]string, len(names))
	for _, name := range names {
		if info, err := os.Stat(name); err == nil {
			out[identify(name, info)] = name
		}
	}
	return out, nil
}

// OpenMarked opens the file that a mark is of, whatever it is called now, or, if there is none, the one that has its name. It reports false if there is neither.
// It may be called while another goroutine scans.
func (w *Files) OpenMarked(m *Mark) (*os.File, bool, error) {
	path := string(m.Path)
	if info, err := os.Stat(path); err != nil || identify(path, info) != identityOf(m) {
		there, err := w.identities()
		if err != nil {
			return nil, false, err
		}
		if name, ok := there[identityOf(m)]; ok {
			path = name
		} else if moved, ok := identityOf(m).among(there); ok {
			path = there[moved]
		}
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	file, err := os.Open(path)
	return file, err == nil, err
}

func marshalHash(h hash.Hash) ([]byte, error) {
	if h == nil {
		return nil, nil
	}
	return h.(encoding.BinaryMarshaler).MarshalBinary()
}

func unmarshalHash(state []byte) (hash.Hash, error) {
	if len(state) == 0 {
		return nil, nil
	}
	h := sha256.New()
	return h, h.(encoding.BinaryUnmarshaler).UnmarshalBinary(state)
}
