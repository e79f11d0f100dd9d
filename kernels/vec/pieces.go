package vec

import (
	"fmt"
	"iter"
	"math"
	"sort"
)

// MaxPlainBytes is how many bytes a source lets the values of a String, Binary or List column of a batch take, a dictionary's put
// in for every row. Offsets are of 31 bits, and a dictionary of a few long values could stand for any number of
// bytes. 64 MiB leaves a factor of 32 for expressions that join texts and for operators that put batches together, and
// 8192 rows of up to 8 KiB are never cut.
const MaxPlainBytes = 64 << 20

// Pieces is the batch cut into stretches of rows that stay within MaxPlainBytes in each column, over its memory, with
// their first physical rows: nearly always the batch itself. A single row is never cut. Sources emit what they
// have made in such pieces.
func (b *Batch) Pieces() iter.Seq2[int, *Batch] {
	return func(yield func(int, *Batch) bool) {
		n := b.plainRows(0)
		if n == b.N {
			yield(0, b)
			return
		}
		sel := b.Sel
		for from := 0; from < b.N; from += n {
			n = b.plainRows(from)
			dense := Batch{N: b.N, Cols: b.Cols, Diff: b.Diff}
			piece := dense.Slice(from, from+n)
			if b.Sel != nil {
				k := sort.Search(len(sel), func(i int) bool { return int(sel[i]) >= from+n })
				piece.Sel = shifted(sel[:k], from)
				sel = sel[k:]
			}
			if !yield(from, piece) {
				return
			}
		}
	}
}

// shifted is a selection of rows that are counted from row from on.
func shifted(sel []uint32, from int) []uint32 {
	out := make([]uint32, len(sel))
	for i, s := range sel {
		out[i] = s - uint32(from)
	}
	return out
}

// plainRows is how many rows from that one on stay within MaxPlainBytes, and at least one if there is one.
func (b *Batch) plainRows(from int) int {
	n := b.N - from
	for _, v := range b.Cols {
		switch {
		case v.Type.IsVar():
			n = v.plainRows(from, n)
		case v.Type.Kind == List:
			n = v.plainLists(from, n)
		}
	}
	return n
}

// plainLists is plainRows of a List column: lists are few or short, so each is looked at.
func (v *Vec) plainLists(from, n int) int {
	total := 0
	for i := range n {
		child, first, end := v.List(from + i)
		total += child.bytesOf(first, end)
		if total > MaxPlainBytes {
			return max(1, i)
		}
	}
	return n
}

// VarBytes is how many bytes the value of row i takes beside its offset: of a String, Binary or List. It is 0 for other types and for a dictionary column,
// whose rows share values. It is what a copy of the row adds to Data or Child.
func (v *Vec) VarBytes(i int) int {
	switch {
	case v.Dict != nil || !v.Type.hasOffsets():
		return 0
	case v.Child != nil:
		return v.Child.bytesOf(int(v.Offsets[i]), int(v.Offsets[i+1]))
	default:
		return int(v.Offsets[i+1] - v.Offsets[i])
	}
}

// bytesOf is how many bytes the values of rows [from, to) of a plain column take.
func (v *Vec) bytesOf(from, to int) int {
	switch {
	case v.Type.IsVar():
		return 4*(to-from) + int(v.Offsets[to]-v.Offsets[from])
	case v.Type.Kind == Bool:
		return BitmapLen(to - from)
	default:
		return v.Type.Width() * (to - from)
	}
}

func (v *Vec) plainRows(from, n int) int {
	if v.Dict == nil {
		o := v.Offsets[from:]
		if int(o[n])-int(o[0]) <= MaxPlainBytes {
			return n
		}
		return max(1, sort.Search(n, func(i int) bool { return int(o[i+1])-int(o[0]) > MaxPlainBytes }))
	}
	if v.Dict.Longest()*n <= MaxPlainBytes {
		return n
	}
	offsets, total := v.Dict.Values.Offsets, 0
	for i, code := range v.Codes[from : from+n] {
		total += int(offsets[code+1] - offsets[code])
		if total > MaxPlainBytes {
			return max(1, i)
		}
	}
	return n
}

// offset is n as an offset. If it doesn't fit, whoever made the batch has let it become too large: a
// programmer's error, and better told than to go on with offsets that have wrapped around.
func offset(n int) int32 {
	if n > math.MaxInt32 {
		tooLong(n)
	}
	return int32(n)
}

func tooLong(n int) {
	panic(fmt.Sprintf("vec: the strings of one column take %d bytes, more than the 2 GiB that its offsets can tell: "+
		"a bug of the source or operator that made so large a batch; it must be cut to vec.MaxPlainBytes", n))
}
