package parquet

import (
	"fmt"
	"hash/crc32"

	"github.com/pwcol/pwcol/io/parquet/internal/codec"
	"github.com/pwcol/pwcol/io/parquet/internal/coding"
	"github.com/pwcol/pwcol/io/parquet/internal/thrift"
	"github.com/pwcol/pwcol/kernels/vec"
)

const (
	// pageBytes is about how many bytes of values a data page has. Readers unpack pages whole: what fits a
	// core's cache is good for them, and much smaller pages compress worse.
	pageBytes = 1 << 20
	// maxDictBytes bounds a dictionary; a chunk that needs more is written plain. Readers hold dictionaries while
	// they gather from them, at random.
	maxDictBytes = 1 << 20
)

// encodedGroup is a row group's bytes as they stand in the file, and what the footer says of it.
type encodedGroup struct {
	rows   int
	data   []byte
	at     int64 // of data in the file, once it is there
	bytes  int64 // of all pages with their headers, unpacked
	chunks []encodedChunk
}

// encodedChunk is a column chunk: its place in the group's bytes.
type encodedChunk struct {
	dictAt     int // −1: no dictionary
	dataAt     int
	size       int
	unpacked   int
	pages      int
	statistics bounds
}

// groupEncoder encodes row groups for one worker. Its buffers are used for all of them.
type groupEncoder struct {
	columns []outColumn
	packer  *codec.Compressor
	out     []byte // the group's bytes so far
	chunk   *encodedChunk

	rows   int
	valid  []byte // of all rows of the column, if nulls > 0
	nulls  int
	page   []byte // a page's bytes, unpacked
	packed []byte

	values []byte // of fixed width as they are stored, without NULLs
	codes  []uint32
	dict   dictEncoder
	text   textEncoder
}

func newGroupEncoder(columns []outColumn, c codec.Codec) (*groupEncoder, error) {
	packer, err := codec.NewCompressor(c)
	if err != nil {
		return nil, err
	}
	return &groupEncoder{columns: columns, packer: packer}, nil
}

func (e *groupEncoder) close() { e.packer.Close() }

// encode makes a row group of the parts' rows, in buf's memory.
func (e *groupEncoder) encode(parts []part, buf []byte) (*encodedGroup, error) {
	g := &encodedGroup{chunks: make([]encodedChunk, len(e.columns))}
	for _, p := range parts {
		g.rows += p.rows()
	}
	e.out, e.rows = buf[:0], g.rows
	cols := make([]*vec.Vec, len(parts))
	for i := range e.columns {
		for k, p := range parts {
			cols[k] = p.piece.column(i, p.from, p.to)
		}
		e.chunk = &g.chunks[i]
		if err := e.encodeColumn(&e.columns[i], cols); err != nil {
			return nil, fmt.Errorf("column %q: %w", e.columns[i].name, err)
		}
		g.bytes += int64(e.chunk.unpacked)
	}
	g.data, e.out = e.out, nil
	return g, nil
}

func (e *groupEncoder) encodeColumn(c *outColumn, cols []*vec.Vec) error {
	from := len(e.out)
	*e.chunk = encodedChunk{dictAt: -1}
	e.gatherValid(cols)
	if e.nulls > 0 && !c.optional {
		return fmt.Errorf("%d of its values are NULL, and its schema has none", e.nulls)
	}
	e.chunk.statistics.nulls = int64(e.nulls)
	var err error
	switch c.store {
	case storeBits:
		e.encodeBools(c, cols)
	case storeText:
		err = e.encodeText(c, cols)
	default:
		err = e.encodeNumbers(c, cols)
	}
	e.chunk.size = len(e.out) - from
	return err
}

// gatherValid puts the columns' validity bitmaps together and counts NULLs.
func (e *groupEncoder) gatherValid(cols []*vec.Vec) {
	e.nulls = 0
	for _, v := range cols {
		e.nulls += v.NullCount(nil)
	}
	if e.nulls == 0 {
		return
	}
	e.valid = vec.Grow(e.valid[:0], vec.BitmapLen(e.rows))
	at := 0
	for _, v := range cols {
		if v.Valid == nil {
			vec.SetBits(e.valid, at, at+v.N)
		} else {
			coding.CopyBits(e.valid, at, v.Valid, 0, v.N)
		}
		at += v.N
	}
}

// levels starts a data page of rows [from, to) in e.page, and says how many of them have values.
func (e *groupEncoder) levels(c *outColumn, from, to int) (present int) {
	e.page = e.page[:0]
	if !c.optional {
		return to - from
	}
	nulls := 0
	if e.nulls > 0 {
		nulls = to - from - countRange(e.valid, from, to)
	}
	e.page = append(e.page, 0, 0, 0, 0)
	e.page = coding.AppendLevels(e.page, e.valid, from, to-from, nulls)
	size := len(e.page) - 4
	e.page[0], e.page[1], e.page[2], e.page[3] = byte(size), byte(size>>8), byte(size>>16), byte(size>>24)
	return to - from - nulls
}

// countRange counts the set bits among [from, to).
func countRange(m []byte, from, to int) int {
	n := 0
	for ; from < to && from&7 != 0; from++ {
		n += int(m[from>>3] >> (from & 7) & 1)
	}
	if from < to {
		n += vec.CountBits(m[from>>3:], to-from)
	}
	return n
}

// writePage compresses e.page and appends it with its header.
func (e *groupEncoder) writePage(typ thrift.PageType, enc thrift.Encoding, values int) {
	e.packed = e.packer.Append(e.packed[:0], e.page)
	h := thrift.PageHeader{
		Type: typ, Encoding: enc, NumValues: int32(values),
		UncompressedSize: int32(len(e.page)), CompressedSize: int32(len(e.packed)),
		HasCRC: true, CRC: crc32.ChecksumIEEE(e.packed),
	}
	from := len(e.out)
	if need := from + len(e.packed) + 64; need > cap(e.out) {
		e.out = append(make([]byte, 0, max(need, 2*cap(e.out))), e.out...)
	}
	e.out = h.Append(e.out)
	e.chunk.unpacked += len(e.out) - from + len(e.page)
	e.out = append(e.out, e.packed...)
	if typ == thrift.DataPage {
		e.chunk.pages++
	}
}

// startData notes that the data pages begin.
func (e *groupEncoder) startData() { e.chunk.dataAt = len(e.out) }

// writeCodes writes data pages of e.codes, of a dictionary of n values.
func (e *groupEncoder) writeCodes(c *outColumn, n int) {
	width := bitWidth(n)
	e.startData()
	codes := e.codes
	for from := 0; from < e.rows; from += codePageRows {
		to := min(from+codePageRows, e.rows)
		present := e.levels(c, from, to)
		e.page = append(e.page, byte(width))
		e.page = coding.AppendHybrid(e.page, codes[:present], width)
		codes = codes[present:]
		e.writePage(thrift.DataPage, thrift.RLEDictionary, to-from)
	}
}

// codePageRows is how many rows a page of codes has: readers that want only a few rows unpack less.
const codePageRows = 1 << 17

// encodeBools writes bools, a bit each.
func (e *groupEncoder) encodeBools(c *outColumn, cols []*vec.Vec) {
	e.startData()
	present := e.levels(c, 0, e.rows)
	at := len(e.page)
	e.page = append(e.page, make([]byte, vec.BitmapLen(present))...)
	bitmap := e.page[at:]
	next := 0
	for _, v := range cols {
		if v.NullCount(nil) == 0 {
			coding.CopyBits(bitmap, next, v.Data, 0, v.N)
			next += v.N
			continue
		}
		for i := range v.N {
			if !v.IsNull(i) {
				vec.PutBit(bitmap, next, v.Bool(i))
				next++
			}
		}
	}
	e.writePage(thrift.DataPage, thrift.Plain, e.rows)
}
