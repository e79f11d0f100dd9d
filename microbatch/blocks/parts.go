package blocks

import "github.com/pwcol/pwcol/kernels/vec"

// Parts calls yield for b, dense, or for pieces of it that fit into blocks, in order, up to the first error. They are lent until
// yield returns.
func Parts(b *vec.Batch, yield func(part *vec.Batch) error) error {
	if b.Sel != nil {
		b = b.Keep(nil)
	}
	return halve(b, MaxBody, yield)
}

// halve cuts a dense batch until a piece has at most so many bytes, or one row.
func halve(b *vec.Batch, most int64, yield func(part *vec.Batch) error) error {
	if b.Size() <= most || b.N <= 1 {
		return yield(b)
	}
	if err := halve(b.Slice(0, b.N/2), most, yield); err != nil {
		return err
	}
	return halve(b.Slice(b.N/2, b.N), most, yield)
}
