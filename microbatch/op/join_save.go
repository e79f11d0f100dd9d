package op

import (
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// The tables of a join's state in checkpoints. A save begins with a row of savedJoin; rows that are gone come before those that are there, since
// one may have come back.
const (
	savedJoin   = iota // the watermarks of both sides; whether what came before is no more; whether the right side's table is complete
	savedLeft          // a side's rows: their columns, weight, and, if matches are counted by row, their weight
	savedRight         //
	goneLeft           // a side's rows that are gone, of one that retracts
	goneRight          //
	savedCounts        // keys, and the weight of rows of the side of which only that is kept; 0: there are none any more
)

// joinSaves is what a partition notes for checkpoints. A row is found again by its values, or, where it can't be retracted, never changes:
// but for what it matches (see savesAll). Rows that a watermark lets go aren't noted: they go again when the state is taken up.
type joinSaves struct {
	rows  [2]marks
	keys  marks        // of the counted side
	gone  []savedBatch // what went, since the last BeginSave
	aside []savedBatch // what is to be saved and is no longer so in the partition, or was never there: as it was
	bytes int64        // of both
	ids   []uint32     // scratch
	due   []uint32     // scratch
}

// joinSaving is the save that is being done.
type joinSaving struct {
	head  *vec.Batch // the row of savedJoin; nil: it is emitted
	chunk int        // of the right side's table: what is before chunk and row is emitted
	row   int
	end   int // chunks that there were at BeginSave
}

var (
	_ Durable = (*join)(nil)
	_ Durable = (*asOf)(nil)
)

// counted is the side of which the weights by key are kept, and not the rows, −1 if there is none.
func (s *joinShape) counted() int {
	for side := range s.sides {
		if s.byKey && s.sides[1-side].watch != unwatched && (s.sides[side].forgets || side == 1 && s.keyOnly) {
			return side
		}
	}
	return -1
}

// savesAll reports whether changes can't be told from the rest: rows that can't be found by their values change by what they
// match, and what an as-of join has forgotten can't be found out again.
func (s *joinShape) savesAll() bool {
	for _, side := range s.sides {
		if s.byRow && side.watch != unwatched && !side.forgets && !side.retracts {
			return true
		}
	}
	return s.clocked
}

// BeginSave implements Durable.
func (j *join) BeginSave(whole bool) {
	whole = whole || j.shape.savesAll()
	j.saving = joinSaving{head: j.savedHead(whole)}
	if b := j.build; b != nil {
		if !whole {
			j.saving.chunk = b.saved
		}
		b.saved = len(b.chunks)
		j.saving.end = b.saved
	}
	for _, p := range j.parts {
		if p != nil {
			p.beginSave(whole)
		}
	}
}

// savedHead is the row of savedJoin.
func (j *join) savedHead(whole bool) *vec.Batch {
	left, right := vec.NewBuilder(vec.TInt64, 1), vec.NewBuilder(vec.TInt64, 1)
	anew, ready := vec.NewBuilder(vec.TBool, 1), vec.NewBuilder(vec.TBool, 1)
	vec.AppendFixed(left, j.seen[0])
	vec.AppendFixed(right, j.seen[1])
	anew.AppendBool(whole)
	ready.AppendBool(j.build != nil && j.build.ready)
	return &vec.Batch{N: 1, Cols: []*vec.Vec{left.Finish(), right.Finish(), anew.Finish(), ready.Finish()}}
}

// beginSave makes what has changed due. Rows that are gone are put aside at once, and the rest, too, where it goes unseen.
func (p *joinPart) beginSave(whole bool) {
	s := p.saves
	s.aside, s.gone = s.gone, nil
	if whole {
		s.aside, s.bytes = nil, 0
	}
	for side, store := range p.stores {
		s.rows[side].begin(whole, len(store.rows))
	}
	if p.join.shape.counted() >= 0 {
		s.keys.begin(whole, len(p.keys.keys))
	}
	if !p.join.shape.clocked {
		return
	}
	for side, store := range p.stores {
		p.putAside(side, s.rows[side].take(len(store.rows), nil))
	}
	p.charge()
}

// Save implements Durable.
func (j *join) Save(rows int, emit func(table int, b *vec.Batch) error) (done bool, err error) {
	if head := j.saving.head; head != nil {
		j.saving.head = nil
		if err := emit(savedJoin, head); err != nil {
			return false, err
		}
	}
	if j.build != nil {
		return j.build.save(&j.saving, rows, emit)
	}
	for _, p := range j.parts {
		if p == nil {
			continue
		}
		n, err := p.save(rows, emit)
		p.charge()
		if err != nil {
			return false, err
		}
		if rows -= n; rows <= 0 {
			return false, nil
		}
	}
	return true, nil
}

// save emits what is aside, then about so many rows and keys that are due, and returns how many those were.
func (p *joinPart) save(rows int, emit func(table int, b *vec.Batch) error) (n int, err error) {
	s := p.saves
	for _, a := range s.aside {
		if err := emit(a.table, a.batch); err != nil {
			return n, err
		}
		s.bytes -= a.batch.Size()
		n += a.batch.N
	}
	s.aside = nil
	for side, store := range p.stores {
		for n < rows {
			s.ids = s.rows[side].take(min(store.maxRows(), rows-n), s.ids[:0])
			if len(s.ids) == 0 {
				break
			}
			n += len(s.ids)
			if b := p.savedRows(side, s.ids); b != nil {
				if err := emit(savedLeft+side, b); err != nil {
					return n, err
				}
			}
		}
	}
	for n < rows {
		s.ids = s.keys.take(min(vec.BatchRows, rows-n), s.ids[:0])
		if len(s.ids) == 0 {
			break
		}
		n += len(s.ids)
		if b := p.savedCounts(s.ids, false); b != nil {
			if err := emit(savedCounts, b); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// save emits about so many rows of the table.
func (b *joinBuild) save(s *joinSaving, rows int, emit func(table int, b *vec.Batch) error) (done bool, err error) {
	for ; s.chunk < s.end; s.chunk, s.row = s.chunk+1, 0 {
		chunk := b.chunks[s.chunk]
		for s.row < chunk.N {
			if rows <= 0 {
				return false, nil
			}
			to := min(chunk.N, s.row+min(rows, vec.BatchRows))
			n := to - s.row
			cols := append(slices.Clone(chunk.Slice(s.row, to).Cols), constant(1, n))
			if err := emit(savedRight, &vec.Batch{N: n, Cols: cols}); err != nil {
				return false, err
			}
			rows, s.row = rows-n, to
		}
	}
	return true, nil
}

// constant is a number n times.
func constant(x int64, n int) *vec.Vec {
	v := &vec.Vec{Type: vec.TInt64, N: n, Data: vec.Alloc(8 * n)}
	for i := range n {
		vec.Of[int64](v)[i] = x
	}
	return v
}

// maxRows is how many rows a batch may have.
func (s *joinStore) maxRows() int { return min(vec.BatchRows, max(1, vec.MaxPlainBytes/s.longest)) }

// was is the weight of a row, and of its matches, before the epoch; between epochs, what they are. Of a row that isn't there the weight is 0.
func (s *joinStore) was(id uint32) (weight, count int64) {
	if mark := s.rows[id].mark; mark != 0 {
		return s.touched[mark-1].weight, s.touched[mark-1].count
	}
	if s.counts != nil {
		count = s.counts[id]
	}
	return s.rows[id].weight, count
}

// savedRows is those of the rows that are there as a batch of a table, nil if none is; ids is spoilt.
func (p *joinPart) savedRows(side int, ids []uint32) *vec.Batch {
	store := p.stores[side]
	weights, counts := vec.NewBuilder(vec.TInt64, len(ids)), vec.NewBuilder(vec.TInt64, len(ids))
	there := ids[:0]
	for _, id := range ids {
		weight, count := store.was(id)
		if weight == 0 {
			continue
		}
		there = append(there, id)
		vec.AppendFixed(weights, weight)
		vec.AppendFixed(counts, count)
	}
	if len(there) == 0 {
		return nil
	}
	b := store.batch(there...)
	b.Cols = append(b.Cols, weights.Finish())
	if p.join.shape.byRow {
		b.Cols = append(b.Cols, counts.Finish())
	}
	return b
}

// savedCounts is the keys of which the counted side has rows, with their weight; nil if there are none. gone: those that had some, with 0.
func (p *joinPart) savedCounts(ids []uint32, gone bool) *vec.Batch {
	side := p.join.shape.counted()
	keys, counts := vec.NewBuilder(p.keys.savedType(), len(ids)), vec.NewBuilder(vec.TInt64, len(ids))
	for _, id := range ids {
		if id < reservedKeys {
			continue
		}
		count := p.totals[id][side]
		if mark := p.keys.keys[id].mark; mark != 0 {
			count = p.touchedKeys[mark-1].totals[side]
		}
		if count == 0 {
			continue
		}
		if gone {
			count = 0
		}
		p.keys.appendKey(keys, id)
		vec.AppendFixed(counts, count)
	}
	if counts.Len() == 0 {
		return nil
	}
	return &vec.Batch{N: counts.Len(), Cols: []*vec.Vec{keys.Finish(), counts.Finish()}}
}

// savedType is the type of a key in a checkpoint: its word, or its bytes.
func (t *joinTable) savedType() vec.Type {
	if t.wide {
		return vec.TBinary
	}
	return vec.TInt64
}

func (t *joinTable) appendKey(to *vec.Builder, id uint32) {
	if t.wide {
		to.AppendBytes(t.bytes(id))
		return
	}
	vec.AppendFixed(to, int64(t.keys[id].word))
}
