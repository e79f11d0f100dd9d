package microbatch

import "github.com/pwcol/pwcol/kernels/vec"

// poisonByte fills lent buffers after their receiver has returned, in tests: a receiver that held on to
// one reads nonsense.
const poisonByte = 0xA5

// lend is a copy of b that may be overwritten: the same rows, columns, selection and dictionaries.
func lend(b *vec.Batch) *vec.Batch {
	out := &vec.Batch{N: b.N, Sel: append([]uint32(nil), b.Sel...), Diff: append([]int64(nil), b.Diff...)}
	if b.Sel == nil {
		out.Sel = nil
	}
	for _, c := range b.Cols {
		out.Cols = append(out.Cols, lendColumn(c))
	}
	return out
}

func lendColumn(c *vec.Vec) *vec.Vec {
	v := *c
	v.Valid = append([]byte(nil), c.Valid...)
	if c.Valid == nil {
		v.Valid = nil
	}
	v.Data = vec.Alloc(len(c.Data))
	copy(v.Data, c.Data)
	v.Offsets = append([]int32(nil), c.Offsets...)
	v.Codes = append([]uint32(nil), c.Codes...)
	if c.Child != nil {
		v.Child = lendColumn(c.Child)
	}
	return &v
}

// overwrite ruins what lend made; dictionaries are never lent.
func overwrite(b *vec.Batch) {
	fill(b.Sel, 0xA5A5A5A5)
	fill(b.Diff, -0x5A5A5A5A5A5A5A5B)
	for _, c := range b.Cols {
		overwriteColumn(c)
	}
}

func overwriteColumn(c *vec.Vec) {
	fill(c.Valid, poisonByte)
	fill(c.Data, poisonByte)
	fill(c.Offsets, -0x5A5A5A5B)
	fill(c.Codes, 0xA5A5A5A5)
	if c.Child != nil {
		overwriteColumn(c.Child)
	}
}

func fill[T any](s []T, x T) {
	for i := range s {
		s[i] = x
	}
}
