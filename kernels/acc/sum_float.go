package acc

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/pwcol/pwcol/kernels/vec"
)

// sumFloat sums floats exactly and rounds once, when the result is asked for. It is the idea of Kulisch's long accumulator,
// cut down to the window that the data is in: a group has a window, and what is outside of the window goes
// to the rest. A group's sum is both together. Zeros are left out: a sum of −0 alone is 0.
type sumFloat struct {
	anchor  *anchor
	windows []window
	rest    rest
	touched uint64 // keeps the touching loop from being optimised away
	seen
}

func newSumFloat(counting bool) *sumFloat {
	return &sumFloat{anchor: &anchor{}, seen: seen{counting: counting}}
}

func (s *sumFloat) Grow(n int) {
	s.windows = extend(s.windows, n, window{})
	s.rest.grow(n)
}

func (s *sumFloat) Update(in Input) {
	s.seen.update(in, len(s.windows))
	if in.Col.Type.Kind == vec.Float32 {
		addFloats(s, vec.Of[float32](in.Col), in)
		return
	}
	addFloats(s, vec.Of[float64](in.Col), in)
}

func addFloats[T float32 | float64](s *sumFloat, vals []T, in Input) {
	base := anchorAt(s.anchor, vals, in)
	switch {
	case in.Diff != nil:
		addFloatDiffs(s, vals, in, base)
		return
	case in.IDs == nil:
		addFloatsOne(s, vals, in, base)
		return
	}
	for from := 0; from < len(in.IDs); from += touchRows {
		to := min(from+touchRows, len(in.IDs))
		s.touch(in.IDs[from:to])
		if in.Sel == nil {
			addFloatsAll(s, vals[from:to], in.IDs[from:to], base)
		} else {
			addFloatsSel(s, vals, in.Sel[from:to], in.IDs[from:to], base)
		}
	}
}

// touchRows is how many rows' windows are loaded ahead: they fit the first-level cache. touchGroups is from how many groups on
// that pays: fewer are there anyway.
const (
	touchRows   = 256
	touchGroups = 1024
)

// touch loads the windows of some rows in a loop that does nothing else, so that the processor has many cache misses
// under way at once: addMantissa is too long for that. With 100,000 groups a sum takes half the time.
func (s *sumFloat) touch(ids []uint32) {
	if len(s.windows) < touchGroups {
		return
	}
	windows, sum := s.windows, uint64(0)
	for _, id := range ids {
		sum += windows[id][0] + windows[id][2]
	}
	s.touched += sum
}

func addFloatsAll[T float32 | float64](s *sumFloat, vals []T, ids []uint32, base uint64) {
	windows := s.windows
	vals = vals[:len(ids)]
	for k, id := range ids {
		b := math.Float64bits(float64(vals[k]))
		shift := b>>mantissaBits&exponentMask - base
		if shift > windowSpan {
			s.rest.add(id, float64(vals[k]), 1, len(windows))
			continue
		}
		windows[id].addMantissa(b&mantissaMask|implicitBit, shift, uint64(int64(b)>>63))
	}
}

func addFloatsSel[T float32 | float64](s *sumFloat, vals []T, sel, ids []uint32, base uint64) {
	windows := s.windows
	sel = sel[:len(ids)]
	for k, id := range ids {
		v := float64(vals[sel[k]])
		b := math.Float64bits(v)
		shift := b>>mantissaBits&exponentMask - base
		if shift > windowSpan {
			s.rest.add(id, v, 1, len(windows))
			continue
		}
		windows[id].addMantissa(b&mantissaMask|implicitBit, shift, uint64(int64(b)>>63))
	}
}

// addFloatsOne is for rows that are all of group 0: the window stays in registers.
func addFloatsOne[T float32 | float64](s *sumFloat, vals []T, in Input, base uint64) {
	if in.N == 0 {
		return
	}
	w := s.windows[0]
	for k := range in.N {
		i := k
		if in.Sel != nil {
			i = int(in.Sel[k])
		}
		v := float64(vals[i])
		b := math.Float64bits(v)
		shift := b>>mantissaBits&exponentMask - base
		if shift > windowSpan {
			s.rest.add(0, v, 1, len(s.windows))
			continue
		}
		w.addMantissa(b&mantissaMask|implicitBit, shift, uint64(int64(b)>>63))
	}
	s.windows[0] = w
}

// addFloatDiffs is for rows that come or go any number of times, mostly once.
func addFloatDiffs[T float32 | float64](s *sumFloat, vals []T, in Input, base uint64) {
	for from := 0; from < in.N; from += touchRows {
		to := min(from+touchRows, in.N)
		if in.IDs != nil {
			s.touch(in.IDs[from:to])
		}
		for k := from; k < to; k++ {
			v, d, id := float64(vals[in.row(k)]), in.Diff[k], in.group(k)
			b := math.Float64bits(v)
			shift := b>>mantissaBits&exponentMask - base
			switch {
			case shift > windowSpan:
				s.rest.add(id, v, d, len(s.windows))
			case d == 1 || d == -1:
				s.windows[id].addMantissa(b&mantissaMask|implicitBit, shift, uint64((int64(b)^d)>>63))
			default:
				s.addTimes(id, v, d, shift)
			}
		}
	}
}

// addTimes adds v·d, where v's exponent is shift above the base of the windows.
func (s *sumFloat) addTimes(id uint32, v float64, d int64, shift uint64) {
	if d != int64(int32(d)) { // a product of more than 85 bits might not fit
		s.rest.add(id, v, d, len(s.windows))
		return
	}
	b := math.Float64bits(v)
	hi, lo := bits.Mul64(b&mantissaMask|implicitBit, magnitude(d))
	w, n := window{}, shift>>6
	w[n], w[n+1] = lo<<(shift&63), hi<<(shift&63)|lo>>1>>(^shift&63)
	if n == 0 {
		w[2] = hi >> 1 >> (^shift & 63)
	}
	if (int64(b)^d)>>63 != 0 {
		negate(w[:])
	}
	s.addWindow(id, w, s.base())
}

// magnitude is |d|.
func magnitude(d int64) uint64 { return uint64((d ^ d>>63) - d>>63) }

// base is the base of the windows. As long as it isn't fixed they are all 0.
func (s *sumFloat) base() int { return max(1, int(s.anchor.base.Load())) }

// addWindow adds a window of that base to a group's sum.
func (s *sumFloat) addWindow(id uint32, v window, base int) {
	if v == (window{}) {
		return
	}
	if sum, ok := s.windows[id].add(v); ok && base == s.base() {
		s.windows[id] = sum
		return
	}
	s.rest.wideOf(id, len(s.windows)).addAt(v[:], base-1)
}

func (s *sumFloat) Merge(from Accumulator, src, dst []uint32) {
	other := from.(*sumFloat)
	s.seen.merge(&other.seen, src, dst, len(s.windows))
	for from := 0; from < len(src); from += touchRows {
		to := min(from+touchRows, len(src))
		s.touch(dst[from:to])
		s.mergeWindows(other, src[from:to], dst[from:to])
	}
	if other.rest.odd == nil && other.rest.wide == nil {
		return
	}
	for k, id := range src {
		if o, w := other.rest.of(id); o != nil || w != nil {
			s.rest.merge(o, w, dst[k], len(s.windows))
		}
	}
}

func (s *sumFloat) mergeWindows(other *sumFloat, src, dst []uint32) {
	base := other.base()
	if base == s.base() {
		s.addWindows(other.windows, src, dst, base)
		return
	}
	for k, id := range src {
		s.addWindow(dst[k], other.windows[id], base)
	}
}

// StateTypes are the window's words, its base, and the rest.
func (s *sumFloat) StateTypes() []vec.Type {
	return s.seen.types(vec.TUint64, vec.TUint64, vec.TUint64, vec.TInt16, vec.TBinary)
}

func (s *sumFloat) States(ids []uint32) []*vec.Vec {
	out := make([]*vec.Vec, 5)
	for i := range 3 {
		out[i] = &vec.Vec{Type: vec.TUint64, N: len(ids), Data: vec.Alloc(8 * len(ids))}
		words := vec.Of[uint64](out[i])
		for k, id := range ids {
			words[k] = s.windows[id][i]
		}
	}
	out[3] = &vec.Vec{Type: vec.TInt16, N: len(ids), Data: vec.Alloc(2 * len(ids))}
	bases, base := vec.Of[int16](out[3]), int16(s.base())
	for k := range bases {
		bases[k] = base
	}
	out[4] = &vec.Vec{Type: vec.TBinary, N: len(ids), Offsets: make([]int32, len(ids)+1)}
	if s.rest.odd == nil && s.rest.wide == nil {
		return s.seen.states(ids, out...)
	}
	for k, id := range ids {
		out[4].Data = s.rest.encode(out[4].Data, id)
		out[4].Offsets[k+1] = int32(len(out[4].Data))
	}
	return s.seen.states(ids, out...)
}

func (s *sumFloat) MergeStates(cols []*vec.Vec, dst []uint32) error {
	if err := checkStates(cols, s.StateTypes(), len(dst)); err != nil {
		return err
	}
	s.seen.mergeStates(cols, dst, len(s.windows))
	w0, w1, w2 := vec.Of[uint64](cols[0]), vec.Of[uint64](cols[1]), vec.Of[uint64](cols[2])
	bases := vec.Of[int16](cols[3])
	for k, id := range dst {
		base := int(bases[k])
		if base < 1 || base > maxExponent-windowSpan {
			return fmt.Errorf("a float sum has a window at exponent %d, expected 1 to %d", base, maxExponent-windowSpan)
		}
		v := window{w0[k], w1[k], w2[k]}
		if v != (window{}) && s.anchor.base.Load() == 0 {
			s.anchor.base.CompareAndSwap(0, int32(base))
		}
		s.addWindow(id, v, base)
		if rest := cols[4].Str(k); len(rest) > 0 {
			if err := s.rest.decode(rest, id, len(s.windows)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *sumFloat) Result(ids []uint32) (*vec.Vec, error) {
	out := &vec.Vec{Type: vec.TFloat64, N: len(ids), Data: vec.Alloc(8 * len(ids)), Valid: s.seen.valid(ids)}
	vals := vec.Of[float64](out)
	for from := 0; from < len(ids); from += touchRows {
		to := min(from+touchRows, len(ids))
		s.touch(ids[from:to])
		s.totals(vals[from:to], ids[from:to])
	}
	return out, nil
}

// totals are groups' sums.
func (s *sumFloat) totals(vals []float64, ids []uint32) {
	if s.rest.odd != nil || s.rest.wide != nil {
		for k, id := range ids {
			vals[k] = s.total(id)
		}
		return
	}
	base, windows := s.base(), s.windows
	for k, id := range ids {
		vals[k] = roundWindow(windows[id], base)
	}
}

// total is a group's sum.
func (s *sumFloat) total(id uint32) float64 {
	window := s.windows[id]
	o, w := s.rest.of(id)
	if v, odd := o.value(); odd {
		return v
	}
	if w == nil {
		return roundWindow(window, s.base())
	}
	sum := *w
	sum.addAt(window[:], s.base()-1)
	return roundFloat(sum[:], 1)
}

func (s *sumFloat) Average(ids []uint32, counts []int64) *vec.Vec {
	return average(counts, func(k int) float64 { return s.total(ids[k]) })
}

func (s *sumFloat) Fresh() Accumulator {
	return &sumFloat{anchor: s.anchor, seen: seen{counting: s.counting}}
}

// Longest is that of the column of the rest.
func (s *sumFloat) Longest() int {
	if len(s.rest.odds) == 0 && len(s.rest.wides) == 0 {
		return 0
	}
	return oddBytes + wideBytes
}

func (s *sumFloat) Bytes() int64 { return int64(24*cap(s.windows)) + s.rest.bytes() + s.seen.bytes() }

func (s *sumFloat) Clear(ids []uint32) {
	for _, id := range ids {
		s.windows[id] = window{}
	}
	s.rest.clear(ids)
	s.seen.clear(ids, len(s.windows))
}

func (s *sumFloat) Negative(ids []uint32) []uint32 {
	return append(s.seen.negative(ids), s.rest.negative(ids)...)
}

func (s *sumFloat) Reset() {
	s.windows, s.rest = s.windows[:0], rest{}
	s.seen.reset()
}
