package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/bits"

	"github.com/pwcol/pwcol/io/parquet/internal/coding"
	"github.com/pwcol/pwcol/kernels/vec"
)

// convert turns stored values, src, into a column's, dst. Both have the same number of values.
func convert(dst, src []byte, c *column) error {
	switch c.conv {
	case convInt8:
		return narrow(vec.Cast[int8](dst), src, c.typ)
	case convInt16:
		return narrow(vec.Cast[int16](dst), src, c.typ)
	case convUint8:
		return narrow(vec.Cast[uint8](dst), src, c.typ)
	case convUint16:
		return narrow(vec.Cast[uint16](dst), src, c.typ)
	case convWiden:
		for i := range vec.Cast[int64](dst) {
			vec.Cast[int64](dst)[i] = int64(int32(binary.LittleEndian.Uint32(src[4*i:])))
		}
	case convDecimal32:
		out := vec.Cast[vec.Int128](dst)
		for i := range out {
			out[i] = vec.Int128From(int64(int32(binary.LittleEndian.Uint32(src[4*i:]))))
		}
	case convDecimal64:
		out := vec.Cast[vec.Int128](dst)
		for i := range out {
			out[i] = vec.Int128From(int64(binary.LittleEndian.Uint64(src[8*i:])))
		}
	case convDecimal:
		return decimals(vec.Cast[vec.Int128](dst), src, c.width)
	case convInt96:
		return int96s(vec.Cast[int64](dst), src)
	case convFloat16:
		out := vec.Cast[float32](dst)
		for i := range out {
			out[i] = half(binary.LittleEndian.Uint16(src[2*i:]))
		}
	}
	return nil
}

// narrow turns 4-byte integers into shorter ones, which have to hold them.
func narrow[T int8 | int16 | uint8 | uint16](dst []T, src []byte, t vec.Type) error {
	lost := int32(0)
	for i := range dst {
		v := int32(binary.LittleEndian.Uint32(src[4*i:]))
		dst[i] = T(v)
		lost |= v ^ int32(T(v))
	}
	if lost == 0 {
		return nil
	}
	for i := range dst {
		if v := int32(binary.LittleEndian.Uint32(src[4*i:])); v != int32(T(v)) {
			return fmt.Errorf("the value %d is out of range for %s", v, t)
		}
	}
	return nil
}

// decimals decodes integers of width bytes, the highest first.
func decimals(dst []vec.Int128, src []byte, width int) error {
	for i := range dst {
		v, ok := bigEndian(src[i*width : (i+1)*width])
		if !ok {
			return fmt.Errorf("a decimal of %d bytes takes more than 128 bits", width)
		}
		dst[i] = v
	}
	return nil
}

// decimalsOf is decimals for integers of any length.
func decimalsOf(dst []byte, src *coding.Column) error {
	out := vec.Cast[vec.Int128](dst)
	for i := range src.Len() {
		b := src.Data[src.Offsets[i]:src.Offsets[i+1]]
		v, ok := bigEndian(b)
		if !ok {
			return fmt.Errorf("a decimal of %d bytes takes more than 128 bits", len(b))
		}
		out[i] = v
	}
	return nil
}

// bigEndian is b as an integer in two's complement, and whether it fits.
func bigEndian(b []byte) (vec.Int128, bool) {
	if len(b) == 0 {
		return vec.Int128{}, true
	}
	sign := byte(int8(b[0]) >> 7)
	for len(b) > 16 {
		if b[0] != sign {
			return vec.Int128{}, false
		}
		b = b[1:]
	}
	var full [16]byte
	for i := range 16 - len(b) {
		full[i] = sign
	}
	copy(full[16-len(b):], b)
	v := vec.Int128{Hi: int64(binary.BigEndian.Uint64(full[:])), Lo: binary.BigEndian.Uint64(full[8:])}
	return v, byte(v.Hi>>63) == sign
}

const (
	julianUnixEpoch = 2440588 // the Julian day of 1970-01-01
	nanosPerDay     = 24 * 3600 * 1e9
)

// int96s decodes the timestamps of old Impala, Hive and Spark: 8 bytes of nanoseconds in the day and 4 of the day.
func int96s(dst []int64, src []byte) error {
	for i := range dst {
		nanos := int64(binary.LittleEndian.Uint64(src[12*i:]))
		day := int64(int32(binary.LittleEndian.Uint32(src[12*i+8:]))) - julianUnixEpoch
		hi, lo := bits.Mul64(uint64(abs(day)), nanosPerDay)
		if hi != 0 || lo > math.MaxInt64 {
			return fmt.Errorf("an INT96 timestamp of day %d since 1970 is out of range for timestamp[ns], 1677 to 2262", day)
		}
		v := day*nanosPerDay + nanos
		if nanos < 0 || nanos > 2*nanosPerDay || day >= 0 && v < 0 {
			return fmt.Errorf("an INT96 timestamp of day %d since 1970 and %d ns is out of range for timestamp[ns]", day, nanos)
		}
		dst[i] = v
	}
	return nil
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// half is the value of an IEEE 754 half: 1 bit of sign, 5 of exponent, 10 of fraction.
func half(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exp, frac := uint32(h>>10&0x1f), uint32(h&0x3ff)
	switch {
	case exp == 0: // zero and subnormals: frac × 2^−24
		f := float32(frac) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(f) | sign)
	case exp == 0x1f: // infinities and NaNs
		return math.Float32frombits(sign | 0xff<<23 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+127-15)<<23 | frac<<13)
}

// appendFixed appends values of one length as strings: UUIDs as text, others as they are.
func appendFixed(dst *coding.Column, raw []byte, c *column) error {
	n := len(raw) / c.width
	size := c.width
	if c.conv == convUUID {
		size = 36
	}
	if len(dst.Data)+n*size > math.MaxInt32 {
		return errBatchBytes(len(dst.Data) + n*size)
	}
	if c.conv != convUUID {
		at := len(dst.Data)
		dst.Data = append(dst.Data, raw...)
		for range n {
			at += size
			dst.Offsets = append(dst.Offsets, int32(at))
		}
		return nil
	}
	for i := range n {
		dst.Data = appendUUID(dst.Data, raw[16*i:16*i+16])
		dst.Offsets = append(dst.Offsets, int32(len(dst.Data)))
	}
	return nil
}

// appendUUID appends a UUID's canonical text: 8, 4, 4, 4 and 12 hexadecimal digits.
func appendUUID(dst, u []byte) []byte {
	dst = hex.AppendEncode(dst, u[:4])
	for _, part := range [...][]byte{u[4:6], u[6:8], u[8:10], u[10:16]} {
		dst = append(dst, '-')
		dst = hex.AppendEncode(dst, part)
	}
	return dst
}

// fixedOf copies strings, all of which have to be width bytes long.
func fixedOf(dst []byte, src *coding.Column, width int) error {
	for i, end := range src.Offsets[1:] {
		if int(end-src.Offsets[i]) != width {
			return fmt.Errorf("a value of %d bytes where each has %d", end-src.Offsets[i], width)
		}
	}
	copy(dst, src.Data)
	return nil
}

// appendValues appends values of a dictionary by code.
func appendValues(dst *coding.Column, values *vec.Vec, codes []uint32) error {
	for _, code := range codes {
		dst.Data = append(dst.Data, values.Str(int(code))...)
		if len(dst.Data) > math.MaxInt32 {
			return errBatchBytes(len(dst.Data))
		}
		dst.Offsets = append(dst.Offsets, int32(len(dst.Data)))
	}
	return nil
}

func errBatchBytes(n int) error {
	return fmt.Errorf("the strings of one batch take %d bytes, more than 2 GiB", n)
}

// isASCII reports whether all bytes are below 128.
func isASCII(data []byte) bool {
	for len(data) >= 32 {
		d := (*[32]byte)(data)
		a, b := binary.LittleEndian.Uint64(d[:]), binary.LittleEndian.Uint64(d[8:])
		c, e := binary.LittleEndian.Uint64(d[16:]), binary.LittleEndian.Uint64(d[24:])
		if (a|b|c|e)&0x8080808080808080 != 0 {
			return false
		}
		data = data[32:]
	}
	for len(data) >= 8 {
		if binary.LittleEndian.Uint64(data)&0x8080808080808080 != 0 {
			return false
		}
		data = data[8:]
	}
	for _, b := range data {
		if b >= 0x80 {
			return false
		}
	}
	return true
}
