package parquet

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/parquet"

	"github.com/pwcol/pwcol/io/parquet/internal/coding"
	"github.com/pwcol/pwcol/io/parquet/internal/thrift"
	"github.com/pwcol/pwcol/kernels/vec"
)

// read decodes the next n rows. sel, if not nil, says which of them matter: others may be left undefined. The
// column is lent: valid until the next call.
func (c *chunkReader) read(n int, sel []uint32) (*vec.Vec, error) {
	c.begin(n)
	for at := 0; at < n; {
		if c.left == 0 {
			if err := c.nextPage(); err != nil {
				return nil, err
			}
		}
		if !c.loaded {
			if err := c.load(); err != nil {
				return nil, err
			}
		}
		k := min(n-at, c.left)
		if err := c.readPart(at, k, sel); err != nil {
			return nil, c.wrap(err)
		}
		c.left -= k
		at += k
	}
	return c.finish()
}

func (c *chunkReader) begin(n int) {
	c.out = vec.Vec{Type: c.col.typ, N: n}
	c.nulls, c.coded = 0, false
	if c.col.optional {
		c.valid = vec.Grow(c.valid, vec.BitmapLen(n))
	}
	if c.col.typ.IsVar() {
		c.text.Reset()
	}
}

// finish puts the batch's column together.
func (c *chunkReader) finish() (*vec.Vec, error) {
	if c.nulls > 0 {
		if c.col.noNulls {
			return nil, c.wrap(errors.New("a value is NULL, which the schema says none is"))
		}
		c.out.Valid = c.valid[:vec.BitmapLen(c.out.N)]
	}
	switch {
	case c.coded:
		c.out.Codes, c.out.Dict = c.codes[:c.out.N], c.dict
	case c.col.typ.IsVar():
		c.out.Data, c.out.Offsets = c.text.Data, c.text.Offsets
		if c.col.isText() {
			if err := checkText(c.text.Data, c.text.Offsets); err != nil {
				return nil, c.wrap(err)
			}
		}
	}
	return &c.out, nil
}

// readPart decodes k rows of the current page to rows [at, at+k) of the batch.
func (c *chunkReader) readPart(at, k int, sel []uint32) error {
	present := k
	switch {
	case c.hasNulls:
		var err error
		if present, err = c.levels.DecodeBits(c.valid, at, k); err != nil {
			return fmt.Errorf("definition levels: %w", err)
		}
		c.nulls += k - present
	case c.col.optional:
		vec.SetBits(c.valid, at, at+k)
	}
	switch {
	case c.col.typ.IsVar():
		return c.readText(at, k, present, sel)
	case c.col.typ.Kind == vec.Bool:
		return c.readBools(at, k, present)
	default:
		return c.readFixed(at, k, present)
	}
}

// readFixed decodes values of fixed width. A stretch of a PLAIN page that is the whole batch, has no NULLs and
// needs no conversion isn't copied: the batch points into the page.
func (c *chunkReader) readFixed(at, k, present int) error {
	w := c.col.typ.Width()
	whole := at == 0 && k == c.out.N && present == k
	if whole && c.values.enc == thrift.Plain && c.col.conv == convNone {
		raw, err := c.takeRaw(present)
		if err != nil {
			return err
		}
		if isAligned(raw, w) {
			c.out.Data = raw
			return nil
		}
		c.data = vec.Grow(c.data[:0], len(raw))
		copy(c.data, raw)
		c.out.Data = c.data
		return nil
	}
	c.data = vec.Grow(c.data, c.out.N*w)
	c.out.Data = c.data
	dst := c.data[at*w : (at+k)*w]
	if err := c.decodeFixed(dst[:present*w], present); err != nil {
		return err
	}
	if present < k {
		spreadFixed(dst, w, c.valid, at, k, present)
	}
	return nil
}

// decodeFixed decodes n values, without gaps for NULLs, to dst.
func (c *chunkReader) decodeFixed(dst []byte, n int) error {
	switch {
	case c.values.isDict:
		codes, err := c.takeCodes(n)
		if err != nil {
			return err
		}
		gather(dst, c.numbers, codes, c.col.typ.Width())
		return nil
	case c.col.conv == convNone:
		return c.decodeRaw(dst, n)
	case c.col.phys == parquet.Types.ByteArray: // decimals of any length
		c.text.Reset()
		if err := c.appendText(&c.text, n); err != nil {
			return err
		}
		return decimalsOf(dst, &c.text)
	}
	raw, err := c.storedValues(n)
	if err != nil {
		return err
	}
	return convert(dst, raw, c.col)
}

// storedValues is the next n values of fixed width as they are stored.
func (c *chunkReader) storedValues(n int) ([]byte, error) {
	if c.values.enc == thrift.Plain {
		return c.takeRaw(n)
	}
	c.scratch = vec.Grow(c.scratch[:0], n*c.col.width)
	return c.scratch, c.decodeRaw(c.scratch, n)
}

// takeRaw is the bytes of the next n values of a PLAIN page.
func (c *chunkReader) takeRaw(n int) ([]byte, error) {
	size := n * c.col.width
	if size > len(c.values.raw) {
		return nil, coding.ErrShort
	}
	raw := c.values.raw[:size:size]
	c.values.raw = c.values.raw[size:]
	return raw, nil
}

// decodeRaw decodes n values as they are stored to dst.
func (c *chunkReader) decodeRaw(dst []byte, n int) error {
	v := &c.values
	switch v.enc {
	case thrift.Plain:
		raw, err := c.takeRaw(n)
		if err == nil {
			copy(dst, raw)
		}
		return err
	case thrift.DeltaBinaryPacked:
		if c.col.width == 4 {
			return coding.DecodeDelta(&v.delta, vec.Cast[int32](dst)[:n])
		}
		return coding.DecodeDelta(&v.delta, vec.Cast[int64](dst)[:n])
	case thrift.ByteStreamSplit:
		return v.split.Decode(dst, n)
	case thrift.DeltaByteArray:
		c.text.Reset()
		if err := v.prefix.Append(&c.text, n); err != nil {
			return err
		}
		return fixedOf(dst, &c.text, c.col.width)
	}
	return fmt.Errorf("encoding %s in a page of numbers", v.enc)
}

// takeCodes decodes the next n dictionary codes into memory of the reader.
func (c *chunkReader) takeCodes(n int) ([]uint32, error) {
	c.scratch = vec.Grow(c.scratch[:0], 4*n)
	codes := vec.Cast[uint32](c.scratch)[:n:n]
	return codes, c.decodeCodes(codes)
}

// decodeCodes fills dst with the next dictionary codes, all of which are in the dictionary.
func (c *chunkReader) decodeCodes(dst []uint32) error {
	if err := c.values.hybrid.Decode(dst); err != nil {
		return err
	}
	return checkCodes(dst, c.dictLen)
}

func (c *chunkReader) readBools(at, k, present int) error {
	c.data = vec.Grow(c.data, vec.BitmapLen(c.out.N))
	c.out.Data = c.data
	dst, from := c.data, at
	if present < k {
		c.scratch = vec.Grow(c.scratch[:0], vec.BitmapLen(present))
		dst, from = c.scratch, 0
	}
	v := &c.values
	if v.enc == thrift.RLE {
		if _, err := v.hybrid.DecodeBits(dst, from, present); err != nil {
			return err
		}
	} else {
		if v.bit+present > 8*len(v.raw) {
			return coding.ErrShort
		}
		coding.CopyBits(dst, from, v.raw, v.bit, present)
		v.bit += present
	}
	if present < k {
		spreadBits(c.data, c.scratch, c.valid, at, k)
	}
	return nil
}

// readText decodes strings: as codes if the page has codes and the batch has nothing else so far.
func (c *chunkReader) readText(at, k, present int, sel []uint32) error {
	inCodes := c.values.isDict && c.dictLen > 0
	if at == 0 {
		c.coded = inCodes
		if inCodes && cap(c.codes) < c.out.N {
			c.codes = make([]uint32, max(c.out.N, vec.BatchRows))
		}
	}
	if c.coded && inCodes {
		dst := c.codes[at : at+k]
		if err := c.decodeCodes(dst[:present]); err != nil {
			return err
		}
		if present < k {
			spread(dst, c.valid, at, present)
		}
		return nil
	}
	if c.coded {
		if err := c.expandCodes(at); err != nil {
			return err
		}
	}
	if err := c.readPlainText(at, k, present, sel); err != nil {
		return err
	}
	if present < k {
		spreadOffsets(&c.text, c.valid, at, k)
	}
	return nil
}

func (c *chunkReader) readPlainText(at, k, present int, sel []uint32) error {
	v := &c.values
	switch {
	case v.isDict:
		codes, err := c.takeCodes(present)
		if err != nil {
			return err
		}
		return appendValues(&c.text, &c.dict.Values, codes)
	case c.col.phys == parquet.Types.FixedLenByteArray:
		raw, err := c.storedFixed(present)
		if err != nil {
			return err
		}
		return appendFixed(&c.text, raw, c.col)
	case v.enc == thrift.Plain && sel != nil && present == k:
		return v.plain.AppendSome(&c.text, k, selFrom(sel, at), at)
	}
	return c.appendText(&c.text, present)
}

// storedFixed is like storedValues, for values that go to the reader's text.
func (c *chunkReader) storedFixed(n int) ([]byte, error) {
	v := &c.values
	if v.enc != thrift.DeltaByteArray {
		return c.storedValues(n)
	}
	var t coding.Column
	t.Reset()
	if err := v.prefix.Append(&t, n); err != nil {
		return nil, err
	}
	c.scratch = vec.Grow(c.scratch[:0], n*c.col.width)
	return c.scratch, fixedOf(c.scratch, &t, c.col.width)
}

func (c *chunkReader) appendText(dst *coding.Column, n int) error {
	if n == 0 {
		return nil
	}
	v := &c.values
	switch v.enc {
	case thrift.Plain:
		return v.plain.Append(dst, n)
	case thrift.DeltaLengthByteArray:
		return v.lengths.Append(dst, n)
	case thrift.DeltaByteArray:
		return v.prefix.Append(dst, n)
	}
	return fmt.Errorf("encoding %s in a page of strings", v.enc)
}

// expandCodes makes the first n rows of the batch, which are codes, plain strings: the chunk goes on without a
// dictionary.
func (c *chunkReader) expandCodes(n int) error {
	c.coded = false
	values := &c.dict.Values
	for i, code := range c.codes[:n] {
		if c.nulls == 0 || vec.Bit(c.valid, i) {
			c.text.Data = append(c.text.Data, values.Str(int(code))...)
		}
		if len(c.text.Data) > math.MaxInt32 {
			return errBatchBytes(len(c.text.Data))
		}
		c.text.Offsets = append(c.text.Offsets, int32(len(c.text.Data)))
	}
	return nil
}

// skipValues passes over n values of the current page.
func (c *chunkReader) skipValues(n int) error {
	if n == 0 {
		return nil
	}
	v := &c.values
	switch {
	case v.isDict || v.enc == thrift.RLE:
		return v.hybrid.Skip(n)
	case v.enc == thrift.Plain && c.col.phys == parquet.Types.ByteArray:
		return v.plain.Skip(n)
	case v.enc == thrift.Plain && c.col.phys == parquet.Types.Boolean:
		v.bit += n
		return nil
	case v.enc == thrift.Plain:
		_, err := c.takeRaw(n)
		return err
	case v.enc == thrift.ByteStreamSplit:
		return v.split.Skip(n)
	case v.enc == thrift.DeltaLengthByteArray:
		return v.lengths.Skip(n)
	}
	return c.skipDelta(n)
}

// skipDelta decodes what can't be passed over otherwise.
func (c *chunkReader) skipDelta(n int) error {
	for n > 0 {
		k := min(n, vec.BatchRows)
		if c.values.enc == thrift.DeltaByteArray {
			c.text.Reset()
			if err := c.values.prefix.Append(&c.text, k); err != nil {
				return err
			}
		} else {
			c.scratch = vec.Grow(c.scratch[:0], k*c.col.width)
			if err := c.decodeRaw(c.scratch, k); err != nil {
				return err
			}
		}
		n -= k
	}
	c.text.Reset()
	return nil
}

var errNotUTF8 = errors.New("a value isn't valid UTF-8, as its type says it is; declare the column as binary where the file is written")

// checkText makes sure that every string is valid UTF-8. All of them together are looked at at once, which is
// enough where no string starts inside a character.
func checkText(data []byte, offsets []int32) error {
	if isASCII(data) {
		return nil
	}
	if !utf8.Valid(data) {
		return errNotUTF8
	}
	for _, o := range offsets[:len(offsets)-1] {
		if int(o) < len(data) && !utf8.RuneStart(data[o]) {
			return errNotUTF8
		}
	}
	return nil
}
