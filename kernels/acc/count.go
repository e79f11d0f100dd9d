package acc

import "github.com/pwcol/pwcol/kernels/vec"

// Count counts rows: all of them, or those that are NULL in a column. The number of a column's
// values is the one less the other, so that a column without NULLs costs nothing of its own.
type Count struct {
	nulls  bool
	counts []int64 // with nulls: nil until one comes
	groups int
}

// NewRows makes a count of the rows of each group.
func NewRows() *Count { return &Count{} }

// NewNulls makes a count of the rows of each group that are NULL.
func NewNulls() *Count { return &Count{nulls: true} }

// Grow implements Accumulator.
func (c *Count) Grow(n int) {
	c.groups = max(n, c.groups)
	if !c.nulls || c.counts != nil {
		c.counts = extend(c.counts, n, 0)
	}
}

// Update implements Accumulator.
func (c *Count) Update(in Input) {
	ids, n, diff := in.IDs, in.N, in.Diff
	if c.nulls {
		ids, n, diff = in.Nulls, in.NullN, in.NullDiff
	}
	switch {
	case n == 0:
		return
	case c.counts == nil:
		c.counts = make([]int64, c.groups)
	}
	tally(c.counts, ids, n, diff)
}

// Merge implements Accumulator.
func (c *Count) Merge(from Accumulator, src, dst []uint32) {
	other := from.(*Count)
	if other.counts == nil {
		return
	}
	c.counts = extend(c.counts, c.groups, 0)
	for k, id := range src {
		c.counts[dst[k]] += other.counts[id]
	}
}

// Counts are the counts of those groups.
func (c *Count) Counts(ids []uint32) []int64 {
	out := make([]int64, len(ids))
	if c.counts == nil {
		return out
	}
	for k, id := range ids {
		out[k] = c.counts[id]
	}
	return out
}

// States implements Accumulator: one int64 column.
func (c *Count) States(ids []uint32) []*vec.Vec {
	if c.counts == nil {
		return []*vec.Vec{{Type: vec.TInt64, N: len(ids), Data: vec.Alloc(8 * len(ids))}}
	}
	return []*vec.Vec{fixed(vec.TInt64, c.counts, ids)}
}

// StateTypes implements Accumulator.
func (c *Count) StateTypes() []vec.Type { return []vec.Type{vec.TInt64} }

// MergeStates implements Accumulator.
func (c *Count) MergeStates(cols []*vec.Vec, dst []uint32) error {
	if err := checkStates(cols, c.StateTypes(), len(dst)); err != nil {
		return err
	}
	c.counts = extend(c.counts, c.groups, 0)
	counts := vec.Of[int64](cols[0])
	for k, id := range dst {
		c.counts[id] += counts[k]
	}
	return nil
}

// Result implements Accumulator: int64, never NULL.
func (c *Count) Result(ids []uint32) (*vec.Vec, error) { return c.States(ids)[0], nil }

// Fresh implements Accumulator.
func (c *Count) Fresh() Accumulator { return &Count{nulls: c.nulls} }

// Longest implements Accumulator.
func (c *Count) Longest() int { return 0 }

// Bytes implements Accumulator.
func (c *Count) Bytes() int64 { return int64(8 * cap(c.counts)) }

// Clear implements Accumulator.
func (c *Count) Clear(ids []uint32) {
	if c.counts == nil {
		return
	}
	for _, id := range ids {
		c.counts[id] = 0
	}
}

// Negative implements Accumulator: groups with fewer than no rows.
func (c *Count) Negative(ids []uint32) []uint32 { return negative(c.counts, ids) }

// Reset implements Accumulator.
func (c *Count) Reset() {
	c.groups = 0
	if c.nulls {
		c.counts = nil
		return
	}
	c.counts = c.counts[:0]
}
