package op

import (
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
	s.saves.mark(u.keys)
	s.meet(u.keys)
	u.look(&u.before)
	u.countMissing()
	s.bags.Merge(from.bags, src, u.keys)
	if s.shape.cuts {
		s.note(u.keys)
		s.cut()
	}
	if err := u.checkTotals(); err != nil {
		return err
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
