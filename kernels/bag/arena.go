package bag

import (
	"bytes"
	"encoding/binary"
)

// arena holds texts, each behind its length in 4 bytes. A text's place stands for it. A text that is no longer meant stays, as garbage, until
// most of the arena is.
type arena struct {
	data    []byte
	garbage int
}

// minGarbage keeps small arenas from being compacted again and again.
const minGarbage = 64 << 10

func (a *arena) add(s []byte) (place uint64) {
	place = uint64(len(a.data))
	a.data = binary.LittleEndian.AppendUint32(a.data, uint32(len(s)))
	a.data = append(a.data, s...)
	return place
}

func (a *arena) at(place uint64) []byte {
	n := binary.LittleEndian.Uint32(a.data[place:])
	return a.data[place+4 : place+4+uint64(n)]
}

func (a *arena) drop(place uint64) { a.garbage += 4 + len(a.at(place)) }

// prefix is the first 8 bytes of a text as a number that orders like them.
func prefix(s []byte) uint64 {
	if len(s) >= 8 {
		return binary.BigEndian.Uint64(s)
	}
	var first [8]byte
	copy(first[:], s)
	return binary.BigEndian.Uint64(first[:])
}

// cmp compares two keys.
func (b *Bags) cmp(x, y []uint64) int {
	switch {
	case x[0] < y[0]:
		return -1
	case x[0] > y[0]:
		return 1
	case b.text:
		return bytes.Compare(b.arena.at(x[1]), b.arena.at(y[1]))
	}
	for i := 1; i < b.words; i++ {
		if x[i] != y[i] {
			if x[i] < y[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

// drop notes that a key is no longer meant.
func (b *Bags) drop(key []uint64) {
	if b.text {
		b.arena.drop(key[1])
	}
}

// dropTexts notes that a group's keys aren't.
func (b *Bags) dropTexts(id uint32) {
	b.old = b.entries(id, b.old[:0])
	for i := 0; i < len(b.old); i += b.stride {
		b.arena.drop(b.old[i+1])
	}
}

// tidy compacts the arena if most of it is garbage, and there is enough to pay for looking at all groups. The log is empty.
func (b *Bags) tidy() {
	if b.arena.garbage <= max(minGarbage, len(b.arena.data)/2, len(b.slots)) {
		return
	}
	from := b.arena
	b.arena = arena{data: make([]byte, 0, len(from.data)-from.garbage)}
	for _, s := range b.slots {
		switch {
		case s.form == formEmpty:
		case s.form < treeForm:
			b.move(&from, b.small[s.form-1].at(s.at), int(s.n))
		default:
			b.moveTree(&from, s.at, int(s.form-treeForm))
		}
	}
}

// move copies the texts of n entries out of another arena.
func (b *Bags) move(from *arena, entries []uint64, n int) {
	for i := range n {
		e := entries[i*b.stride:]
		e[1] = b.arena.add(from.at(e[1]))
	}
}

// moveTree moves a tree's texts; each child is from now on said to begin with its first key. It returns the tree's.
func (b *Bags) moveTree(from *arena, node uint32, height int) (first []uint64) {
	if height == 0 {
		leaf := b.leaves.at(node)
		b.move(from, leaf[1:], int(leaf[0]))
		return leaf[1 : 1+b.words]
	}
	inner := b.inners.at(node)
	for i := range int(inner[0]) {
		c := b.child(inner, i)
		copy(c[:b.words], b.moveTree(from, uint32(c[b.words+1]), height-1))
	}
	return inner[1 : 1+b.words]
}
