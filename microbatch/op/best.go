package op

import (
	"bytes"

	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
)

// bestTable keeps, of the rows with the same key, the one that its ranking puts first: of an epoch, on one worker, or from epoch to epoch.
//
//	key "a": at 5, at 3   key "b": at 4        ordered by at
//	groups  0 "a"   1 "b"
//	store   3       4        the other columns, and behind them the text of the ranking, by which the next row is compared
type bestTable struct {
	shape  *keyedShape
	rank   *ranking
	text   func(b *vec.Batch, at Seq) *vec.Vec // of the ranking: its order or whole
	gone   bool                                // before the text there is a column that says whether the row takes its key away (Diff < 0)
	groups group.Groups
	store  *rowStore

	use     tableUse
	charged int64
	ids     []uint32 // scratch: a batch's keys
	wins    []uint32 // scratch, by key: 1 + the row that comes first so far, of those meant
	won     []uint32 // scratch: keys that have one
	rows    []uint32 // scratch
}

// newBestTable makes a table. If the order of arrival counts, then that decides, and the text need not have all columns.
func newBestTable(s *keyedShape, r *ranking, gone bool) *bestTable {
	t := &bestTable{shape: s, rank: r, text: r.order, gone: gone, groups: s.newGroups()}
	if !r.seq {
		t.text = r.whole
	}
	t.store = newRowStore(t.types())
	return t
}

func (t *bestTable) types() []vec.Type {
	if t.gone {
		return t.shape.restTypes(vec.TBool, vec.TBinary)
	}
	return t.shape.restTypes(vec.TBinary)
}

// texts is the store's column of texts.
func (t *bestTable) texts() *storeColumn { return &t.store.cols[len(t.store.cols)-1] }

// Len is the number of keys.
func (t *bestTable) Len() int { return t.groups.Len() }

// Hash is the hash of a key.
func (t *bestTable) Hash(key uint32) uint64 { return t.groups.Hash(key) }

// push takes rows, and charges for them.
func (t *bestTable) push(b *vec.Batch, at Seq) error {
	known := uint32(t.groups.Len())
	t.use.add(b.Rows())
	t.ids = sized(t.ids, b.Rows())
	t.groups.Intern(t.shape.keyColumns(b), b.N, b.Sel, t.ids)
	t.store.grow(t.groups.Len())
	if n := t.groups.Len() - len(t.wins); n > 0 {
		t.wins = append(t.wins, make([]uint32, n)...)
	}
	texts := t.text(b, at)
	t.choose(b, texts, known)
	t.take(b, texts)
	t.charge()
	return overBudget(t.shape.env)
}

// choose finds the keys for which a row of b comes before the one that is there: won, with their rows in wins. Keys from known on have none
// there.
func (t *bestTable) choose(b *vec.Batch, texts *vec.Vec, known uint32) {
	there := t.texts()
	t.won = t.won[:0]
	for k, key := range t.ids {
		win, c := t.wins[key], -1
		switch {
		case win > 0:
			c = bytes.Compare(texts.Str(k), texts.Str(int(win-1)))
		case key < known:
			c = bytes.Compare(texts.Str(k), there.text(key))
			if c == 0 && t.rank.seq {
				c = t.compareRest(b, b.Row(k), key)
			}
		}
		if c >= 0 {
			continue
		}
		if win == 0 {
			t.won = append(t.won, key)
		}
		t.wins[key] = uint32(k) + 1
	}
}

// compareRest compares a row with the one that is there by all columns. It comes to that only if both have the same place in their
// source: they are the same row, which has come on two ways.
func (t *bestTable) compareRest(b *vec.Batch, row int, key uint32) int {
	rows := []uint32{uint32(row)}
	other := newRowStore(t.types())
	other.grow(1)
	for i, c := range t.shape.rest {
		other.cols[i].set([]uint32{0}, b.Cols[c], rows, 1)
	}
	if t.gone {
		other.cols[len(t.shape.rest)].set([]uint32{0}, goneColumn(b), rows, 1)
	}
	return compareStored(other, 0, t.store, key)
}

// compareStored compares rows of two stores by all columns but the last, which is their text.
func compareStored(a *rowStore, i uint32, b *rowStore, j uint32) int {
	n := len(b.cols) - 1
	keys := make([]order.Key, n)
	x := order.Encode(a.gather([]uint32{i})[:n], keys, 1)
	y := order.Encode(b.gather([]uint32{j})[:n], keys, 1)
	return bytes.Compare(x.Row(0), y.Row(0))
}

// take puts the rows that have won into the store.
func (t *bestTable) take(b *vec.Batch, texts *vec.Vec) {
	t.rows = sized(t.rows, len(t.won))
	for i, key := range t.won {
		t.rows[i] = t.wins[key] - 1
		t.wins[key] = 0
	}
	t.texts().set(t.won, texts, t.rows, t.store.n)
	for i, row := range t.rows {
		t.rows[i] = uint32(b.Row(int(row)))
	}
	for i, c := range t.shape.rest {
		t.store.cols[i].set(t.won, b.Cols[c], t.rows, t.store.n)
	}
	if t.gone {
		t.store.cols[len(t.shape.rest)].set(t.won, goneColumn(b), t.rows, t.store.n)
	}
}

// goneColumn says of each row whether its Diff is below 0.
func goneColumn(b *vec.Batch) *vec.Vec {
	v := &vec.Vec{Type: vec.TBool, N: b.N, Data: vec.Alloc(vec.BitmapLen(b.N))}
	if b.Diff != nil {
		for i := range b.Rows() {
			vec.PutBit(v.Data, b.Row(i), b.Diff[b.Row(i)] < 0)
		}
	}
	return v
}

// isGone reports whether the row of a key takes it away.
func (t *bestTable) isGone(key uint32) bool {
	return t.gone && t.store.cols[len(t.shape.rest)].data[key] != 0
}

// merge takes the rows of keys of another table.
func (t *bestTable) merge(from *bestTable, src []uint32) error {
	known := uint32(t.groups.Len())
	t.ids = sized(t.ids, len(src))
	t.groups.Merge(from.groups, src, t.ids)
	t.store.grow(t.groups.Len())
	t.won, t.rows = t.won[:0], t.rows[:0]
	for k, key := range t.ids {
		if key >= known || t.before(from, src[k], key) {
			t.won, t.rows = append(t.won, key), append(t.rows, src[k])
		}
	}
	for from0 := 0; from0 < len(t.won); from0 += vec.BatchRows {
		to := min(len(t.won), from0+vec.BatchRows)
		t.store.set(t.won[from0:to], from.store.gather(t.rows[from0:to]), nil)
	}
	t.charge()
	return overBudget(t.shape.env)
}

// before reports whether another table's row of its key src comes before this one's of key.
func (t *bestTable) before(from *bestTable, src, key uint32) bool {
	c := bytes.Compare(from.texts().text(src), t.texts().text(key))
	if c == 0 && t.rank.seq {
		c = compareStored(from.store, src, t.store, key)
	}
	return c < 0
}

func (t *bestTable) charge() {
	n := t.bytes()
	t.shape.env.Account.Charge(n - t.charged)
	t.charged = n
}

func (t *bestTable) bytes() int64 {
	return t.groups.Bytes() + t.store.bytes() + int64(4*(cap(t.ids)+cap(t.wins)+cap(t.won)+cap(t.rows)))
}

// reset forgets all keys.
func (t *bestTable) reset() {
	switch {
	case t.use.outgrown(t.bytes()):
		t.groups, t.store, t.ids, t.wins, t.won, t.rows = t.shape.newGroups(), newRowStore(t.types()), nil, nil, nil, nil
	case t.Len() > 0:
		t.groups.Reset()
		t.store.reset()
		t.wins = t.wins[:0]
	}
	t.charge()
}

func (t *bestTable) drop() {
	t.shape.env.Account.Release(t.charged)
	t.charged = 0
}

// emit emits the rows of those keys.
func (t *bestTable) emit(keys []uint32, at Seq, out Out) error {
	step := min(t.store.maxRows(), max(1, maxColumnBytes/max(1, t.groups.Longest())))
	for from := 0; from < len(keys); from += step {
		some := keys[from:min(len(keys), from+step)]
		at.Offset = int64(from)
		b := t.shape.batch(len(some), t.groups.Keys(some), t.store.gather(some))
		if err := out.Emit(Main, at, b); err != nil {
			return err
		}
	}
	return nil
}
