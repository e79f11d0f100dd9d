package op

import (
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// flatten makes a row of each element of a list: of the rows
//
//	id 7, tags [a, b]    id 8, tags []    id 9, tags NULL    id 10, tags [NULL]
//
// the rows 7 a, 7 b, 10 NULL. A row's diff goes along with each. What comes out is cut into batches of the usual size,
// however long the lists are. Cost: a copy of all that comes out.
type flatten struct {
	stateless
	node *plan.Flatten
}

// NewFlatten makes the operator of a Flatten.
func NewFlatten(n *plan.Flatten, _ Env) Operator { return &flatten{node: n} }

func (f *flatten) Open([]Port) (func() Local, error) {
	return func() Local { return &flattenLocal{column: f.node.Column} }, nil
}

type flattenLocal struct {
	column int
	rows   []uint32 // of the batch that comes out: the row that each row is made of
	elems  []uint32 // and the element, as a row of the lists' child
	bytes  int      // of its strings
}

func (f *flattenLocal) Push(_ int, at Seq, b *vec.Batch, out Out) error {
	lists := b.Cols[f.column]
	for i := range b.Rows() {
		row := b.Row(i)
		if lists.IsNull(row) {
			continue
		}
		child, from, to := lists.List(row)
		others := f.othersBytes(b, row)
		for e := from; e < to; e++ {
			bytes := others + child.VarBytes(e)
			if len(f.rows) == vec.BatchRows || f.bytes+bytes > vec.MaxPlainBytes {
				if err := f.emit(at, b, out); err != nil {
					return err
				}
			}
			f.rows, f.elems, f.bytes = append(f.rows, uint32(row)), append(f.elems, uint32(e)), f.bytes+bytes
		}
	}
	return f.emit(at, b, out)
}

// othersBytes is how many bytes a copy of the row takes in columns of strings and lists other than the one that is flattened.
func (f *flattenLocal) othersBytes(b *vec.Batch, row int) int {
	n := 0
	for i, c := range b.Cols {
		if i != f.column {
			n += c.VarBytes(row)
		}
	}
	return n
}

// emit passes on the rows that are noted, if there are any, and forgets them.
func (f *flattenLocal) emit(at Seq, b *vec.Batch, out Out) error {
	if len(f.rows) == 0 {
		return nil
	}
	made := &vec.Batch{N: len(f.rows), Cols: make([]*vec.Vec, len(b.Cols))}
	for i, c := range b.Cols {
		if i == f.column {
			child, _, _ := c.List(int(f.rows[0])) // all rows' elements are in the same one
			made.Cols[i] = child.Take(f.elems)
			continue
		}
		made.Cols[i] = c.Take(f.rows)
	}
	if b.Diff != nil {
		made.Diff = make([]int64, len(f.rows))
		for i, row := range f.rows {
			made.Diff[i] = b.Diff[row]
		}
	}
	f.rows, f.elems, f.bytes = f.rows[:0], f.elems[:0], 0
	return out.Emit(Main, at, made)
}
