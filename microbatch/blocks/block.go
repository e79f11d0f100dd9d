package blocks

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/pwcol/pwcol/kernels/vec"
)

// A block is a batch as bytes, little endian:
//
//	0   uint32   length of the body as it is stored
//	4   uint32   length of the body once decompressed
//	8   uint32   crc32c of the eight bytes above, the four below and the stored body
//	12  uint8    compression
//	13  uint8    0
//	14  uint16   tag: whatever the writer wants to say
//	16  body     columns (see columns.go), compressed if that pays
const headerBytes = 16

// MaxBody is the largest body that batches are put into whole: what a batch holds is below it when the body's own framing
// is added, and lengths are far from 32 bits.
const MaxBody = 1 << 30

// A body is stored compressed if that saves an eighth: less is not worth decompressing. And only if it is at least a
// 256th, so that a reader never allocates more than 256 times the bytes that are really there.
const (
	leastSaving = 8
	mostRatio   = 256
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Coder writes and reads blocks in memory that it reuses: what it returns is valid until the next call. One goroutine
// at a time may use it. It holds no more than twice the largest block so far, and what its compression needs.
type Coder struct {
	compression Compression
	zstd        zstdCoder
	raw         []byte // a body before compression
	stored      []byte // a block, or a body as stored
}

// NewCoder is a coder whose blocks are compressed so. It reads all blocks.
func NewCoder(c Compression) *Coder { return &Coder{compression: c} }

// Encode is the block of a dense batch with that tag. Dictionary columns become plain.
func (c *Coder) Encode(b *vec.Batch, tag uint16) ([]byte, error) {
	c.raw = AppendBatch(c.raw[:0], b)
	return c.Seal(c.raw, tag)
}

// Seal is the block of a body that AppendBatch has made.
func (c *Coder) Seal(raw []byte, tag uint16) ([]byte, error) {
	if len(raw) > 2*MaxBody {
		return nil, fmt.Errorf("a row of %d bytes is too large", len(raw))
	}
	room := headerBytes + c.maxCompressed(len(raw))
	if cap(c.stored) < room {
		c.stored = make([]byte, room)
	}
	block := c.stored[:room]
	how := c.compression
	body, err := c.compress(block[headerBytes:], raw)
	if err != nil {
		return nil, err
	}
	if len(body) > len(raw)-len(raw)/leastSaving || len(body) < len(raw)/mostRatio {
		how, body = None, block[headerBytes:headerBytes+copy(block[headerBytes:], raw)]
	}
	binary.LittleEndian.PutUint32(block, uint32(len(body)))
	binary.LittleEndian.PutUint32(block[4:], uint32(len(raw)))
	block[12], block[13] = byte(how), 0
	binary.LittleEndian.PutUint16(block[14:], tag)
	binary.LittleEndian.PutUint32(block[8:], checksum(block[:headerBytes], body))
	return block[:headerBytes+len(body)], nil
}

func checksum(header, body []byte) uint32 {
	sum := crc32.Checksum(header[:8], castagnoli)
	sum = crc32.Update(sum, castagnoli, header[12:])
	return crc32.Update(sum, castagnoli, body)
}

var errShort = errors.New("the block ends early: the file was cut")

// Read reads a block and its tag. in.N is how many bytes are left. The batch is lent until the next call.
func (c *Coder) Read(in *io.LimitedReader) (b *vec.Batch, tag uint16, err error) {
	var header [headerBytes]byte
	if _, err := io.ReadFull(in, header[:]); err != nil {
		return nil, 0, short(err)
	}
	stored := int64(binary.LittleEndian.Uint32(header[:]))
	raw := int64(binary.LittleEndian.Uint32(header[4:]))
	switch {
	case stored > in.N:
		return nil, 0, errShort
	case raw < stored || raw > mostRatio*(stored+1):
		return nil, 0, fmt.Errorf("a block of %d bytes can't become %d: the file is damaged", stored, raw)
	}
	how := Compression(header[12])
	body := grow(&c.stored, int(stored))
	if how == None {
		body = grow(&c.raw, int(stored))
	}
	if _, err := io.ReadFull(in, body); err != nil {
		return nil, 0, short(err)
	}
	if sum := binary.LittleEndian.Uint32(header[8:]); sum != checksum(header[:], body) {
		return nil, 0, errors.New("the checksum is wrong: the file is damaged")
	}
	if body, err = c.decompress(how, body, int(raw)); err != nil {
		return nil, 0, err
	}
	b, err = decodeBatch(body)
	return b, binary.LittleEndian.Uint16(header[14:]), err
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
