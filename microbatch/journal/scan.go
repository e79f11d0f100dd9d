package journal

import (
	"bufio"
	"hash/crc32"
	"io"

	"github.com/pwcol/pwcol/microbatch/disk"
)

// reader reads frames of a segment, one after the other, through memory that it uses again.
type reader struct {
	in      *bufio.Reader
	seed    uint32
	at, end int64 // of the next frame, and where they end
	header  [frameBytes]byte
	payload []byte
}

const readBuffer = 256 << 10

func newReader(f io.ReaderAt, s segment, from, to int64) *reader {
	return &reader{in: bufio.NewReaderSize(io.NewSectionReader(f, from, to-from), readBuffer), seed: s.seed(), at: from, end: to}
}

// next reads a frame, whose payload is lent until the next call. bad says why what is at r.at is no frame.
func (r *reader) next() (f Frame, h frameHeader, bad string, err error) {
	left := r.end - r.at
	if left < frameBytes {
		return f, h, "the file ends inside of a frame", nil
	}
	if _, err := io.ReadFull(r.in, r.header[:]); err != nil {
		return f, h, "", err
	}
	h, ok := parseFrame(r.header[:], r.seed, r.at)
	switch {
	case !ok:
		return f, h, "what is there is no frame", nil
	case h.size() > left:
		return f, h, "the file ends inside of a frame", nil
	}
	n := padded(h.length)
	if cap(r.payload) < n {
		r.payload = make([]byte, n)
	}
	payload := r.payload[:n]
	if _, err := io.ReadFull(r.in, payload); err != nil {
		return f, h, "", err
	}
	if crc32.Checksum(payload, castagnoli) != h.payloadSum {
		return f, h, "a frame's checksum is wrong", nil
	}
	r.at += h.size()
	return Frame{Kind: h.kind, Epoch: h.epoch, Payload: payload[:h.length]}, h, "", nil
}

// vouched reports whether a frame behind the bad one at r.at says that the file was safe beyond it.
func vouched(f io.ReaderAt, s segment, bad int64) (bool, error) {
	seed := s.seed()
	in := bufio.NewReaderSize(io.NewSectionReader(f, bad, s.end-bad), readBuffer)
	for at := bad; at+frameBytes <= s.end; at += alignment {
		b, err := in.Peek(frameBytes)
		if err != nil {
			return false, err
		}
		if h, ok := parseFrame(b, seed, at); ok && h.safe > bad {
			return true, nil
		}
		if _, err := in.Discard(alignment); err != nil {
			return false, err
		}
	}
	return false, nil
}

// tail is how the last segment ends.
type tail struct {
	safe  int64 // so much is known to be safe
	whole int64 // so far frames are whole
	last  int64 // greatest epoch of whole frames, those of earlier segments among them
}

// findTail reads the last segment, which has s.end bytes.
func findTail(f disk.File, s segment) (tail, error) {
	t := tail{safe: s.born, last: s.last}
	if s.end < s.born {
		return t, &DamageError{Path: s.path, Offset: s.end, Reason: "the file was cut"}
	}
	r := newReader(f, s, segmentHeader, s.end)
	for r.at < s.end {
		_, h, bad, err := r.next()
		if err != nil {
			return t, err
		}
		if bad != "" {
			t.whole = r.at
			return t, t.judge(f, s, bad)
		}
		t.safe, t.last = max(t.safe, h.safe), max(t.last, h.epoch)
	}
	t.whole = r.at
	return t, nil
}

// judge is the error of a bad frame at t.whole, if it is damage.
func (t tail) judge(f disk.File, s segment, bad string) error {
	damaged := t.whole < t.safe
	if !damaged {
		var err error
		if damaged, err = vouched(f, s, t.whole); err != nil {
			return err
		}
	}
	if damaged {
		return &DamageError{Path: s.path, Offset: t.whole, Reason: bad + ", though it was safely on disk"}
	}
	return nil
}
