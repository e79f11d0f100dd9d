package parquet

import (
	"errors"
	"fmt"
	"sync"

	"github.com/apache/arrow/go/v17/parquet"

	"github.com/pwcol/pwcol/io/parquet/internal/codec"
	"github.com/pwcol/pwcol/io/parquet/internal/coding"
	"github.com/pwcol/pwcol/io/parquet/internal/thrift"
	"github.com/pwcol/pwcol/kernels/vec"
)

// dictCache holds the dictionary of a column chunk, which the workers that share a row group have in common:
// its pointer is its identity to those behind. It is let go when the row group's last row was read.
type dictCache struct {
	acct *vec.Account // nil: not charged

	mu   sync.Mutex
	dict *vec.Dict
	left int64 // rows of the row group that were not read yet
}

// get is the dictionary; load makes it for the first who asks.
func (d *dictCache) get(load func() (*vec.Dict, error)) (*vec.Dict, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dict != nil {
		return d.dict, nil
	}
	dict, err := load()
	if err != nil {
		return nil, err
	}
	d.dict = dict
	d.acct.Charge(dict.Values.Size())
	return dict, nil
}

// done says that so many rows were read.
func (d *dictCache) done(rows int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left -= rows
	if d.left <= 0 && d.dict != nil {
		d.acct.Release(d.dict.Values.Size())
		d.dict = nil
	}
}

// loadDict reads the chunk's dictionary.
func (c *chunkReader) loadDict() error {
	if c.dictAt == 0 {
		return errors.New("the page has codes, but there is no dictionary page before it")
	}
	if e := c.dictH.Encoding; e != thrift.Plain && e != thrift.PlainDictionary {
		return fmt.Errorf("it is encoded as %s, expected PLAIN", e)
	}
	if !c.col.typ.IsVar() {
		return c.loadNumbers()
	}
	dict, err := c.info.dicts.get(c.readTextDict)
	if err != nil {
		return err
	}
	c.dict, c.dictLen, c.hasDict = dict, dict.Values.N, true
	return nil
}

// dictBody is the dictionary page's bytes, unpacked, in memory that is good until the next page is loaded.
func (c *chunkReader) dictBody() ([]byte, error) {
	size := int(c.dictH.CompressedSize)
	c.scratch = vec.Grow(c.scratch[:0], size)
	if n, err := c.file.ReadAt(c.scratch, c.dictAt); n < size {
		return nil, readError(err)
	}
	if err := checkCRC(&c.dictH, c.scratch); err != nil {
		return nil, err
	}
	if c.info.codec == codec.None {
		return c.scratch, nil
	}
	return c.decompress(0, c.scratch, int(c.dictH.UncompressedSize))
}

// readTextDict makes the dictionary of a String or Binary column. Its memory is its own.
func (c *chunkReader) readTextDict() (*vec.Dict, error) {
	body, err := c.dictBody()
	if err != nil {
		return nil, err
	}
	var text coding.Column
	text.Reset()
	n := int(c.dictH.NumValues)
	if c.col.phys == parquet.Types.FixedLenByteArray {
		if len(body) < n*c.col.width {
			return nil, coding.ErrShort
		}
		err = appendFixed(&text, body[:n*c.col.width], c.col)
	} else {
		if len(body) < 4*n {
			return nil, coding.ErrShort
		}
		var p coding.PlainStrings
		p.Reset(body)
		err = p.Append(&text, n)
	}
	if err == nil && c.col.isText() {
		err = checkText(text.Data, text.Offsets)
	}
	if err != nil {
		return nil, err
	}
	return &vec.Dict{Values: vec.Vec{Type: c.col.typ, N: n, Data: text.Data, Offsets: text.Offsets}}, nil
}

// loadNumbers reads the dictionary of a column of fixed width, converted, into memory that is used again.
func (c *chunkReader) loadNumbers() error {
	body, err := c.dictBody()
	if err != nil {
		return err
	}
	n, w := int(c.dictH.NumValues), c.col.typ.Width()
	stored := c.col.width
	if c.col.phys == parquet.Types.ByteArray {
		stored = 4
	}
	if stored == 0 || len(body) < n*stored {
		return coding.ErrShort
	}
	c.numbers = vec.Grow(c.numbers[:0], n*w)
	switch {
	case c.col.conv == convNone:
		copy(c.numbers, body)
	case c.col.phys == parquet.Types.ByteArray:
		var text coding.Column
		var p coding.PlainStrings
		text.Reset()
		p.Reset(body)
		if err = p.Append(&text, n); err == nil {
			err = decimalsOf(c.numbers, &text)
		}
	default:
		err = convert(c.numbers, body, c.col)
	}
	c.dictLen, c.hasDict = n, err == nil
	return err
}
