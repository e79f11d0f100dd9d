package codec

import (
	"fmt"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// Compressor packs pages for one worker. Close it.
type Compressor struct {
	codec Codec
	zstd  *zstd.Encoder
}

// NewCompressor makes a compressor: None, Snappy or Zstd.
func NewCompressor(c Codec) (*Compressor, error) {
	z := &Compressor{codec: c}
	switch c {
	case None, Snappy:
		return z, nil
	case Zstd:
		var err error
		z.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
		return z, err
	}
	return nil, fmt.Errorf("pages can't be compressed with %s: use snappy, zstd or none", c)
}

// Close gives back what the encoder holds.
func (z *Compressor) Close() {
	if z.zstd != nil {
		z.zstd.Close()
	}
}

// Append packs src and appends it to dst.
func (z *Compressor) Append(dst, src []byte) []byte {
	switch z.codec {
	case Snappy:
		at := len(dst)
		need := s2.MaxEncodedLen(len(src))
		if cap(dst)-at < need {
			dst = append(make([]byte, 0, 2*cap(dst)+need), dst...)
		}
		out := s2.EncodeSnappy(dst[at:at+need], src)
		return dst[:at+len(out)]
	case Zstd:
		return z.zstd.EncodeAll(src, dst)
	default:
		return append(dst, src...)
	}
}
