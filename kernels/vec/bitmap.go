package vec

import (
	"encoding/binary"
	"math/bits"
)

// BitmapLen is the number of bytes of a bitmap of n bits.
func BitmapLen(n int) int { return (n + 7) >> 3 }

// Bit is bit i of a bitmap, LSB first.
func Bit(m []byte, i int) bool { return m[i>>3]&(1<<(i&7)) != 0 }

// SetBit sets bit i.
func SetBit(m []byte, i int) { m[i>>3] |= 1 << (i & 7) }

// ClearBit clears bit i.
func ClearBit(m []byte, i int) { m[i>>3] &^= 1 << (i & 7) }

// PutBit makes bit i be b.
func PutBit(m []byte, i int, b bool) {
	if b {
		SetBit(m, i)
		return
	}
	ClearBit(m, i)
}

// CountBits counts the set bits among the first n.
func CountBits(m []byte, n int) int {
	c, i := 0, 0
	for ; i+64 <= n; i += 64 {
		c += bits.OnesCount64(binary.LittleEndian.Uint64(m[i>>3:]))
	}
	for ; i < n; i++ {
		c += int(m[i>>3] >> (i & 7) & 1)
	}
	return c
}

// SetBits sets bits [from, to).
func SetBits(m []byte, from, to int) {
	for ; from < to && from&7 != 0; from++ {
		SetBit(m, from)
	}
	for ; from+8 <= to; from += 8 {
		m[from>>3] = 0xff
	}
	for ; from < to; from++ {
		SetBit(m, from)
	}
}

// CopyBits copies n bits from src at bit from to the start of dst. Bits of dst's last byte
// behind n become 0.
func CopyBits(dst, src []byte, from, n int) {
	nb := BitmapLen(n)
	if from&7 == 0 {
		copy(dst[:nb], src[from>>3:])
	} else {
		shift := uint(from & 7)
		src = src[from>>3:]
		for i := range nb {
			b := src[i] >> shift
			if i+1 < len(src) {
				b |= src[i+1] << (8 - shift)
			}
			dst[i] = b
		}
	}
	if n&7 != 0 {
		dst[nb-1] &= 1<<(n&7) - 1
	}
}
