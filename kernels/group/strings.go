package group

import "github.com/pwcol/pwcol/kernels/vec"

// Strings is the table for one String or Binary key: a group's id is the number of its value.
type Strings struct {
	typ  vec.Type
	vals *values
}

func newStrings(t vec.Type, h hasher) *Strings { return &Strings{typ: t, vals: newValues(h)} }

// Intern implements Groups.
func (t *Strings) Intern(cols []*vec.Vec, _ int, sel []uint32, ids []uint32) {
	t.vals.intern(cols[0], sel, ids)
}

// Len implements Groups.
func (t *Strings) Len() int { return t.vals.len() }

// Keys implements Groups.
func (t *Strings) Keys(ids []uint32) []*vec.Vec { return []*vec.Vec{t.vals.column(t.typ, ids)} }

// Hash implements Groups.
func (t *Strings) Hash(id uint32) uint64 { return t.vals.hashes[id] }

// Merge implements Groups.
func (t *Strings) Merge(from Groups, src, dst []uint32) {
	t.vals.mergeAll(from.(*Strings).vals, src, dst)
}

// Remove implements Groups.
func (t *Strings) Remove(ids []uint32) {
	for _, id := range ids {
		t.vals.remove(id)
	}
	t.vals.tidy()
}

// Longest implements Groups.
func (t *Strings) Longest() int { return t.vals.most }

// Bytes implements Groups.
func (t *Strings) Bytes() int64 { return t.vals.bytesHeld() }

// Reset implements Groups.
func (t *Strings) Reset() { t.vals.reset() }
