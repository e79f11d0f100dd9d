package acc

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Spread is a measure of how far values are from their mean.
type Spread uint8

// The measures, as PostgreSQL has them. Those of a sample divide by n − 1 and are NULL for fewer than two values, those of a population divide
// by n. Standard deviations are the square roots of variances.
const (
	VarSamp Spread = iota
	VarPop
	StddevSamp
	StddevPop
)

// NewSpread makes a measure of a numeric column: float64, rounded once from the exact variance (a standard deviation once more, by its root).
// A NaN or infinity makes it NaN. Several measures of a column can be had of one state: see Moments.
func NewSpread(t vec.Type, s Spread) (*Moments, error) {
	if !t.IsNumeric() {
		return nil, fmt.Errorf("can't measure the spread of %s: only that of numbers", t)
	}
	return &Moments{typ: t, spread: s, anchor: &anchor{}}, nil
}

// Moments are an Accumulator of the exact number, sum and sum of squares of values that come and go. With those the variance is
//
//	(n·Σx² − (Σx)²) / (n·(n − 1))
//
// without an error from cancelling, whatever the values are. Memory: 72 bytes a group, and 848 more for groups with floats that
// are infinite, NaN, or outside of the 128 bits that most of the column's are in.
type Moments struct {
	typ    vec.Type
	spread Spread
	anchor *anchor // of floats: the base of the moments' unit
	all    []moment
	fars   []far
	far    []uint32 // by group: place + 1 in fars; nil: no group has
	free   []uint32 // places + 1 that groups have given back, all zero

	touched uint64 // keeps the touching loop from being optimised away
}

// Grow implements Accumulator.
func (m *Moments) Grow(n int) {
	m.all = extend(m.all, n, moment{})
	if m.far != nil {
		m.far = extend(m.far, n, 0)
	}
}

// Update implements Accumulator.
func (m *Moments) Update(in Input) {
	switch m.typ.Kind {
	case vec.Int8:
		addIntMoments(m, vec.Of[int8](in.Col), &in)
	case vec.Int16:
		addIntMoments(m, vec.Of[int16](in.Col), &in)
	case vec.Int32:
		addIntMoments(m, vec.Of[int32](in.Col), &in)
	case vec.Int64:
		addIntMoments(m, vec.Of[int64](in.Col), &in)
	case vec.Uint8:
		addIntMoments(m, vec.Of[uint8](in.Col), &in)
	case vec.Uint16:
		addIntMoments(m, vec.Of[uint16](in.Col), &in)
	case vec.Uint32:
		addIntMoments(m, vec.Of[uint32](in.Col), &in)
	case vec.Uint64:
		m.addUints(vec.Of[uint64](in.Col), &in)
	case vec.Float32:
		addFloatMoments(m, vec.Of[float32](in.Col), &in)
	case vec.Float64:
		addFloatMoments(m, vec.Of[float64](in.Col), &in)
	case vec.Decimal:
		m.addDecimals(vec.Of[vec.Int128](in.Col), &in)
	}
}

func addIntMoments[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32](m *Moments, vals []T, in *Input) {
	for k := range in.N {
		v, d := int64(vals[in.row(k)]), in.times(k)
		sum, squares := products(magnitude(v), 0, v < 0, d)
		m.all[in.group(k)].take(&sum, &squares, 0, d)
	}
}

func (m *Moments) addUints(vals []uint64, in *Input) {
	for k := range in.N {
		d := in.times(k)
		sum, squares := products(vals[in.row(k)], 0, false, d)
		m.all[in.group(k)].take(&sum, &squares, 0, d)
	}
}

func (m *Moments) addDecimals(vals []vec.Int128, in *Input) {
	for k := range in.N {
		v, d := vals[in.row(k)], in.times(k)
		words := [2]uint64{v.Lo, uint64(v.Hi)}
		if v.Hi < 0 {
			negate(words[:])
		}
		sum, squares := products(words[0], words[1], v.Hi < 0, d)
		m.all[in.group(k)].take(&sum, &squares, 0, d)
	}
}

func addFloatMoments[T float32 | float64](m *Moments, vals []T, in *Input) {
	for k := range in.N {
		m.addFloat(in.group(k), float64(vals[in.row(k)]), in.times(k))
	}
}

func (m *Moments) addFloat(id uint32, v float64, d int64) {
	b := math.Float64bits(v)
	e, mantissa := int(b>>mantissaBits&exponentMask), b&mantissaMask
	switch {
	case v == 0:
		m.all[id].n += d
		return
	case e > maxExponent:
		m.all[id].n += d
		m.farOf(id).odd.add(v, d)
		return
	case e == 0:
		e = 1
	default:
		mantissa |= implicitBit
	}
	sum, squares := products(mantissa, 0, v < 0, d)
	base := int(m.anchor.base.Load())
	if base == 0 {
		base = m.anchor.fixBase(e, momentSpan)
	}
	if shift := e - base; shift >= 0 && shift <= momentSpan {
		m.all[id].take(&sum, &squares, shift, d)
		return
	}
	m.all[id].n += d
	m.farOf(id).take(&sum, &squares, e)
}

// farOf is a group's far, a new one if it has none.
func (m *Moments) farOf(id uint32) *far {
	m.far = extend(m.far, len(m.all), 0)
	if m.far[id] == 0 {
		m.fars, m.free, m.far[id] = place(m.fars, m.free)
	}
	return &m.fars[m.far[id]-1]
}

// hasFar is a group's far, nil if it has none.
func (m *Moments) hasFar(id uint32) *far {
	if m.far == nil || m.far[id] == 0 {
		return nil
	}
	return &m.fars[m.far[id]-1]
}

// mergeFar adds a far to a group's, and gives it back if that comes to nothing.
func (m *Moments) mergeFar(id uint32, f *far) {
	own := m.farOf(id)
	own.merge(f)
	if *own == (far{}) {
		m.dropFar(id)
	}
}

func (m *Moments) dropFar(id uint32) {
	m.free = append(m.free, m.far[id])
	m.far[id] = 0
}

// base is the base of the moments' unit. As long as it isn't fixed their sums are all 0.
func (m *Moments) base() int { return max(1, int(m.anchor.base.Load())) }

// Merge implements Accumulator.
func (m *Moments) Merge(from Accumulator, src, dst []uint32) {
	other := from.(*Moments)
	m.touch(dst)
	for k, id := range src {
		m.all[dst[k]].merge(&other.all[id])
	}
	if other.far == nil {
		return
	}
	for k, id := range src {
		if f := other.hasFar(id); f != nil {
			m.mergeFar(dst[k], f)
		}
	}
}

const (
	momentBytes = (1 + 3 + 5 + 1) * 8 // and the base
	farBytes    = (3 + wideWords + 2*wideWords) * 8
)

// StateTypes implements Accumulator: a Binary column.
func (m *Moments) StateTypes() []vec.Type { return []vec.Type{vec.TBinary} }

// States implements Accumulator.
func (m *Moments) States(ids []uint32) []*vec.Vec {
	b := vec.NewBuilder(vec.TBinary, len(ids))
	var buf []byte
	for _, id := range ids {
		s := &m.all[id]
		buf = appendWords(buf[:0], uint64(s.n), uint64(m.base()))
		buf = appendWords(appendWords(buf, s.sum[:]...), s.squares[:]...)
		if f := m.hasFar(id); f != nil {
			buf = appendWords(buf, uint64(f.odd.nan), uint64(f.odd.posInf), uint64(f.odd.negInf))
			buf = appendWords(appendWords(buf, f.sum[:]...), f.squares[:]...)
		}
		b.AppendBytes(buf)
	}
	return []*vec.Vec{b.Finish()}
}

func appendWords(dst []byte, words ...uint64) []byte {
	for _, w := range words {
		dst = binary.LittleEndian.AppendUint64(dst, w)
	}
	return dst
}

// MergeStates implements Accumulator.
func (m *Moments) MergeStates(cols []*vec.Vec, dst []uint32) error {
	if err := checkStates(cols, m.StateTypes(), len(dst)); err != nil {
		return err
	}
	for k, id := range dst {
		if err := m.mergeState(cols[0].Str(k), id); err != nil {
			return err
		}
	}
	return nil
}

func (m *Moments) mergeState(src []byte, id uint32) error {
	if len(src) != momentBytes && (len(src) != momentBytes+farBytes || !m.typ.IsFloat()) {
		return fmt.Errorf("moments have %d bytes, expected %d or, of floats, also %d", len(src), momentBytes, momentBytes+farBytes)
	}
	words := make([]uint64, len(src)/8)
	for i := range words {
		words[i] = binary.LittleEndian.Uint64(src[8*i:])
	}
	base, last := words[1], uint64(1)
	if m.typ.IsFloat() {
		last = maxExponent - momentSpan
	}
	if base < 1 || base > last {
		return fmt.Errorf("moments of %s have a window at exponent %d, expected 1 to %d", m.typ, base, last)
	}
	s := moment{n: int64(words[0]), sum: [3]uint64(words[2:]), squares: [5]uint64(words[5:])}
	m.mergeMoment(id, &s, int(base))
	if rest := words[10:]; len(rest) > 0 {
		f := far{odd: oddCounts{int64(rest[0]), int64(rest[1]), int64(rest[2])}, sum: wide(rest[3:])}
		copy(f.squares[:], rest[3+wideWords:])
		m.mergeFar(id, &f)
	}
	return nil
}

// mergeMoment adds a moment whose unit has that base.
func (m *Moments) mergeMoment(id uint32, s *moment, base int) {
	if s.sum == [3]uint64{} && s.squares == [5]uint64{} {
		m.all[id].n += s.n
		return
	}
	if m.typ.IsFloat() {
		m.anchor.base.CompareAndSwap(0, int32(base))
	}
	if base == m.base() {
		m.all[id].merge(s)
		return
	}
	m.all[id].n += s.n
	f := far{}
	f.take(&s.sum, &s.squares, base)
	m.mergeFar(id, &f)
}

// Result implements Accumulator.
func (m *Moments) Result(ids []uint32) (*vec.Vec, error) { return m.Spread(ids, m.spread), nil }

// Spread is a measure of those groups: float64.
func (m *Moments) Spread(ids []uint32, s Spread) *vec.Vec {
	m.touch(ids)
	out := &vec.Vec{Type: vec.TFloat64, N: len(ids), Data: vec.Alloc(8 * len(ids))}
	vals := vec.Of[float64](out)
	v, decimals := variance{}, int(m.typ.Scale)
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(2*max(decimals, -decimals))), nil)
	for k, id := range ids {
		n, degrees := m.all[id].n, m.all[id].n
		if s == VarSamp || s == StddevSamp {
			degrees--
		}
		if degrees <= 0 {
			setNull(out, k)
			continue
		}
		f := m.hasFar(id)
		if f != nil && f.odd != (oddCounts{}) {
			vals[k] = math.NaN()
			continue
		}
		vals[k] = v.of(n, degrees, scale, decimals, m.sums(&v, id, f))
		if s == StddevSamp || s == StddevPop {
			vals[k] = math.Sqrt(vals[k])
		}
	}
	return out
}

// sums sets a group's sums: that of the squares is in units of 2^exp, the other in units of its root.
func (m *Moments) sums(v *variance, id uint32, f *far) (exp int) {
	s := &m.all[id]
	v.set(&v.sum, s.sum[:])
	v.set(&v.squares, s.squares[:])
	if !m.typ.IsFloat() {
		return 0
	}
	if f == nil {
		return 2 * (m.base() - 1075)
	}
	v.sum.Lsh(&v.sum, uint(m.base()-1))
	v.squares.Lsh(&v.squares, uint(2*(m.base()-1)))
	v.sum.Add(&v.sum, v.set(&v.part, f.sum[:]))
	v.squares.Add(&v.squares, v.set(&v.part, f.squares[:]))
	return -2 * 1074
}

// touch loads groups' moments in a loop that does nothing else: see sumFloat.touch.
func (m *Moments) touch(ids []uint32) {
	if len(m.all) < touchGroups {
		return
	}
	sum := uint64(0)
	for _, id := range ids {
		sum += uint64(m.all[id].n) + m.all[id].squares[4]
	}
	m.touched += sum
}

// Clear implements Accumulator.
func (m *Moments) Clear(ids []uint32) {
	for _, id := range ids {
		m.all[id] = moment{}
		if f := m.hasFar(id); f != nil {
			*f = far{}
			m.dropFar(id)
		}
	}
}

// Negative implements Accumulator: groups with fewer than no values, or NaNs, or infinities.
func (m *Moments) Negative(ids []uint32) []uint32 {
	var out []uint32
	for _, id := range ids {
		f := m.hasFar(id)
		if m.all[id].n < 0 || f != nil && f.odd.negative() {
			out = append(out, id)
		}
	}
	return out
}

// Fresh implements Accumulator.
func (m *Moments) Fresh() Accumulator {
	return &Moments{typ: m.typ, spread: m.spread, anchor: m.anchor}
}

// Longest implements Accumulator: that of the states.
func (m *Moments) Longest() int { return momentBytes + farBytes }

// Bytes implements Accumulator.
func (m *Moments) Bytes() int64 {
	return int64(72*cap(m.all) + farBytes*cap(m.fars) + 4*cap(m.far) + 4*cap(m.free))
}

// Reset implements Accumulator.
func (m *Moments) Reset() {
	m.all, m.fars, m.far, m.free = m.all[:0], m.fars[:0], nil, m.free[:0]
}
