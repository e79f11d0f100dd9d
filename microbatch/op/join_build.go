package op

import (
	"bytes"
	"fmt"

	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
)

// joinBuild is the table of the right side of a join whose right side is bounded: the rows in the batches of the workers' inboxes, a slot for each
// key, by partition, and chains of rows with the same key. A row's number is its batch's and its place in it.
//
//	chunk 0    chunk 1        slots of partition 5     next, where keys are not unique
//	0: 17 a    0: 17 c        17 → chunk 1 row 0       chunk 1 row 0 → chunk 0 row 0
//	1: 23 b                   40 → chunk 0 row 2
//	2: 40 d
//
// A slot leads straight to the row: with a table larger than the caches each further step would be another miss.
// When it is made it is only read, by all workers at once.
type joinBuild struct {
	join   *join
	ready  bool
	loaded *rowInbox // rows from a checkpoint; nil: none
	saved  int       // chunks that are in checkpoints, or in the one that is being made
	rows   int64
	source joinRows
	parts  [group.Partitions]buildPart
	chunks []*vec.Batch
	keys   []*order.Keys // by chunk; nil: a key is its word
	next   [][]uint32    // by chunk: of each row the next one of its key, none: it is the last; nil: keys are unique
}

// buildPart is the keys of a partition: open addressing with linear probing, half full at most.
type buildPart struct {
	slots  []joinSlot // word, and number of the key's first row + 1
	unique bool
}

// maxChunks is how many batches of an inbox row numbers have room for.
const maxChunks = 1<<16 - 1

// buildRow is the number of a row.
func buildRow(chunk int, row uint32) uint32 { return uint32(chunk)<<16 | row }

// refOf is where a row is.
func refOf(row uint32) vec.Ref { return vec.Ref{Batch: row >> 16, Row: row & (maxInboxRows - 1)} }

// makeBuild makes the table of the rows that the workers have kept: keys chunk by chunk, then slots partition by partition.
func (j *join) makeBuild(e *Epoch) error {
	b := j.build
	if err := b.take(j.locals); err != nil {
		return err
	}
	dealt := make([]*dealtRows, len(b.chunks))
	deal := func(i int, _ Out) error {
		d := &dealtRows{b: b.chunks[i]}
		d.deal(j.shape.keyer(1), dealing{late: NoWatermark})
		dealt[i], b.next[i] = d, make([]uint32, d.b.N)
		return nil
	}
	fill := func(p int, _ Out) error {
		b.fill(p, dealt)
		j.env.Account.Charge(int64(joinSlotBytes * len(b.parts[p].slots)))
		return overBudget(j.env)
	}
	if err := j.each(e, len(b.chunks), deal); err != nil {
		return err
	}
	for i, d := range dealt {
		b.keys[i], b.source.longest = d.keys.bytes, max(b.source.longest, d.longest)
	}
	if err := j.each(e, group.Partitions, fill); err != nil {
		return err
	}
	b.settle()
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

// take takes the rows of the workers' inboxes.
func (b *joinBuild) take(locals []*joinLocal) error {
	if b.loaded != nil {
		b.chunks = b.loaded.batches()
	}
	for _, l := range locals {
		b.chunks = append(b.chunks, l.in[1].batches()...)
	}
	if len(b.chunks) > maxChunks {
		return fmt.Errorf("%s: the right side has too many rows: swap the sides", b.join.env.Name)
	}
	b.source.cols = make([][]*vec.Vec, len(b.join.shape.sides[1].types))
	for _, chunk := range b.chunks {
		b.rows += int64(chunk.N)
		for i, v := range chunk.Cols {
			b.source.cols[i] = append(b.source.cols[i], v)
		}
	}
	b.keys, b.next = make([]*order.Keys, len(b.chunks)), make([][]uint32, len(b.chunks))
	return nil
}

// fill makes the slots of a partition.
func (b *joinBuild) fill(number int, dealt []*dealtRows) {
	rows, size := 0, minJoinSlots
	for _, d := range dealt {
		rows += len(d.part(number))
	}
	for size < 2*rows {
		size *= 2
	}
	p := &b.parts[number]
	*p = buildPart{slots: make([]joinSlot, size), unique: true}
	for n, d := range dealt {
		for _, i := range d.part(number) {
			slot := b.find(p, d.keys.words[i], d.keys.hashes[i], d.keys.row(int(i)))
			before := slot.id - 1 // of a free slot: none
			if before != none {
				p.unique = false
			}
			*slot = joinSlot{word: d.keys.words[i], id: buildRow(n, i) + 1}
			b.next[n][i] = before
		}
	}
}

// find is the slot of a key, or the free one where it would be.
func (b *joinBuild) find(p *buildPart, word, hash uint64, key []byte) *joinSlot {
	mask := uint64(len(p.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := &p.slots[i]
		if s.id == 0 || s.word == word && (key == nil || bytes.Equal(b.key(s.id-1), key)) {
			return s
		}
	}
}

// key is the bytes of a row's key.
func (b *joinBuild) key(row uint32) []byte {
	at := refOf(row)
	return b.keys[at.Batch].Row(int(at.Row))
}

// settle ends the making: without chains, if keys are unique.
func (b *joinBuild) settle() {
	b.ready = true
	unique := true
	for i := range b.parts {
		unique = unique && b.parts[i].unique
	}
	held := int64(0)
	for i := range b.chunks {
		if b.keys[i] != nil {
			held += b.keys[i].Bytes()
		}
		held += int64(4 * len(b.next[i]))
	}
	if unique {
		b.next, held = nil, held-4*b.rows
	}
	b.join.env.Account.Charge(held)
}

// after is the row of the same key that comes after one.
func (b *joinBuild) after(row uint32) uint32 {
	if b.next == nil {
		return none
	}
	at := refOf(row)
	return b.next[at.Batch][at.Row]
}

// emitUnmatched emits the rows that no left row has matched, of a right or full join.
func (b *joinBuild) emitUnmatched(out Out) error {
	j := b.join
	if j.shape.sides[1].watch == unwatched {
		return nil
	}
	to := newJoinOut(j.shape.sides[0].types, j.shape.sides[1].types, true, j.env.Source)
	var refs []vec.Ref
	var diffs []int64
	for n, chunk := range b.chunks {
		refs, diffs = refs[:0], diffs[:0]
		for row := range chunk.N {
			if !b.matched(n, row) {
				refs, diffs = append(refs, vec.Ref{Batch: uint32(n), Row: uint32(row)}), append(diffs, 1)
			}
		}
		if err := to.add(joinRows{}, b.source, nil, refs, diffs, out); err != nil {
			return err
		}
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
func (b *joinBuild) drop() { *b = joinBuild{join: b.join} }
