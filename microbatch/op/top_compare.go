package op

import (
	"bytes"
)

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
