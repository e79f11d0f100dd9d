// Package codec compresses and decompresses pages, into memory that is used again.
package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Codec is how a page is compressed, by Parquet's numbers.
type Codec int32

// The codecs.
const (
	None   Codec = 0
	Snappy Codec = 1
	Gzip   Codec = 2
	LZO    Codec = 3 // known by name only
	Brotli Codec = 4
	LZ4    Codec = 5 // blocks in Hadoop's frame
	Zstd   Codec = 6
	LZ4Raw Codec = 7
)

func (c Codec) String() string {
	names := [...]string{"UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"}
	if c >= 0 && int(c) < len(names) {
		return names[c]
	}
	return fmt.Sprintf("codec %d", int32(c))
}

// Supported reports whether pages of that codec can be read.
func (c Codec) Supported() bool { return c >= None && c <= LZ4Raw && c != LZO }

// The largest factors by which the formats' densest elements grow: Snappy's copies of 64 bytes take 3, an LZ4 match's
// length grows by 255 a byte. A page that claims more is corrupt, and nothing is allocated for it.
const (
	snappyMaxGrowth = 22
	lz4MaxGrowth    = 255
)

// Without such a bound memory is given out in steps, as bytes come out of the decoder.
const (
	firstStep  = 1 << 20
	stepGrowth = 8
)

var errSize = errors.New("the decompressed page has another size than its header says")

// Decompressor unpacks pages for one worker. The zero Decompressor is ready; Close it.
type Decompressor struct {
	zstd   *zstd.Decoder
	gzip   *gzip.Reader
	brotli *brotli.Reader
	in     bytes.Reader
}

// Close gives back what the decoders hold.
func (d *Decompressor) Close() {
	if d.zstd != nil {
		d.zstd.Close()
	}
}

// Append unpacks src, which has to become size bytes, and appends them to dst, whose memory is used if
// there is enough of it. Nothing at all is packed by some writers as no bytes, by others as what their codec makes of
// it: src isn't looked at then.
func (d *Decompressor) Append(dst []byte, c Codec, src []byte, size int) ([]byte, error) {
	if size == 0 && c != None && c.Supported() {
		return dst, nil
	}
	switch c {
	case None:
		if len(src) != size {
			return dst, errSize
		}
		return append(dst, src...), nil
	case Snappy:
		return appendSnappy(dst, src, size)
	case Gzip:
		return d.appendGzip(dst, src, size)
	case Brotli:
		return d.appendBrotli(dst, src, size)
	case LZ4:
		return appendHadoop(dst, src, size)
	case LZ4Raw:
		return appendLZ4(dst, src, size)
	case Zstd:
		return d.appendZstd(dst, src, size)
	}
	return dst, fmt.Errorf("pages compressed with %s can't be read", c)
}

func appendSnappy(dst, src []byte, size int) ([]byte, error) {
	n, err := snappy.DecodedLen(src)
	if err != nil {
		return dst, err
	}
	if n != size || size > snappyMaxGrowth*len(src) {
		return dst, errSize
	}
	at := len(dst)
	dst = vec.Grow(dst, at+size)
	_, err = snappy.Decode(dst[at:], src)
	return dst, err
}

func appendLZ4(dst, src []byte, size int) ([]byte, error) {
	if size > lz4MaxGrowth*len(src)+64 {
		return dst, errSize
	}
	at := len(dst)
	dst = vec.Grow(dst, at+size)
	if size == 0 { // the decoder panics without room
		return dst, nil
	}
	n, err := lz4.UncompressBlock(src, dst[at:])
	if err == nil && n != size {
		err = errSize
	}
	return dst, err
}

// appendHadoop unpacks blocks that have their sizes in front, uncompressed and compressed, 4 bytes each, high bytes
// first. Some writers mean a bare block by the same codec.
func appendHadoop(dst, src []byte, size int) ([]byte, error) {
	at, all := len(dst), src
	out := dst
	for len(src) >= 8 {
		whole, packed := binary.BigEndian.Uint32(src), binary.BigEndian.Uint32(src[4:])
		src = src[8:]
		if uint64(packed) > uint64(len(src)) || uint64(whole) > uint64(size-(len(out)-at)) {
			return appendLZ4(dst, all, size)
		}
		var err error
		if out, err = appendLZ4(out, src[:packed], int(whole)); err != nil {
			return appendLZ4(dst, all, size)
		}
		src = src[packed:]
	}
	if len(src) != 0 || len(out)-at != size {
		return appendLZ4(dst, all, size)
	}
	return out, nil
}

func (d *Decompressor) appendGzip(dst, src []byte, size int) ([]byte, error) {
	d.in.Reset(src)
	var err error
	if d.gzip == nil {
		d.gzip, err = gzip.NewReader(&d.in)
	} else {
		err = d.gzip.Reset(&d.in)
	}
	if err != nil {
		return dst, err
	}
	return appendFrom(dst, d.gzip, size)
}

func (d *Decompressor) appendBrotli(dst, src []byte, size int) ([]byte, error) {
	d.in.Reset(src)
	if d.brotli == nil {
		d.brotli = brotli.NewReader(&d.in)
	} else if err := d.brotli.Reset(&d.in); err != nil {
		return dst, err
	}
	return appendFrom(dst, d.brotli, size)
}

// appendFrom reads size bytes from r, which then has to be at its end.
func appendFrom(dst []byte, r io.Reader, size int) ([]byte, error) {
	end := len(dst) + size
	step := firstStep
	for len(dst) < end {
		at := len(dst)
		dst = vec.Grow(dst, min(end, max(at+step, cap(dst))))
		if _, err := io.ReadFull(r, dst[at:]); err != nil {
			return dst[:at], fmt.Errorf("%w: %w", errSize, err)
		}
		step *= stepGrowth
	}
	var one [1]byte
	if n, err := r.Read(one[:]); n != 0 || err != io.EOF {
		return dst, errSize
	}
	return dst, nil
}

func (d *Decompressor) appendZstd(dst, src []byte, size int) ([]byte, error) {
	if d.zstd == nil {
		var err error
		d.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true))
		if err != nil {
			return dst, err
		}
	}
	at := len(dst)
	end := at + size
	for step := firstStep; ; step *= stepGrowth {
		dst = vec.Grow(dst, min(end, max(at+step, cap(dst))))
		out, err := d.zstd.DecodeAll(src, dst[:at:len(dst)])
		if errors.Is(err, zstd.ErrDecoderSizeExceeded) && len(dst) < end {
			continue
		}
		if err == nil && len(out) != end {
			err = errSize
		}
		return dst, err
	}
}
