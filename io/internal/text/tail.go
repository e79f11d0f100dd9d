package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/pwcol/pwcol/io/internal/watch"
	"github.com/pwcol/pwcol/kernels/vec"
)

// tail is where the reading of a file that grows stands: behind the bytes of file that were taken.
type tail struct {
	file     *watch.File
	in       *Input
	line     int64 // of the first row that was not taken
	skipping bool  // that is behind the rest of a row that is too large
	denied   bool  // the log says that it can't be opened
	kept     []*piece
	head     []byte // what is before the file's first row
}

// begin looks at the beginning of the file and takes what is before its first row. It reports false if the file doesn't tell yet, and is to be asked again
// when it has grown.
func (t *tail) begin(file *os.File, f Format) (bool, error) {
	text, read, err := startOf(file, t.file.Path)
	if err != nil || text == nil {
		return false, err
	}
	in, err := f.Begin(text, true)
	if err != nil || in == nil {
		return false, err
	}
	in.Name = t.file.Path
	t.in, t.head = in, bytes.Clone(read.Bytes()[:in.Start])
	if t.file.Taken == 0 { // and isn't one that an earlier run has begun
		t.line = in.Line
		t.file.Take(t.head)
	}
	return true, nil
}

// rename makes the file's name be the one in the messages about what is read from now on. What was read before may be at work with the old one.
func (t *tail) rename() {
	if t.in.Name != t.file.Path {
		in := *t.in
		in.Name = t.file.Path
		t.in = &in
	}
}

// back is the pieces that take back all that the file has given and was kept, which isn't any longer.
func (t *tail) back() []*piece {
	out := make([]*piece, len(t.kept))
	for i, p := range t.kept {
		gone := *p
		gone.goes, gone.kept = true, false
		out[i] = &gone
	}
	t.kept = nil
	return out
}

// cutter cuts pieces of whole rows off growing files.
type cutter struct {
	splitter Splitter
	chunk    int
}

// next takes the next piece of a file; nil if there isn't one whole row.
func (c *cutter) next(file *os.File, t *tail) (*piece, error) {
	size := t.file.Size
	if t.skipping {
		if done, err := c.skip(file, t, size); err != nil || !done {
			return nil, err
		}
	}
	for want := int64(c.chunk); t.file.Taken < size; want *= 2 {
		n := min(want, size-t.file.Taken)
		b, err := c.load(file, t, n)
		if err != nil || b == nil {
			return nil, err
		}
		c.splitter.Survey(b)
		cut := c.splitter.NextRow(b, c.splitter.LastRow(b, b.From), b.To, false)
		switch {
		case cut.Long:
			t.skipping = true
			return t.take(b, cut), nil
		case cut.At > b.From:
			return t.take(b, cut), nil
		case n == size-t.file.Taken: // only a part of a row is there
			return nil, nil
		}
	}
	return nil, nil
}

// load reads n bytes of the file; it is nil if there aren't so many any more, or others than before them, which the next scan will find out.
func (c *cutter) load(file *os.File, t *tail, n int64) (*Buffer, error) {
	b := &Buffer{Data: vec.Alloc(Lead + int(n) + Pad), From: Lead, To: Lead + int(n)}
	b.Data[0] = '\n'
	if _, err := file.ReadAt(b.Data[b.From:b.To], t.file.Taken); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, fmt.Errorf("cannot read %s: %w", t.in.Name, err)
	}
	if same, err := t.file.Holds(file); err != nil || !same {
		return nil, err
	}
	return b, nil
}

// take is the piece of b up to the cut. A row that is too large goes with it.
func (t *tail) take(b *Buffer, cut Cut) *piece {
	b.To = cut.At
	text := b.Data[b.From:b.To]
	rows := int64(bytes.Count(text, []byte{'\n'}))
	p := &piece{in: t.in, b: *b, line: t.line, rows: rows, long: cut.Bad}
	if cut.Long {
		p.rows++
	}
	t.file.Take(text)
	t.line += rows
	return p
}

// skip goes on behind the row that is too large, and reports whether it has found its end.
func (c *cutter) skip(file *os.File, t *tail, size int64) (bool, error) {
	for t.file.Taken < size {
		b, err := c.load(file, t, min(int64(c.chunk), size-t.file.Taken))
		if err != nil || b == nil {
			return false, err
		}
		text := b.Data[b.From:b.To]
		n := bytes.IndexByte(text, '\n')
		if n >= 0 {
			t.file.Take(text[:n+1])
			t.line, t.skipping = t.line+1, false
			return true, nil
		}
		t.file.Take(text)
	}
	return false, nil
}
