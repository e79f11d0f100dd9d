package op

import (
	"github.com/pwcol/pwcol/kernels/vec"
)

// joinStore is the rows of one side in one partition. A row has a number that it keeps as long as it is there; its values lie
// somewhere in chunks of columns that are only appended to:
//
//	rows    0: key 7, at chunk 0 row 0     chunk 0   7 a      chunk 1   9 d
//	        1: free                                  – –                7 e
//	        2: key 7, at chunk 1 row 1               8 c
//
// When half of a chunk's rows are gone, or half of its bytes, those left are moved to the end and the chunk is freed. So the memory is at most twice what
// the rows take; what is moved is paid for by what went. Rows that
// come and go in the order of time free their chunks without a move.
//
// Rows of a key are a chain, doubly linked, so that one goes in a constant time. Rows that may be
// retracted are found by the hash of all their values in an index (findRow); equal ones are one row of a greater weight.
type joinStore struct {
	types  []vec.Type
	rows   []joinRow
	times  []int64  // by row, of an interval or as-of join
	counts []int64  // by row: weight of the other side's rows that match it; only where pairs have more conditions
	hashes []uint64 // by row, of all its values; only of a side that retracts
	index  []rowSlot
	free   []uint32
	live   int

	cols       [][]*vec.Vec // by column, by chunk: what AppendRefs reads
	chunks     []joinChunk
	freeChunks []uint32
	open       uint32 // the chunk that is filled; none: there is none
	bytes      int64  // of the chunks
	longest    int    // no value has more bytes; of long ones, that of the longest

	storeScratch
}

// storeScratch is memory that a store needs during an epoch only: joinWork lends it.
type storeScratch struct {
	refs    []vec.Ref
	touched []touchedRow // the rows that the epoch has changed
}

// joinRow is a row without its values.
type joinRow struct {
	at         vec.Ref
	key        uint32
	next, prev uint32 // of the key's rows
	mark       uint32 // place among the touched rows + 1
	weight     int64  // how often the row is there
}

// touchedRow is a row that the epoch has changed, as it was before.
type touchedRow struct {
	row    uint32
	weight int64
	count  int64
}

// joinChunk is a stretch of stored rows.
type joinChunk struct {
	builders []*vec.Builder // nil: freed
	views    []vec.Vec
	owner    []uint32 // the row at each place; none: gone
	live     int
	bytes    int64 // of memory
	size     int64 // of values
	gone     int64 // of texts and lists among them whose rows are gone
	longest  int   // no value has more bytes
}

type rowSlot struct {
	tag uint32 // the upper half of the hash
	id  uint32 // the row + 1; 0: free
}

const (
	chunkRows      = 1024
	thinChunk      = 64                                // a chunk that is being filled isn't moved for so few rows
	longValue      = vec.MaxPlainBytes / vec.BatchRows // up to this length, values don't make batches smaller
	joinRowBytes   = 32
	joinChunkBytes = 96
	minRowSlots    = 16
)

// newJoinStore makes a store of rows of those columns. byValue: rows are found by their values; times, counts: whether rows have those.
func newJoinStore(types []vec.Type, byValue, times, counts bool) *joinStore {
	s := &joinStore{types: types, open: none, cols: make([][]*vec.Vec, len(types)), longest: 1}
	if byValue {
		s.index, s.hashes = make([]rowSlot, minRowSlots), []uint64{}
	}
	if times {
		s.times = []int64{}
	}
	if counts {
		s.counts = []int64{}
	}
	return s
}

// newRow makes a row of weight 0 whose values are appended later (see appendRows).
func (s *joinStore) newRow(key uint32) uint32 {
	r := joinRow{key: key, next: none, prev: none}
	s.live++
	if n := len(s.free); n > 0 {
		id := s.free[n-1]
		s.free = s.free[:n-1]
		s.rows[id] = r
		if s.counts != nil {
			s.counts[id] = 0
		}
		return id
	}
	s.rows = append(s.rows, r)
	if s.times != nil {
		s.times = append(s.times, 0)
	}
	if s.counts != nil {
		s.counts = append(s.counts, 0)
	}
	if s.hashes != nil {
		s.hashes = append(s.hashes, 0)
	}
	return uint32(len(s.rows) - 1)
}

// appendRows stores the values of new rows: ids[i]'s are row from[i] of b, of which no value has more than longest bytes.
func (s *joinStore) appendRows(b *vec.Batch, from, ids []uint32, longest int) {
	for len(ids) > 0 {
		c := s.openChunk()
		n := min(len(ids), chunkRows-len(c.owner), max(1, vec.MaxPlainBytes/longest))
		for i, id := range ids[:n] {
			s.rows[id].at = vec.Ref{Batch: s.open, Row: uint32(len(c.owner) + i)}
		}
		for i, builder := range c.builders {
			builder.Append(b.Cols[i], from[:n])
		}
		s.appended(c, ids[:n], longest)
		from, ids = from[n:], ids[n:]
	}
}

// openChunk is the chunk that is filled, a new one if it is full.
func (s *joinStore) openChunk() *joinChunk {
	if s.open != none {
		if c := &s.chunks[s.open]; len(c.owner) < chunkRows && c.bytes < vec.MaxPlainBytes {
			return c
		}
	}
	last := s.open
	if n := len(s.freeChunks); n > 0 {
		s.open = s.freeChunks[n-1]
		s.freeChunks = s.freeChunks[:n-1]
	} else {
		s.open = uint32(len(s.chunks))
		s.chunks = append(s.chunks, joinChunk{})
		for i := range s.cols {
			s.cols[i] = append(s.cols[i], nil)
		}
	}
	c := &s.chunks[s.open]
	room := min(chunkRows, s.live) // as many as there are already: a small store stays small, and a large one's chunks don't grow step by step
	*c = joinChunk{views: make([]vec.Vec, len(s.types)), owner: make([]uint32, 0, room), longest: 1}
	for i, t := range s.types {
		b := vec.NewBuilder(t, room)
		if last != none && last != s.open && t.IsVar() {
			b.Reserve(room * meanLength(s.cols[i][last]))
		}
		c.builders = append(c.builders, b)
		s.cols[i][s.open] = &c.views[i]
	}
	return c
}

// meanLength is about how long the texts of a column are, at most so long that a chunk of them isn't large.
func meanLength(v *vec.Vec) int {
	if v.N == 0 {
		return 0
	}
	return min(1+len(v.Data)/v.N, 256)
}

// appended takes note of rows that were appended to the open chunk's builders, of which no value has more than longest bytes.
func (s *joinStore) appended(c *joinChunk, ids []uint32, longest int) {
	c.owner = append(c.owner, ids...)
	c.live += len(ids)
	held := int64(4 * cap(c.owner))
	c.size = 0
	for i, b := range c.builders {
		b.View(&c.views[i])
		held += b.Size()
		c.size += c.views[i].Size()
	}
	s.bytes += held - c.bytes
	c.bytes = held
	if longest > longValue { // it may be another partition's
		n := len(c.owner)
		longest = longestValue((&vec.Batch{N: n, Cols: s.columns(s.open)}).Slice(n-len(ids), n))
	}
	c.longest = max(c.longest, longest)
	s.longest = max(s.longest, longest)
}

// columns is a chunk's columns.
func (s *joinStore) columns(chunk uint32) []*vec.Vec {
	out := make([]*vec.Vec, len(s.cols))
	for i := range out {
		out[i] = s.cols[i][chunk]
	}
	return out
}

// removeRow forgets a row, which is in no chain.
func (s *joinStore) removeRow(id uint32) {
	at := s.rows[id].at
	s.rows[id].weight = 0
	c := &s.chunks[at.Batch]
	c.owner[at.Row] = none
	c.live--
	s.live--
	for i := range c.views {
		c.gone += int64(c.views[i].VarBytes(int(at.Row)))
	}
	if s.index != nil {
		s.unindex(id)
	}
	s.free = append(s.free, id)
	if !c.isSparse(at.Batch == s.open) {
		return
	}
	if at.Batch == s.open {
		s.open = none
	}
	s.vacate(at.Batch)
}

// isSparse reports whether it is time to move a chunk's rows. open: it is the one that is being filled.
func (c *joinChunk) isSparse(open bool) bool {
	if 2*c.gone > c.size && c.gone > longValue {
		return true
	}
	return 2*c.live <= len(c.owner) && (!open || c.live == 0 || len(c.owner) >= thinChunk)
}

// vacate moves a chunk's rows to the end and frees it.
func (s *joinStore) vacate(chunk uint32) {
	var ids []uint32
	longest := s.chunks[chunk].longest
	for _, id := range s.chunks[chunk].owner {
		if id != none {
			ids = append(ids, id)
		}
	}
	for len(ids) > 0 {
		c := s.openChunk()
		n := min(len(ids), chunkRows-len(c.owner), max(1, vec.MaxPlainBytes/longest))
		refs := s.refsOf(ids[:n])
		for i, builder := range c.builders {
			builder.AppendRefs(s.cols[i], refs)
		}
		for i, id := range ids[:n] {
			s.rows[id].at = vec.Ref{Batch: s.open, Row: uint32(len(c.owner) + i)}
		}
		s.appended(c, ids[:n], longest)
		ids = ids[n:]
	}
	s.freeChunk(chunk)
}

func (s *joinStore) freeChunk(chunk uint32) {
	s.bytes -= s.chunks[chunk].bytes
	longest := s.chunks[chunk].longest
	s.chunks[chunk] = joinChunk{}
	for i := range s.cols {
		s.cols[i][chunk] = nil
	}
	s.freeChunks = append(s.freeChunks, chunk)
	if longest < s.longest || longest <= longValue {
		return
	}
	s.longest = 1
	for i := range s.chunks {
		s.longest = max(s.longest, s.chunks[i].longest)
	}
}

// refsOf is where the values of rows are; none is no row. It is valid until the next call.
func (s *joinStore) refsOf(ids []uint32) []vec.Ref {
	s.refs = s.refs[:0]
	for _, id := range ids {
		if id == none {
			s.refs = append(s.refs, vec.Ref{Row: vec.NoRow})
			continue
		}
		s.refs = append(s.refs, s.rows[id].at)
	}
	return s.refs
}

// link puts a row in front of its key's.
func (s *joinStore) link(id uint32, head *uint32) {
	r := &s.rows[id]
	r.next = *head
	if *head != none {
		s.rows[*head].prev = id
	}
	*head = id
}

// unlink takes a row out of its key's.
func (s *joinStore) unlink(id uint32, head *uint32) {
	r := &s.rows[id]
	if r.prev == none {
		*head = r.next
	} else {
		s.rows[r.prev].next = r.next
	}
	if r.next != none {
		s.rows[r.next].prev = r.prev
	}
}

// touch remembers how a row was before the epoch.
func (s *joinStore) touch(id uint32) {
	r := &s.rows[id]
	if r.mark != 0 {
		return
	}
	was := touchedRow{row: id, weight: r.weight}
	if s.counts != nil {
		was.count = s.counts[id]
	}
	s.touched = append(s.touched, was)
	r.mark = uint32(len(s.touched))
}

// held is the memory of the store.
func (s *joinStore) held() int64 {
	n := joinRowBytes*cap(s.rows) + 8*(cap(s.times)+cap(s.counts)+cap(s.hashes)+cap(s.index)) + 4*(cap(s.free)+cap(s.freeChunks))
	return int64(n) + s.bytes + int64(cap(s.chunks)*(joinChunkBytes+8*len(s.types)))
}

// batch is rows as a batch of their own, for messages.
func (s *joinStore) batch(ids ...uint32) *vec.Batch {
	b := &vec.Batch{N: len(ids)}
	refs := s.refsOf(ids)
	for i, t := range s.types {
		col := vec.NewBuilder(t, len(ids))
		col.AppendRefs(s.cols[i], refs)
		b.Cols = append(b.Cols, col.Finish())
	}
	return b
}

// longestValue is the number of bytes of the longest string or list of a batch, at least 1.
func longestValue(b *vec.Batch) int {
	longest := 1
	for _, v := range b.Cols {
		if v.Type.Kind == vec.List {
			longest = max(longest, longestList(v))
			continue
		}
		longest = max(longest, v.Longest())
	}
	return longest
}

func longestList(v *vec.Vec) int {
	longest := 0
	for i := range v.N {
		if v.IsNull(i) {
			continue
		}
		child, from, to := v.List(i)
		n := (to - from) * max(1, child.Type.Width())
		if child.Type.IsVar() {
			n = 4*(to-from) + int(child.Offsets[to]-child.Offsets[from])
		}
		longest = max(longest, n)
	}
	return longest
}

// source is where the rows' values are.
func (s *joinStore) source() joinRows { return joinRows{cols: s.cols, longest: s.longest} }
