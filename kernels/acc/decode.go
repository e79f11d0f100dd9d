package acc

import "github.com/pwcol/pwcol/kernels/vec"

// column is the values of field i of keys of words, which lie one after the other. Rows without some are NULL.
func (c *coder) column(i int, keys []uint64, some []bool) *vec.Vec {
	f, at := c.fields[i], c.place(i)
	out := &vec.Vec{Type: f.typ, N: len(some), Data: vec.Alloc(f.bytes(len(some)))}
	if len(some) > 0 {
		readWords(out, keys[at:], c.words, f)
	}
	for k, some := range some {
		if !some || f.nullable && keys[k*c.words+at-1] != 0 {
			setNull(out, k)
		}
	}
	return out
}

// place is the word of a key that field i's value is.
func (c *coder) place(i int) int {
	at := c.fields[i].words() - 1
	for _, f := range c.fields[:i] {
		at += f.words()
	}
	return at
}

// bytes is how many bytes n values take in a column.
func (f field) bytes(n int) int {
	if f.typ.Kind == vec.Bool {
		return vec.BitmapLen(n)
	}
	return n * f.typ.Width()
}

// readWords reads every step-th word: the opposite of writeWords.
func readWords(out *vec.Vec, keys []uint64, step int, f field) {
	flip := f.flip()
	switch {
	case f.typ.Kind == vec.Bool:
		for k := range out.N {
			vec.PutBit(out.Data, k, keys[k*step]^flip != 0)
		}
	case f.typ.Kind == vec.Float32:
		vals := vec.Of[float32](out)
		for k := range vals {
			vals[k] = float32(floatOf(int64(keys[k*step] ^ flip)))
		}
	case f.typ.Kind == vec.Float64:
		vals := vec.Of[float64](out)
		for k := range vals {
			vals[k] = floatOf(int64(keys[k*step] ^ flip))
		}
	case f.typ.Width() == 1:
		readInts(vec.Of[uint8](out), keys, step, flip)
	case f.typ.Width() == 2:
		readInts(vec.Of[uint16](out), keys, step, flip)
	case f.typ.Width() == 4:
		readInts(vec.Of[uint32](out), keys, step, flip)
	default:
		readInts(vec.Of[uint64](out), keys, step, flip)
	}
}

func readInts[T uint8 | uint16 | uint32 | uint64](vals []T, keys []uint64, step int, flip uint64) {
	for k := range vals {
		vals[k] = T(keys[k*step] ^ flip)
	}
}
