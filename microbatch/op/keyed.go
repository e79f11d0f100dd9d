package op

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// keyedShape is how the rows of an operator that keeps rows by key are laid out: which columns are the key, which are not.
type keyedShape struct {
	env    Env
	opts   group.Options
	schema *plan.Schema
	keys   []int
	rest   []int
	number bool // rows that are emitted get a last column, of ones: see plan.Top
	final  bool // all rows of a key come in one epoch: what is emitted only comes, and nothing is kept
}

func newKeyedShape(in Port, keys []int, env Env) keyedShape {
	s := keyedShape{env: env, opts: groupOptions(env), schema: in.Schema, keys: keys, final: in.Final}
	for c := range in.Schema.Len() {
		if !slices.Contains(keys, c) {
			s.rest = append(s.rest, c)
		}
	}
	return s
}

func (s *keyedShape) newGroups() group.Groups { return group.New(groupKeys(s.schema, s.keys), s.opts) }

func (s *keyedShape) keyColumns(b *vec.Batch) []*vec.Vec { return pick(b.Cols, s.keys) }

func (s *keyedShape) keyTypes() []vec.Type {
	var types []vec.Type
	for _, c := range s.keys {
		types = append(types, s.schema.Field(c).Type)
	}
	return types
}

// restTypes are the types of the columns that are not the key, and more.
func (s *keyedShape) restTypes(more ...vec.Type) []vec.Type {
	var types []vec.Type
	for _, c := range s.rest {
		types = append(types, s.schema.Field(c).Type)
	}
	return append(types, more...)
}

func pick(cols []*vec.Vec, places []int) []*vec.Vec {
	out := make([]*vec.Vec, len(places))
	for i, c := range places {
		out[i] = cols[c]
	}
	return out
}

// batch is rows of these columns; of rest, further columns are left out.
func (s *keyedShape) batch(n int, keys, rest []*vec.Vec) *vec.Batch {
	b := &vec.Batch{N: n, Cols: make([]*vec.Vec, s.schema.Len(), s.schema.Len()+1)}
	for i, c := range s.keys {
		b.Cols[c] = keys[i]
	}
	for i, c := range s.rest {
		b.Cols[c] = rest[i]
	}
	if s.number {
		ones := make([]int64, n)
		for i := range ones {
			ones[i] = 1
		}
		b.Cols = append(b.Cols, &vec.Vec{Type: vec.TInt64, N: n, Data: vec.Bytes(ones)})
	}
	return b
}

// keyState keeps a row a key from epoch to epoch: part of an operator's state. Rows lie in the store by the numbers that groups gives their keys.
type keyState struct {
	shape  *keyedShape
	groups group.Groups
	store  *rowStore // the columns that are not the key, then perhaps more that nobody sees
	alive  []bool    // by key: there is a row
	live   int       // how many keys have one

	saves   *tableSaves // nil: the state isn't saved
	charged int64
}

func newKeyState(shape *keyedShape, more ...vec.Type) *keyState {
	s := &keyState{shape: shape, groups: shape.newGroups(), store: newRowStore(shape.restTypes(more...))}
	s.saves = newTableSaves(shape.env, s.saved)
	return s
}

// intern finds or makes the numbers of keys of another table. What is new isn't alive; see replace.
func (s *keyState) intern(from group.Groups, src []uint32) []uint32 {
	dst := make([]uint32, len(src))
	s.groups.Merge(from, src, dst)
	s.grow()
	return dst
}

func (s *keyState) grow() {
	if n := s.groups.Len() - len(s.alive); n > 0 {
		s.alive = append(s.alive, make([]bool, n)...)
		s.store.grow(len(s.alive))
	}
}

// replace puts the rows src of a store in the place of those of the keys dst, each of which is there once; where gone is true, the key's row goes
// and none takes its place. It emits what changes for who sees the rows: −old, +new. gone may be nil. Keys that have no row
// then are forgotten.
func (s *keyState) replace(dst []uint32, from *rowStore, src []uint32, gone func(k int) bool, at Seq, out Out) error {
	step := min(s.maxRows(), from.maxRows())
	var removed []uint32
	for first := 0; first < len(dst); first += step {
		end := min(len(dst), first+step)
		c := s.compare(dst[first:end], from, src[first:end], func(k int) bool { return gone != nil && gone(first+k) })
		b := c.batch()
		s.apply(c)
		removed = append(removed, c.goes...)
		if b == nil {
			continue
		}
		at.Offset = int64(first)
		if err := out.Emit(Main, at, b); err != nil {
			return err
		}
	}
	s.saves.markGone(s.groups, removed)
	s.groups.Remove(removed)
	s.charge()
	return overBudget(s.shape.env)
}

// maxRows is how many rows a batch may have so that none of its columns exceeds maxColumnBytes.
func (s *keyState) maxRows() int {
	return min(s.store.maxRows(), max(1, maxColumnBytes/max(1, s.groups.Longest())))
}

// keyChange is what becomes of some keys: the rows that go and those that come.
type keyChange struct {
	state    *keyState
	keys     []uint32   // of all
	old, new []*vec.Vec // a row each; where there is none, anything
	refs     []vec.Ref  // what is emitted: of old (0) or new (1)
	diff     []int64
	stays    []uint32 // of keys: have a row from now on
	rows     []uint32 // in new
	goes     []uint32 // of keys: have none from now on
	retracts bool
}

func (s *keyState) compare(dst []uint32, from *rowStore, src []uint32, gone func(k int) bool) *keyChange {
	c := &keyChange{state: s, keys: dst, new: from.gather(src)}
	same := make([]bool, len(dst))
	visible := &rowStore{cols: s.store.cols[:len(s.shape.rest)]}
	visible.same(dst, from, src, same)
	for k, key := range dst {
		was, is := s.alive[key], !gone(k)
		if is {
			c.stays, c.rows = append(c.stays, key), append(c.rows, uint32(k))
		} else {
			c.goes = append(c.goes, key)
		}
		if was && is && same[k] {
			continue
		}
		if was {
			c.retracts = true
			c.refs, c.diff = append(c.refs, vec.Ref{Batch: 0, Row: uint32(k)}), append(c.diff, -1)
		}
		if is {
			c.refs, c.diff = append(c.refs, vec.Ref{Batch: 1, Row: uint32(k)}), append(c.diff, 1)
		}
	}
	if c.retracts {
		c.old = s.store.gather(dst)
	}
	return c
}

// batch is what is emitted, nil if that is nothing.
func (c *keyChange) batch() *vec.Batch {
	if len(c.refs) == 0 {
		return nil
	}
	s := c.state.shape
	rows := make([]uint32, len(c.refs))
	for i, r := range c.refs {
		rows[i] = r.Row
	}
	keys := c.state.groups.Keys(c.keys)
	for i, v := range keys {
		keys[i] = v.Take(rows)
	}
	rest := make([]*vec.Vec, len(s.rest))
	for i := range rest {
		if c.retracts {
			rest[i] = vec.Gather([]*vec.Vec{c.old[i], c.new[i]}, c.refs)
			continue
		}
		rest[i] = c.new[i].Take(rows)
	}
	b := s.batch(len(rows), keys, rest)
	if !s.final {
		b.Diff = c.diff
	}
	return b
}

func (s *keyState) apply(c *keyChange) {
	s.saves.mark(c.keys)
	s.store.set(c.stays, c.new, c.rows)
	s.store.clear(c.goes)
	s.come(c.stays)
	s.leave(c.goes)
}

// come notes that keys have rows.
func (s *keyState) come(keys []uint32) {
	for _, key := range keys {
		if !s.alive[key] {
			s.alive[key] = true
			s.live++
		}
	}
}

// leave notes that keys have none.
func (s *keyState) leave(keys []uint32) {
	for _, key := range keys {
		if s.alive[key] {
			s.alive[key] = false
			s.live--
		}
	}
}

func (s *keyState) charge() {
	n := s.groups.Bytes() + s.store.bytes() + int64(cap(s.alive)) + s.saves.bytes()
	s.shape.env.Account.Charge(n - s.charged)
	s.charged = n
}

func (s *keyState) drop() {
	s.shape.env.Account.Release(s.charged)
	s.charged = 0
}
