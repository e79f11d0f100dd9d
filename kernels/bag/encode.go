package bag

import (
	"encoding/binary"
	"fmt"
)

// Encode appends a group's entries to dst: for each, its key and, as a varint, its count. A key is its words, little endian, or
// a text behind its length as a uvarint.
func (b *Bags) Encode(dst []byte, id uint32) []byte {
	b.Settle()
	b.old = b.entries(id, b.old[:0])
	for i := 0; i < len(b.old); i += b.stride {
		e := b.old[i : i+b.stride]
		if b.text {
			s := b.arena.at(e[1])
			dst = append(binary.AppendUvarint(dst, uint64(len(s))), s...)
		} else {
			for _, w := range e[:b.words] {
				dst = binary.LittleEndian.AppendUint64(dst, w)
			}
		}
		dst = binary.AppendVarint(dst, int64(e[b.words]))
	}
	return dst
}

// EncodedMost is a bound of the bytes that Encode takes for a group.
func (b *Bags) EncodedMost() int {
	key := 8 * b.words
	if b.text {
		key = binary.MaxVarintLen32 + b.longest
	}
	return b.Most() * (key + binary.MaxVarintLen64)
}

// Decode adds what Encode has written to a group. check is asked about every key, of which it gets the words or the text; its error ends
// the decoding, as bytes that Encode can't have written do.
func (b *Bags) Decode(id uint32, src []byte, check func(words []uint64, text []byte) error) error {
	size := len(src)
	for len(src) > 0 {
		text, rest, err := b.decodeKey(src)
		if err != nil {
			return fmt.Errorf("byte %d of a bag of values: %w", size-len(src), err)
		}
		if err := check(b.key, text); err != nil {
			return fmt.Errorf("byte %d of a bag of values: %w", size-len(src), err)
		}
		count, n := binary.Varint(rest)
		if n <= 0 {
			return fmt.Errorf("byte %d of a bag of values: expected a count, found no varint", size-len(rest))
		}
		if b.text {
			b.writeText(id, text, count)
		} else {
			b.write(id, b.key, count)
		}
		src = rest[n:]
	}
	b.bound()
	return nil
}

// decodeKey reads a key: its words to b.key, or its text.
func (b *Bags) decodeKey(src []byte) (text, rest []byte, err error) {
	if b.text {
		n, m := binary.Uvarint(src)
		if m <= 0 || n > uint64(len(src)-m) {
			return nil, nil, fmt.Errorf("expected a text of up to %d bytes behind its length", len(src))
		}
		return src[m : m+int(n)], src[m+int(n):], nil
	}
	if len(src) < 8*b.words {
		return nil, nil, fmt.Errorf("expected a key of %d bytes, found %d", 8*b.words, len(src))
	}
	for i := range b.key {
		b.key[i] = binary.LittleEndian.Uint64(src[8*i:])
	}
	return nil, src[8*b.words:], nil
}
