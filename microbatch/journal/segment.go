package journal

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pwcol/pwcol/microbatch/disk"
)

// Identity says whose a log is.
type Identity struct {
	Job        [16]byte // the state's: a log of another job isn't opened
	Generation int64    // the run's: each is greater than all before
}

const (
	segmentMagic  = "PWCOLJNL"
	segmentFormat = 1
	segmentHeader = 72
	segmentSuffix = ".log"
)

// header is a segment's.
type header struct {
	id       Identity
	number   int64
	previous int64 // length of the segment before
	last     int64 // greatest epoch before
	born     int64 // length when the file got its name
}

// seed is what the checksums of the segment's frames begin with.
func (h header) seed() uint32 { return binary.LittleEndian.Uint32(h.encode()[12:]) }

// encode is the header as bytes.
func (h header) encode() []byte {
	b := make([]byte, segmentHeader)
	copy(b, segmentMagic)
	binary.LittleEndian.PutUint32(b[8:], segmentFormat)
	copy(b[16:], h.id.Job[:])
	for i, x := range []int64{h.id.Generation, h.number, h.previous, h.last, h.born} {
		binary.LittleEndian.PutUint64(b[32+8*i:], uint64(x))
	}
	binary.LittleEndian.PutUint32(b[12:], headerSum(b))
	return b
}

func headerSum(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[:12], castagnoli), castagnoli, b[16:segmentHeader])
}

// decodeHeader reads the header of a segment of that number.
func decodeHeader(b []byte, number int64, job [16]byte) (header, error) {
	format := binary.LittleEndian.Uint32(b[8:])
	switch {
	case string(b[:8]) != segmentMagic:
		return header{}, errors.New("it doesn't begin as a journal's segment does")
	case binary.LittleEndian.Uint32(b[12:]) != headerSum(b):
		return header{}, errors.New("the header's checksum is wrong")
	case format != segmentFormat:
		return header{}, &NewerError{Format: int(format)}
	}
	var h header
	copy(h.id.Job[:], b[16:])
	for i, x := range []*int64{&h.id.Generation, &h.number, &h.previous, &h.last, &h.born} {
		*x = int64(binary.LittleEndian.Uint64(b[32+8*i:]))
	}
	switch {
	case h.id.Job != job:
		return header{}, fmt.Errorf("it belongs to job %s, not to %s", hex.EncodeToString(h.id.Job[:]), hex.EncodeToString(job[:]))
	case h.number != number:
		return header{}, fmt.Errorf("it says that it is segment %d", h.number)
	case h.born < segmentHeader || h.previous < 0 || h.last < 0:
		return header{}, errors.New("the header's numbers make no sense")
	}
	return h, nil
}

// segment is one that there is.
type segment struct {
	header
	path string
	end  int64 // so far its frames count
}

// segmentPath is the path of a segment.
func segmentPath(dir string, number int64) string {
	return filepath.Join(dir, fmt.Sprintf("%012d%s", number, segmentSuffix))
}

// segmentNumber is the number in a segment's name.
func segmentNumber(name string) (number int64, ok bool) {
	digits, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok || len(digits) != 12 {
		return 0, false
	}
	number, err := strconv.ParseInt(digits, 10, 64)
	return number, err == nil && number > 0
}

// openSegment opens a segment and reads its header.
func openSegment(fsys disk.FS, dir string, number int64, job [16]byte) (segment, disk.File, error) {
	s := segment{path: segmentPath(dir, number)}
	f, err := fsys.Open(s.path)
	if err != nil {
		return s, nil, err
	}
	s.end, err = f.Size()
	b := make([]byte, segmentHeader)
	if err == nil {
		_, err = f.ReadAt(b, 0)
	}
	switch {
	case errors.Is(err, io.EOF):
		err = &DamageError{Path: s.path, Reason: fmt.Sprintf("its %d bytes are less than a header", s.end)}
	case err == nil:
		s.header, err = decodeHeader(b, number, job)
		err = s.explain(err)
	}
	if err != nil {
		return s, nil, errors.Join(err, f.Close())
	}
	return s, f, nil
}

// explain says which file an error of decodeHeader is about.
func (s segment) explain(err error) error {
	var newer *NewerError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &newer):
		newer.Path = s.path
		return newer
	}
	return &DamageError{Path: s.path, Reason: err.Error()}
}
