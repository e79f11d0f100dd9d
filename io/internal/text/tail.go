package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/pwcol/pwcol/kernels/vec"
)

// tail is where the reading of a file that grows stands.
type tail struct {
	in       *Input // nil: the file hasn't told yet where its first row begins
	at, line int64  // of the first row that was not taken
	skipping bool   // at is inside a row that is too large
	kept     []*piece
}

// keep keeps a piece so that it can be taken back.
func (t *tail) keep(p *piece, account *vec.Account) {
	t.kept = append(t.kept, p)
	account.Charge(int64(len(p.b.Data)))
}

// rename makes the file's name be path in the messages about what is read from now on. What was read before may be at work with the old one.
func (t *tail) rename(path string) {
	if t.in.Name != path {
		in := *t.in
		in.Name = path
		t.in = &in
	}
}

// back is the pieces that take back all that the file has given and was kept, which isn't any longer.
func (t *tail) back(account *vec.Account) []*piece {
	out := make([]*piece, len(t.kept))
	for i, p := range t.kept {
		gone := *p
		gone.goes = true
		out[i] = &gone
	}
	t.release(account)
	return out
}

// release gives back what is kept.
func (t *tail) release(account *vec.Account) {
	for _, p := range t.kept {
		account.Release(int64(len(p.b.Data)))
	}
	t.kept = nil
}

// cutter cuts pieces of whole rows off growing files.
type cutter struct {
	splitter Splitter
	chunk    int
}

// next is the next piece of a file of which size bytes are known, and moves t behind it; nil if there isn't one whole row.
func (c *cutter) next(file *os.File, t *tail, size int64) (*piece, error) {
	if t.skipping {
		if done, err := c.skip(file, t, size); err != nil || !done {
			return nil, err
		}
	}
	for want := int64(c.chunk); t.at < size; want *= 2 {
		n := min(want, size-t.at)
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
		case n == size-t.at: // only a part of a row is there
			return nil, nil
		}
	}
	return nil, nil
}

// load reads n bytes of the file; it is nil if there aren't so many any more, which the next scan will find out.
func (c *cutter) load(file *os.File, t *tail, n int64) (*Buffer, error) {
	b := &Buffer{Data: vec.Alloc(Lead + int(n) + Pad), From: Lead, To: Lead + int(n)}
	b.Data[0] = '\n'
	if _, err := file.ReadAt(b.Data[b.From:b.To], t.at); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, fmt.Errorf("cannot read %s: %w", t.in.Name, err)
	}
	return b, nil
}

// take is the piece of b up to the cut. A row that is too large goes with it.
func (t *tail) take(b *Buffer, cut Cut) *piece {
	b.To = cut.At
	text := b.Data[b.From:b.To]
	rows := int64(bytes.Count(text, []byte{'\n'}))
	p := &piece{in: t.in, b: *b, line: t.line, rows: rows, long: cut.Bad}
	if cut.Bad != nil {
		p.rows++
	}
	t.at += int64(len(text))
	t.line += rows
	return p
}

// skip goes on behind the row that is too large, and reports whether it has found its end.
func (c *cutter) skip(file *os.File, t *tail, size int64) (bool, error) {
	for t.at < size {
		b, err := c.load(file, t, min(int64(c.chunk), size-t.at))
		if err != nil || b == nil {
			return false, err
		}
		text := b.Data[b.From:b.To]
		n := bytes.IndexByte(text, '\n')
		if n >= 0 {
			t.at, t.line, t.skipping = t.at+int64(n)+1, t.line+1, false
			return true, nil
		}
		t.at += int64(len(text))
	}
	return false, nil
}
