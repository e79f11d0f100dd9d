package op

import (
	"bytes"

	"github.com/pwcol/pwcol/kernels/group"
)

// none is no row, no key.
const none = ^uint32(0)

// joinTable numbers the keys of a partition, for both sides: of each it has the first of its rows on either side. Keys whose last row
// goes are removed, and their numbers used again.
//
// It is open addressing with linear probing. A key's word (see joinKeyer) lies in the slot; keys that are bytes have their hash
// there and lie in an arena. Keys are found by many at once as long as none adds one. A removed key's place is filled by those that
// were pushed behind it (Knuth's Algorithm R), so there are no tombstones to clear away.
type joinTable struct {
	hash  group.Hasher
	wide  bool
	slots []joinSlot
	keys  []joinKey
	free  []uint32
	arena []byte
	dead  int // bytes of the arena that no key has
}

type joinSlot struct {
	word uint64
	id   uint32 // the key's number + 1; 0: free
}

// joinKey is a key with its rows.
type joinKey struct {
	word uint64
	head [2]uint32 // first row of each side
	mark uint32    // place among the keys that the epoch has changed, + 1
	size uint32    // wide: bytes in the arena
	from int       // wide: place in the arena
}

const (
	joinSlotBytes = 16
	joinKeyBytes  = 32
	minJoinSlots  = 16
)

func newJoinTable(wide bool, hash group.Hasher) *joinTable {
	return &joinTable{hash: hash, wide: wide, slots: make([]joinSlot, minJoinSlots)}
}

// live is the number of keys.
func (t *joinTable) live() int { return len(t.keys) - len(t.free) }

// home is the hash of a key, given its word.
func (t *joinTable) home(word uint64) uint64 {
	if t.wide {
		return word
	}
	return t.hash.Word(word)
}

// find is the number of a key, none if it isn't there.
func (t *joinTable) find(word uint64, key []byte) uint32 {
	mask := uint64(len(t.slots) - 1)
	for i := t.home(word) & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.id == 0 {
			return none
		}
		if s.word == word && (!t.wide || bytes.Equal(t.bytes(s.id-1), key)) {
			return s.id - 1
		}
	}
}

// intern is the number of a key, which is made if it isn't there.
func (t *joinTable) intern(word uint64, key []byte) uint32 {
	if id := t.find(word, key); id != none {
		return id
	}
	id := t.add(word)
	if t.wide {
		k := &t.keys[id]
		k.from, k.size = len(t.arena), uint32(len(key))
		t.arena = append(t.arena, key...)
	}
	if 2*(t.live()+1) > len(t.slots) {
		t.grow()
	}
	t.put(word, id)
	return id
}

// add makes a key's record, which no slot leads to yet.
func (t *joinTable) add(word uint64) uint32 {
	k := joinKey{word: word, head: [2]uint32{none, none}}
	if n := len(t.free); n > 0 {
		id := t.free[n-1]
		t.free = t.free[:n-1]
		t.keys[id] = k
		return id
	}
	t.keys = append(t.keys, k)
	return uint32(len(t.keys) - 1)
}

// bytes is a key of bytes.
func (t *joinTable) bytes(id uint32) []byte {
	k := &t.keys[id]
	return t.arena[k.from : k.from+int(k.size)]
}

func (t *joinTable) put(word uint64, id uint32) {
	mask := uint64(len(t.slots) - 1)
	i := t.home(word) & mask
	for t.slots[i].id != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = joinSlot{word: word, id: id + 1}
}

func (t *joinTable) grow() {
	old := t.slots
	t.slots = make([]joinSlot, 2*len(old))
	for _, s := range old {
		if s.id != 0 {
			t.put(s.word, s.id-1)
		}
	}
}

// remove forgets a key.
func (t *joinTable) remove(id uint32) {
	k := &t.keys[id]
	mask := uint64(len(t.slots) - 1)
	hole := t.home(k.word) & mask
	for t.slots[hole].id != id+1 {
		hole = (hole + 1) & mask
	}
	for i := (hole + 1) & mask; t.slots[i].id != 0; i = (i + 1) & mask {
		home := t.home(t.slots[i].word) & mask
		if (i-home)&mask >= (i-hole)&mask { // it may as well be in the hole
			t.slots[hole] = t.slots[i]
			hole = i
		}
	}
	t.slots[hole] = joinSlot{}
	t.free = append(t.free, id)
	t.dead += int(k.size)
	k.size = 0
	if t.dead > len(t.arena)/2 && t.dead > 1<<12 {
		t.compact()
	}
}

// compact moves the keys' bytes together.
func (t *joinTable) compact() {
	arena := make([]byte, 0, len(t.arena)-t.dead)
	for i := range t.keys {
		k := &t.keys[i]
		from := len(arena)
		arena = append(arena, t.arena[k.from:k.from+int(k.size)]...)
		k.from = from
	}
	t.arena, t.dead = arena, 0
}

// held is the memory of the table.
func (t *joinTable) held() int64 {
	return int64(joinSlotBytes*cap(t.slots) + joinKeyBytes*cap(t.keys) + 4*cap(t.free) + cap(t.arena))
}
