package growfile

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"

	"github.com/pwcol/pwcol/io/internal/atomicfile"
)

// Position is what a file held after a Commit.
type Position struct {
	Size int64
	Sum  uint32 // CRC-32C of what that Commit added
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Position is what the file holds after the last Commit. Of one that isn't a regular file it says how much was written.
func (f *File) Position() Position { return f.committed }

// Sync puts what was committed on disk. It may be called while others write and commit.
func (f *File) Sync() error {
	if f.target == "" {
		return nil
	}
	return f.explain(f.file.Sync())
}

// Resume opens a file again that a File has written, and cuts off what came behind the last of its positions that it holds whole: first,
// which was on disk and is taken as it is, or one of the later ones, whose bytes are read and compared. n is how many of those it holds. Where there was
// no power failure, it holds all. A file that has become shorter than first was changed by somebody else, which is an error. What isn't a
// regular file is taken to hold all.
func Resume(path string, first Position, later []Position) (f *File, n int, err error) {
	info, err := os.Stat(path)
	if path == Stdout || err == nil && (!info.Mode().IsRegular() || atomicfile.IsDevicePath(path)) {
		f, err := Create(path, Refuse)
		return f, len(later), err
	}
	if err != nil && (!errors.Is(err, fs.ErrNotExist) || first.Size > 0) {
		return nil, 0, fmt.Errorf("%w, but it held %d bytes: bring it back, or begin with a new state and a new file", atomicfile.Explain(path, err), first.Size)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, 0, atomicfile.Explain(path, err)
	}
	f = newFile(path, file)
	if n, err = f.goBack(first, later); err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return f, n, nil
}

// goBack finds the last position that the file holds, and cuts it there.
func (f *File) goBack(at Position, later []Position) (n int, err error) {
	info, err := f.file.Stat()
	if err != nil {
		return 0, f.explain(err)
	}
	if info.Size() < at.Size {
		return 0, fmt.Errorf("it has %d bytes, but it held %d: it was changed; bring it back, or begin with a new state and a new file", info.Size(), at.Size)
	}
	for _, next := range later {
		if next.Size < at.Size || next.Size > info.Size() {
			break
		}
		sum := crc32.New(castagnoli)
		if _, err := io.Copy(sum, io.NewSectionReader(f.file, at.Size, next.Size-at.Size)); err != nil {
			return 0, f.explain(err)
		}
		if sum.Sum32() != next.Sum {
			break
		}
		at = next
		n++
	}
	if err := f.file.Truncate(at.Size); err != nil {
		return 0, f.explain(err)
	}
	if _, err := f.file.Seek(at.Size, io.SeekStart); err != nil {
		return 0, f.explain(err)
	}
	f.size, f.committed = at.Size, at
	return n, nil
}
