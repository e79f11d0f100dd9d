package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"sync"

	"github.com/pwcol/pwcol/io/internal/watch"
	"github.com/pwcol/pwcol/microbatch"
)

// progress is how far the engine has taken the files of a run with state, which is less than the goroutine has read: what lies in the queue is lost with the
// process, and read again.
//
//	a.csv   ├── taken ──┤── in the queue ──┤── not read ──┤
//	        position ───┘
type progress struct {
	at    int64 // behind the last piece: places in the partition
	files map[watch.ID]*place

	mu   sync.Mutex
	gone []goneFile // ascending by at
}

// place is how far a file was taken.
type place struct {
	Mark     watch.Mark `json:"mark"`
	Line     int64      `json:"line"`               // of the first row behind
	Skipping bool       `json:"skipping,omitempty"` // that is behind the rest of a row that is too large

	file *watch.File
}

// goneFile is a file that is no longer there, and has given nothing from place at on.
type goneFile struct {
	id   watch.ID
	file *watch.File
	at   int64
}

// pieceRange is where a piece is to be found again, and how far its file was taken with it.
type pieceRange struct {
	Place place  `json:"place"`
	From  int64  `json:"from"`           // its first byte in the file
	Rows  int64  `json:"rows"`           // bytes of whole rows from there on
	Long  int64  `json:"long,omitempty"` // bytes that were looked at, if the row behind those is too large
	Line  int64  `json:"line"`           // of its first row
	At    int64  `json:"at"`             // its place in the partition
	Head  []byte `json:"head"`           // what the file has before its first row
	CRC   uint32 `json:"crc"`            // CRC-32C of its bytes, those that were looked at included
}

// position is a progress as it is kept.
type position struct {
	At    int64    `json:"at"`
	Files []*place `json:"files"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// rangeOf is where p, the last piece that was taken of t's file, is to be found again, but for its place in the partition.
func rangeOf(t *tail, p *piece) (*pieceRange, error) {
	mark, err := t.file.Mark()
	if err != nil {
		return nil, err
	}
	r := &pieceRange{Line: p.line, Head: t.head, Rows: int64(p.b.To - p.b.From), Place: place{Mark: mark, Line: t.line, Skipping: t.skipping, file: t.file}}
	r.From = t.file.Taken - r.Rows
	if t.skipping {
		r.Long = int64(len(p.b.Data) - Lead - Pad)
	}
	r.CRC = crc32.Checksum(p.b.Data[Lead:Lead+r.size()], castagnoli)
	return r, nil
}

// size is how many bytes have to be read again.
func (r *pieceRange) size() int64 { return max(r.Rows, r.Long) }

// end is the place in the partition behind the piece.
func (r *pieceRange) end() int64 { return r.At + r.Rows + 1 }

// add notes that the engine has taken a piece.
func (g *progress) add(r *pieceRange) {
	g.at = r.end()
	g.files[r.Place.Mark.ID()] = &r.Place
}

// take notes that the engine has taken those morsels, and returns the ranges to find them again.
func (g *progress) take(morsels []microbatch.Morsel) []*pieceRange {
	ranges := make([]*pieceRange, len(morsels))
	for i, m := range morsels {
		ranges[i] = pieceOf(m).lasting
		g.add(ranges[i])
	}
	g.dropGone()
	return ranges
}

// forget notes that a file is gone, when all before place at was sent.
func (g *progress) forget(f *watch.File, at int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.gone = append(g.gone, goneFile{f.ID(), f, at})
}

// dropGone drops the files that are gone and of which the engine has all.
func (g *progress) dropGone() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.gone) > 0 && g.gone[0].at <= g.at {
		gone := g.gone[0]
		if p := g.files[gone.id]; p != nil && p.file == gone.file { // and not another one, which has got its inode
			delete(g.files, gone.id)
		}
		g.gone = g.gone[1:]
	}
}

// encode is the position, for a later run.
func (g *progress) encode() ([]byte, error) {
	g.dropGone()
	p := position{At: g.at, Files: make([]*place, 0, len(g.files))}
	for _, f := range g.files {
		p.Files = append(p.Files, f)
	}
	slices.SortFunc(p.Files, func(a, b *place) int { return bytes.Compare(a.Mark.Path, b.Mark.Path) })
	return json.Marshal(p)
}

// resume takes up what an earlier run has left: its checkpoint's position, and behind that what it has polled since.
func (g *progress) resume(e *microbatch.Earlier) error {
	if err := g.decode(e.Position); err != nil {
		return err
	}
	for _, since := range e.Since {
		if since.Range == nil {
			if err := g.decode(since.Position); err != nil {
				return err
			}
			continue
		}
		ranges, err := decodeRanges(since.Range)
		if err != nil {
			return err
		}
		for _, r := range ranges {
			g.add(r)
		}
	}
	return nil
}

// decode takes up a position; an empty one says nothing.
func (g *progress) decode(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	var p position
	if err := json.Unmarshal(data, &p); err != nil {
		return fmt.Errorf("the position of an earlier run can't be understood: %w", err)
	}
	g.at, g.files = p.At, map[watch.ID]*place{}
	for _, f := range p.Files {
		if f != nil {
			g.files[f.Mark.ID()] = f
		}
	}
	return nil
}

// tails are the files as progress has them, to be read on.
func (g *progress) tails(list *watch.Files) (map[*watch.File]*tail, error) {
	places, marks := make([]*place, 0, len(g.files)), make([]watch.Mark, 0, len(g.files))
	for _, p := range g.files {
		places, marks = append(places, p), append(marks, p.Mark)
	}
	files, err := list.Resume(marks)
	if err != nil {
		return nil, err
	}
	clear(g.files)
	tails := make(map[*watch.File]*tail, len(files))
	for i, f := range files {
		p := places[i]
		tails[f] = &tail{file: f, line: p.Line, skipping: p.Skipping}
		if p.Mark, err = f.Mark(); err != nil {
			return nil, err
		}
		p.file = f
		g.files[p.Mark.ID()] = p
	}
	return tails, nil
}

// decodeRanges reads the range of a poll; an empty one is of a poll that had nothing.
func decodeRanges(data []byte) (ranges []*pieceRange, err error) {
	if len(data) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(data, &ranges); err != nil {
		return nil, fmt.Errorf("a range of an earlier run can't be understood: %w", err)
	}
	for _, r := range ranges {
		if r == nil || r.From < 0 || r.From > math.MaxInt64-mostReread || r.Rows < 0 || r.Long < 0 || r.size() > mostReread || r.Place.Mark.Taken != r.From+r.Rows {
			return nil, errors.New("a range of an earlier run makes no sense: it was written by another version")
		}
	}
	return ranges, nil
}

// mostReread bounds what bytes that make no sense may ask for; pieces are far smaller.
const mostReread = 1 << 40
