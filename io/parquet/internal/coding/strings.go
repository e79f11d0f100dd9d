package coding

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Column is byte strings in Arrow's layout that a decoder appends to: string i is Data[Offsets[i]:Offsets[i+1]].
// Offsets starts with one number, 0.
type Column struct {
	Data    []byte
	Offsets []int32
}

// Reset empties the column and keeps its memory.
func (c *Column) Reset() {
	c.Data = c.Data[:0]
	c.Offsets = append(c.Offsets[:0], 0)
}

// Len is the number of strings.
func (c *Column) Len() int { return len(c.Offsets) - 1 }

// maxData bounds the bytes of a column: offsets are int32.
const maxData = math.MaxInt32

func tooLong(n int) error {
	return fmt.Errorf("the strings of one batch take %d bytes, more than 2 GiB", n)
}

// PlainStrings decodes PLAIN byte strings: each has its length, 4 bytes, in front of it.
type PlainStrings struct{ data []byte }

// Reset starts at data.
func (p *PlainStrings) Reset(data []byte) { p.data = data }

// Append decodes the next n strings.
func (p *PlainStrings) Append(c *Column, n int) error {
	// What is left of the page bounds what can be added.
	c.Data = room(c.Data, len(p.data)+16)
	buf, src, at := c.Data[:cap(c.Data)], p.data, len(c.Data)
	if len(c.Data)+len(src) > maxData {
		return tooLong(len(c.Data) + len(src))
	}
	for range n {
		if len(src) < 4 {
			return ErrShort
		}
		size := int(binary.LittleEndian.Uint32(src))
		src = src[4:]
		if size > len(src) {
			return ErrShort
		}
		if size <= 16 && len(src) >= 16 {
			// A copy of fixed size, of which the rest is overwritten by the next string.
			*(*[16]byte)(buf[at:]) = *(*[16]byte)(src)
		} else {
			copy(buf[at:], src[:size])
		}
		src = src[size:]
		at += size
		c.Offsets = append(c.Offsets, int32(at))
	}
	c.Data, p.data = buf[:at], src
	return nil
}

// AppendSome decodes the next n strings, of which only those in sel (ascending, counted from base) are kept; the
// others become empty.
func (p *PlainStrings) AppendSome(c *Column, n int, sel []uint32, base int) error {
	src := p.data
	for i := range n {
		if len(src) < 4 {
			return ErrShort
		}
		size := int(binary.LittleEndian.Uint32(src))
		src = src[4:]
		if size > len(src) {
			return ErrShort
		}
		if len(sel) > 0 && int(sel[0]) == base+i {
			sel = sel[1:]
			c.Data = append(c.Data, src[:size]...)
			if len(c.Data) > maxData {
				return tooLong(len(c.Data))
			}
		}
		src = src[size:]
		c.Offsets = append(c.Offsets, int32(len(c.Data)))
	}
	p.data = src
	return nil
}

// Skip passes over n strings.
func (p *PlainStrings) Skip(n int) error {
	src := p.data
	for range n {
		if len(src) < 4 {
			return ErrShort
		}
		size := int(binary.LittleEndian.Uint32(src))
		if size > len(src)-4 {
			return ErrShort
		}
		src = src[4+size:]
	}
	p.data = src
	return nil
}

// room makes buf have capacity for n more bytes.
func room(buf []byte, n int) []byte {
	if cap(buf)-len(buf) >= n {
		return buf
	}
	out := make([]byte, len(buf), max(len(buf)+n, 2*cap(buf)))
	copy(out, buf)
	return out
}

// LengthStrings decodes DELTA_LENGTH_BYTE_ARRAY: all lengths as a Delta, then all bytes.
type LengthStrings struct {
	lengths Delta
	data    []byte
	buf     [128]int32
}

// Reset starts at data.
func (s *LengthStrings) Reset(data []byte) error {
	if err := s.lengths.Reset(data); err != nil {
		return err
	}
	var err error
	s.data, err = s.lengths.Rest()
	return err
}

// Append decodes the next n strings.
func (s *LengthStrings) Append(c *Column, n int) error {
	total := 0
	base := len(c.Data)
	for n > 0 {
		k := min(n, len(s.buf))
		if err := DecodeDelta(&s.lengths, s.buf[:k]); err != nil {
			return err
		}
		for _, l := range s.buf[:k] {
			if l < 0 {
				return fmt.Errorf("a string of %d bytes", l)
			}
			total += int(l)
			if total > len(s.data) {
				return ErrShort
			}
			if base+total > maxData {
				return tooLong(base + total)
			}
			c.Offsets = append(c.Offsets, int32(base+total))
		}
		n -= k
	}
	c.Data = append(c.Data, s.data[:total]...)
	s.data = s.data[total:]
	return nil
}

// Skip passes over n strings.
func (s *LengthStrings) Skip(n int) error {
	for n > 0 {
		k := min(n, len(s.buf))
		if err := DecodeDelta(&s.lengths, s.buf[:k]); err != nil {
			return err
		}
		for _, l := range s.buf[:k] {
			if l < 0 || int(l) > len(s.data) {
				return ErrShort
			}
			s.data = s.data[l:]
		}
		n -= k
	}
	return nil
}

// PrefixStrings decodes DELTA_BYTE_ARRAY: each string is a number of bytes from the start of the one before, all
// those numbers as a Delta, then a rest, all of them as LengthStrings.
type PrefixStrings struct {
	prefixes Delta
	suffixes LengthStrings
	last     []byte // the string before
	suffix   Column
	buf      [128]int32
}

// maxPrefixGrowth bounds the bytes that one Append makes of a page: each string may repeat all of the one
// before, so that a few KB could become gigabytes.
const maxPrefixGrowth = 1 << 28

// Reset starts at data.
func (s *PrefixStrings) Reset(data []byte) error {
	s.last = s.last[:0]
	if err := s.prefixes.Reset(data); err != nil {
		return err
	}
	rest, err := s.prefixes.Rest()
	if err != nil {
		return err
	}
	return s.suffixes.Reset(rest)
}

// Append decodes the next n strings.
func (s *PrefixStrings) Append(c *Column, n int) error {
	start := len(c.Data)
	for n > 0 {
		k := min(n, len(s.buf))
		s.suffix.Reset()
		if err := s.suffixes.Append(&s.suffix, k); err != nil {
			return err
		}
		if err := DecodeDelta(&s.prefixes, s.buf[:k]); err != nil {
			return err
		}
		for i, p := range s.buf[:k] {
			if p < 0 || int(p) > len(s.last) {
				return fmt.Errorf("a string repeats %d bytes of one of %d", p, len(s.last))
			}
			s.last = append(s.last[:p], s.suffix.Data[s.suffix.Offsets[i]:s.suffix.Offsets[i+1]]...)
			c.Data = append(c.Data, s.last...)
			if len(c.Data)-start > maxPrefixGrowth {
				return fmt.Errorf("%d strings with common beginnings take more than %d bytes", c.Len(), maxPrefixGrowth)
			}
			c.Offsets = append(c.Offsets, int32(len(c.Data)))
		}
		n -= k
	}
	return nil
}
