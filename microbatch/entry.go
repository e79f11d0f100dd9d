package microbatch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// entry is what the journal keeps of an epoch: all that is needed to run it again and come to the same result.
//
//	number, clock, first?, last?
//	source "csv in/*.csv"     range bytes 0–4711 of in/a.csv   97 rows
//	source "custom orders"    position 12                      3 rows, which lie in blocks behind the entry
type entry struct {
	number, now int64
	first, last bool
	resumed     bool // the first one of a run that goes on from another
	sources     []entrySource
}

// entrySource is what a source has given to an epoch. All sources that had not ended are there, those that gave nothing, too.
type entrySource struct {
	id         uint32 // the source's number in the run that wrote the entry, by which its kept rows are known
	key        string
	ended      bool
	kept       bool // the rows are in the entry's blocks; else they can be reread by the range
	rows       int64
	partitions []uint32
	place      []byte // a range, or, where the rows are kept, the position behind them
}

// entryFormat is the first byte of an encoded entry.
const entryFormat = 1

// The bits of flags.
const (
	flagFirst = 1 << iota
	flagLast
	flagResumed
)

const (
	flagEnded = 1 << iota
	flagKept
)

// append appends the entry. Blocks may follow it.
func (e *entry) append(dst []byte) []byte {
	dst = append(dst, entryFormat)
	dst = binary.AppendVarint(dst, e.number)
	dst = binary.AppendVarint(dst, e.now)
	dst = append(dst, bit(e.first, flagFirst)|bit(e.last, flagLast)|bit(e.resumed, flagResumed))
	dst = binary.AppendUvarint(dst, uint64(len(e.sources)))
	for i := range e.sources {
		s := &e.sources[i]
		dst = binary.AppendUvarint(dst, uint64(s.id))
		dst = appendBytes(dst, []byte(s.key))
		dst = append(dst, bit(s.ended, flagEnded)|bit(s.kept, flagKept))
		dst = binary.AppendUvarint(dst, uint64(s.rows))
		dst = binary.AppendUvarint(dst, uint64(len(s.partitions)))
		for _, p := range s.partitions {
			dst = binary.AppendUvarint(dst, uint64(p))
		}
		dst = appendBytes(dst, s.place)
	}
	return dst
}

func bit(set bool, b byte) byte {
	if set {
		return b
	}
	return 0
}

func appendBytes(dst, b []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

// errEntry says that bytes which passed the journal's checksum make no sense.
var errEntry = errors.New("an entry of the journal can't be understood: it was written by another version, or the file was changed")

// decodeEntry reads what append has written; blocks is what follows it.
func decodeEntry(data []byte) (e entry, blocks []byte, err error) {
	r := &byteReader{left: data}
	if format := r.byte(); format != entryFormat {
		return e, nil, fmt.Errorf("%w (format %d, this version knows %d)", errEntry, format, entryFormat)
	}
	e.number, e.now = r.varint(), r.varint()
	flags := r.byte()
	e.first, e.last, e.resumed = flags&flagFirst != 0, flags&flagLast != 0, flags&flagResumed != 0
	for n := r.count(); n > 0 && !r.bad; n-- {
		s := entrySource{id: uint32(r.uvarint()), key: string(r.bytes())}
		flags := r.byte()
		s.ended, s.kept = flags&flagEnded != 0, flags&flagKept != 0
		s.rows = int64(r.uvarint())
		for p := r.count(); p > 0 && !r.bad; p-- {
			s.partitions = append(s.partitions, uint32(r.uvarint()))
		}
		s.place = r.bytes()
		e.sources = append(e.sources, s)
	}
	if r.bad {
		return entry{}, nil, errEntry
	}
	return e, r.left, nil
}

// byteReader reads bytes that anybody may have written. Once bad it stays so, and gives zeros.
type byteReader struct {
	left []byte
	bad  bool
}

func (r *byteReader) byte() byte {
	if r.bad || len(r.left) == 0 {
		r.bad = true
		return 0
	}
	b := r.left[0]
	r.left = r.left[1:]
	return b
}

func (r *byteReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.left)
	if r.bad || n <= 0 {
		r.bad = true
		return 0
	}
	r.left = r.left[n:]
	return v
}

func (r *byteReader) varint() int64 {
	v, n := binary.Varint(r.left)
	if r.bad || n <= 0 {
		r.bad = true
		return 0
	}
	r.left = r.left[n:]
	return v
}

// count is a number of things that take at least a byte each.
func (r *byteReader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.left)) || n > math.MaxInt32 {
		r.bad = true
		return 0
	}
	return int(n)
}

// bytes is a text with its length before it; nil if it is empty.
func (r *byteReader) bytes() []byte {
	n := r.count()
	if r.bad || n == 0 {
		return nil
	}
	b := r.left[:n:n]
	r.left = r.left[n:]
	return b
}
