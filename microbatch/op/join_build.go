package op

import (
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// joinBuild is the table of the right side of a join whose right side is bounded: the rows as they were kept, and for each partition
// where the rows of each key are.
//
//	chunk 0    chunk 1        partition 5   keys   0: 17   1: 40
//	0: 17 a    0: 17 c                      refs   0: chunk 0 row 0   1: chunk 0 row 2   2: chunk 1 row 0
//	1: 23 b                                 head   key 0 → 2 → 0      key 1 → 1
//	2: 40 d
//
// As long as the keys of a partition are all different, a key's number is its row's, and there are no chains. When it is made it is only
// read, by all workers at once.
type joinBuild struct {
	join   *join
	ready  bool
	chunks []*vec.Batch
	source joinRows
	parts  [group.Partitions]buildPart
	rows   int64
}

// buildPart is the keys of a partition.
type buildPart struct {
	table *joinTable
	refs  []vec.Ref // of the rows
	next  []uint32  // the next row of the same key; nil while keys are unique
}

// makeBuild makes the table of the rows that the workers have kept: keys chunk by chunk, then tables partition by partition.
func (j *join) makeBuild(e *Epoch) error {
	b := j.build
	for _, l := range j.locals {
		for _, chunk := range l.kept[1] {
			b.add(chunk)
		}
		l.kept[1] = nil
	}
	dealt := make([]*dealtRows, len(b.chunks))
	deal := func(i int, _ Out) error {
		dealt[i] = &dealtRows{b: b.chunks[i]}
		dealt[i].deal(j.shape.keyer(1), false, false)
		return nil
	}
	fill := func(p int, _ Out) error {
		b.parts[p].fill(dealt, p, newJoinTable(j.shape.keyer(1).wide, group.NewHasher(j.shape.hash)))
		j.env.Account.Charge(b.parts[p].held())
		return overBudget(j.env)
	}
	if err := j.each(e, len(b.chunks), deal); err != nil {
		return err
	}
	for _, d := range dealt {
		b.source.longest = max(b.source.longest, d.longest)
	}
	if err := j.each(e, group.Partitions, fill); err != nil {
		return err
	}
	b.ready = true
	return nil
}

// each runs the parts of making a table, on all workers if it is worth it.
func (j *join) each(e *Epoch, n int, part func(int, Out) error) error {
	if j.build.rows > maxSerialRows && n > 1 {
		return e.Parallel(n, part)
	}
	for i := range n {
		if err := part(i, nil); err != nil {
			return err
		}
	}
	return nil
}

// add takes a kept batch. AppendRefs reads dictionaries of strings and lists, and wants others plain.
func (b *joinBuild) add(chunk *vec.Batch) {
	if b.source.cols == nil {
		b.source.cols = make([][]*vec.Vec, len(chunk.Cols))
	}
	for i, v := range chunk.Cols {
		chunk.Cols[i] = plainFixed(v)
		b.join.env.Account.Charge(chunk.Cols[i].Size() - v.Size())
		b.source.cols[i] = append(b.source.cols[i], chunk.Cols[i])
	}
	b.chunks = append(b.chunks, chunk)
	b.rows += int64(chunk.N)
}

// plainFixed puts in the dictionary of a column of values of fixed width.
func plainFixed(v *vec.Vec) *vec.Vec {
	if v.Dict == nil || v.Type.IsVar() || v.Type.Kind == vec.List {
		return v
	}
	return v.Plain()
}

// fill enters the rows of a partition.
func (p *buildPart) fill(dealt []*dealtRows, number int, table *joinTable) {
	rows := 0
	for _, d := range dealt {
		rows += len(d.part(number))
	}
	p.table, p.refs = table, make([]vec.Ref, 0, rows)
	for n, d := range dealt {
		for _, i := range d.part(number) {
			row := uint32(len(p.refs))
			key := table.intern(d.keys.words[i], d.keys.row(int(i)))
			p.refs = append(p.refs, vec.Ref{Batch: uint32(n), Row: i})
			if key != row && p.next == nil {
				p.startChains(row, rows)
			}
			if p.next != nil {
				k := &table.keys[key]
				p.next = append(p.next, k.head[1])
				k.head[1] = row
			}
		}
	}
}

// startChains comes with the first key that was there before: up to here, each row is its key's only one.
func (p *buildPart) startChains(row uint32, rows int) {
	p.next = make([]uint32, row, rows)
	for i := range p.next {
		p.next[i] = none
		p.table.keys[i].head[1] = uint32(i)
	}
}

// first is the first row of a key, none if there is no such key.
func (p *buildPart) first(key uint32) uint32 {
	if key == none || p.next == nil {
		return key
	}
	return p.table.keys[key].head[1]
}

// after is the row of the same key that comes after one.
func (p *buildPart) after(row uint32) uint32 {
	if p.next == nil {
		return none
	}
	return p.next[row]
}

func (p *buildPart) held() int64 {
	return p.table.held() + int64(8*cap(p.refs)+4*cap(p.next))
}

// unique reports whether no key has two rows.
func (b *joinBuild) unique() bool {
	for i := range b.parts {
		if b.parts[i].next != nil {
			return false
		}
	}
	return true
}

// emitUnmatched emits the rows that no left row has matched, of a right or full join.
func (b *joinBuild) emitUnmatched(out Out) error {
	j := b.join
	if j.shape.sides[1].watch == unwatched {
		return nil
	}
	to := newJoinOut(j.shape.sides[0].types, j.shape.sides[1].types, true, j.env.Source)
	refs, diffs := make([]vec.Ref, 0, vec.BatchRows), make([]int64, vec.BatchRows)
	flush := func() error {
		for i := range refs {
			diffs[i] = 1
		}
		err := to.add(joinRows{}, b.source, nil, refs, diffs[:len(refs)], out)
		refs = refs[:0]
		return err
	}
	for n, chunk := range b.chunks {
		for row := range chunk.N {
			if b.matched(n, row) {
				continue
			}
			if refs = append(refs, vec.Ref{Batch: uint32(n), Row: uint32(row)}); len(refs) < vec.BatchRows {
				continue
			}
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return to.flush(out)
}

// matched reports whether a worker has matched a row.
func (b *joinBuild) matched(chunk, row int) bool {
	for _, l := range b.join.locals {
		if m := l.probe.marks; chunk < len(m) && m[chunk] != nil && vec.Bit(m[chunk], row) {
			return true
		}
	}
	return false
}

// drop forgets the table.
func (b *joinBuild) drop() {
	b.chunks, b.source, b.parts, b.rows, b.ready = nil, joinRows{}, [group.Partitions]buildPart{}, 0, false
}
