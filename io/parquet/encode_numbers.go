package parquet

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/pwcol/pwcol/io/parquet/internal/thrift"
	"github.com/pwcol/pwcol/kernels/vec"
)

// encodeNumbers writes a column of fixed width.
func (e *groupEncoder) encodeNumbers(c *outColumn, cols []*vec.Vec) error {
	if err := e.gatherValues(c, cols); err != nil {
		return err
	}
	e.chunk.statistics.ofNumbers(c, e.values)
	if n := e.numberDict(c); n > 0 {
		e.page = append(e.page[:0], e.dict.bytes(c.width)...)
		e.chunk.dictAt = len(e.out)
		e.writePage(thrift.DictionaryPage, thrift.Plain, n)
		e.writeCodes(c, n)
		return nil
	}
	e.startData()
	pageRows := max(1, pageBytes/c.width)
	values := e.values
	for from := 0; from < e.rows; from += pageRows {
		to := min(from+pageRows, e.rows)
		present := e.levels(c, from, to)
		e.page = append(e.page, values[:present*c.width]...)
		values = values[present*c.width:]
		e.writePage(thrift.DataPage, thrift.Plain, to-from)
	}
	return nil
}

// gatherValues makes e.values the stored values of all rows that have one.
func (e *groupEncoder) gatherValues(c *outColumn, cols []*vec.Vec) error {
	e.values = vec.Grow(e.values[:0], (e.rows-e.nulls)*c.width)
	dst := e.values
	for _, v := range cols {
		if v.Dict != nil {
			v = v.Plain()
		}
		if v.NullCount(nil) > 0 {
			v = v.Take(presentRows(v))
		}
		n := v.N * c.width
		if err := storeValues(dst[:n], v, c); err != nil {
			return err
		}
		dst = dst[n:]
	}
	return nil
}

// presentRows is the rows that aren't NULL.
func presentRows(v *vec.Vec) []uint32 {
	rows := make([]uint32, 0, v.N)
	for i := range v.N {
		if !v.IsNull(i) {
			rows = append(rows, uint32(i))
		}
	}
	return rows
}

// storeValues turns a column without NULLs into stored values.
func storeValues(dst []byte, v *vec.Vec, c *outColumn) error {
	switch c.store {
	case storeBytes:
		copy(dst, v.Data)
	case storeInt8:
		widen(vec.Cast[int32](dst), vec.Of[int8](v))
	case storeInt16:
		widen(vec.Cast[int32](dst), vec.Of[int16](v))
	case storeUint8:
		widen(vec.Cast[int32](dst), vec.Of[uint8](v))
	case storeUint16:
		widen(vec.Cast[int32](dst), vec.Of[uint16](v))
	case storeNarrow:
		return scale(vec.Cast[int32](dst), vec.Of[int64](v), 1)
	case storeSeconds32:
		return scale(vec.Cast[int32](dst), vec.Of[int64](v), 1000)
	case storeSeconds:
		return scale(vec.Cast[int64](dst), vec.Of[int64](v), 1000)
	case storeDecimal32:
		return decimalInts(vec.Cast[int32](dst), vec.Of[vec.Int128](v), c.typ)
	case storeDecimal64:
		return decimalInts(vec.Cast[int64](dst), vec.Of[vec.Int128](v), c.typ)
	case storeDecimal:
		for i, d := range vec.Of[vec.Int128](v) {
			binary.BigEndian.PutUint64(dst[16*i:], uint64(d.Hi))
			binary.BigEndian.PutUint64(dst[16*i+8:], d.Lo)
		}
	}
	return nil
}

func widen[T int8 | int16 | uint8 | uint16](dst []int32, src []T) {
	for i, v := range src {
		dst[i] = int32(v)
	}
}

// scale multiplies by factor; the products have to fit.
func scale[T int32 | int64](dst []T, src []int64, factor int64) error {
	for i, v := range src {
		hi, lo := bits.Mul64(uint64(abs(v)), uint64(factor))
		p := v * factor
		if hi != 0 || lo > 1<<63-1 || int64(T(p)) != p {
			return fmt.Errorf("the value %d is out of range as Parquet stores it, in %d ms", v, factor)
		}
		dst[i] = T(p)
	}
	return nil
}

func decimalInts[T int32 | int64](dst []T, src []vec.Int128, t vec.Type) error {
	for i, d := range src {
		v, ok := d.Int64()
		if !ok || int64(T(v)) != v {
			return fmt.Errorf("a value has more digits than %s", t)
		}
		dst[i] = T(v)
	}
	return nil
}

// A dictionary of numbers pays where there are few: sampleValues of them, spread over the chunk, have to hold
// each about sampleRepeats times before all are looked at.
const (
	sampleValues  = 1024
	sampleRepeats = 4
)

// numberDict tries to make a dictionary of e.values, and e.codes; it returns the number of entries, 0
// if values are to be written plain.
func (e *groupEncoder) numberDict(c *outColumn) int {
	n := len(e.values) / c.width
	if c.width > 8 || n < 2*sampleRepeats {
		return 0
	}
	limit := min(maxDictBytes/c.width, n/2)
	if c.width == 4 {
		return encodeDict(e, vec.Cast[uint32](e.values), limit)
	}
	return encodeDict(e, vec.Cast[uint64](e.values), limit)
}

func encodeDict[T uint32 | uint64](e *groupEncoder, values []T, limit int) int {
	e.dict.reset()
	step := max(1, len(values)/sampleValues)
	seen := 0
	for i := 0; i < len(values); i += step {
		e.dict.code(uint64(values[i]))
		seen++
	}
	if len(e.dict.values) > max(seen/sampleRepeats, 1) {
		return 0
	}
	e.dict.reset()
	e.codes = growCodes(e.codes, len(values))
	for i, v := range values {
		e.codes[i] = e.dict.code(uint64(v))
		if len(e.dict.values) > limit {
			return 0
		}
	}
	return len(e.dict.values)
}

func growCodes(codes []uint32, n int) []uint32 {
	if cap(codes) < n {
		return make([]uint32, n)
	}
	return codes[:n]
}

// bitWidth is the number of bits of the largest code of a dictionary of n values.
func bitWidth(n int) uint { return uint(bits.Len(uint(max(n, 1) - 1))) }

// dictEncoder numbers different values in the order in which they come: an open hash table of codes.
type dictEncoder struct {
	values []uint64
	slots  []uint32 // code + 1; 0: free
	shift  uint
	last   uint64 // the value asked for before and its code: values often come in runs
	code0  uint32
	out    []byte
}

const dictMinSlots = 1 << 10

func (d *dictEncoder) reset() {
	d.values = d.values[:0]
	if d.slots == nil {
		d.slots = make([]uint32, dictMinSlots)
	}
	clear(d.slots)
	d.shift = uint(64 - bits.Len(uint(len(d.slots)-1)))
}

// code is the value's number.
func (d *dictEncoder) code(v uint64) uint32 {
	if len(d.values) > 0 && d.last == v {
		return d.code0
	}
	mask := uint64(len(d.slots) - 1)
	for i := v * 0x9e3779b97f4a7c15 >> d.shift; ; i = (i + 1) & mask {
		s := d.slots[i&mask]
		if s == 0 {
			d.values = append(d.values, v)
			d.slots[i&mask] = uint32(len(d.values))
			d.last, d.code0 = v, uint32(len(d.values)-1)
			if 2*len(d.values) > len(d.slots) {
				d.grow()
			}
			return d.code0
		}
		if d.values[s-1] == v {
			d.last, d.code0 = v, s-1
			return s - 1
		}
	}
}

func (d *dictEncoder) grow() {
	d.slots = make([]uint32, 2*len(d.slots))
	d.shift--
	mask := uint64(len(d.slots) - 1)
	for k, v := range d.values {
		i := v * 0x9e3779b97f4a7c15 >> d.shift
		for d.slots[i] != 0 {
			i = (i + 1) & mask
		}
		d.slots[i] = uint32(k + 1)
	}
}

// bytes is the values, width bytes each.
func (d *dictEncoder) bytes(width int) []byte {
	d.out = d.out[:0]
	for _, v := range d.values {
		if width == 4 {
			d.out = binary.LittleEndian.AppendUint32(d.out, uint32(v))
		} else {
			d.out = binary.LittleEndian.AppendUint64(d.out, v)
		}
	}
	return d.out
}
