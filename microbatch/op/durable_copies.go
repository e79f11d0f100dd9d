package op

import (
	"github.com/pwcol/pwcol/kernels/vec"
)

// savedCopies is a state as it was at BeginSave, copied, of an operator that saves all it has each time. Its first batch is of a table that makes Load
// forget what there was, so that a save of changes may be such a copy, too.
type savedCopies struct {
	account *vec.Account // the copies are charged here
	batches []savedBatch
}

// add adds rows of a table, of which no batch has too many. The columns are the copies' own.
func (c *savedCopies) add(table int, cols ...*vec.Vec) {
	b := &vec.Batch{N: cols[0].N, Cols: cols}
	if b.N == 0 {
		return
	}
	c.account.Charge(b.Size())
	c.batches = append(c.batches, savedBatch{table, b})
}

// save emits about so many rows, and lets them go.
func (c *savedCopies) save(rows int, emit func(table int, b *vec.Batch) error) (done bool, err error) {
	for len(c.batches) > 0 && rows > 0 {
		one := c.batches[0]
		if err := emit(one.table, one.batch); err != nil {
			return false, err
		}
		c.account.Release(one.batch.Size())
		rows -= one.batch.N
		c.batches[0] = savedBatch{}
		c.batches = c.batches[1:]
	}
	if len(c.batches) > 0 {
		return false, nil
	}
	c.batches = nil
	return true, nil
}

// savedRows calls f with ids in pieces that aren't larger than a batch should be; longest is the number of bytes of the longest string that a row has.
func savedRows(ids []uint32, longest int, f func(ids []uint32)) {
	step := min(vec.BatchRows, max(1, maxColumnBytes/max(1, longest)))
	for from := 0; from < len(ids); from += step {
		f(ids[from:min(len(ids), from+step)])
	}
}

// savedInts is a column of numbers and times; it keeps values.
func savedInts(values ...int64) *vec.Vec {
	return &vec.Vec{Type: vec.TInt64, N: len(values), Data: vec.Bytes(values)}
}

// savedBool is a truth as a number.
func savedBool(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// intsOf are columns of numbers.
func intsOf(cols []*vec.Vec) [][]int64 {
	out := make([][]int64, len(cols))
	for i, v := range cols {
		out[i] = vec.Of[int64](v.Plain())
	}
	return out
}

// intTypes are the types of n columns of numbers.
func intTypes(n int) []vec.Type {
	types := make([]vec.Type, n)
	for i := range types {
		types[i] = vec.TInt64
	}
	return types
}
