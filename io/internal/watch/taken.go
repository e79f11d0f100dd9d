package watch

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"os"
)

// taken is what is known of the bytes that were taken from a file: hashes, of what was read and not of what the file holds later.
//
//	file   ├── head ──┤ …                    ├─ tail ─┤ not taken yet
//	       ├──────────── all, if exact ───────────────┤
type taken struct {
	head     hash.Hash // of up to headSize bytes; nil: none yet
	headSize int64
	tail     [sha256.Size]byte // of the last tailSize bytes
	tailSize int64
	all      hash.Hash // nil unless exact
}

// headSize is up to how many of a file's first bytes tell whether it was rewritten, and tailSize of those that were taken last.
const (
	headSize = 4 << 10
	tailSize = 4 << 10
)

// add takes p into account, which comes behind what was taken before.
func (t *taken) add(p []byte, exact bool) {
	if len(p) == 0 {
		return
	}
	if t.head == nil {
		t.head = sha256.New()
	}
	if exact && t.all == nil {
		t.all = sha256.New()
	}
	n := min(headSize-t.headSize, int64(len(p)))
	t.head.Write(p[:n])
	t.headSize += n
	end := p[max(0, len(p)-tailSize):]
	t.tail, t.tailSize = sha256.Sum256(end), int64(len(end))
	if exact {
		t.all.Write(p)
	}
}

// isIn reports whether a file still holds the size bytes that were taken: by its head and tail, or all of them if that is asked for and
// known.
func (t *taken) isIn(file *os.File, size int64, all bool) (bool, error) {
	if all && t.all != nil {
		return holds(file, 0, size, t.all.Sum(nil))
	}
	same, err := holds(file, 0, t.headSize, t.head.Sum(nil))
	if !same || err != nil {
		return false, err
	}
	return holds(file, size-t.tailSize, size, t.tail[:])
}

// holds reports whether bytes [from, to) of the file have that hash. If it ends before, they don't.
func holds(file *os.File, from, to int64, want []byte) (bool, error) {
	h := sha256.New()
	n, err := io.Copy(h, io.NewSectionReader(file, from, to-from))
	if err != nil {
		return false, fmt.Errorf("cannot read %s: %w", file.Name(), err)
	}
	return n == to-from && bytes.Equal(h.Sum(nil), want), nil
}
