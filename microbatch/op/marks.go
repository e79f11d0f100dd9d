package op

import (
	"math/bits"
)

// marks say which numbers of a table, of groups or rows, have to be saved (see Durable). The zero marks are of an empty table.
//
//	number    0 1 2 3
//	changed   1 0 0 1     since the last BeginSave
//	due       0 1 0 0     were changed before it, and are still to be written, as they were then
//
// Before a number that is due changes it is written to one side, and is due no more. So changed and due can be told apart though
// epochs pass while a checkpoint is written. Cost: two bits a number; a few instructions for each one that an epoch changes.
type marks struct {
	changed, due []uint64
	next         int // no number below is due
}

// begin makes what has changed due, or, if whole is set, the numbers below n.
func (m *marks) begin(whole bool, n int) {
	m.due, m.changed = m.changed, m.due // which has nothing: the last save is done
	m.next = 0
	if !whole {
		return
	}
	clear(m.due)
	m.due = grownMarks(m.due, n)
	for i := range n / 64 {
		m.due[i] = ^uint64(0)
	}
	if n%64 > 0 {
		m.due[n/64] = 1<<(n%64) - 1
	}
}

// change marks numbers that are about to change. Those that are due are appended to due, and aren't any longer.
func (m *marks) change(ids, due []uint32) []uint32 {
	for _, id := range ids {
		w, bit := int(id/64), uint64(1)<<(id%64)
		if w >= len(m.changed) {
			m.changed = grownMarks(m.changed, 64*(w+1))
		}
		m.changed[w] |= bit
		if w < len(m.due) && m.due[w]&bit != 0 {
			m.due[w] &^= bit
			due = append(due, id)
		}
	}
	return due
}

// isChanged reports whether a number has changed since begin.
func (m *marks) isChanged(id uint32) bool {
	w := int(id / 64)
	return w < len(m.changed) && m.changed[w]>>(id%64)&1 != 0
}

// isDue reports whether a number is still to be written.
func (m *marks) isDue(id uint32) bool {
	w := int(id / 64)
	return w < len(m.due) && m.due[w]>>(id%64)&1 != 0
}

// take takes up to most of the numbers that are due, the smallest first, and appends them to ids.
func (m *marks) take(most int, ids []uint32) []uint32 {
	for w := m.next / 64; w < len(m.due); w++ {
		for m.due[w] != 0 {
			if most == 0 {
				m.next = 64 * w
				return ids
			}
			bit := bits.TrailingZeros64(m.due[w])
			m.due[w] &^= 1 << bit
			ids = append(ids, uint32(64*w+bit))
			most--
		}
	}
	m.next = 64 * len(m.due)
	return ids
}

// renumber takes note of new numbers, by the old ones; of those that are no more none.
func (m *marks) renumber(numbers []uint32) {
	m.changed, m.due, m.next = renumberedMarks(m.changed, numbers), renumberedMarks(m.due, numbers), 0
}

func renumberedMarks(b []uint64, numbers []uint32) []uint64 {
	var out []uint64
	for w, word := range b {
		for ; word != 0; word &= word - 1 {
			id := renumbered(numbers, uint32(64*w+bits.TrailingZeros64(word)))
			if id == none {
				continue
			}
			out = grownMarks(out, max(64*len(out), int(id)+1))
			out[id/64] |= 1 << (id % 64)
		}
	}
	return out
}

func (m *marks) bytes() int64 { return int64(8 * (cap(m.changed) + cap(m.due))) }

// grownMarks is a bitmap with room for n numbers.
func grownMarks(b []uint64, n int) []uint64 {
	need := (n + 63) / 64
	if need <= cap(b) {
		old := len(b)
		if need > old {
			b = b[:need]
			clear(b[old:])
		}
		return b
	}
	grown := make([]uint64, need, max(need, 2*cap(b)))
	copy(grown, b)
	return grown
}
