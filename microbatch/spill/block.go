package spill

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/s2"

	"github.com/pwcol/pwcol/kernels/vec"
)

// A block is a batch as bytes, little endian:
//
//	0   uint32   length of the body as it is stored
//	4   uint32   length of the body once decompressed; the same if it isn't compressed
//	8   uint32   crc32c of the eight bytes above and the stored body
//	12  body     columns (see columns.go), compressed with S2 if that pays
const headerBytes = 12

// maxBlock is the largest body: what a batch holds is below it when the body's own framing is added, and lengths
// are far from 32 bits.
const maxBlock = 1 << 30

// A body is stored compressed if that saves an eighth: less is not worth decompressing. And only if it is at least a
// 256th, so that a reader never allocates more than 256 times the bytes that are really there.
const (
	leastSaving = 8
	mostRatio   = 256
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// codec writes and reads blocks in memory that it reuses: what it returns is valid until the next call.
type codec struct {
	raw    []byte // a body before compression
	stored []byte // a block, or a body as stored
}

// encode is the block of a dense batch.
func (c *codec) encode(b *vec.Batch) ([]byte, error) {
	c.raw = appendBatch(c.raw[:0], b)
	if len(c.raw) > 2*maxBlock {
		return nil, fmt.Errorf("a row of %d bytes is too large", len(c.raw))
	}
	room := headerBytes + s2.MaxEncodedLen(len(c.raw))
	if cap(c.stored) < room {
		c.stored = make([]byte, room)
	}
	block := c.stored[:room]
	body := s2.Encode(block[headerBytes:], c.raw)
	if len(body) > len(c.raw)-len(c.raw)/leastSaving || len(body) < len(c.raw)/mostRatio {
		body = block[headerBytes : headerBytes+copy(block[headerBytes:], c.raw)]
	}
	binary.LittleEndian.PutUint32(block, uint32(len(body)))
	binary.LittleEndian.PutUint32(block[4:], uint32(len(c.raw)))
	binary.LittleEndian.PutUint32(block[8:], checksum(block[:8], body))
	return block[:headerBytes+len(body)], nil
}

func checksum(header, body []byte) uint32 {
	return crc32.Update(crc32.Checksum(header, castagnoli), castagnoli, body)
}

var errShort = errors.New("the block ends early: the file was cut")

// read reads a block. in.N is how many bytes are left.
func (c *codec) read(in *io.LimitedReader) (*vec.Batch, error) {
	var header [headerBytes]byte
	if _, err := io.ReadFull(in, header[:]); err != nil {
		return nil, short(err)
	}
	stored := int64(binary.LittleEndian.Uint32(header[:]))
	raw := int64(binary.LittleEndian.Uint32(header[4:]))
	switch {
	case stored > in.N:
		return nil, errShort
	case raw < stored || raw > mostRatio*(stored+1):
		return nil, fmt.Errorf("a block of %d bytes can't become %d: the file is damaged", stored, raw)
	}
	body := grow(&c.stored, int(stored))
	if stored == raw {
		body = grow(&c.raw, int(raw))
	}
	if _, err := io.ReadFull(in, body); err != nil {
		return nil, short(err)
	}
	if sum := binary.LittleEndian.Uint32(header[8:]); sum != checksum(header[:8], body) {
		return nil, errors.New("the checksum is wrong: the file is damaged")
	}
	if stored < raw {
		var err error
		if body, err = c.decompress(body, int(raw)); err != nil {
			return nil, err
		}
	}
	return decodeBatch(body)
}

func (c *codec) decompress(body []byte, raw int) ([]byte, error) {
	n, err := s2.DecodedLen(body)
	if err != nil || n != raw {
		return nil, fmt.Errorf("compressed data of %d bytes, expected %d: the file is damaged", n, raw)
	}
	out, err := s2.Decode(grow(&c.raw, raw), body)
	if err != nil {
		return nil, fmt.Errorf("compressed data: %w: the file is damaged", err)
	}
	return out, nil
}

// grow is *buf with n bytes, aligned for any column.
func grow(buf *[]byte, n int) []byte {
	if cap(*buf) < n {
		*buf = vec.Alloc(n)
	}
	return (*buf)[:n]
}

func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errShort
	}
	return err
}
