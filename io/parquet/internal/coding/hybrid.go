package coding

import (
	"encoding/binary"
	"fmt"
)

// Hybrid decodes numbers of 0 to 32 bits that lie in runs: either one number many times, or groups of 8
// bit-packed numbers. Dictionary codes are such numbers. Worked example, width 3:
//
//	08 05           run head 8: 8>>1 = 4 times the number 5 (in one byte)
//	03 88 c6 fa     run head 3: odd, so 3>>1 = 1 group of 8: 0 1 2 3 4 5 6 7, in 3 bytes
//
// The zero Hybrid has no numbers; Reset starts it.
type Hybrid struct {
	data  []byte
	width uint

	left   int    // numbers left in the run
	packed bool   // they are bit-packed, from bit bit of data
	value  uint32 // else they are all this one
	bit    uint   // place of the next packed number in data, below 8*width
	size   int    // bytes of data that the packed run takes in all
}

// Reset starts at data with numbers of width bits.
func (h *Hybrid) Reset(data []byte, width uint) error {
	if width > 32 {
		return fmt.Errorf("a bit width of %d is more than 32", width)
	}
	*h = Hybrid{data: data, width: width}
	return nil
}

// next starts the next run.
func (h *Hybrid) next() error {
	if h.packed {
		h.data = h.data[h.size:]
		h.packed = false
	}
	head, n := binary.Uvarint(h.data)
	if n <= 0 {
		return ErrShort
	}
	h.data = h.data[n:]
	count := head >> 1
	if count == 0 || count > 1<<32 {
		return fmt.Errorf("a run of %d numbers", count)
	}
	if head&1 == 1 {
		// The last run may be cut: only the bytes of numbers that are there have to be.
		size := min(count*uint64(h.width), uint64(len(h.data)))
		h.packed, h.bit, h.size, h.left = true, 0, int(size), int(count)*8
		return nil
	}
	bytes := int(h.width+7) / 8
	if bytes > len(h.data) {
		return ErrShort
	}
	h.value = 0
	for i := range bytes {
		h.value |= uint32(h.data[i]) << (8 * i)
	}
	if h.width < 32 && h.value>>h.width != 0 {
		return fmt.Errorf("a run of %d, which takes more than %d bits", h.value, h.width)
	}
	h.data, h.left = h.data[bytes:], int(count)
	return nil
}

// Decode fills dst with the next numbers.
func (h *Hybrid) Decode(dst []uint32) error {
	for len(dst) > 0 {
		if h.left == 0 {
			if err := h.next(); err != nil {
				return err
			}
		}
		n := min(len(dst), h.left)
		if h.packed {
			if err := h.unpack(dst[:n]); err != nil {
				return err
			}
		} else {
			fill(dst[:n], h.value)
		}
		h.left -= n
		dst = dst[n:]
	}
	return nil
}

func fill(dst []uint32, v uint32) {
	for i := range dst {
		dst[i] = v
	}
}

// unpack decodes numbers of a packed run, 32 at a time. A stretch that doesn't start at a byte or
// isn't 32 long is unpacked into a buffer of its own.
func (h *Hybrid) unpack(dst []uint32) error {
	if end := h.bit + uint(len(dst))*h.width; (end+7)/8 > uint(h.size) {
		return ErrShort
	}
	f := unpackers[h.width]
	for len(dst) > 0 {
		if h.bit&7 == 0 && len(dst) >= 32 {
			src := h.data[h.bit/8 : h.size]
			step := int(4 * h.width)
			for len(dst) >= 32 {
				f((*[32]uint32)(dst), src)
				src, dst = src[step:], dst[32:]
				h.bit += 32 * h.width
			}
			continue
		}
		n := h.unpackSome(dst)
		dst = dst[n:]
	}
	return nil
}

// unpackSome decodes less than 32 numbers and says how many.
func (h *Hybrid) unpackSome(dst []uint32) int {
	var buf [32]uint32
	var padded [128]byte
	first := uint(0) // numbers of the group of 8 that were taken before
	if h.width > 0 {
		first = h.bit / h.width % 8
	}
	start := h.bit - first*h.width
	src := h.data[start/8 : h.size]
	if len(src) < int(4*h.width) {
		copy(padded[:], src)
		src = padded[:]
	}
	unpackers[h.width](&buf, src)
	n := copy(dst, buf[first:])
	h.bit += uint(n) * h.width
	return n
}

// Skip passes over n numbers.
func (h *Hybrid) Skip(n int) error {
	for n > 0 {
		if h.left == 0 {
			if err := h.next(); err != nil {
				return err
			}
		}
		k := min(n, h.left)
		if h.packed {
			h.bit += uint(k) * h.width
			if (h.bit+7)/8 > uint(h.size) {
				return ErrShort
			}
		}
		h.left -= k
		n -= k
	}
	return nil
}
