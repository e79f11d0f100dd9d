package parquet

import (
	"encoding/binary"
	"math/bits"

	"github.com/pwcol/pwcol/io/parquet/internal/thrift"
	"github.com/pwcol/pwcol/kernels/vec"
)

// encodeText writes strings: with a dictionary, unless it gets too large.
func (e *groupEncoder) encodeText(c *outColumn, cols []*vec.Vec) error {
	if n, ok := e.textDict(cols); ok {
		e.chunk.statistics.ofText(e.text.each)
		e.page = e.text.appendPlain(e.page[:0])
		e.chunk.dictAt = len(e.out)
		e.writePage(thrift.DictionaryPage, thrift.Plain, n)
		e.writeCodes(c, n)
		return nil
	}
	e.chunk.statistics.ofText(func(yield func([]byte) bool) { eachText(cols, yield) })
	e.startData()
	e.writeText(c, cols)
	return nil
}

// eachText yields all strings.
func eachText(cols []*vec.Vec, yield func([]byte) bool) {
	for _, v := range cols {
		for i := range v.N {
			if !v.IsNull(i) && !yield(v.Str(i)) {
				return
			}
		}
	}
}

// writeText writes data pages of plain strings.
func (e *groupEncoder) writeText(c *outColumn, cols []*vec.Vec) {
	part, row := 0, 0 // the next string is row row of cols[part]
	for from := 0; from < e.rows; {
		to := from + pageRows(cols[part:], row)
		e.levels(c, from, to)
		for left := to - from; left > 0; {
			v := cols[part]
			k := min(left, v.N-row)
			e.page = appendStrings(e.page, v, row, row+k)
			row += k
			left -= k
			if row == v.N {
				part, row = part+1, 0
			}
		}
		e.writePage(thrift.DataPage, thrift.Plain, to-from)
		from = to
	}
}

// pageRows is how many strings from row on make a page.
func pageRows(cols []*vec.Vec, row int) int {
	n, bytes := 0, 0
	for _, v := range cols {
		for ; row < v.N; row++ {
			if !v.IsNull(row) {
				bytes += 4 + len(v.Str(row))
			}
			n++
			if bytes >= pageBytes {
				return n
			}
		}
		row = 0
	}
	return n
}

// appendStrings appends rows [from, to) that aren't NULL, each with its length.
func appendStrings(dst []byte, v *vec.Vec, from, to int) []byte {
	for i := from; i < to; i++ {
		if v.IsNull(i) {
			continue
		}
		s := v.Str(i)
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s)))
		dst = append(dst, s...)
	}
	return dst
}

// trialStrings is how many strings are looked at before it is asked whether a dictionary is worth going on with: it is
// not if more than trialDistinct quarters of them are different.
const (
	trialStrings  = 8192
	trialDistinct = 3
)

// textDict tries to make a dictionary of all strings, and e.codes. It fails if more than half of the strings
// are different, or if they take too many bytes.
func (e *groupEncoder) textDict(cols []*vec.Vec) (n int, ok bool) {
	t := &e.text
	t.reset()
	e.codes = growCodes(e.codes, e.rows-e.nulls)
	limit := max(1, len(e.codes)/2)
	codes := e.codes
	for _, v := range cols {
		var k int
		if v.Dict != nil {
			k = t.recode(codes, v, limit)
		} else {
			k = t.encode(codes, v, limit)
		}
		if k < 0 {
			return 0, false
		}
		codes = codes[k:]
	}
	return len(t.offsets) - 1, len(e.codes) > 0
}

// textEncoder numbers different strings in the order in which they come: an open hash table of codes.
type textEncoder struct {
	data    []byte
	offsets []uint32
	hashes  []uint32 // high halves: strings with another one are different
	slots   []uint32 // code + 1; 0: free
	shift   uint
	remap   []uint32 // of a column with a dictionary: code + 1 by its code; 0: not seen
}

func (t *textEncoder) reset() {
	t.data, t.hashes = t.data[:0], t.hashes[:0]
	t.offsets = append(t.offsets[:0], 0)
	if t.slots == nil {
		t.slots = make([]uint32, dictMinSlots)
	}
	clear(t.slots)
	t.shift = uint(64 - bits.Len(uint(len(t.slots)-1)))
}

func (t *textEncoder) full(limit int) bool {
	return len(t.hashes) > limit || len(t.data)+4*len(t.hashes) > maxDictBytes
}

// encode sets codes to those of v's strings; it returns how many there are, −1 if the dictionary gets too large.
func (t *textEncoder) encode(codes []uint32, v *vec.Vec, limit int) int {
	n := 0
	for i := range v.N {
		if v.Valid != nil && !vec.Bit(v.Valid, i) {
			continue
		}
		codes[n] = t.code(v.Data[v.Offsets[i]:v.Offsets[i+1]])
		n++
		if t.full(limit) || n == trialStrings && len(t.hashes) > trialStrings/4*trialDistinct {
			return -1
		}
	}
	return n
}

// recode is encode for a column that has a dictionary: each of its codes is looked up once.
func (t *textEncoder) recode(codes []uint32, v *vec.Vec, limit int) int {
	if cap(t.remap) < v.Dict.Values.N {
		t.remap = make([]uint32, v.Dict.Values.N)
	}
	remap := t.remap[:v.Dict.Values.N]
	clear(remap)
	n := 0
	for i, code := range v.Codes[:v.N] {
		if v.Valid != nil && !vec.Bit(v.Valid, i) {
			continue
		}
		if remap[code] == 0 {
			remap[code] = t.code(v.Dict.Values.Str(int(code))) + 1
			if t.full(limit) {
				return -1
			}
		}
		codes[n] = remap[code] - 1
		n++
	}
	return n
}

// code is the string's number.
func (t *textEncoder) code(s []byte) uint32 {
	h := hashText(s)
	mask := uint64(len(t.slots) - 1)
	for i := h >> t.shift; ; i = (i + 1) & mask {
		slot := t.slots[i&mask]
		if slot == 0 {
			return t.add(s, h, i&mask)
		}
		k := slot - 1
		if t.hashes[k] == uint32(h>>32) && string(t.data[t.offsets[k]:t.offsets[k+1]]) == string(s) {
			return k
		}
	}
}

func (t *textEncoder) add(s []byte, h, slot uint64) uint32 {
	t.data = append(t.data, s...)
	t.offsets = append(t.offsets, uint32(len(t.data)))
	t.hashes = append(t.hashes, uint32(h>>32))
	n := uint32(len(t.hashes))
	t.slots[slot] = n
	if 2*len(t.hashes) > len(t.slots) {
		t.grow()
	}
	return n - 1
}

// grow doubles the table. Slots are the hash's highest bits, of which hashes has 32: enough for any dictionary
// of maxDictBytes.
func (t *textEncoder) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	t.shift--
	mask := uint64(len(t.slots) - 1)
	for k, h := range t.hashes {
		i := uint64(h) << 32 >> t.shift
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = uint32(k + 1)
	}
}

// each yields the dictionary's strings.
func (t *textEncoder) each(yield func([]byte) bool) {
	for k := range t.hashes {
		if !yield(t.data[t.offsets[k]:t.offsets[k+1]]) {
			return
		}
	}
}

// appendPlain appends the dictionary's strings, each with its length.
func (t *textEncoder) appendPlain(dst []byte) []byte {
	t.each(func(s []byte) bool {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s)))
		dst = append(dst, s...)
		return true
	})
	return dst
}

// hashText mixes 8 bytes at a time by a multiplication of 128 bits, as wyhash does (Wang Yi). Who chooses the strings
// can make them collide and the table slow; it gives up when it is full, so the work stays bounded by limit.
func hashText(s []byte) uint64 {
	n := len(s)
	h := uint64(n) ^ 0xa0761d6478bd642f
	var tail uint64 // the last 1 to 8 bytes; bytes before them may come in again
	switch {
	case n > 8:
		for i := 0; i+8 < n; i += 8 {
			h = mix(h^binary.LittleEndian.Uint64(s[i:]), 0xe7037ed1a0b428db)
		}
		tail = binary.LittleEndian.Uint64(s[n-8:])
	case n >= 4:
		tail = uint64(binary.LittleEndian.Uint32(s)) | uint64(binary.LittleEndian.Uint32(s[n-4:]))<<32
	case n > 0:
		tail = uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16
	}
	return mix(h^tail, 0x8ebc6af09c88c6e3)
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
