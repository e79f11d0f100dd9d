package parquet

import (
	"errors"
	"fmt"
	"io"
	"math/bits"
	"unsafe"

	"github.com/apache/arrow/go/v17/parquet"

	"github.com/pwcol/pwcol/io/parquet/internal/codec"
	"github.com/pwcol/pwcol/io/parquet/internal/coding"
	"github.com/pwcol/pwcol/io/parquet/internal/thrift"
	"github.com/pwcol/pwcol/kernels/vec"
)

// chunkInfo is a column chunk as the footer has it.
type chunkInfo struct {
	from, to int64 // its bytes in the file
	codec    codec.Codec
	rowGroup int
	rows     int64 // of the row group
	unpacked int64 // bytes of all its pages, unpacked
	dicts    *dictCache
}

// chunkReader decodes a column of a range of a row group's rows, a batch at a time. A worker has one for each
// column that it reads and uses it for all its morsels, so that buffers are made once.
//
//	pages    [dictionary] [0 … 9,999] [10,000 … 29,999] [30,000 … ]
//	range                       ├──── rows 5,000 to 31,000 ────┤
//	batches                     │ 8192 │ 8192 │ 8192 │  1424   │
//
// Pages before the range are passed over by their headers; a page is read and unpacked only when a row of it
// is asked for.
type chunkReader struct {
	col    *column
	info   *chunkInfo
	file   io.ReaderAt
	unpack *codec.Decompressor
	pages  pages

	rowsLeft int64 // rows of the chunk behind the current page
	left     int   // rows of the current page that were not taken
	behind   int   // rows of those before left that were passed over before the page was loaded
	loaded   bool
	levels   coding.Hybrid // definition levels, if hasLevels
	hasNulls bool          // levels have to be looked at

	page   []byte // the current page unpacked: memory of buf, or of pages
	buf    []byte
	values values

	dict    *vec.Dict // of a String or Binary column, once it is loaded
	numbers []byte    // dictionary of a column of fixed width, ready to be gathered
	dictLen int
	dictAt  int64 // of the dictionary page's body; 0: there is none
	dictH   thrift.PageHeader
	hasDict bool // it is loaded

	out     vec.Vec
	valid   []byte
	data    []byte
	codes   []uint32
	text    coding.Column
	scratch []byte
	nulls   int  // in the batch so far
	coded   bool // the batch's strings are codes so far
}

// values is the place in a page's values, by encoding.
type values struct {
	enc     thrift.Encoding
	isDict  bool
	raw     []byte // PLAIN of fixed width
	bit     int    // PLAIN booleans: next bit of raw
	hybrid  coding.Hybrid
	delta   coding.Delta
	split   coding.SplitStreams
	plain   coding.PlainStrings
	lengths coding.LengthStrings
	prefix  coding.PrefixStrings
}

// open starts at row from of the column chunk.
func (c *chunkReader) open(file io.ReaderAt, col *column, info *chunkInfo, from int64) error {
	c.col, c.info, c.file = col, info, file
	c.pages.reset(file, info.from, info.to)
	c.rowsLeft, c.left, c.behind, c.loaded = info.rows, 0, 0, false
	c.dict, c.dictAt, c.hasDict = nil, 0, false
	if from == 0 {
		return nil
	}
	c.pages.piece = seekPiece
	err := c.skip64(from)
	c.pages.piece = readPiece
	return err
}

// close ends the range, of so many rows, and lets go of the dictionary.
func (c *chunkReader) close(rows int64) {
	c.info.dicts.done(rows)
	c.dict, c.out.Dict, c.hasDict = nil, nil, false
}

func (c *chunkReader) skip64(n int64) error {
	for n > 0 {
		k := int(min(n, 1<<30))
		if err := c.skip(k); err != nil {
			return err
		}
		n -= int64(k)
	}
	return nil
}

// size is the bytes of the buffers.
func (c *chunkReader) size() int64 {
	return int64(cap(c.pages.buf) + cap(c.buf) + cap(c.numbers) + cap(c.valid) + cap(c.data) + 4*cap(c.codes) +
		cap(c.text.Data) + 4*cap(c.text.Offsets) + cap(c.scratch))
}

// nextPage goes to the next data page; pages of other kinds are passed over, a dictionary's place is noted.
func (c *chunkReader) nextPage() error {
	for {
		if err := c.pages.next(); err != nil {
			return c.wrap(err)
		}
		h := &c.pages.header
		switch h.Type {
		case thrift.DataPage, thrift.DataPageV2:
			if int64(h.NumValues) > c.rowsLeft {
				return c.wrap(fmt.Errorf("the page has %d rows, the row group has %d left", h.NumValues, c.rowsLeft))
			}
			c.left, c.behind, c.loaded = int(h.NumValues), 0, false
			c.rowsLeft -= int64(h.NumValues)
			if c.left > 0 {
				return nil
			}
		case thrift.DictionaryPage:
			if c.dictAt != 0 {
				return c.wrap(errors.New("a second dictionary page"))
			}
			c.dictAt, c.dictH = c.pages.body, *h
		}
	}
}

// skip passes over n rows.
func (c *chunkReader) skip(n int) error {
	for n > 0 {
		if c.left == 0 {
			if err := c.nextPage(); err != nil {
				return err
			}
		}
		k := min(n, c.left)
		if c.loaded {
			if err := c.skipInPage(k); err != nil {
				return c.wrap(err)
			}
		} else {
			c.behind += k
		}
		c.left -= k
		n -= k
	}
	return nil
}

func (c *chunkReader) skipInPage(n int) error {
	if c.hasNulls {
		present, err := c.levels.SkipBits(n)
		if err != nil {
			return fmt.Errorf("definition levels: %w", err)
		}
		n = present
	}
	return c.skipValues(n)
}

// load reads and unpacks the current page, and passes over the rows of it that were skipped.
func (c *chunkReader) load() error {
	h := &c.pages.header
	if h.IsDict() && !c.hasDict {
		if err := c.loadDict(); err != nil {
			return c.wrapAt(c.dictAt, fmt.Errorf("dictionary: %w", err))
		}
	}
	stored, err := c.pages.payload()
	if err != nil {
		return c.wrap(err)
	}
	if h.Type == thrift.DataPage {
		err = c.loadV1(h, stored)
	} else {
		err = c.loadV2(h, stored)
	}
	if err != nil {
		return c.wrap(err)
	}
	c.loaded = true
	if c.behind > 0 {
		if err := c.skipInPage(c.behind); err != nil {
			return c.wrap(err)
		}
	}
	return nil
}

func (c *chunkReader) loadV1(h *thrift.PageHeader, stored []byte) error {
	body := stored
	var err error
	if c.info.codec != codec.None {
		// Values of a page without NULLs start behind the levels' length and one run: put them where numbers are aligned.
		pad := 0
		if c.col.optional {
			pad = -(4 + (bits.Len32(uint32(h.NumValues)<<1)+6)/7 + 1) & 7
		}
		if body, err = c.decompress(pad, stored, int(h.UncompressedSize)); err != nil {
			return err
		}
	} else if len(stored) != int(h.UncompressedSize) {
		return fmt.Errorf("the page holds %d bytes and should hold %d", len(stored), h.UncompressedSize)
	}
	c.hasNulls = c.col.optional
	if c.col.optional {
		if h.DefEncoding != thrift.RLE {
			return fmt.Errorf("definition levels encoded as %s, which can't be read: RLE can", h.DefEncoding)
		}
		if len(body) < 4 {
			return coding.ErrShort
		}
		size := int64(le32(body))
		if size > int64(len(body)-4) {
			return fmt.Errorf("definition levels of %d bytes in a page of %d", size, len(body))
		}
		if err := c.levels.Reset(body[4:4+size], 1); err != nil {
			return err
		}
		body = body[4+size:]
	}
	return c.startValues(h.Encoding, body)
}

func (c *chunkReader) loadV2(h *thrift.PageHeader, stored []byte) error {
	if h.RepBytes > 0 && c.info.rows > 0 {
		return errors.New("a flat column has repetition levels")
	}
	levels := stored[:h.DefBytes]
	body := stored[h.DefBytes:]
	size := int(h.UncompressedSize) - int(h.DefBytes)
	if size < 0 {
		return fmt.Errorf("level sizes of %d bytes in a page of %d", h.DefBytes, h.UncompressedSize)
	}
	var err error
	if c.info.codec != codec.None && h.Compressed {
		if body, err = c.decompress(0, body, size); err != nil {
			return err
		}
	} else if len(body) != size {
		return fmt.Errorf("the page holds %d bytes and should hold %d", len(body), size)
	}
	c.hasNulls = c.col.optional && h.NumNulls != 0
	if c.hasNulls {
		if err := c.levels.Reset(levels, 1); err != nil {
			return err
		}
	}
	return c.startValues(h.Encoding, body)
}

// decompress unpacks stored into buf, from byte pad on.
func (c *chunkReader) decompress(pad int, stored []byte, size int) ([]byte, error) {
	if int64(size) > c.info.unpacked {
		return nil, fmt.Errorf("the page claims %d bytes, its column chunk has %d in all", size, c.info.unpacked)
	}
	c.buf = vec.Grow(c.buf[:0], pad)
	var err error
	c.buf, err = c.unpack.Append(c.buf, c.info.codec, stored, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.info.codec, err)
	}
	return c.buf[pad:], nil
}

// startValues starts decoding values at body.
func (c *chunkReader) startValues(enc thrift.Encoding, body []byte) error {
	v := &c.values
	v.enc, v.isDict = enc, enc == thrift.PlainDictionary || enc == thrift.RLEDictionary
	c.page = body
	phys := c.col.phys
	switch {
	case v.isDict && phys != parquet.Types.Boolean:
		if len(body) == 0 { // a page of NULLs alone may leave out even the bit width
			return v.hybrid.Reset(nil, 0)
		}
		return v.hybrid.Reset(body[1:], uint(body[0]))
	case enc == thrift.Plain && phys == parquet.Types.ByteArray:
		v.plain.Reset(body)
	case enc == thrift.Plain:
		v.raw, v.bit = body, 0
	case enc == thrift.RLE && phys == parquet.Types.Boolean:
		if len(body) < 4 {
			return coding.ErrShort
		}
		return v.hybrid.Reset(body[4:], 1)
	case enc == thrift.DeltaBinaryPacked && (phys == parquet.Types.Int32 || phys == parquet.Types.Int64):
		return resetUnlessEmpty(body, v.delta.Reset)
	case enc == thrift.DeltaLengthByteArray && phys == parquet.Types.ByteArray:
		return resetUnlessEmpty(body, v.lengths.Reset)
	case enc == thrift.DeltaByteArray && (phys == parquet.Types.ByteArray || phys == parquet.Types.FixedLenByteArray):
		return resetUnlessEmpty(body, v.prefix.Reset)
	case enc == thrift.ByteStreamSplit && c.col.width > 0 && phys != parquet.Types.Int96:
		v.split.Reset(body, c.col.width)
	default:
		return fmt.Errorf("values of type %s encoded as %s, which can't be read", phys, enc)
	}
	return nil
}

// resetUnlessEmpty starts a decoder; a page of NULLs alone may have no values' bytes at all, and nothing is
// asked of its decoder.
func resetUnlessEmpty(body []byte, reset func([]byte) error) error {
	if len(body) == 0 {
		return nil
	}
	return reset(body)
}

func le32(b []byte) uint32 {
	_ = b[3]
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

// isAligned reports whether b's memory can be read as values of width bytes.
func isAligned(b []byte, width int) bool {
	return uintptr(unsafe.Pointer(unsafe.SliceData(b)))&uintptr(width-1) == 0
}

// wrap puts the place into an error of the current page.
func (c *chunkReader) wrap(err error) error { return c.wrapAt(c.pages.at, err) }

func (c *chunkReader) wrapAt(at int64, err error) error {
	return fmt.Errorf("row group %d, column %q, page at byte %d: %w", c.info.rowGroup, c.col.name, at, err)
}
