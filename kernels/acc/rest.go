package acc

import (
	"encoding/binary"
	"fmt"
	"math"
)

// rest is what groups' windows can't take: NaNs and infinities, which are counted, and finite values far from the
// windows' base. Few groups have any, so they have theirs by number.
type rest struct {
	odd   []uint32 // by group: place + 1 in odds; nil: no group has
	odds  []oddCounts
	wide  []uint32 // by group: place + 1 in wides; nil: no group has
	wides []wide

	freeOdds, freeWides []uint32 // places + 1 that groups have given back, all zero
}

// oddCounts are how often each value came that is no number.
type oddCounts struct {
	nan, posInf, negInf int64
}

// add takes a value that is outside of a window, of one of n groups, and comes or goes that many times.
func (r *rest) add(id uint32, v float64, times int64, n int) {
	switch {
	case v == 0:
	case v-v == 0:
		r.wideOf(id, n).addFloat(v, times)
	default:
		r.oddOf(id, n).add(v, times)
	}
}

// add takes a NaN or an infinity that many times.
func (o *oddCounts) add(v float64, times int64) {
	switch {
	case v != v:
		o.nan += times
	case v > 0:
		o.posInf += times
	default:
		o.negInf += times
	}
}

// negative reports whether more of one have gone than have come.
func (o *oddCounts) negative() bool { return o.nan < 0 || o.posInf < 0 || o.negInf < 0 }

func (r *rest) oddOf(id uint32, n int) *oddCounts {
	r.odd = extend(r.odd, n, 0)
	if r.odd[id] == 0 {
		r.odds, r.freeOdds, r.odd[id] = place(r.odds, r.freeOdds)
	}
	return &r.odds[r.odd[id]-1]
}

func (r *rest) wideOf(id uint32, n int) *wide {
	r.wide = extend(r.wide, n, 0)
	if r.wide[id] == 0 {
		r.wides, r.freeWides, r.wide[id] = place(r.wides, r.freeWides)
	}
	return &r.wides[r.wide[id]-1]
}

// place is a place + 1 for one more: a free one, or a new one at the end.
func place[T any](all []T, free []uint32) ([]T, []uint32, uint32) {
	if n := len(free); n > 0 {
		return all, free[:n-1], free[n-1]
	}
	var zero T
	all = append(all, zero)
	return all, free, uint32(len(all))
}

// clear gives back what those groups have.
func (r *rest) clear(ids []uint32) {
	for _, id := range ids {
		o, w := r.of(id)
		if o != nil {
			*o = oddCounts{}
			r.dropOdd(id)
		}
		if w != nil {
			*w = wide{}
			r.dropWide(id)
		}
	}
}

// dropOdd and dropWide give a group's place back, which is all zero.
func (r *rest) dropOdd(id uint32) {
	r.freeOdds = append(r.freeOdds, r.odd[id])
	r.odd[id] = 0
}

func (r *rest) dropWide(id uint32) {
	r.freeWides = append(r.freeWides, r.wide[id])
	r.wide[id] = 0
}

// negative are those of the groups from which more NaNs or infinities have gone than have come.
func (r *rest) negative(ids []uint32) []uint32 {
	var out []uint32
	if r.odd == nil {
		return nil
	}
	for _, id := range ids {
		if o, _ := r.of(id); o != nil && o.negative() {
			out = append(out, id)
		}
	}
	return out
}

// grow keeps up with n groups.
func (r *rest) grow(n int) {
	if r.odd != nil {
		r.odd = extend(r.odd, n, 0)
	}
	if r.wide != nil {
		r.wide = extend(r.wide, n, 0)
	}
}

// odds and wide number of a group, nil if it has none.
func (r *rest) of(id uint32) (*oddCounts, *wide) {
	var o *oddCounts
	var w *wide
	if r.odd != nil && r.odd[id] != 0 {
		o = &r.odds[r.odd[id]-1]
	}
	if r.wide != nil && r.wide[id] != 0 {
		w = &r.wides[r.wide[id]-1]
	}
	return o, w
}

// merge adds what another group has to group id of n.
func (r *rest) merge(o *oddCounts, w *wide, id uint32, n int) {
	if o != nil {
		own := r.oddOf(id, n)
		own.nan += o.nan
		own.posInf += o.posInf
		own.negInf += o.negInf
		if *own == (oddCounts{}) {
			r.dropOdd(id)
		}
	}
	if w != nil {
		own := r.wideOf(id, n)
		own.addAt(w[:], 0)
		if *own == (wide{}) {
			r.dropWide(id)
		}
	}
}

const (
	oddBytes  = 3 * 8
	wideBytes = wideWords * 8
)

// encode appends a group's part of the rest: nothing, the counts, or the counts and the wide integer.
func (r *rest) encode(dst []byte, id uint32) []byte {
	o, w := r.of(id)
	if o == nil && w == nil {
		return dst
	}
	if o == nil {
		o = &oddCounts{}
	}
	for _, n := range []int64{o.nan, o.posInf, o.negInf} {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(n))
	}
	if w != nil {
		for _, word := range w {
			dst = binary.LittleEndian.AppendUint64(dst, word)
		}
	}
	return dst
}

// decode adds what encode has written to group id of n.
func (r *rest) decode(src []byte, id uint32, n int) error {
	switch len(src) {
	case 0:
		return nil
	case oddBytes, oddBytes + wideBytes:
	default:
		return fmt.Errorf("a float sum's rest has %d bytes, expected 0, %d or %d", len(src), oddBytes, oddBytes+wideBytes)
	}
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(src[8*i:]) }
	o := oddCounts{int64(word(0)), int64(word(1)), int64(word(2))}
	if o != (oddCounts{}) {
		r.merge(&o, nil, id, n)
	}
	if len(src) > oddBytes {
		var w wide
		for i := range w {
			w[i] = word(3 + i)
		}
		r.merge(nil, &w, id, n)
	}
	return nil
}

// value is what the counts make of a sum, and whether they decide it.
func (o *oddCounts) value() (float64, bool) {
	switch {
	case o == nil || *o == oddCounts{}:
		return 0, false
	case o.nan != 0 || o.posInf != 0 && o.negInf != 0:
		return math.NaN(), true
	case o.posInf != 0:
		return math.Inf(1), true
	default:
		return math.Inf(-1), true
	}
}

func (r *rest) bytes() int64 {
	return int64(4*cap(r.odd) + oddBytes*cap(r.odds) + 4*cap(r.wide) + wideBytes*cap(r.wides) + 4*cap(r.freeOdds) + 4*cap(r.freeWides))
}
