package journal

import (
	"encoding/binary"
	"hash/crc32"
)

// Kind says what a frame is.
type Kind uint8

// The kinds. Those from Note on are the engine's to tell apart.
const (
	mark  Kind = iota
	Entry      // an epoch's: their epochs ascend
	Note       // what else is to be known: of any epoch, in the order of the calls
)

// Frame is a piece of the log.
type Frame struct {
	Kind    Kind
	Epoch   int64
	Payload []byte // lent until yield returns
}

const (
	frameBytes = 32 // a frame's header
	alignment  = 8  // frames begin at multiples of it
	// MaxPayload is the longest payload of a frame.
	MaxPayload = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frameHeader is what is before a payload.
type frameHeader struct {
	payloadSum uint32
	epoch      int64
	safe       int64
	length     int
	kind       Kind
}

// padded is n rounded up to whole words.
func padded(n int) int { return (n + alignment - 1) &^ (alignment - 1) }

// size is how many bytes the frame takes.
func (h frameHeader) size() int64 { return frameBytes + int64(padded(h.length)) }

// appendFrame appends a frame whose header isn't sealed yet.
func appendFrame(dst []byte, kind Kind, epoch int64, payload ...[]byte) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, frameBytes)...)
	for _, part := range payload {
		dst = append(dst, part...)
	}
	length := len(dst) - at - frameBytes
	dst = append(dst, make([]byte, padded(length)-length)...)
	h := dst[at : at+frameBytes]
	binary.LittleEndian.PutUint32(h[4:], crc32.Checksum(dst[at+frameBytes:], castagnoli))
	binary.LittleEndian.PutUint64(h[8:], uint64(epoch))
	binary.LittleEndian.PutUint32(h[24:], uint32(length))
	h[28] = byte(kind)
	return dst
}

// seal completes the headers of frames, which are about to be written to a segment with that seed that is safe up to there, and
// returns their greatest epoch.
func seal(frames []byte, seed uint32, safe int64) (last int64) {
	for len(frames) > 0 {
		binary.LittleEndian.PutUint64(frames[16:], uint64(safe))
		binary.LittleEndian.PutUint32(frames, crc32.Update(seed, castagnoli, frames[4:frameBytes]))
		last = max(last, int64(binary.LittleEndian.Uint64(frames[8:])))
		frames = frames[frameBytes+padded(int(binary.LittleEndian.Uint32(frames[24:]))):]
	}
	return last
}

// parseFrame is the header in b, which has frameBytes, at that place of a segment; ok if it is one.
func parseFrame(b []byte, seed uint32, at int64) (h frameHeader, ok bool) {
	if b[29]|b[30]|b[31] != 0 || binary.LittleEndian.Uint64(b[16:]) > uint64(at) {
		return h, false // most of what isn't one, without a checksum
	}
	if binary.LittleEndian.Uint32(b) != crc32.Update(seed, castagnoli, b[4:frameBytes]) {
		return h, false
	}
	h = frameHeader{
		payloadSum: binary.LittleEndian.Uint32(b[4:]),
		epoch:      int64(binary.LittleEndian.Uint64(b[8:])),
		safe:       int64(binary.LittleEndian.Uint64(b[16:])),
		length:     int(binary.LittleEndian.Uint32(b[24:])),
		kind:       Kind(b[28]),
	}
	return h, h.length <= MaxPayload
}
