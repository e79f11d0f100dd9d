package vec

// BatchRows is how many rows a source puts into a batch, about: large enough that the cost
// per batch vanishes, small enough that a dozen 8-byte columns stay in a core's L2 cache.
const BatchRows = 8192

// Batch is a stretch of rows: columns of the same length and, optionally, which of the rows are
// meant and how often each counts.
//
// A batch is lent: it, its columns and their buffers are valid until the call that it was
// passed to returns, and may be overwritten after that. Keep is the only way to hold one.
// The receiver must not write to the buffers.
type Batch struct {
	N    int      // physical rows: the length of every column
	Cols []*Vec   // all of N rows
	Sel  []uint32 // nil: all rows are meant; else the rows that are, ascending
	Diff []int64  // nil: each row counts +1; else N numbers, a row's is how often it comes (+) or goes (−)
}

// Rows is the number of rows that are meant.
func (b *Batch) Rows() int {
	if b.Sel != nil {
		return len(b.Sel)
	}
	return b.N
}

// Dense reports whether all physical rows are meant.
func (b *Batch) Dense() bool { return b.Sel == nil }

// Row is the physical place of the i-th row that is meant.
func (b *Batch) Row(i int) int {
	if b.Sel != nil {
		return int(b.Sel[i])
	}
	return i
}

// Size is the number of bytes of all the buffers, dictionaries not included: batches share those. Keep charges them.
func (b *Batch) Size() int64 {
	s := int64(4*len(b.Sel)) + int64(8*len(b.Diff))
	for _, c := range b.Cols {
		s += c.Size()
	}
	return s
}

// Slice is rows [from, to) of a dense batch, over its memory where Vec.Slice is; the batch itself if those are all.
func (b *Batch) Slice(from, to int) *Batch {
	if from == 0 && to == b.N {
		return b
	}
	out := &Batch{N: to - from, Cols: make([]*Vec, len(b.Cols))}
	for i, c := range b.Cols {
		out.Cols[i] = c.Slice(from, to)
	}
	if b.Diff != nil {
		out.Diff = b.Diff[from:to]
	}
	return out
}
