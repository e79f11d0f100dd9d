package op

import (
	"github.com/pwcol/pwcol/kernels/vec"
)

// joinOut gathers a join's rows into batches and emits them. It is one caller's at a time, and works in memory of its own.
type joinOut struct {
	at      Seq
	left    []*vec.Builder
	right   []*vec.Builder // none in a semi or anti join
	diff    []int64
	appends bool // no diffs: a row that is there n times comes out n times
	rows    int

	cols   []vec.Vec
	batch  vec.Batch
	absent []vec.Ref // many of no row
	times  [2][]vec.Ref
}

// joinRows is where rows are found: columns of chunks, and a bound of a value's length.
type joinRows struct {
	cols    [][]*vec.Vec
	longest int
}

func newJoinOut(left, right []vec.Type, appends bool, source uint32) *joinOut {
	o := &joinOut{at: Seq{Source: source}, appends: appends, cols: make([]vec.Vec, len(left)+len(right))}
	for _, t := range left {
		o.left = append(o.left, vec.NewBuilder(t, 0))
	}
	for _, t := range right {
		o.right = append(o.right, vec.NewBuilder(t, 0))
	}
	return o
}

// add takes pairs of rows, diffs[i] times each; of nil refs there is no row on that side. It emits what is full.
func (o *joinOut) add(left, right joinRows, lrefs, rrefs []vec.Ref, diffs []int64, out Out) error {
	limit := min(vec.BatchRows, max(1, vec.MaxPlainBytes/max(1, left.longest, right.longest)))
	for len(diffs) > 0 {
		if o.rows >= limit {
			if err := o.flush(out); err != nil {
				return err
			}
		}
		n := min(len(diffs), limit-o.rows)
		l, r := firstRefs(lrefs, n), firstRefs(rrefs, n)
		if o.appends && diffs[0] != 1 { // the next row, many times
			n = 0
			if diffs[0] > 0 {
				n = int(min(diffs[0], int64(limit-o.rows)))
				l, r = o.repeat(0, lrefs, n), o.repeat(1, rrefs, n)
				diffs[0] -= int64(n)
			}
			if o.gather(left, right, l, r, n); diffs[0] <= 0 {
				lrefs, rrefs, diffs = restOf(lrefs, 1), restOf(rrefs, 1), diffs[1:]
			}
			continue
		}
		if o.appends {
			n = ones(diffs[:n])
			l, r = firstRefs(lrefs, n), firstRefs(rrefs, n)
		} else {
			o.diff = append(o.diff, diffs[:n]...)
		}
		o.gather(left, right, l, r, n)
		lrefs, rrefs, diffs = restOf(lrefs, n), restOf(rrefs, n), diffs[n:]
	}
	return nil
}

// ones is how many of the first diffs are 1.
func ones(diffs []int64) int {
	for i, d := range diffs {
		if d != 1 {
			return i
		}
	}
	return len(diffs)
}

func firstRefs(refs []vec.Ref, n int) []vec.Ref {
	if refs == nil {
		return nil
	}
	return refs[:n]
}

func restOf(refs []vec.Ref, n int) []vec.Ref {
	if refs == nil {
		return nil
	}
	return refs[n:]
}

// repeat is the first of refs, n times.
func (o *joinOut) repeat(side int, refs []vec.Ref, n int) []vec.Ref {
	if refs == nil {
		return nil
	}
	o.times[side] = o.times[side][:0]
	for range n {
		o.times[side] = append(o.times[side], refs[0])
	}
	return o.times[side]
}

func (o *joinOut) gather(left, right joinRows, lrefs, rrefs []vec.Ref, n int) {
	o.gatherSide(o.left, left, lrefs, n)
	o.gatherSide(o.right, right, rrefs, n)
	o.rows += n
}

func (o *joinOut) gatherSide(to []*vec.Builder, from joinRows, refs []vec.Ref, n int) {
	if refs == nil {
		for len(o.absent) < n {
			o.absent = append(o.absent, vec.Ref{Row: vec.NoRow})
		}
		for _, b := range to {
			b.AppendRefs(nil, o.absent[:n])
		}
		return
	}
	for i, b := range to {
		b.AppendRefs(from.cols[i], refs)
	}
}

// flush emits the rows that there are.
func (o *joinOut) flush(out Out) error {
	if o.rows == 0 {
		return nil
	}
	o.batch = vec.Batch{N: o.rows, Cols: o.batch.Cols[:0]}
	if !o.appends {
		o.batch.Diff = o.diff
	}
	for i, b := range o.left {
		b.View(&o.cols[i])
		o.batch.Cols = append(o.batch.Cols, &o.cols[i])
	}
	for i, b := range o.right {
		at := len(o.left) + i
		b.View(&o.cols[at])
		o.batch.Cols = append(o.batch.Cols, &o.cols[at])
	}
	err := out.Emit(Main, o.at, &o.batch)
	o.at.Offset += int64(o.rows)
	o.reset()
	return err
}

// reset forgets the rows.
func (o *joinOut) reset() {
	for _, b := range o.left {
		b.Reset()
	}
	for _, b := range o.right {
		b.Reset()
	}
	o.diff, o.rows = o.diff[:0], 0
}
