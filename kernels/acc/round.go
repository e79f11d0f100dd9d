package acc

import "math/bits"

// roundWindow is roundFloat of a window, without its loops: the window is shifted until its leading bit is the first of the
// highest word, whose 53 upper bits are the mantissa; the bits below decide the rounding.
//
//	w[2] 0…01abc   w[1]   w[0]      shifted: top 1abc…  next  low
//	                                         |53 bits|half|   the rest: any bit set?
func roundWindow(w window, base int) float64 {
	negative := uint64(int64(w[2]) >> 63)
	var c uint64
	w[0], c = bits.Add64(w[0]^negative, negative&1, 0)
	w[1], c = bits.Add64(w[1]^negative, 0, c)
	w[2], _ = bits.Add64(w[2]^negative, 0, c)
	top, next, low, e := w[2], w[1], w[0], 192-(mantissaBits+1)
	if top == 0 {
		top, next, low, e = next, low, 0, e-64
	}
	if top == 0 { // all are in the lowest word: few bits, or none
		return signed(roundFloat([]uint64{w[0], 0}, base), negative)
	}
	n := uint(bits.LeadingZeros64(top))
	sticky := low << n
	top, next = top<<n|next>>1>>(^n&63), next<<n|low>>1>>(^n&63)
	m := top >> 11
	rest := top&(1<<10-1) | next | sticky
	if top>>10&1 != 0 && (rest != 0 || m&1 != 0) {
		m++
	}
	return signed(compose(m, e-int(n)+base), negative)
}

// signed is −f if negative is all ones.
func signed(f float64, negative uint64) float64 {
	if negative != 0 {
		return -f
	}
	return f
}

// addWindows adds windows of other accumulators that have the same base, straight where the sum leaves the carry bits that
// others may need: see window.add.
func (s *sumFloat) addWindows(from []window, src, dst []uint32, base int) {
	windows := s.windows
	for k, id := range src {
		v, w := &from[id], &windows[dst[k]]
		w0, c := bits.Add64(w[0], v[0], 0)
		w1, c := bits.Add64(w[1], v[1], c)
		w2, _ := bits.Add64(w[2], v[2], c)
		if ((w[2]^w2)&(v[2]^w2)|(w2^w2<<1))>>63 != 0 {
			s.addWindow(dst[k], *v, base)
			continue
		}
		w[0], w[1], w[2] = w0, w1, w2
	}
}
