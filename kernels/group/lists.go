package group

import (
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// lists is a table with key columns of lists: it turns those into binary, as vec.Vec.AppendListKey has them, for a
// table of binaries, and back.
type lists struct {
	Groups // of the keys with Binary in the place of lists
	keys   []Key
	cols   []*vec.Vec
	made   []vec.Vec // scratch: the binary columns
}

func isList(k Key) bool { return k.Type.Kind == vec.List }

func newLists(keys []Key, opts Options) *lists {
	plain := slices.Clone(keys)
	for i, k := range keys {
		if isList(k) {
			plain[i].Type = vec.TBinary
		}
	}
	return &lists{Groups: New(plain, opts), keys: keys, cols: make([]*vec.Vec, len(keys)), made: make([]vec.Vec, len(keys))}
}

// Intern implements Groups.
func (t *lists) Intern(cols []*vec.Vec, n int, sel []uint32, ids []uint32) {
	for i, c := range cols {
		t.cols[i] = c
		if isList(t.keys[i]) {
			asBinary(&t.made[i], c, n, sel)
			t.cols[i] = &t.made[i]
		}
	}
	t.Groups.Intern(t.cols, n, sel, ids)
	clear(t.cols)
}

// asBinary makes out the column of the keys of the selected rows of v; others are empty.
func asBinary(out, v *vec.Vec, n int, sel []uint32) {
	*out = vec.Vec{Type: vec.TBinary, N: n, Valid: v.Valid, Data: out.Data[:0], Offsets: append(out.Offsets[:0], 0)}
	at := 0
	for i := range n {
		meant := sel == nil || at < len(sel) && int(sel[at]) == i
		if meant {
			at++
		}
		if meant && !v.IsNull(i) {
			out.Data = v.AppendListKey(out.Data, i)
		}
		out.Offsets = append(out.Offsets, int32(len(out.Data)))
	}
}

// Keys implements Groups.
func (t *lists) Keys(ids []uint32) []*vec.Vec {
	cols := t.Groups.Keys(ids)
	for i, k := range t.keys {
		if !isList(k) {
			continue
		}
		b := vec.NewBuilder(k.Type, len(ids))
		for row := range ids {
			if cols[i].IsNull(row) {
				b.AppendNull()
				continue
			}
			b.AppendListKey(cols[i].Str(row))
		}
		cols[i] = b.Finish()
	}
	return cols
}

// Merge implements Groups.
func (t *lists) Merge(from Groups, src, dst []uint32) {
	t.Groups.Merge(from.(*lists).Groups, src, dst)
}

// Bytes implements Groups.
func (t *lists) Bytes() int64 {
	n := t.Groups.Bytes()
	for _, v := range t.made {
		n += int64(cap(v.Data)) + 4*int64(cap(v.Offsets))
	}
	return n
}
