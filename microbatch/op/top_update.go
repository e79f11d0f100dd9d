package op

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
)

// topUpdate brings some keys of a topMany's state up to date and emits what changes: of each key, what goes before what comes.
type topUpdate struct {
	top   *topMany
	state *manyTable
	at    Seq
	out   Out

	keys          []uint32 // being brought up to date
	before, after topWindow
	missing       []int64  // by key: how many rows had gone that never were, before
	entries       []uint64 // scratch

	// what is to be emitted
	cols    []*vec.Builder // as the ranking's columns
	rowKeys []uint32
	diff    []int64
	numbers []int64
	bytes   int
}

// topWindow is the wanted rows of some keys, in order: key k's are rows[from[k]:from[k+1]]. Their texts are without the order of arrival, which
// nobody sees.
type topWindow struct {
	texts []byte
	rows  []topRow
	from  []int
}

// topRow is a text and how often it is there.
type topRow struct {
	at, end int
	n       int64
}

func (w *topWindow) text(r topRow) []byte { return w.texts[r.at:r.end] }

func (w *topWindow) of(k int) []topRow { return w.rows[w.from[k]:w.from[k+1]] }

func newTopUpdate(t *topMany, state *manyTable, at Seq, out Out) *topUpdate {
	u := &topUpdate{top: t, state: state, at: at, out: out}
	for _, c := range t.shape.rank.columns {
		u.cols = append(u.cols, vec.NewBuilder(t.shape.schema.Field(c).Type, 0))
	}
	return u
}

// run takes the rows of keys of another table.
func (u *topUpdate) run(from *manyTable, src []uint32) error {
	s := u.state
	u.keys = sized(u.keys, len(src))
	s.groups.Merge(from.groups, src, u.keys)
	s.grow()
	if s.shape.cuts {
		src = u.promising(from, src)
	}
	s.meet(u.keys)
	u.look(&u.before)
	u.countMissing()
	s.bags.Merge(from.bags, src, u.keys)
	if s.shape.cuts {
		s.note(u.keys)
		s.cut()
	}
	if err := u.reportMissing(); err != nil {
		return err
	}
	u.look(&u.after)
	for k := range u.keys {
		if err := u.compare(k); err != nil {
			return err
		}
	}
	if err := u.flush(); err != nil {
		return err
	}
	s.forget(u.keys)
	return nil
}

// promising leaves out the keys whose first row comes behind all that are wanted, of which there are enough: nearly all, in the long
// run.
func (u *topUpdate) promising(from *manyTable, src []uint32) []uint32 {
	n := 0
	for k, key := range u.keys {
		if from.bags.Total(src[k]) == 0 || firstBytes(from.bags.Text(from.bags.At(src[k], 0))) > u.state.bars[key] {
			continue
		}
		u.keys[n], src[n] = key, src[k]
		n++
	}
	u.keys = u.keys[:n]
	return src[:n]
}

// look reads the keys' wanted rows.
func (u *topUpdate) look(w *topWindow) {
	w.texts, w.rows, w.from = w.texts[:0], w.rows[:0], append(w.from[:0], 0)
	stride := u.state.bags.Stride()
	for _, key := range u.keys {
		u.entries = u.state.bags.Head(key, u.state.shape.want, u.entries[:0])
		skip, left := u.top.node.Offset, u.state.shape.want-u.top.node.Offset
		for i := 0; i < len(u.entries) && left > 0; i += stride {
			n := max(0, int64(u.entries[i+stride-1])) // below 0: what has gone and never was
			skipped := min(skip, n)
			skip -= skipped
			n = min(n-skipped, left)
			if n > 0 {
				left -= n
				w.add(u.state.shape.rank, u.state.bags.Text(u.entries[i:i+stride]), n)
			}
		}
		rows := w.rows[w.from[len(w.from)-1]:]
		if u.state.shape.rank.seq && !u.top.node.Number { // in the order in which compare wants them
			slices.SortStableFunc(rows, func(x, y topRow) int { return bytes.Compare(w.text(x), w.text(y)) })
		}
		w.from = append(w.from, len(w.rows))
	}
}

func (w *topWindow) add(r *ranking, text []byte, n int64) {
	at := len(w.texts)
	if r.seq {
		ordered := r.orderLen(text)
		w.texts = append(w.texts, text[:ordered]...)
		text = text[ordered+seqBytes:]
	}
	w.texts = append(w.texts, text...)
	w.rows = append(w.rows, topRow{at, len(w.texts), n})
}

// compare emits what has become of a key's wanted rows.
func (u *topUpdate) compare(k int) error {
	if u.top.node.Number {
		return u.compareNumbered(k)
	}
	for _, sign := range []int64{-1, 1} {
		from, to := &u.before, &u.after
		if sign > 0 {
			from, to = to, from
		}
		if err := u.emitBeyond(k, from, to, sign); err != nil {
			return err
		}
	}
	return nil
}

// emitBeyond emits what a window has more often than the other one. Both are sorted.
func (u *topUpdate) emitBeyond(k int, w, other *topWindow, sign int64) error {
	others := other.of(k)
	rows := w.of(k)
	for i := 0; i < len(rows); {
		r := rows[i]
		n := int64(0)
		for ; i < len(rows) && bytes.Equal(w.text(rows[i]), w.text(r)); i++ { // equal rows that have arrived apart
			n += rows[i].n
		}
		for len(others) > 0 && bytes.Compare(other.text(others[0]), w.text(r)) < 0 {
			others = others[1:]
		}
		for len(others) > 0 && bytes.Equal(other.text(others[0]), w.text(r)) {
			n -= others[0].n
			others = others[1:]
		}
		if n > 0 {
			if err := u.emitTimes(k, w.text(r), sign, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// emitTimes emits a row that many times: where rows only come, as so many rows.
func (u *topUpdate) emitTimes(k int, text []byte, sign, n int64) error {
	if !u.state.shape.final {
		return u.emit(k, text, sign*n, 0)
	}
	for range n {
		if err := u.emit(k, text, 1, 0); err != nil {
			return err
		}
	}
	return nil
}

// compareNumbered emits the rows whose number has changed.
func (u *topUpdate) compareNumbered(k int) error {
	old, now := cursor{rows: u.before.of(k)}, cursor{rows: u.after.of(k)}
	for number := u.top.node.Offset + 1; old.any() || now.any(); number++ {
		if old.any() && now.any() && bytes.Equal(u.before.text(old.row()), u.after.text(now.row())) {
			old.next()
			now.next()
			continue
		}
		if old.any() {
			if err := u.emit(k, u.before.text(old.row()), -1, number); err != nil {
				return err
			}
			old.next()
		}
		if now.any() {
			if err := u.emit(k, u.after.text(now.row()), 1, number); err != nil {
				return err
			}
			now.next()
		}
	}
	return nil
}

// cursor goes over rows, each as often as it is there.
type cursor struct {
	rows []topRow
	done int64 // of the first row
}

func (c *cursor) any() bool { return len(c.rows) > 0 }

func (c *cursor) row() topRow { return c.rows[0] }

func (c *cursor) next() {
	c.done++
	if c.done == c.rows[0].n {
		c.rows, c.done = c.rows[1:], 0
	}
}

// emit adds a row to the batch that is being made.
func (u *topUpdate) emit(k int, text []byte, diff, number int64) error {
	u.state.shape.rank.decode(text, u.cols)
	u.rowKeys = append(u.rowKeys, u.keys[k])
	u.diff = append(u.diff, diff)
	u.numbers = append(u.numbers, number)
	u.bytes += len(text) + u.state.groups.Longest()
	if len(u.rowKeys) < vec.BatchRows && u.bytes < vec.MaxPlainBytes {
		return nil
	}
	return u.flush()
}

func (u *topUpdate) flush() error {
	n := len(u.rowKeys)
	if n == 0 {
		return nil
	}
	s := &u.state.shape.keyedShape
	b := &vec.Batch{N: n, Cols: make([]*vec.Vec, s.schema.Len())}
	for i, v := range u.state.groups.Keys(u.rowKeys) {
		b.Cols[s.keys[i]] = v
	}
	for i, c := range u.state.shape.rank.columns {
		b.Cols[c] = u.cols[i].Vec()
	}
	if u.top.node.Number {
		b.Cols = append(b.Cols, &vec.Vec{Type: vec.TInt64, N: n, Data: vec.Bytes(u.numbers)})
	}
	if !s.final {
		b.Diff = u.diff
	}
	err := u.out.Emit(Main, u.at, b)
	u.at.Offset += int64(n)
	u.rowKeys, u.diff, u.numbers, u.bytes = u.rowKeys[:0], u.diff[:0], u.numbers[:0], 0
	for _, c := range u.cols {
		c.Reset()
	}
	return err
}

// countMissing notes how many rows of each key have gone that never were.
func (u *topUpdate) countMissing() {
	u.missing = u.missing[:0]
	for _, key := range u.keys {
		n, _ := u.state.missing(key, &u.entries)
		u.missing = append(u.missing, n)
	}
}

// reportMissing reports the keys for which there are more of them now.
func (u *topUpdate) reportMissing() error {
	s := u.state.shape
	for k, key := range u.keys {
		n, text := u.state.missing(key, &u.entries)
		if n <= u.missing[k] {
			continue
		}
		cols := make([]*vec.Builder, len(s.rank.columns))
		for i, c := range s.rank.columns {
			cols[i] = vec.NewBuilder(s.schema.Field(c).Type, 1)
		}
		s.rank.decode(text, cols)
		b := &vec.Batch{N: 1, Cols: make([]*vec.Vec, s.schema.Len())}
		for i, v := range u.state.groups.Keys([]uint32{key}) {
			b.Cols[s.keys[i]] = v
		}
		for i, c := range s.rank.columns {
			b.Cols[c] = cols[i].Vec()
		}
		if err := s.env.Inconsistency(s.schema, b, 0); err != nil {
			return err
		}
	}
	return nil
}

// missing is how many rows of a key have gone that never were, and the text of one.
func (t *manyTable) missing(key uint32, scratch *[]uint64) (n int64, text []byte) {
	if !t.bags.Negative(key) {
		return 0, nil
	}
	*scratch = t.bags.Entries(key, (*scratch)[:0])
	stride := t.bags.Stride()
	for i := 0; i < len(*scratch); i += stride {
		if e := (*scratch)[i : i+stride]; int64(e[stride-1]) < 0 {
			n -= int64(e[stride-1])
			text = t.bags.Text(e)
		}
	}
	return n, text
}

// meet counts the keys that are new: those that have no rows. See forget.
func (t *manyTable) meet(keys []uint32) {
	for _, key := range keys {
		if t.bags.Total(key) == 0 && !t.bags.Negative(key) {
			t.live++
		}
	}
}

// forget removes those of the keys that have no rows any more.
func (t *manyTable) forget(keys []uint32) {
	var empty []uint32
	for _, key := range keys {
		if t.bags.Total(key) == 0 && !t.bags.Negative(key) {
			empty = append(empty, key)
		}
	}
	t.groups.Remove(empty)
	t.live -= len(empty)
}

// decode appends the columns of a row, whose text is without the order of arrival, to builders.
func (r *ranking) decode(text []byte, cols []*vec.Builder) {
	for i, c := range cols {
		rest, err := order.Decode(c, text, r.keys[i])
		if err != nil {
			panic(fmt.Sprintf("a row that was kept can't be read: %v", err)) // it was written here
		}
		text = rest
	}
}

// orderLen is how many bytes of a text are the columns of the order.
func (r *ranking) orderLen(text []byte) int {
	rest := text
	for i := range r.ordered {
		rest = order.Skip(rest, r.types[i], r.keys[i])
	}
	return len(text) - len(rest)
}
