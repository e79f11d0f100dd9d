package text

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"github.com/pwcol/pwcol/microbatch"
)

// ranges is a file that workers read in chunks, each where it likes.
//
// The chunks' links are a chain: link k holds where the first row of chunk k begins. The worker on chunk k waits for it, finds
// where the first row behind its chunk begins, and publishes that on link k+1 before it parses anything and before it
// hands on any row. Chunks are handed out in order, so whoever has chunk k−1 is at work, and no wait is for ever.
type ranges struct {
	shared
	in    *Input
	file  *os.File
	chunk int
	at    int64 // of the next chunk
	link  *link // of the next chunk

	mu    sync.Mutex
	lines []lineMark // ascending; what is known about line numbers
}

// lineMark says that there are line−1 line breaks before place at.
type lineMark struct{ at, line int64 }

// link is a promise of the place where a chunk's first row begins.
type link struct {
	done chan struct{}
	at   int64
	err  error
}

func newLink() *link { return &link{done: make(chan struct{})} }

// publish fulfils the promise.
func (l *link) publish(at int64, err error) {
	l.at, l.err = at, err
	close(l.done)
}

// wait is the promised place.
func (l *link) wait(ctx context.Context) (int64, error) {
	select {
	case <-l.done:
		return l.at, l.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// chunk is a morsel: bytes [from, to) of a file. The rows that begin in it are its rows.
type chunk struct {
	*ranges
	from, to int64
	first    *link // of this chunk
	after    *link // of the next one
}

func (o *open) openRanges(in *Input) (*ranges, error) {
	file, err := in.Open()
	if err != nil {
		return nil, err
	}
	r := &ranges{in: in, file: file, chunk: o.chunk(in.Size), at: in.Start, link: newLink()}
	r.Closer = file
	r.lines = []lineMark{{in.Start, in.Line}}
	r.link.publish(in.Start, nil)
	r.use()
	return r, nil
}

func (r *ranges) next(context.Context) (microbatch.Morsel, error) {
	if r.at >= r.in.Size {
		return nil, io.EOF
	}
	c := &chunk{ranges: r, from: r.at, to: min(r.at+int64(r.chunk), r.in.Size), first: r.link, after: newLink()}
	r.at, r.link = c.to, c.after
	r.use()
	return c, nil
}

func (r *ranges) close() error { return r.done() }

// readAt fills p from place at of the file. A file that has become shorter is an error.
func (r *ranges) readAt(p []byte, at int64) error {
	n, err := r.file.ReadAt(p, at)
	if n == len(p) {
		return nil
	}
	if err == io.EOF {
		return fmt.Errorf("%s has become shorter while it was read: expected %d bytes, found %d", r.in.Name, r.in.Size, at+int64(n))
	}
	return fmt.Errorf("cannot read %s: %w", r.in.Name, err)
}

// lineAt is the number of the line that place at is on. It reads the file from the nearest place before whose line is known.
func (r *ranges) lineAt(at int64) (int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, found := slices.BinarySearchFunc(r.lines, at, func(m lineMark, at int64) int { return int(min(1, max(-1, m.at-at))) })
	if found {
		return r.lines[i].line, nil
	}
	mark := lineMark{0, 1}
	if i > 0 {
		mark = r.lines[i-1]
	}
	buf := make([]byte, min(int64(defaultChunk), at-mark.at))
	for mark.at < at {
		p := buf[:min(int64(len(buf)), at-mark.at)]
		if err := r.readAt(p, mark.at); err != nil {
			return 0, err
		}
		mark.at += int64(len(p))
		mark.line += int64(bytes.Count(p, []byte{'\n'}))
	}
	r.lines = slices.Insert(r.lines, i, mark)
	return mark.line, nil
}

// nextLine is the place behind the next line break from place at on, or the file's end.
func (r *ranges) nextLine(ctx context.Context, at int64) (int64, error) {
	buf := make([]byte, defaultChunk)
	for at < r.in.Size {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		p := buf[:min(int64(len(buf)), r.in.Size-at)]
		if err := r.readAt(p, at); err != nil {
			return 0, err
		}
		if i := bytes.IndexByte(p, '\n'); i >= 0 {
			return at + int64(i) + 1, nil
		}
		at += int64(len(p))
	}
	return at, nil
}
