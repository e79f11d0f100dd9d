package acc

import "github.com/pwcol/pwcol/kernels/vec"

// Input is what a batch brings for one column: the rows that have a value, and their groups. NULLs are already
// out, so accumulators look at no bitmap.
type Input struct {
	Col   *vec.Vec // plain, or a dictionary of strings; nil for the rows themselves
	Sel   []uint32 // places of the rows with a value; nil: 0 to N−1
	IDs   []uint32 // their groups, N of them; nil: all are of group 0
	N     int      // number of rows with a value
	Nulls []uint32 // groups of the rows that are NULL; nil if IDs is
	NullN int      // number of rows that are NULL
}

// Splitter makes Inputs. It owns their memory: an Input is valid until the next call.
type Splitter struct {
	sel, ids, nulls []uint32
}

// Input splits the selected rows of a column into those with a value and the others. n is the number of rows of the batch,
// sel those selected (nil: all); ids is the group of each selected row, nil if all are of group 0.
// col nil stands for the rows themselves, which are never NULL.
func (s *Splitter) Input(col *vec.Vec, n int, sel, ids []uint32) Input {
	if sel != nil {
		n = len(sel)
	}
	if col != nil && col.Dict != nil && !col.Type.IsVar() {
		col = col.Plain()
	}
	if col == nil || col.Valid == nil {
		return Input{Col: col, Sel: sel, IDs: ids, N: n}
	}
	s.split(col.Valid, n, sel, ids)
	if len(s.sel) == n {
		return Input{Col: col, Sel: sel, IDs: ids, N: n}
	}
	in := Input{Col: col, Sel: s.sel, N: len(s.sel), NullN: n - len(s.sel)}
	if ids != nil {
		in.IDs, in.Nulls = s.ids, s.nulls
	}
	return in
}

// split has no branch on the bits, which are as good as random: it writes every row to both lists and moves on
// in one of them.
func (s *Splitter) split(valid []byte, n int, sel, ids []uint32) {
	s.sel = room(s.sel, n)
	places := s.sel[:n]
	m := 0
	for k := range places {
		i := uint32(k)
		if sel != nil {
			i = sel[k]
		}
		places[m] = i
		m += int(valid[i>>3] >> (i & 7) & 1)
	}
	s.sel = places[:m]
	if ids == nil || m == n {
		return
	}
	s.ids, s.nulls = room(s.ids, n), room(s.nulls, n)
	with, without := s.ids[:n], s.nulls[:n]
	m, w := 0, 0
	for k, id := range ids[:n] {
		i := uint32(k)
		if sel != nil {
			i = sel[k]
		}
		with[m], without[w] = id, id
		bit := int(valid[i>>3] >> (i & 7) & 1)
		m += bit
		w += 1 - bit
	}
	s.ids, s.nulls = with[:m], without[:w]
}

// room is s's memory, or more, for n elements and never nil.
func room(s []uint32, n int) []uint32 {
	if cap(s) < n || s == nil {
		return make([]uint32, n, n+1)
	}
	return s[:n]
}
