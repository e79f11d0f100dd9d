package parquet

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/metadata"

	"github.com/pwcol/pwcol/kernels/vec"
)

// maxBoundBytes is the longest string that is written as a bound. Longer ones aren't cut, which would make them wrong,
// but left out.
const maxBoundBytes = 256

// bounds is a column chunk's statistics.
type bounds struct {
	has      bool
	min, max []byte // as they are stored
	nulls    int64
	signed   bool
}

// ofNumbers finds the bounds of stored values.
func (b *bounds) ofNumbers(c *outColumn, values []byte) {
	if len(values) == 0 {
		return
	}
	b.signed = !c.typ.IsUnsigned()
	switch {
	case c.phys == parquet.Types.Float:
		b.ofFloat32(vec.Cast[float32](values))
	case c.phys == parquet.Types.Double:
		b.ofFloat64(vec.Cast[float64](values))
	case c.store == storeDecimal:
		b.signed = false // the old fields' order of bytes is not the one of numbers
		b.ofDecimals(values)
	case c.width == 4 && c.typ.IsUnsigned():
		put32(b, least(vec.Cast[uint32](values)), greatest(vec.Cast[uint32](values)))
	case c.width == 4:
		put32(b, least(vec.Cast[int32](values)), greatest(vec.Cast[int32](values)))
	case c.typ.IsUnsigned():
		put64(b, least(vec.Cast[uint64](values)), greatest(vec.Cast[uint64](values)))
	default:
		put64(b, least(vec.Cast[int64](values)), greatest(vec.Cast[int64](values)))
	}
}

type number interface {
	int32 | int64 | uint32 | uint64 | float32 | float64
}

func least[T number](values []T) T {
	m := values[0]
	for _, v := range values {
		m = min(m, v)
	}
	return m
}

func greatest[T number](values []T) T {
	m := values[0]
	for _, v := range values {
		m = max(m, v)
	}
	return m
}

func put32[T int32 | uint32](b *bounds, lo, hi T) {
	b.has = true
	b.min = binary.LittleEndian.AppendUint32(nil, uint32(lo))
	b.max = binary.LittleEndian.AppendUint32(nil, uint32(hi))
}

func put64[T int64 | uint64](b *bounds, lo, hi T) {
	b.has = true
	b.min = binary.LittleEndian.AppendUint64(nil, uint64(lo))
	b.max = binary.LittleEndian.AppendUint64(nil, uint64(hi))
}

// ofFloat32 leaves the bounds out if there is a NaN, which Parquet's order has no place for. Zeros count as −0
// below and +0 above, since readers may tell them apart.
func (b *bounds) ofFloat32(values []float32) {
	lo, hi := least(values), greatest(values) // NaN if there is any
	if lo != lo || hi != hi {
		return
	}
	if lo == 0 {
		lo = float32(math.Copysign(0, -1))
	}
	if hi == 0 {
		hi = 0
	}
	b.has = true
	b.min = binary.LittleEndian.AppendUint32(nil, math.Float32bits(lo))
	b.max = binary.LittleEndian.AppendUint32(nil, math.Float32bits(hi))
}

func (b *bounds) ofFloat64(values []float64) {
	lo, hi := least(values), greatest(values)
	if lo != lo || hi != hi {
		return
	}
	if lo == 0 {
		lo = math.Copysign(0, -1)
	}
	if hi == 0 {
		hi = 0
	}
	b.has = true
	b.min = binary.LittleEndian.AppendUint64(nil, math.Float64bits(lo))
	b.max = binary.LittleEndian.AppendUint64(nil, math.Float64bits(hi))
}

// ofDecimals compares integers of 16 bytes, the highest first.
func (b *bounds) ofDecimals(values []byte) {
	lo, hi := values[:16], values[:16]
	for at := 0; at < len(values); at += 16 {
		v := values[at : at+16]
		if lessDecimal(v, lo) {
			lo = v
		}
		if lessDecimal(hi, v) {
			hi = v
		}
	}
	b.has, b.min, b.max = true, bytes.Clone(lo), bytes.Clone(hi)
}

func lessDecimal(a, b []byte) bool {
	if x, y := int64(binary.BigEndian.Uint64(a)), int64(binary.BigEndian.Uint64(b)); x != y {
		return x < y
	}
	return binary.BigEndian.Uint64(a[8:]) < binary.BigEndian.Uint64(b[8:])
}

// ofText finds the bounds of strings, by their bytes.
func (b *bounds) ofText(each func(yield func([]byte) bool)) {
	var lo, hi []byte
	found := false
	each(func(s []byte) bool {
		if !found {
			lo, hi, found = s, s, true
			return true
		}
		if bytes.Compare(s, lo) < 0 {
			lo = s
		}
		if bytes.Compare(s, hi) > 0 {
			hi = s
		}
		return true
	})
	if found && len(lo) <= maxBoundBytes && len(hi) <= maxBoundBytes {
		b.has, b.min, b.max = true, append([]byte{}, lo...), append([]byte{}, hi...)
	}
}

// encoded is the statistics for the footer.
func (b *bounds) encoded() metadata.EncodedStatistics {
	return metadata.EncodedStatistics{
		HasMin: b.has, Min: b.min, HasMax: b.has, Max: b.max, Signed: b.signed,
		HasNullCount: true, NullCount: b.nulls,
	}
}
