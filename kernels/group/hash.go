package group

import (
	"encoding/binary"
	"math/bits"
)

// Odd constants with about as many ones as zeros, from the digits of π.
const (
	secret0 = 0x243f6a8885a308d3
	secret1 = 0x13198a2e03707345
	secret2 = 0xa4093822299f31d1
)

// hasher is a seeded hash function. With mul = 0 every hash is 0.
type hasher struct {
	seed, mul uint64
}

func newHasher(o Options) hasher {
	if o.Collide {
		return hasher{seed: o.Seed}
	}
	return hasher{seed: o.Seed ^ secret1, mul: secret0}
}

// fold multiplies to 128 bits and folds the halves: every bit of the result depends on most bits
// of both factors.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// word is the hash of one word.
func (h hasher) word(w uint64) uint64 { return fold(w^h.seed, h.mul) }

// next extends the hash of some words by another one.
func (h hasher) next(hash, w uint64) uint64 { return fold(hash^w^secret2, h.mul) }

// bytes is the hash of a string. Both factors of every product are mixed with the seed, so nobody who
// doesn't know it can choose strings that make one 0.
func (h hasher) bytes(s []byte) uint64 {
	seed, n := ^h.seed, len(s)
	for ; len(s) > 16; s = s[16:] {
		seed = fold(binary.LittleEndian.Uint64(s)^h.seed, binary.LittleEndian.Uint64(s[8:])^seed)
	}
	a, b := tail(s)
	return fold(fold(a^h.seed, b^seed)^uint64(n), h.mul)
}

// short is bytes of a string of n bytes, at most 16, that tail has read.
func (h hasher) short(a, b uint64, n int) uint64 {
	return fold(fold(a^h.seed, b^^h.seed)^uint64(n), h.mul)
}

// tail is up to 16 bytes as two words, read in two loads that overlap if need be.
func tail(s []byte) (a, b uint64) {
	n := len(s)
	switch {
	case n >= 8:
		return binary.LittleEndian.Uint64(s), binary.LittleEndian.Uint64(s[n-8:])
	case n >= 4:
		return uint64(binary.LittleEndian.Uint32(s)), uint64(binary.LittleEndian.Uint32(s[n-4:]))
	case n > 0:
		return uint64(s[0])<<16 | uint64(s[n>>1])<<8 | uint64(s[n-1]), 0
	default:
		return 0, 0
	}
}

// Hasher is the hash function of the tables, for those who cut rows into partitions by keys of their own. Its
// hashes are not those of a table's groups.
type Hasher struct{ h hasher }

// NewHasher is the hash function of those options.
func NewHasher(o Options) Hasher { return Hasher{newHasher(o)} }

// Word is the hash of a word.
func (h Hasher) Word(w uint64) uint64 { return fold(w^h.h.seed, h.h.mul) }

// Bytes is the hash of a string.
func (h Hasher) Bytes(s []byte) uint64 { return h.h.bytes(s) }
