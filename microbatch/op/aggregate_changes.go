package op

import (
	"github.com/pwcol/pwcol/kernels/vec"
)

// aggChanges collects what an epoch changes and emits it in batches. Tables hand in the results of their groups before and after, as columns of
// their own; rows that differ are noted by where they lie, and copied once, when a batch is full:
//
//	results          old of table 0    new of table 0    old of table 1 …
//	                 (a, 1) (b, 2)     (a, 1) (b, 5)
//	rows to emit     −(0, 1)  +(1, 1)  …                   that is (b, 2) goes, (b, 5) comes
type aggChanges struct {
	env  *Env
	at   Seq
	keys [][]*vec.Vec // by column: of each table, of the groups that changed
	vals [][]*vec.Vec // by column: of each table, the old and the new results

	keyRefs []vec.Ref // the key of each row to emit
	valRefs []vec.Ref
	diff    []int64
	pieces  int   // how many tables have handed in something
	held    int64 // bytes of their columns

	out     []*vec.Builder // scratch: the columns to emit
	differs []bool         // scratch
	ids     []uint32       // scratch: the groups that changed
}

// maxChangeBytes is how much is collected before it is emitted, though there may be few rows: strings and lists can be long.
const maxChangeBytes = 32 << 20

func newAggChanges(env *Env) *aggChanges {
	return &aggChanges{env: env, at: Seq{Source: env.Source}}
}

// maxKeptBytes is how large a column's memory may be to be used again.
const maxKeptBytes = 1 << 20

// makeRoom emits if the changes of n more groups might be too many for a batch.
func (c *aggChanges) makeRoom(n int, out Out) error {
	if len(c.diff)+2*n <= vec.BatchRows && c.held <= maxChangeBytes {
		return nil
	}
	return c.flush(out)
}

// keyColumns makes the columns of rows that come before the results: a table's groups, or the windows that rows belong to.
type keyColumns interface {
	Keys(ids []uint32) []*vec.Vec
}

// add takes the results of groups before and after. pairs[k] says where those of the group are that is ids[k] in keys.
func (c *aggChanges) add(keys keyColumns, ids []uint32, pairs []change, old, results []*vec.Vec) {
	c.compare(pairs, old, results)
	piece, groups := uint32(c.pieces), c.ids[:0]
	keyRefs, valRefs, diff := c.keyRefs, c.valRefs, c.diff
	for k, p := range pairs {
		if !c.differs[k] {
			continue
		}
		key := vec.Ref{Batch: piece, Row: uint32(len(groups))}
		groups = append(groups, ids[k])
		if p.old >= 0 {
			keyRefs, diff = append(keyRefs, key), append(diff, -1)
			valRefs = append(valRefs, vec.Ref{Batch: 2 * piece, Row: uint32(p.old)})
		}
		if p.new >= 0 {
			keyRefs, diff = append(keyRefs, key), append(diff, 1)
			valRefs = append(valRefs, vec.Ref{Batch: 2*piece + 1, Row: uint32(p.new)})
		}
	}
	c.ids, c.keyRefs, c.valRefs, c.diff = groups, keyRefs, valRefs, diff
	if len(groups) == 0 {
		return
	}
	c.pieces++
	c.keys = c.hold(c.keys, keys.Keys(groups))
	c.vals = c.hold(c.vals, old)
	c.vals = c.hold(c.vals, results)
}

// hold appends columns to those of other tables.
func (c *aggChanges) hold(to [][]*vec.Vec, cols []*vec.Vec) [][]*vec.Vec {
	if to == nil {
		to = make([][]*vec.Vec, len(cols))
	}
	for i, v := range cols {
		to[i] = append(to[i], v)
		c.held += v.Size()
	}
	return to
}

// compare finds the groups whose results differ, or that had a row or have one but not both.
func (c *aggChanges) compare(pairs []change, old, results []*vec.Vec) {
	c.differs = resized(c.differs, len(pairs))
	for k, p := range pairs {
		c.differs[k] = (p.old < 0) != (p.new < 0)
	}
	for i := range results {
		markDifferent(old[i], results[i], pairs, c.differs)
	}
}

// flush emits what there is, and forgets it.
func (c *aggChanges) flush(out Out) error {
	if len(c.diff) == 0 {
		return nil
	}
	b := &vec.Batch{N: len(c.diff), Cols: make([]*vec.Vec, 0, len(c.keys)+len(c.vals))}
	for _, pieces := range c.keys {
		b.Cols = append(b.Cols, c.column(len(b.Cols), pieces, c.keyRefs))
	}
	for _, pieces := range c.vals {
		b.Cols = append(b.Cols, c.column(len(b.Cols), pieces, c.valRefs))
	}
	for _, d := range c.diff {
		if d < 0 { // else the edge may be one of insertions only
			b.Diff = c.diff
			break
		}
	}
	c.at.Offset += int64(b.N)
	err := out.Emit(Main, c.at, b)
	c.forget()
	return err
}

// column is the i-th column to emit, in memory that is used again, for what is emitted is lent.
func (c *aggChanges) column(i int, pieces []*vec.Vec, refs []vec.Ref) *vec.Vec {
	if i == len(c.out) {
		c.out = append(c.out, vec.NewBuilder(pieces[0].Type, len(refs)))
	}
	if b := c.out[i]; b.Size() <= maxKeptBytes {
		b.Reset()
	} else {
		c.out[i] = vec.NewBuilder(b.Type, len(refs))
	}
	c.out[i].AppendRefs(pieces, refs)
	return c.out[i].Vec()
}

// bytes is the memory held.
func (c *aggChanges) bytes() int64 {
	n := int64(8*(cap(c.keyRefs)+cap(c.valRefs)+cap(c.diff)) + cap(c.differs) + 4*cap(c.ids))
	for _, b := range c.out {
		n += b.Size()
	}
	return n
}

func (c *aggChanges) forget() {
	for _, columns := range [][][]*vec.Vec{c.keys, c.vals} {
		for i := range columns {
			clear(columns[i])
			columns[i] = columns[i][:0]
		}
	}
	c.keyRefs, c.valRefs, c.diff = c.keyRefs[:0], c.valRefs[:0], c.diff[:0]
	c.pieces, c.held = 0, 0
}
