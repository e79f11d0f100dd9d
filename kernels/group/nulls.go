package group

import "github.com/pwcol/pwcol/kernels/vec"

// withNull is a table of values in which NULL has an id, but no place in the index.
type withNull interface {
	// internRows finds or makes the ids of rows of v, none of which is NULL. Their validity isn't looked at.
	internRows(v *vec.Vec, rows, ids []uint32)
	// findNull finds or makes the id of NULL; hasNull reports whether there is one.
	findNull() uint32
	hasNull() bool
}

// nullSplit looks up columns that have NULLs. It takes them out, so that the loops of the tables know of none.
type nullSplit struct {
	rows  []uint32 // scratch: rows that are not NULL
	found []uint32 // and their ids
}

// intern finds or makes the ids of the selected rows. Ids are given in the order in which values come, NULL among them.
func (s *nullSplit) intern(t withNull, v *vec.Vec, sel, ids []uint32) {
	s.found = resize(s.found, len(ids))
	rows, done := s.rows[:0], 0 // done: of how many rows the ids are found
	for k := range ids {
		i := k
		if sel != nil {
			i = int(sel[k])
		}
		if !v.IsNull(i) {
			rows = append(rows, uint32(i))
			ids[k] = noID
			continue
		}
		if !t.hasNull() { // the values before it come first
			s.internRows(t, v, rows[done:], s.found[done:len(rows)])
			done = len(rows)
		}
		ids[k] = t.findNull()
	}
	s.internRows(t, v, rows[done:], s.found[done:len(rows)])
	s.rows = rows
	next := 0
	for k := range ids {
		if ids[k] == noID {
			ids[k] = s.found[next]
			next++
		}
	}
}

func (s *nullSplit) internRows(t withNull, v *vec.Vec, rows, ids []uint32) {
	if len(rows) > 0 {
		t.internRows(v, rows, ids)
	}
}

func (s *nullSplit) bytes() int64 { return int64(4*cap(s.rows) + 4*cap(s.found)) }

// markNulls makes out NULL where ids are null.
func markNulls(out *vec.Vec, ids []uint32, null uint32) {
	if null == noID {
		return
	}
	for k, id := range ids {
		if id != null {
			continue
		}
		if out.Valid == nil {
			out.Valid = vec.Alloc(vec.BitmapLen(out.N))
			vec.SetBits(out.Valid, 0, out.N)
		}
		vec.ClearBit(out.Valid, k)
	}
}
