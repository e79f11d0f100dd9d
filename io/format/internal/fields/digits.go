package fields

import (
	"encoding/binary"
	"math/bits"
)

// Pow10 are the powers of ten that a uint64 holds.
var Pow10 = [20]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}

const (
	// Ones times a byte is a word of eight of it.
	Ones = 0x0101010101010101
	// HighBits is the word of eight bytes of which only the highest bit is set.
	HighBits = 0x8080808080808080

	zeros    = '0' * Ones
	overNine = (0x80 - 10) * Ones // added to a byte: its high bit is set for 10 and above
	maxUint  = 19                 // digits that fit a uint64 whatever they are
)

// Load is the 8 bytes of buf from place p on, the first one lowest. There are always as many: Fields.Buf is padded.
func Load(buf []byte, p int) uint64 { return binary.LittleEndian.Uint64(buf[p:]) }

// nonDigits has a bit set in the lowest byte of x, a word of text xor zeros, that is no digit, and bits only
// above it: 0 if all 8 are digits.
func nonDigits(x uint64) uint64 { return ((x + overNine) | x) & HighBits }

// number8 is the number that 8 digits make, x's bytes of 0 to 9, the first one lowest: pairs, then fours,
// then all 8 are joined by a multiplication each (Daniel Lemire, "Quickly parsing eight digits").
func number8(x uint64) uint64 {
	x = x*10 + x>>8
	const pairs = 0x000000ff000000ff
	return (x&pairs*(100+1000000<<32) + x>>16&pairs*(1+10000<<32)) >> 32
}

// digitRun is how many of the bytes of buf from place p on are digits, 8 at most, and the number they make.
func digitRun(buf []byte, p int) (n int, value uint64) {
	x := Load(buf, p) ^ zeros
	n = bits.TrailingZeros64(nonDigits(x)) >> 3
	return n, number8(x << (64 - 8*uint(n)))
}

// Digits is how many of the bytes of buf from place p on are digits.
func Digits(buf []byte, p int) int {
	n := 0
	for {
		m := nonDigits(Load(buf, p+n) ^ zeros)
		if m != 0 {
			return n + bits.TrailingZeros64(m)>>3
		}
		n += 8
	}
}

// ParseUint is the number that buf[p:end] spells: 1 to 19 digits and nothing else.
func ParseUint(buf []byte, p, end int) (value uint64, ok bool) {
	n := end - p
	if uint(n-1) >= maxUint {
		return 0, false
	}
	for ; n > 8; n -= 8 {
		x := Load(buf, p) ^ zeros
		if nonDigits(x) != 0 {
			return 0, false
		}
		value = value*1e8 + number8(x)
		p += 8
	}
	x := (Load(buf, p) ^ zeros) << (64 - 8*uint(n)) // the digits go to the high bytes; below are zeros, as in 00000123
	return value*Pow10[n] + number8(x), nonDigits(x) == 0
}
