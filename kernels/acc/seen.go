package acc

import "github.com/pwcol/pwcol/kernels/vec"

// seen knows which groups have had a value. As long as no NULL comes it costs nothing: every group came with a row,
// and every row had a value. With the first NULL it becomes a bitmap.
type seen struct {
	bits []uint64 // nil: all groups have had one
	n    int      // groups that there were after the last update
}

// update takes the rows of a batch after Grow(n).
func (s *seen) update(in Input, n int) {
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

func (s *seen) has(id uint32) bool { return s.bits == nil || s.bits[id>>6]>>(id&63)&1 != 0 }

// merge takes the groups src of another as dst of this one, after Grow(n).
func (s *seen) merge(from *seen, src, dst []uint32, n int) {
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
	if s.bits == nil {
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

func (s *seen) bytes() int64 { return int64(8 * cap(s.bits)) }
func (s *seen) reset()       { *s = seen{} }
