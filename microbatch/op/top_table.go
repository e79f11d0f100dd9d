package op

import (
	"encoding/binary"
	"math"

	"github.com/pwcol/pwcol/kernels/bag"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// manyShape is what the tables of a topMany have in common.
type manyShape struct {
	keyedShape
	rank *ranking
	want int64 // of each key's rows only the first so many matter
	cuts bool  // rows beyond those are thrown away, for none before them ever goes
}

// manyTable keeps rows by key in the order of their ranking, each as the text that the ranking makes of it: of an epoch, on one worker, or from
// epoch to epoch.
//
//	key "a": at 5, at 3   key "b": at 4        ordered by at
//	groups  0 "a"   1 "b"
//	bags    at 3, at 5    at 4
type manyTable struct {
	shape  *manyShape
	groups group.Groups
	bags   *bag.Bags

	// If rows are thrown away: bars has of each key with enough rows the first bytes of the last one's text, what is above is not taken; fresh are
	// the keys that have got more since they were last cut.
	bars    []uint64
	fresh   []uint32
	isFresh []bool
	added   int // rows since then

	times   uint64      // how often the epoch's rows have come and gone: see maxTimes; only on a worker
	live    int         // keys that have rows; only in the state
	saves   *tableSaves // only in the state, and nil if it isn't saved
	use     tableUse
	charged int64
	ids     []uint32 // scratch: a batch's keys
	sel     []uint32 // scratch: a batch's rows that are below the bars
}

// noBar lets all pass.
const noBar = math.MaxUint64

func newManyTable(s *manyShape) *manyTable {
	return &manyTable{shape: s, groups: s.newGroups(), bags: bag.NewTexts()}
}

// Len is the number of keys.
func (t *manyTable) Len() int { return t.groups.Len() }

// Hash is the hash of a key.
func (t *manyTable) Hash(key uint32) uint64 { return t.groups.Hash(key) }

func (t *manyTable) grow() {
	n := t.groups.Len()
	t.bags.Grow(n)
	for t.shape.cuts && len(t.bars) < n {
		t.bars, t.isFresh = append(t.bars, noBar), append(t.isFresh, false)
	}
}

// push takes rows, and charges for them.
func (t *manyTable) push(b *vec.Batch, at Seq) error {
	t.use.add(b.Rows())
	if b.Diff != nil {
		t.times = plusTimes(t.times, b)
	}
	t.ids = sized(t.ids, b.Rows())
	t.groups.Intern(t.shape.keyColumns(b), b.N, b.Sel, t.ids)
	t.grow()
	ids := t.ids
	if t.shape.cuts && len(t.bars) > 0 {
		b, ids = t.belowBars(b, at, ids)
	}
	texts := t.shape.rank.whole(b, at)
	for k, key := range ids {
		d := int64(1)
		if b.Diff != nil {
			d = b.Diff[b.Row(k)]
		}
		t.bags.AddText(key, texts.Str(k), d)
	}
	t.note(ids)
	limit := cutRows
	if n := t.shape.env.Test.MaxLocalGroups; n > 0 {
		limit = n
	}
	if t.added > limit {
		t.cut()
	}
	t.charge()
	return overBudget(t.shape.env)
}

// cutRows is how many rows are taken before those beyond the wanted ones are thrown away: often enough that few are held for nothing, seldom
// enough that a key is cut once for many rows.
const cutRows = 4 * vec.BatchRows

// belowBars is the rows of b that may be among the first of their keys, and their keys.
func (t *manyTable) belowBars(b *vec.Batch, at Seq, ids []uint32) (*vec.Batch, []uint32) {
	texts := t.shape.rank.order(b, at)
	t.sel = t.sel[:0]
	if t.sel == nil {
		t.sel = []uint32{} // nil would be all rows
	}
	n := 0
	for k, key := range ids {
		if firstBytes(texts.Str(k)) > t.bars[key] {
			continue
		}
		ids[n] = key
		n++
		t.sel = append(t.sel, uint32(b.Row(k)))
	}
	below := *b
	below.Sel = t.sel
	return &below, ids[:n]
}

// firstBytes is the first eight bytes of a text as a number that orders like them.
func firstBytes(text []byte) uint64 {
	if len(text) >= 8 {
		return binary.BigEndian.Uint64(text)
	}
	var first [8]byte
	copy(first[:], text)
	return binary.BigEndian.Uint64(first[:])
}

// note remembers which keys have got rows.
func (t *manyTable) note(ids []uint32) {
	if !t.shape.cuts {
		return
	}
	t.added += len(ids)
	for _, key := range ids {
		if !t.isFresh[key] {
			t.isFresh[key] = true
			t.fresh = append(t.fresh, key)
		}
	}
}

// cut throws away the rows that can't matter any more.
func (t *manyTable) cut() {
	want := t.shape.want
	for _, key := range t.fresh {
		t.isFresh[key] = false
		if t.bags.Total(key) < want {
			continue
		}
		t.bags.Trim(key, want)
		if want > 0 {
			t.bars[key] = firstBytes(t.bags.Text(t.bags.At(key, want-1)))
		}
	}
	t.fresh, t.added = t.fresh[:0], 0
}

// merge takes the rows of keys of another table.
func (t *manyTable) merge(from *manyTable, src []uint32) error {
	t.ids = sized(t.ids, len(src))
	t.take(from, src, t.ids)
	t.charge()
	return overBudget(t.shape.env)
}

// take is merge; ids become this table's numbers of the keys.
func (t *manyTable) take(from *manyTable, src, ids []uint32) {
	t.groups.Merge(from.groups, src, ids)
	t.grow()
	t.bags.Merge(from.bags, src, ids)
	t.note(ids)
}

// meet counts the keys that are new: those that have no rows. See forget.
func (t *manyTable) meet(keys []uint32) {
	for _, key := range keys {
		if !t.has(key) {
			t.live++
		}
	}
}

// forget removes those of the keys that have no rows any more.
func (t *manyTable) forget(keys []uint32) {
	var empty []uint32
	for _, key := range keys {
		if !t.has(key) {
			empty = append(empty, key)
		}
	}
	t.saves.markGone(t.groups, empty)
	t.groups.Remove(empty)
	t.live -= len(empty)
}

func (t *manyTable) bytes() int64 {
	return t.groups.Bytes() + t.bags.Bytes() + int64(8*cap(t.bars)+4*(cap(t.fresh)+cap(t.ids)+cap(t.sel))+cap(t.isFresh)) + t.saves.bytes()
}

func (t *manyTable) charge() {
	n := t.bytes()
	t.shape.env.Account.Charge(n - t.charged)
	t.charged = n
}

// reset forgets all keys.
func (t *manyTable) reset() {
	switch {
	case t.use.outgrown(t.bytes()):
		use, charged := t.use, t.charged
		*t = *newManyTable(t.shape)
		t.use, t.charged = use, charged
	case t.Len() > 0:
		t.groups.Reset()
		t.bags.Reset()
		t.bars, t.fresh, t.isFresh, t.added = t.bars[:0], t.fresh[:0], t.isFresh[:0], 0
	}
	t.charge()
}

func (t *manyTable) drop() {
	t.shape.env.Account.Release(t.charged)
	t.charged = 0
}
