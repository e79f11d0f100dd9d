package op

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
)

// joinKeyer computes the keys of one side's rows. Keys of fixed width that take at most 64 bits together are packed
// into a word, which is the key. All others are encoded as bytes by package order, for which equal values are
// equal bytes, and the word is their hash:
//
//	(int32 7, int32 9)      word 0x0000000900000007, no bytes
//	("ab", int32 9)         word hash(bytes),  bytes 01 'a' 'b' 00 00  01 80 00 00 09
//	int64 7 WITHIN …        word hash(bytes),  bytes 01 80 … 07        01 80 … (the time's bucket, see joinTimes)
//
// It owns scratch memory: each worker has its own.
type joinKeyer struct {
	columns []int
	shifts  []uint // of each column in the word
	wide    bool   // the keys are bytes
	nulls   bool   // NULL equals NULL
	hash    group.Hasher
	times   *joinTimes // nil: no interval
	orders  []order.Key
}

// joinKeys are the keys of n rows.
type joinKeys struct {
	words  []uint64
	hashes []uint64
	bytes  *order.Keys // nil: the word is the key
	absent []byte      // bitmap of the rows whose key is NULL and equals none; nil: there are none
	times  []int64     // with an interval, or as-of

	buf []uint64 // memory of words that are not the column's own
	bad []byte   // memory of absent
}

// newJoinKeyer makes the keyer of those columns, whose types are those of the other side's.
func newJoinKeyer(columns []int, types []vec.Type, nullsEqual bool, times *joinTimes, opts group.Options) *joinKeyer {
	k := &joinKeyer{columns: columns, nulls: nullsEqual, hash: group.NewHasher(opts), times: times}
	k.wide = nullsEqual && len(columns) > 0 || times != nil && times.width > 0
	bits := uint(0)
	for _, c := range columns {
		t := types[c]
		k.shifts = append(k.shifts, bits)
		w := uint(8 * t.Width())
		if t.Kind == vec.Bool {
			w = 1
		}
		bits += w
		k.wide = k.wide || w == 0 || bits > 64
	}
	k.orders = make([]order.Key, len(columns)+1)
	return k
}

// of computes the keys of rows sel of b (nil: all): the i-th key is that of the i-th of them.
func (k *joinKeyer) of(b *vec.Batch, sel []uint32, out *joinKeys) {
	n := b.N
	if sel != nil {
		n = len(sel)
	}
	cols := make([]*vec.Vec, len(k.columns), len(k.columns)+1)
	for i, c := range k.columns {
		cols[i] = b.Cols[c]
	}
	out.absent, out.bytes, out.times = nil, nil, out.times[:0]
	if !k.nulls {
		for _, v := range cols {
			out.exclude(v, sel, n)
		}
	}
	if k.times != nil {
		out.exclude(b.Cols[k.times.column], sel, n)
		out.times = k.times.of(b.Cols[k.times.column], sel, out.times)
	}
	if k.wide {
		k.encode(cols, sel, n, out)
		return
	}
	k.pack(cols, sel, n, out)
}

// exclude marks the rows whose value in v is NULL.
func (o *joinKeys) exclude(v *vec.Vec, sel []uint32, n int) {
	if v.Valid == nil || v.NullCount(sel) == 0 {
		return
	}
	if o.absent == nil {
		o.bad = vec.Grow(o.bad[:0], vec.BitmapLen(n))
		clear(o.bad)
		o.absent = o.bad
	}
	for i := range n {
		row := rowAt(sel, i)
		if v.IsNull(row) {
			vec.SetBit(o.absent, i)
		}
	}
}

// pack makes the words.
func (k *joinKeyer) pack(cols []*vec.Vec, sel []uint32, n int, out *joinKeys) {
	out.words = k.ownWords(cols, sel)
	if out.words == nil {
		out.buf = slices.Grow(out.buf[:0], n)[:n]
		clear(out.buf)
		for i, v := range cols {
			packJoinKey(out.buf, v.Plain(), sel, k.shifts[i])
		}
		out.words = out.buf
	}
	out.hashes = slices.Grow(out.hashes[:0], n)[:n]
	for i, w := range out.words {
		out.hashes[i] = k.hash.Word(w)
	}
}

// ownWords is the memory of a key column that needs no packing, nil if it does. NULLs have any word.
func (k *joinKeyer) ownWords(cols []*vec.Vec, sel []uint32) []uint64 {
	if len(cols) != 1 || sel != nil || cols[0].Dict != nil || cols[0].Type.Width() != 8 || cols[0].Type.IsFloat() {
		return nil
	}
	return vec.Of[uint64](cols[0])
}

func packJoinKey(words []uint64, v *vec.Vec, sel []uint32, shift uint) {
	switch {
	case v.Type.Kind == vec.Bool:
		for i := range words {
			row := rowAt(sel, i)
			if v.Bool(row) {
				words[i] |= 1 << shift
			}
		}
	case v.Type.Kind == vec.Float64:
		packFloats(words, vec.Of[float64](v), sel, shift, float64Key)
	case v.Type.Kind == vec.Float32:
		packFloats(words, vec.Of[float32](v), sel, shift, float32Key)
	case v.Type.Width() == 1:
		packJoinWords(words, vec.Of[uint8](v), sel, shift)
	case v.Type.Width() == 2:
		packJoinWords(words, vec.Of[uint16](v), sel, shift)
	case v.Type.Width() == 4:
		packJoinWords(words, vec.Of[uint32](v), sel, shift)
	default:
		packJoinWords(words, vec.Of[uint64](v), sel, shift)
	}
}

func packJoinWords[T uint8 | uint16 | uint32 | uint64](words []uint64, vals []T, sel []uint32, shift uint) {
	if sel == nil {
		for i, x := range vals[:len(words)] {
			words[i] |= uint64(x) << shift
		}
		return
	}
	for i, row := range sel {
		words[i] |= uint64(vals[row]) << shift
	}
}

// packFloats packs floats by bits that are the same for equal ones. Joins on floats are rare: a call a value will do.
func packFloats[T float32 | float64](words []uint64, vals []T, sel []uint32, shift uint, bits func(T) uint64) {
	for i := range words {
		row := rowAt(sel, i)
		words[i] |= bits(vals[row]) << shift
	}
}

// encode makes the bytes, and of them the words.
func (k *joinKeyer) encode(cols []*vec.Vec, sel []uint32, n int, out *joinKeys) {
	if sel != nil {
		for i, v := range cols {
			cols[i] = v.Take(sel)
		}
	}
	bucketed := k.times != nil && k.times.width > 0
	if bucketed {
		cols = append(cols, k.times.buckets(out.times))
	}
	out.bytes = order.Encode(cols, k.orders[:len(cols)], n)
	out.buf = slices.Grow(out.buf[:0], n)[:n]
	for i := range n {
		out.buf[i] = k.hash.Bytes(out.bytes.Row(i))
	}
	out.words, out.hashes = out.buf, append(out.hashes[:0], out.buf...)
	if !bucketed {
		return
	}
	for i := range n { // the buckets of a key are in one partition
		row := out.bytes.Row(i)
		out.hashes[i] = k.hash.Bytes(row[:len(row)-bucketBytes])
	}
}

// bucketBytes is how many bytes of a key are its bucket's: a byte that says that it isn't NULL, and the number.
const bucketBytes = 9

// isAbsent reports whether the i-th key is NULL and equals none.
func (o *joinKeys) isAbsent(i int) bool { return o.absent != nil && vec.Bit(o.absent, i) }

// row is the bytes of the i-th key, nil if its word is the key.
func (o *joinKeys) row(i int) []byte {
	if o.bytes == nil {
		return nil
	}
	return o.bytes.Row(i)
}

// partition is the partition of the i-th row.
func (o *joinKeys) partition(i int) int {
	if o.isAbsent(i) {
		return 0
	}
	return group.Partition(o.hashes[i], 0)
}

// joinTimes makes an interval join one on equality: time is cut into buckets as long as the interval, the bucket is part of the
// key, and a left row's interval touches two of the right side's at most. Left rows are put into the bucket
// in which their interval begins, so that a left row in bucket b matches right rows in b and b+1, and a right row left rows
// in b and b−1. With right − left between −2 and +1, buckets of 3, and a left row at 10:
//
//	right times   … 6 7 8 | 9 10 11 | 12 13 14 …
//	                    └──────────┘               8 is where it begins: bucket 2; it reaches into 3
//
// width 0 is no interval: the times are only computed.
type joinTimes struct {
	column int
	unit   vec.Unit // of the column
	to     vec.Unit // of the times computed
	shift  int64    // left: where the interval begins; right: 0
	width  int64    // of a bucket
}

// of appends the times of rows sel of v (nil: all) as numbers of the same order. A NULL's is anything.
func (t *joinTimes) of(v *vec.Vec, sel []uint32, out []int64) []int64 {
	v = v.Plain()
	switch {
	case v.Type.Kind == vec.Float32:
		return appendTimes(out, vec.Of[float32](v), sel, func(f float32) int64 { return floatTime(float64(f)) })
	case v.Type.Kind == vec.Float64:
		return appendTimes(out, vec.Of[float64](v), sel, floatTime)
	case v.Type.Kind == vec.Uint64:
		return appendTimes(out, vec.Of[uint64](v), sel, func(x uint64) int64 { return int64(x ^ 1<<63) })
	case v.Type.Width() < 8:
		for i := range rowsOf(v, sel) {
			out = append(out, integerAt(v, rowAt(sel, i)))
		}
		return out
	}
	from, vals := len(out), vec.Of[int64](v)
	if sel == nil {
		out = append(out, vals...)
	}
	for _, row := range sel {
		out = append(out, vals[row])
	}
	if t.unit == t.to {
		return out
	}
	factor := ticks(t.to) / ticks(t.unit)
	for i, x := range out[from:] {
		out[from+i] = satMul(x, factor)
	}
	return out
}

// appendTimes is of columns that are rarely times: a call a value will do.
func appendTimes[T vec.Fixed](out []int64, vals []T, sel []uint32, number func(T) int64) []int64 {
	if sel == nil {
		for _, x := range vals {
			out = append(out, number(x))
		}
		return out
	}
	for _, row := range sel {
		out = append(out, number(vals[row]))
	}
	return out
}

// floatTime is a number whose order is that of f, NaN above all.
func floatTime(f float64) int64 {
	b := int64(float64Key(f))
	if b < 0 {
		return math.MinInt64 - b - 1
	}
	return b
}

// rowsOf is how many rows of v sel means.
func rowsOf(v *vec.Vec, sel []uint32) int {
	if sel != nil {
		return len(sel)
	}
	return v.N
}

// buckets are the buckets of times, as a column.
func (t *joinTimes) buckets(times []int64) *vec.Vec {
	v := &vec.Vec{Type: vec.TInt64, N: len(times), Data: vec.Alloc(8 * len(times))}
	out := vec.Of[int64](v)
	for i, at := range times {
		out[i] = floorDiv(satAdd(at, t.shift), t.width)
	}
	return v
}

// otherBucket is the key of bytes in the bucket that is by that much later. It appends to dst.
func otherBucket(dst, key []byte, by int64) []byte {
	dst = append(dst, key...)
	last := dst[len(dst)-8:]
	binary.BigEndian.PutUint64(last, uint64(int64(binary.BigEndian.Uint64(last)^1<<63)+by)^1<<63)
	return dst
}

// ticks is how many of a unit a second has.
func ticks(u vec.Unit) int64 {
	switch u {
	case vec.Second:
		return 1
	case vec.Milli:
		return 1e3
	case vec.Micro:
		return 1e6
	default:
		return 1e9
	}
}

// satMul, satAdd and satSub are computed exactly and cut to what an int64 can hold.
func satMul(x, factor int64) int64 {
	switch {
	case x > math.MaxInt64/factor:
		return math.MaxInt64
	case x < math.MinInt64/factor:
		return math.MinInt64
	}
	return x * factor
}

func satAdd(x, y int64) int64 {
	sum := x + y
	switch {
	case x > 0 && y > 0 && sum < 0:
		return math.MaxInt64
	case x < 0 && y < 0 && sum >= 0:
		return math.MinInt64
	}
	return sum
}

func satSub(x, y int64) int64 {
	diff := x - y
	switch {
	case x >= 0 && y < 0 && diff < 0:
		return math.MaxInt64
	case x < 0 && y >= 0 && diff >= 0:
		return math.MinInt64
	}
	return diff
}
