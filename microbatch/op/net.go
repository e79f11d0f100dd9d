package op

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// netShape is what the netTables of an operator have in common.
type netShape struct {
	env    Env
	opts   group.Options
	fields []group.Key // all columns
	key    []int       // the columns that are unique among the rows; nil: none are known
	schema *plan.Schema
}

func newNetShape(in Port, env Env) netShape {
	return netShape{env: env, opts: groupOptions(env), fields: groupKeys(in.Schema, columnsUpTo(in.Schema.Len())), key: in.Key, schema: in.Schema}
}

func groupOptions(env Env) group.Options {
	return group.Options{Seed: env.Seed, Collide: env.Test.ForceCollisions}
}

// groupKeys is how those columns are group keys.
func groupKeys(s *plan.Schema, columns []int) []group.Key {
	keys := make([]group.Key, len(columns))
	for i, c := range columns {
		keys[i] = group.Key{Type: s.Field(c).Type, Nullable: s.Field(c).Nullable}
	}
	return keys
}

// columnsUpTo is 0, 1, … n−1.
func columnsUpTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// netTable adds up how often each row comes and goes in an epoch. Rows are equal if all columns are (see package group).
//
//	+1 (7, "a")   −1 (7, "b")   +1 (9, "c")   −1 (9, "c")   +2 (8, "a")
//	rows  0 (7, "a")   1 (7, "b")   2 (9, "c")   3 (8, "a")
//	diff  1            −1           0            2
//	key   0 (7)        0 (7)        1 (9)        2 (8)          if the first column is the key
//
// Its number of a row is a netTable's Hash and Len's; the hash is that of its key, so that a key's rows go to one part.
type netTable struct {
	shape *netShape
	rows  group.Groups
	diff  []int64      // by row
	keys  group.Groups // nil: no key is known
	key   []uint32     // by row

	use     tableUse
	charged int64
	ids     []uint32   // scratch: a batch's rows
	keyIDs  []uint32   // scratch: and their keys
	keyCols []*vec.Vec // scratch
}

func newNetTable(s *netShape) *netTable {
	t := &netTable{shape: s, rows: group.New(s.fields, s.opts)}
	if s.key == nil {
		return t
	}
	defs := make([]group.Key, len(s.key))
	for i, c := range s.key {
		defs[i] = s.fields[c]
	}
	t.keys, t.keyCols = group.New(defs, s.opts), make([]*vec.Vec, len(s.key))
	return t
}

// Len is the number of different rows.
func (t *netTable) Len() int { return len(t.diff) }

// Hash is the hash of a row's key; of the row, if there is no key.
func (t *netTable) Hash(row uint32) uint64 {
	if t.keys == nil {
		return t.rows.Hash(row)
	}
	return t.keys.Hash(t.key[row])
}

// push takes rows, and charges for them.
func (t *netTable) push(b *vec.Batch) error {
	n := b.Rows()
	t.use.add(n)
	t.ids = sized(t.ids, n)
	t.rows.Intern(b.Cols, b.N, b.Sel, t.ids)
	t.grow()
	if t.keys != nil {
		t.internKeys(b)
	}
	for k, id := range t.ids {
		d := int64(1)
		if b.Diff != nil {
			d = b.Diff[b.Row(k)]
		}
		if err := t.add(id, d); err != nil {
			return err
		}
	}
	t.charge()
	return overBudget(t.shape.env)
}

func (t *netTable) grow() {
	if n := t.rows.Len() - len(t.diff); n > 0 {
		t.diff = append(t.diff, make([]int64, n)...)
		if t.keys != nil {
			t.key = append(t.key, make([]uint32, n)...)
		}
	}
}

func (t *netTable) internKeys(b *vec.Batch) {
	for i, c := range t.shape.key {
		t.keyCols[i] = b.Cols[c]
	}
	t.keyIDs = sized(t.keyIDs, len(t.ids))
	t.keys.Intern(t.keyCols, b.N, b.Sel, t.keyIDs)
	for k, id := range t.ids {
		t.key[id] = t.keyIDs[k]
	}
}

func (t *netTable) add(row uint32, d int64) error {
	sum := t.diff[row] + d
	if (t.diff[row]^sum)&(d^sum) < 0 {
		b := &vec.Batch{N: 1, Cols: t.rows.Keys([]uint32{row})}
		return fmt.Errorf("%s: a row comes or goes more than 2^63 times: %s", t.shape.env.Name, rowText(t.shape.schema, b, 0))
	}
	t.diff[row] = sum
	return nil
}

// merge takes rows of another table.
func (t *netTable) merge(from *netTable, rows []uint32) error {
	t.ids = sized(t.ids, len(rows))
	t.rows.Merge(from.rows, rows, t.ids)
	t.grow()
	if t.keys != nil {
		keys := make([]uint32, len(rows))
		for k, row := range rows {
			keys[k] = from.key[row]
		}
		t.keyIDs = sized(t.keyIDs, len(rows))
		t.keys.Merge(from.keys, keys, t.keyIDs)
	}
	for k, id := range t.ids {
		if t.keys != nil {
			t.key[id] = t.keyIDs[k]
		}
		if err := t.add(id, from.diff[rows[k]]); err != nil {
			return err
		}
	}
	t.charge()
	return overBudget(t.shape.env)
}

// net is those of rows that come or go in the end: a key's together, and of them those that go first.
func (t *netTable) net(rows []uint32) []uint32 {
	out := make([]uint32, 0, len(rows))
	for _, row := range rows {
		if t.diff[row] != 0 {
			out = append(out, row)
		}
	}
	if t.keys != nil {
		slices.SortFunc(out, func(x, y uint32) int {
			return cmp.Or(cmp.Compare(t.key[x], t.key[y]), cmp.Compare(t.diff[x], t.diff[y]))
		})
	}
	return out
}

// batch is those rows with their net changes.
func (t *netTable) batch(rows []uint32) *vec.Batch {
	b := &vec.Batch{N: len(rows), Cols: t.rows.Keys(rows), Diff: make([]int64, len(rows))}
	for k, row := range rows {
		b.Diff[k] = t.diff[row]
	}
	return b
}

// maxRows is how many rows a batch may have so that none of its columns exceeds maxColumnBytes.
func (t *netTable) maxRows() int {
	return min(vec.BatchRows, max(1, maxColumnBytes/max(1, t.rows.Longest())))
}

func (t *netTable) bytes() int64 {
	n := t.rows.Bytes() + int64(8*cap(t.diff)+4*cap(t.key)+4*cap(t.ids)+4*cap(t.keyIDs))
	if t.keys != nil {
		n += t.keys.Bytes()
	}
	return n
}

func (t *netTable) charge() {
	n := t.bytes()
	t.shape.env.Account.Charge(n - t.charged)
	t.charged = n
}

// reset forgets all rows. The memory is kept for the next epoch if it isn't too much for that: see tableUse.
func (t *netTable) reset() {
	switch {
	case t.use.outgrown(t.bytes()):
		use, charged := t.use, t.charged
		*t = *newNetTable(t.shape)
		t.use, t.charged = use, charged
	case t.Len() > 0:
		t.rows.Reset()
		if t.keys != nil {
			t.keys.Reset()
		}
		t.diff, t.key = t.diff[:0], t.key[:0]
	}
	t.charge()
}

func (t *netTable) drop() {
	t.shape.env.Account.Release(t.charged)
	t.charged = 0
}

// sized is scratch of n elements, which are anything.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	return s[:n]
}
