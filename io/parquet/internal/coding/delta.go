package coding

import (
	"encoding/binary"
	"fmt"
)

// Delta decodes DELTA_BINARY_PACKED integers. The page's head says how long blocks are, in how many miniblocks each
// is cut, how many numbers there are and what the first is. A block says the least difference and, for each miniblock, the
// bit width in which the differences above the least are packed. Worked example, 7 5 3 1 2:
//
//	80 01  04  05  0e     blocks of 128, of 4 miniblocks, 5 numbers, the first is 7 (zigzag)
//	03     02 00 00 00    least difference −2; widths 2, 0, 0, 0
//	c0 00 … (8 bytes)     0 0 0 3: differences −2 −2 −2 1; the rest of the 32 is filling
type Delta struct {
	data []byte
	last uint64 // the number before; arithmetic wraps around
	left int    // numbers not handed out yet
	head bool   // the first number, which the head holds, is still to come

	perMini  int // numbers in a miniblock, a multiple of 32
	minis    int // miniblocks in a block
	min      uint64
	widths   []byte // of the miniblocks of the block that were not begun
	width    uint   // of the current miniblock
	miniLeft int    // numbers left in it, those in buf included
	buf      [32]uint64
	bufLeft  int // differences at the end of buf that were not used
}

// Reset starts at data.
func (d *Delta) Reset(data []byte) error {
	*d = Delta{}
	var head [3]uint64
	for i := range head {
		v, n := binary.Uvarint(data)
		if n <= 0 {
			return ErrShort
		}
		head[i], data = v, data[n:]
	}
	first, n := binary.Varint(data)
	if n <= 0 {
		return ErrShort
	}
	block, minis, count := head[0], head[1], head[2]
	if minis == 0 || block > 1<<30 || minis > block || block%minis != 0 || block/minis%32 != 0 || count > 1<<31 {
		return fmt.Errorf("delta blocks of %d numbers in %d parts, %d numbers in all", block, minis, count)
	}
	d.data, d.last, d.left, d.head = data[n:], uint64(first), int(count), true
	d.perMini, d.minis = int(block/minis), int(minis)
	return nil
}

// Left is how many numbers are still to come.
func (d *Delta) Left() int { return d.left }

// DeltaInt is what a Delta decodes to.
type DeltaInt interface{ ~int32 | ~int64 }

// DecodeDelta fills dst with the next numbers; 32-bit ones wrap around at 32 bits.
func DecodeDelta[T DeltaInt](d *Delta, dst []T) error {
	if len(dst) > d.left {
		return ErrShort
	}
	d.left -= len(dst)
	if d.head && len(dst) > 0 {
		dst[0], dst = T(d.last), dst[1:]
		d.head = false
	}
	for len(dst) > 0 {
		if d.bufLeft == 0 {
			if err := d.fill(len(dst) + d.left); err != nil {
				return err
			}
		}
		n := min(len(dst), d.bufLeft)
		last, least := d.last, d.min
		for i, diff := range d.buf[32-d.bufLeft:][:n] {
			last += least + diff
			dst[i] = T(last)
		}
		d.last = last
		d.bufLeft -= n
		dst = dst[n:]
	}
	return nil
}

// fill unpacks the next 32 differences, of which want are still to be used.
func (d *Delta) fill(want int) error {
	if d.miniLeft == 0 {
		if err := d.nextMini(); err != nil {
			return err
		}
	}
	n := int(4 * d.width)
	if len(d.data) >= n {
		unpack64(&d.buf, d.data, d.width)
		d.data = d.data[n:]
	} else {
		// The last miniblock may be cut behind its last number.
		if (min(want, 32)*int(d.width)+7)/8 > len(d.data) {
			return ErrShort
		}
		var padded [256]byte
		copy(padded[:], d.data)
		unpack64(&d.buf, padded[:], d.width)
		d.data = nil
	}
	d.miniLeft -= 32
	d.bufLeft = 32
	return nil
}

// nextMini starts the next miniblock, in the next block if the current one is used up.
func (d *Delta) nextMini() error {
	if len(d.widths) == 0 {
		least, n := binary.Varint(d.data)
		if n <= 0 || len(d.data)-n < d.minis {
			return ErrShort
		}
		d.min = uint64(least)
		d.widths = d.data[n : n+d.minis]
		d.data = d.data[n+d.minis:]
	}
	d.width = uint(d.widths[0])
	d.widths = d.widths[1:]
	if d.width > 64 {
		return fmt.Errorf("a delta bit width of %d is more than 64", d.width)
	}
	d.miniLeft = d.perMini
	return nil
}

// Rest is the bytes behind all the numbers of a Delta of which none has been decoded yet.
func (d *Delta) Rest() ([]byte, error) {
	w := *d
	for left := w.left - 1; left > 0; {
		if err := w.nextMini(); err != nil {
			return nil, err
		}
		// The last miniblock is whole, filled up with zeros.
		n := uint64(w.width) * uint64(w.perMini) / 8
		if n > uint64(len(w.data)) {
			return nil, ErrShort
		}
		w.data = w.data[n:]
		left -= w.perMini
	}
	// Miniblocks of the last block that hold nothing have a width and no bytes.
	return w.data, nil
}

// unpack64 unpacks 32 numbers of width bits, 0 to 64, from 4*width bytes.
func unpack64(dst *[32]uint64, src []byte, width uint) {
	if width <= 32 {
		var buf [32]uint32
		unpackers[width](&buf, src)
		for i, v := range buf {
			dst[i] = uint64(v)
		}
		return
	}
	var padded [256 + 9]byte
	copy(padded[:], src[:4*width])
	mask := ^uint64(0) >> (64 - width)
	for i := range dst {
		bit := uint(i) * width
		p := padded[bit/8:]
		shift := bit % 8
		v := binary.LittleEndian.Uint64(p)>>shift | uint64(p[8])<<1<<(63-shift)
		dst[i] = v & mask
	}
}
