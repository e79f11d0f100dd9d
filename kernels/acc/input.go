package acc

import "github.com/pwcol/pwcol/kernels/vec"

// Input is what a batch brings for one column: the rows that have a value, and their groups. NULLs are already
// out, so accumulators look at no bitmap of Col.
//
// Of a batch of four rows, of which Splitter.Changes was asked for column v:
//
//	group   v     diff
//	  0     7      +1      Sel   0 2 3      Nulls    1
//	  1     NULL   +1      IDs   0 1 0      NullDiff +1
//	  1     5      −1      Diff  +1 −1 +2
//	  0     7      +2      N     3          NullN    1
type Input struct {
	Col      *vec.Vec // plain, or a dictionary of strings; nil for the rows themselves
	Arg      *vec.Vec // a second column, by the same places; its NULLs are there. nil if there is none
	Sel      []uint32 // places of the rows with a value; nil: 0 to N−1
	IDs      []uint32 // their groups, N of them; nil: all are of group 0
	Diff     []int64  // how often each comes (+) or goes (−), N of them; nil: each comes once
	N        int      // number of rows with a value
	Nulls    []uint32 // groups of the rows that are NULL; nil if IDs is
	NullDiff []int64  // how often each of those comes or goes; nil if Diff is
	NullN    int      // number of rows that are NULL

	valid []byte // which rows have a value, where any has none
}

// row is the place of the k-th row with a value.
func (in *Input) row(k int) int {
	if in.Sel != nil {
		return int(in.Sel[k])
	}
	return k
}

// group is the group of the k-th row with a value.
func (in *Input) group(k int) uint32 {
	if in.IDs != nil {
		return in.IDs[k]
	}
	return 0
}

// times is how often the k-th row with a value comes or goes.
func (in *Input) times(k int) int64 {
	if in.Diff != nil {
		return in.Diff[k]
	}
	return 1
}

// Splitter makes Inputs. It owns their memory: an Input is valid until the next call.
type Splitter struct {
	sel, ids, nulls []uint32
	diff, nullDiff  []int64
	where           []byte
}

// Input splits the selected rows of a column into those with a value and the others. n is the number of rows of the batch,
// sel those selected (nil: all); ids is the group of each selected row, nil if all are of group 0.
// col nil stands for the rows themselves, which are never NULL.
func (s *Splitter) Input(col *vec.Vec, n int, sel, ids []uint32) Input {
	return s.columns(Columns{Col: col}, &vec.Batch{N: n, Sel: sel}, ids)
}

// Columns are the columns of a batch that an accumulator reads.
type Columns struct {
	Col   *vec.Vec // nil: the rows themselves
	Arg   *vec.Vec // of reducers of two columns; its NULLs stay in. nil: none
	Where *vec.Vec // a Bool column: other rows than those where it is true count as NULL. nil: all rows
	Nulls bool     // NULLs of Col stay in: for NewList and NewStringAgg. Rows that Where leaves out are just gone
}

// Changes is Input for a batch that may have diffs, and for more columns than one. Since rows that Where leaves out
// count as NULL, a group that has no others is one without a value; the number of values under a condition is what NewRows counts of this Input, for
// NewNulls would count those rows too.
func (s *Splitter) Changes(c Columns, b *vec.Batch, ids []uint32) Input {
	in := s.columns(c, b, ids)
	in.Arg = plainFixed(c.Arg)
	if b.Diff == nil {
		return in
	}
	in.Diff = s.diffs(in.Sel, in.N, b.Diff)
	if in.NullN > 0 {
		in.NullDiff = s.diffsOfNulls(in.valid, b)
	}
	return in
}

// columns is Changes without diffs and Arg.
func (s *Splitter) columns(c Columns, b *vec.Batch, ids []uint32) Input {
	var valid []byte // of the rows to take
	if c.Col != nil && !c.Nulls {
		valid = c.Col.Valid
	}
	if c.Where != nil {
		valid = s.and(valid, plainFixed(c.Where))
	}
	in := Input{Col: plainFixed(c.Col), Sel: b.Sel, IDs: ids, N: b.Rows()}
	if valid == nil {
		return in
	}
	s.split(valid, in.N, b.Sel, ids)
	if len(s.sel) == in.N {
		return in
	}
	in.Sel, in.NullN, in.N, in.valid = s.sel, in.N-len(s.sel), len(s.sel), valid
	if ids != nil {
		in.IDs, in.Nulls = s.ids, s.nulls
	}
	return in
}

// and is a validity, nil for all, and where a condition is true.
func (s *Splitter) and(valid []byte, where *vec.Vec) []byte {
	s.where = append(s.where[:0], where.Data[:vec.BitmapLen(where.N)]...)
	for _, other := range [][]byte{where.Valid, valid} {
		if other == nil {
			continue
		}
		for i := range s.where {
			s.where[i] &= other[i]
		}
	}
	return s.where
}

// diffs are the diffs of n rows at the places sel.
func (s *Splitter) diffs(sel []uint32, n int, diff []int64) []int64 {
	if sel == nil {
		return diff[:n]
	}
	s.diff = room(s.diff, n)
	for k, i := range sel {
		s.diff[k] = diff[i]
	}
	return s.diff
}

// diffsOfNulls are the diffs of the selected rows without a value.
func (s *Splitter) diffsOfNulls(valid []byte, b *vec.Batch) []int64 {
	s.nullDiff = room(s.nullDiff, b.Rows())
	m := 0
	for k := range b.Rows() {
		i := b.Row(k)
		s.nullDiff[m] = b.Diff[i]
		m += 1 - int(valid[i>>3]>>(i&7)&1)
	}
	return s.nullDiff[:m]
}

// plainFixed puts in the dictionary of a fixed-width column; strings are read through theirs.
func plainFixed(col *vec.Vec) *vec.Vec {
	if col == nil || col.Dict == nil || col.Type.IsVar() {
		return col
	}
	return col.Plain()
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
func room[T any](s []T, n int) []T {
	if cap(s) < n || s == nil {
		return make([]T, n, n+1)
	}
	return s[:n]
}
