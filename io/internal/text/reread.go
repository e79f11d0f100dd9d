package text

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"github.com/pwcol/pwcol/io/internal/chunks"
	"github.com/pwcol/pwcol/io/internal/watch"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// Reread reads the pieces of an earlier run's poll again. It is an error if one of their files is gone, or holds something else there.
func (w *watched) Reread(of []byte) (p microbatch.Poll, err error) {
	ranges, err := decodeRanges(of)
	if err != nil {
		return p, err
	}
	again := rereader{w: w, splitter: w.opts.Format.NewSplitter()}
	defer func() { err = errors.Join(err, again.close()) }()
	for _, r := range ranges {
		piece, err := again.read(r)
		if err != nil {
			return p, err
		}
		w.env.Account.Charge(piece.size())
		w.env.Stats.BytesRead.Add(r.Rows)
		p.Morsels = append(p.Morsels, &chunks.Chunk{First: piece.at, Rows: int(piece.rows), Bytes: piece.size(), Data: piece})
		p.Rows += piece.rows
	}
	return p, nil
}

// rereader reads pieces again. The pieces of a file mostly follow one another, so it keeps the last one open.
type rereader struct {
	w        *watched
	splitter Splitter
	file     *os.File
	id       watch.ID
}

func (a *rereader) close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

// open opens the file of a range.
func (a *rereader) open(r *pieceRange) error {
	mark := &r.Place.Mark
	if a.file != nil && a.id == mark.ID() {
		return nil
	}
	file, ok, err := a.w.list.OpenMarked(mark)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", a.w.opts.Step, err)
	case !ok:
		return fmt.Errorf("%s is gone, and bytes %d to %d of it, which an earlier run has read behind its last checkpoint, are needed again: bring it back",
			mark.Path, r.From, r.From+r.size())
	}
	err = a.close()
	a.file, a.id = file, mark.ID()
	return err
}

// read is a piece as it was.
func (a *rereader) read(r *pieceRange) (*piece, error) {
	if err := a.open(r); err != nil {
		return nil, err
	}
	b, err := a.load(r)
	if err != nil {
		return nil, err
	}
	in, err := a.inputOf(r)
	if err != nil {
		return nil, err
	}
	t := &tail{in: in, line: r.Line, file: &watch.File{Path: a.file.Name()}}
	cut := Cut{At: b.From + int(r.Rows)}
	if r.Long > 0 {
		a.splitter.Survey(b)
		again := a.splitter.NextRow(b, a.splitter.LastRow(b, b.From), b.To, false)
		if !again.Long || again.At != cut.At {
			return nil, fmt.Errorf("%s: the row that begins at byte %d was too large for an earlier run, and isn't now: run the program with the limit on a row's size that it had",
				a.file.Name(), r.From+r.Rows)
		}
		cut = again
	}
	p := t.take(b, cut)
	p.at = r.At
	return p, nil
}

// load reads a range's bytes, which must be those of the earlier run.
func (a *rereader) load(r *pieceRange) (*Buffer, error) {
	info, err := a.file.Stat()
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", a.file.Name(), err)
	}
	size := r.size()
	if info.Size() < r.From+size {
		return nil, a.changed(r, fmt.Sprintf("it has only %d bytes now", info.Size()))
	}
	b := &Buffer{Data: vec.Alloc(Lead + int(size) + Pad), From: Lead, To: Lead + int(size)}
	b.Data[0] = '\n'
	if _, err := a.file.ReadAt(b.Data[b.From:b.To], r.From); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("cannot read %s: %w", a.file.Name(), err)
	}
	if sum := crc32.Checksum(b.Data[b.From:b.To], castagnoli); sum != r.CRC {
		return nil, a.changed(r, "it holds something else there now")
	}
	return b, nil
}

// changed says that a file isn't what it was.
func (a *rereader) changed(r *pieceRange, how string) error {
	return fmt.Errorf("%s has changed: bytes %d to %d of it (from line %d on), which an earlier run has read behind its last checkpoint, are needed again, and %s: bring back what it was",
		a.file.Name(), r.From, r.From+r.size(), r.Line, how)
}

// inputOf is what the file's beginning has said.
func (a *rereader) inputOf(r *pieceRange) (*Input, error) {
	name := a.file.Name()
	in, err := a.w.opts.Format.Begin(textOf(name, r.Head), true)
	if err != nil {
		return nil, err
	}
	if in == nil {
		return nil, fmt.Errorf("%s: an earlier run has read another kind of header: run the program with the options that it had", name)
	}
	in.Name = name
	return in, nil
}
