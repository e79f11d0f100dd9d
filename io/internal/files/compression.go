package files

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Compression is how a file's bytes are packed.
type Compression uint8

// The compressions that are known by their first bytes.
const (
	None Compression = iota
	Gzip
	Zstd
)

// String is "none", "gzip" or "zstd".
func (c Compression) String() string { return [...]string{"none", "gzip", "zstd"}[c] }

// MagicLen is how many of a file's first bytes Detect needs.
const MagicLen = 4

// zstdMaxMemory bounds what a zstd frame may ask for: the window of zstd's own highest usual level is 8 MiB,
// of its --ultra ones and --long 128 MiB.
const zstdMaxMemory = 128 << 20

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// Detect tells the compression from a file's first bytes; its name has no say.
func Detect(head []byte) Compression {
	switch {
	case bytes.HasPrefix(head, gzipMagic):
		return Gzip
	case bytes.HasPrefix(head, zstdMagic):
		return Zstd
	}
	return None
}

// Decompress unpacks r, which holds data of compression c. Gzip members and zstd frames that follow
// one another are read as one. Errors, io.ErrUnexpectedEOF for a file that was cut, name the file by name. Close
// gives back the decoder and leaves r open.
func Decompress(r io.Reader, c Compression, name string) (io.ReadCloser, error) {
	switch c {
	case Gzip:
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, damaged(name, Gzip, unexpected(err))
		}
		return &unpacker{z, func() { z.Close() }, Gzip, name}, nil
	case Zstd:
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdMaxMemory))
		if err != nil {
			return nil, damaged(name, Zstd, unexpected(err))
		}
		return &unpacker{z, z.Close, Zstd, name}, nil
	}
	return io.NopCloser(r), nil
}

// unpacker puts the file's name into a decoder's errors.
type unpacker struct {
	r     io.Reader
	close func()
	kind  Compression
	name  string
}

func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if err == nil || err == io.EOF {
		return n, err
	}
	return n, damaged(u.name, u.kind, err)
}

// damaged says what a decoder's error means.
func damaged(name string, kind Compression, err error) error {
	if err == io.ErrUnexpectedEOF {
		return &explained{fmt.Sprintf("%s: the %s data ends early: the file was cut or is not complete", name, kind), err}
	}
	return fmt.Errorf("%s: the %s data is damaged: %w", name, kind, err)
}

func (u *unpacker) Close() error {
	u.close()
	return nil
}

// unexpected makes the end of the data inside a header what it is: early.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
