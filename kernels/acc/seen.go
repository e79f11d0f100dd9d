package acc

import "github.com/pwcol/pwcol/kernels/vec"

// seen knows which groups have a value. Where values only come, it costs nothing as long as no NULL does: every group
// came with a row, and every row had a value. With the first NULL it becomes a bitmap. Where values also go, it counts
// them, for a group is without one again when as many have gone as have come.
type seen struct {
	bits []uint64 // nil: all groups have had one
	n    int      // groups that there were after the last update

	counting bool
	counts   []int64 // counting: how many values each group has; fewer than it should have for groups that are only grown
}

// update takes the rows of a batch after Grow(n).
func (s *seen) update(in Input, n int) {
	if s.counting {
		s.counts = extend(s.counts, n, 0)
		tally(s.counts, in.IDs, in.N, in.Diff)
		return
	}
	if s.bits == nil && in.NullN == 0 {
		s.n = n
		return
	}
	s.materialise(n)
	if in.IDs == nil {
		if in.N > 0 {
			s.bits[0] |= 1
		}
		return
	}
	s.mark(in.IDs)
}

// tally adds up how often n rows come or go, by group; ids nil: all are of group 0; diff nil: each comes once.
func tally(counts []int64, ids []uint32, n int, diff []int64) {
	switch {
	case n == 0:
	case ids == nil && diff == nil:
		counts[0] += int64(n)
	case ids == nil:
		for _, d := range diff[:n] {
			counts[0] += d
		}
	case diff == nil:
		for _, id := range ids {
			counts[id]++
		}
	default:
		diff = diff[:len(ids)]
		for k, id := range ids {
			counts[id] += diff[k]
		}
	}
}

func (s *seen) mark(ids []uint32) {
	for _, id := range ids {
		s.bits[id>>6] |= 1 << (id & 63)
	}
}

// materialise makes the bitmap have n bits.
func (s *seen) materialise(n int) {
	if s.bits == nil {
		s.bits = make([]uint64, 0, (n+63)/64)
		for i := 0; i < s.n; i += 64 {
			s.bits = append(s.bits, ^uint64(0)>>max(0, 64-(s.n-i)))
		}
	}
	s.bits = extend(s.bits, (n+63)/64, 0)
	s.n = n
}

func (s *seen) has(id uint32) bool {
	if s.counting {
		return s.count(id) > 0
	}
	return s.bits == nil || s.bits[id>>6]>>(id&63)&1 != 0
}

// count is how many values a group has, where they are counted.
func (s *seen) count(id uint32) int64 {
	if int(id) >= len(s.counts) {
		return 0
	}
	return s.counts[id]
}

// merge takes the groups src of another as dst of this one, after Grow(n).
func (s *seen) merge(from *seen, src, dst []uint32, n int) {
	if s.counting {
		s.counts = extend(s.counts, n, 0)
		for k, id := range src {
			s.counts[dst[k]] += from.count(id)
		}
		return
	}
	if s.bits == nil && from.bits == nil {
		s.n = n
		return
	}
	s.materialise(n)
	for k, id := range src {
		if from.has(id) {
			s.bits[dst[k]>>6] |= 1 << (dst[k] & 63)
		}
	}
}

// types are an accumulator's own types of states and, where values are counted, one more.
func (s *seen) types(own ...vec.Type) []vec.Type {
	if s.counting {
		return append(own, vec.TInt64)
	}
	return own
}

// states completes an accumulator's own states: by the validity of the first, or by the counts.
func (s *seen) states(ids []uint32, own ...*vec.Vec) []*vec.Vec {
	if !s.counting {
		own[0].Valid = s.valid(ids)
		return own
	}
	counts := &vec.Vec{Type: vec.TInt64, N: len(ids), Data: vec.Alloc(8 * len(ids))}
	vals := vec.Of[int64](counts)
	for k, id := range ids {
		vals[k] = s.count(id)
	}
	return append(own, counts)
}

// mergeStates takes what states has made for the groups dst, after Grow(n).
func (s *seen) mergeStates(cols []*vec.Vec, dst []uint32, n int) {
	if !s.counting {
		s.mergeValid(cols[0], dst, n)
		return
	}
	s.counts = extend(s.counts, n, 0)
	counts := vec.Of[int64](cols[len(cols)-1])
	for k, id := range dst {
		s.counts[id] += counts[k]
	}
}

// mergeValid takes states' validity for the groups dst, after Grow(n).
func (s *seen) mergeValid(v *vec.Vec, dst []uint32, n int) {
	if s.bits == nil && v.Valid == nil {
		s.n = n
		return
	}
	s.materialise(n)
	for k, id := range dst {
		if !v.IsNull(k) {
			s.bits[id>>6] |= 1 << (id & 63)
		}
	}
}

// valid is the validity of the groups ids as a column has it.
func (s *seen) valid(ids []uint32) []byte {
	if s.bits == nil && !s.counting {
		return nil
	}
	out := vec.Alloc(vec.BitmapLen(len(ids)))
	all := true
	for k, id := range ids {
		if s.has(id) {
			vec.SetBit(out, k)
			continue
		}
		all = false
	}
	if all {
		return nil
	}
	return out
}

// clear makes groups as good as new, of n that there are. They come with a row again; but that may be a NULL, and then they must
// not count among those that have had a value.
func (s *seen) clear(ids []uint32, n int) {
	if s.counting {
		for _, id := range ids {
			if int(id) < len(s.counts) {
				s.counts[id] = 0
			}
		}
		return
	}
	s.materialise(n)
	for _, id := range ids {
		s.bits[id>>6] &^= 1 << (id & 63)
	}
}

// negative are those of the groups that have less than no value.
func (s *seen) negative(ids []uint32) []uint32 {
	if !s.counting {
		return nil
	}
	return negative(s.counts, ids)
}

// negative are those of the groups whose count is below 0. counts may end before the last group.
func negative(counts []int64, ids []uint32) []uint32 {
	var out []uint32
	for _, id := range ids {
		if int(id) < len(counts) && counts[id] < 0 {
			out = append(out, id)
		}
	}
	return out
}

func (s *seen) bytes() int64 { return int64(8*cap(s.bits) + 8*cap(s.counts)) }
func (s *seen) reset()       { *s = seen{counting: s.counting, counts: s.counts[:0]} }
