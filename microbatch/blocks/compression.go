package blocks

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// Compression is how a block's body is stored. The numbers are part of the format.
type Compression uint8

// The compressions.
const (
	None Compression = iota
	S2               // a Snappy that is faster: for what is soon read again
	Zstd             // smaller, at its fastest level: for what is to stay
)

// zstdCoder holds the coders of Zstd, which are made when they are first needed and used again.
type zstdCoder struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

// maxCompressed is how many bytes compress writes at most, of n.
func (c *Coder) maxCompressed(n int) int {
	if c.compression == Zstd {
		return n + n/128 + 1<<10
	}
	return max(s2.MaxEncodedLen(n), n)
}

// compress compresses raw into dst, which has the room.
func (c *Coder) compress(dst, raw []byte) ([]byte, error) {
	switch c.compression {
	case S2:
		return s2.Encode(dst, raw), nil
	case Zstd:
		if err := c.zstd.makeEncoder(); err != nil {
			return nil, err
		}
		return c.zstd.encoder.EncodeAll(raw, dst[:0]), nil
	default:
		return raw, nil
	}
}

// makeEncoder makes the encoder. The block has a checksum of its own, and is compressed by the goroutine that asks for it.
func (z *zstdCoder) makeEncoder() (err error) {
	if z.encoder == nil {
		z.encoder, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	}
	return err
}

// makeDecoder makes the decoder. It never writes behind the memory that it is given, and so needs no other bound.
func (z *zstdCoder) makeDecoder() (err error) {
	if z.decoder == nil {
		z.decoder, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderLowmem(true))
	}
	return err
}

// decompress is a stored body's raw bytes, of which there have to be exactly raw.
func (c *Coder) decompress(how Compression, body []byte, raw int) ([]byte, error) {
	switch how {
	case None:
		if len(body) != raw {
			return nil, errLength(len(body), raw)
		}
		return body, nil
	case S2:
		return c.decompressS2(body, raw)
	case Zstd:
		return c.decompressZstd(body, raw)
	default:
		return nil, fmt.Errorf("there is no compression %d: the file is damaged, or was written by a newer version", how)
	}
}

func (c *Coder) decompressS2(body []byte, raw int) ([]byte, error) {
	n, err := s2.DecodedLen(body)
	if err != nil || n != raw {
		return nil, errLength(n, raw)
	}
	out, err := s2.Decode(grow(&c.raw, raw), body)
	if err != nil {
		return nil, fmt.Errorf("compressed data: %w: the file is damaged", err)
	}
	return out, nil
}

func (c *Coder) decompressZstd(body []byte, raw int) ([]byte, error) {
	if err := c.zstd.makeDecoder(); err != nil {
		return nil, err
	}
	out, err := c.zstd.decoder.DecodeAll(body, grow(&c.raw, raw)[:0:raw])
	switch {
	case errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return nil, fmt.Errorf("compressed data of more than %d bytes: the file is damaged", raw)
	case err != nil:
		return nil, fmt.Errorf("compressed data: %w: the file is damaged", err)
	case len(out) != raw:
		return nil, errLength(len(out), raw)
	}
	return out, nil
}

func errLength(n, want int) error {
	return fmt.Errorf("compressed data of %d bytes, expected %d: the file is damaged", n, want)
}
