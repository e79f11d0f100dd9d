package coding

import (
	"encoding/binary"
	"math/bits"

	"github.com/pwcol/pwcol/kernels/vec"
)

// DecodeBits decodes the next n numbers of a Hybrid of width 1 into bits [at, at+n) of dst, and counts the
// ones. It serves definition levels of optional columns, whose bits are the validity bitmap, and booleans.
// Bits of dst from at+n on, up to the end of that byte, are undefined.
func (h *Hybrid) DecodeBits(dst []byte, at, n int) (ones int, err error) {
	for n > 0 {
		if h.left == 0 {
			if err := h.next(); err != nil {
				return 0, err
			}
		}
		k := min(n, h.left)
		switch {
		case h.packed:
			if (h.bit+uint(k)+7)/8 > uint(h.size) {
				return 0, ErrShort
			}
			ones += CopyBits(dst, at, h.data[:h.size], int(h.bit), k)
			h.bit += uint(k)
		case h.value != 0:
			vec.SetBits(dst, at, at+k)
			ones += k
		default:
			clearBits(dst, at, at+k)
		}
		h.left -= k
		at += k
		n -= k
	}
	return ones, nil
}

// SkipBits passes over n numbers of a Hybrid of width 1 and counts the ones among them.
func (h *Hybrid) SkipBits(n int) (ones int, err error) {
	for n > 0 {
		if h.left == 0 {
			if err := h.next(); err != nil {
				return 0, err
			}
		}
		k := min(n, h.left)
		switch {
		case h.packed:
			if (h.bit+uint(k)+7)/8 > uint(h.size) {
				return 0, ErrShort
			}
			ones += countBits(h.data[:h.size], int(h.bit), k)
			h.bit += uint(k)
		case h.value != 0:
			ones += k
		}
		h.left -= k
		n -= k
	}
	return ones, nil
}

// load64 is up to 64 bits of src from bit at, n of which matter and are there; the others are 0.
func load64(src []byte, at, n int) uint64 {
	i, shift := at>>3, uint(at&7)
	var v uint64
	if i+9 <= len(src) {
		v = binary.LittleEndian.Uint64(src[i:])>>shift | uint64(src[i+8])<<1<<(63-shift)
	} else {
		for k := 0; i+k < len(src) && k < 9; k++ {
			if s := 8*k - int(shift); s >= 0 {
				v |= uint64(src[i+k]) << s
			} else {
				v |= uint64(src[i+k]) >> -s
			}
		}
	}
	if n < 64 {
		v &= 1<<n - 1
	}
	return v
}

// CopyBits copies n bits of src from bit from to bits [at, at+n) of dst, and counts the ones. dst's bits before at stay.
func CopyBits(dst []byte, at int, src []byte, from, n int) (ones int) {
	for n > 0 && at&7 != 0 {
		k := min(n, 8-at&7)
		v := load64(src, from, k)
		mask := byte(1<<k-1) << (at & 7)
		dst[at>>3] = dst[at>>3]&^mask | byte(v)<<(at&7)
		ones += bits.OnesCount64(v)
		at, from, n = at+k, from+k, n-k
	}
	for ; n >= 64; n -= 64 {
		v := load64(src, from, 64)
		binary.LittleEndian.PutUint64(dst[at>>3:], v)
		ones += bits.OnesCount64(v)
		at, from = at+64, from+64
	}
	for n > 0 {
		k := min(n, 8)
		v := load64(src, from, k)
		dst[at>>3] = byte(v)
		ones += bits.OnesCount64(v)
		at, from, n = at+k, from+k, n-k
	}
	return ones
}

// countBits counts the ones among n bits of src from bit from.
func countBits(src []byte, from, n int) (ones int) {
	for ; n > 0; n -= 64 {
		ones += bits.OnesCount64(load64(src, from, min(n, 64)))
		from += 64
	}
	return ones
}

func clearBits(m []byte, from, to int) {
	for ; from < to && from&7 != 0; from++ {
		vec.ClearBit(m, from)
	}
	for ; from+8 <= to; from += 8 {
		m[from>>3] = 0
	}
	for ; from < to; from++ {
		vec.ClearBit(m, from)
	}
}
