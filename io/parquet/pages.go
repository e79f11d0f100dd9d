package parquet

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/pwcol/pwcol/io/parquet/internal/thrift"
	"github.com/pwcol/pwcol/kernels/vec"
)

const (
	// readPiece is how much of a column chunk is read at once: a system call costs little beside copying that
	// much, and the piece is still in the core's cache when it is unpacked.
	readPiece = 256 << 10
	// seekPiece is how much is read where only a page's header is wanted: those without large statistics fit.
	seekPiece = 4 << 10
)

// pages walks over the pages of a column chunk. Its buffer is used again for every chunk.
type pages struct {
	r        io.ReaderAt
	pos, end int64 // of the chunk's bytes that are still to come

	buf   []byte // bytes of the file from bufAt on
	bufAt int64
	piece int // how much to read at once

	header thrift.PageHeader
	at     int64 // of the header
	body   int64 // of the page behind the header; the next page follows it
}

func (p *pages) reset(r io.ReaderAt, from, to int64) {
	p.r, p.pos, p.end = r, from, to
	p.buf, p.bufAt, p.piece = p.buf[:0], from, readPiece
}

// next reads the header of the next page.
func (p *pages) next() error {
	p.at = p.pos
	for want := 64; ; want *= 4 {
		if p.pos >= p.end {
			return errors.New("the column chunk ends before its last row")
		}
		data, err := p.bytes(p.pos, int(min(int64(want), p.end-p.pos)))
		if err != nil {
			return err
		}
		h, n, err := thrift.ReadPageHeader(data)
		if errors.Is(err, thrift.ErrShort) && int64(len(data)) < p.end-p.pos {
			continue
		}
		if err != nil {
			return fmt.Errorf("the page header is damaged: it %w", err)
		}
		p.header, p.body = h, p.pos+int64(n)
		p.pos = p.body + int64(h.CompressedSize)
		if p.pos > p.end {
			return fmt.Errorf("the page has %d bytes, of which %d lie in the column chunk", h.CompressedSize, p.end-p.body)
		}
		return nil
	}
}

// payload is the current page's bytes as stored: valid until the next call.
func (p *pages) payload() ([]byte, error) {
	data, err := p.bytes(p.body, int(p.header.CompressedSize))
	if err != nil {
		return nil, err
	}
	return data, checkCRC(&p.header, data)
}

func checkCRC(h *thrift.PageHeader, data []byte) error {
	if !h.HasCRC {
		return nil
	}
	if got := crc32.ChecksumIEEE(data); got != h.CRC {
		return fmt.Errorf("the page is damaged: its checksum is %08x, its header says %08x", got, h.CRC)
	}
	return nil
}

// bytes is n bytes of the file from off on, which lie in the chunk.
func (p *pages) bytes(off int64, n int) ([]byte, error) {
	if off >= p.bufAt && off+int64(n) <= p.bufAt+int64(len(p.buf)) {
		return p.buf[off-p.bufAt:][:n], nil
	}
	kept := 0
	if off >= p.bufAt && off < p.bufAt+int64(len(p.buf)) {
		kept = copy(p.buf, p.buf[off-p.bufAt:])
	}
	size := int(min(int64(max(n, p.piece)), p.end-off))
	p.buf = vec.Grow(p.buf[:kept], size)
	p.bufAt = off
	got, err := p.r.ReadAt(p.buf[kept:], off+int64(kept))
	if got < len(p.buf)-kept {
		p.buf = p.buf[:0]
		return nil, readError(err)
	}
	return p.buf[:n], nil
}

func readError(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return errors.New("the file ends before the page does: it was cut while it was being read")
	}
	return err
}
