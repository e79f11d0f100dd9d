package vectest

import (
	"fmt"
	"math/rand/v2"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Batch is a random dense batch with a column of every type, a third of them dictionaries, with diffs or without.
func Batch(rng *rand.Rand, n int, nulls Nulls) *vec.Batch {
	b := &vec.Batch{N: n}
	types := append([]vec.Type{{Kind: vec.Timestamp, Unit: vec.Nano, Zone: "Europe/Vienna"}}, Types...)
	types = append(types, Lists...)
	for i, t := range types {
		v := Column(rng, t, n, nulls, 100)
		if i%3 == 1 {
			v = Dictionary(rng, v)
		}
		b.Cols = append(b.Cols, v)
	}
	if rng.IntN(2) == 0 {
		b.Diff = make([]int64, n)
		for i := range b.Diff {
			b.Diff[i] = rng.Int64()
		}
	}
	return b
}

// Differ says where got, which has to be dense and plain, isn't want: the rows that its selection means. nil: nowhere.
func Differ(got, want *vec.Batch) error {
	if got.N != want.Rows() || len(got.Cols) != len(want.Cols) || got.N > 0 && (got.Diff == nil) != (want.Diff == nil) || got.Sel != nil {
		return fmt.Errorf("%d rows of %d columns, want %d of %d", got.N, len(got.Cols), want.Rows(), len(want.Cols))
	}
	for k := range got.N {
		i := want.Row(k)
		for c, v := range want.Cols {
			x, y := got.Cols[c].Scalar(k), v.Scalar(i)
			if x != y && !(x.F != x.F && y.F != y.F) {
				return fmt.Errorf("row %d of column %d: %+v, want %+v", k, c, x, y)
			}
		}
		if want.Diff != nil && got.Diff[k] != want.Diff[i] {
			return fmt.Errorf("diff %d: %d, want %d", k, got.Diff[k], want.Diff[i])
		}
	}
	for c, v := range got.Cols {
		if v.Dict != nil {
			return fmt.Errorf("column %d is a dictionary", c)
		}
	}
	return nil
}
