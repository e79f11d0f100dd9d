package group

// pairs is the index of keys of two words and a small number, which lie in the slot. A string of up to 16 bytes is such
// a key: tail reads it as two words, which say everything about it together with its length.
type pairs struct {
	slots   []pairSlot
	touched uint32 // keeps the touching loops from being optimised away
}

// pairSlot is a slot; n is the number + 1, or 0 where it is free.
type pairSlot struct {
	a, b  uint64
	n, id uint32
}

const pairSlotBytes = 24

// pairBlock is keys to look up, with their hashes. n is the number + 1; 0 stands for a key that isn't
// for this index.
type pairBlock struct {
	a, b, hash [blockRows]uint64
	n          [blockRows]uint32
}

func newPairs() *pairs { return &pairs{slots: make([]pairSlot, minSlots)} }

// touch brings the slots of n keys into the cache.
func (x *pairs) touch(block *pairBlock, n int) {
	if len(x.slots) <= blockRows {
		return
	}
	slots, mask, sum := x.slots, uint64(len(x.slots)-1), uint32(0)
	for _, h := range block.hash[:n] {
		sum += slots[h&mask].id
	}
	x.touched += sum
}

// find is the id of a key, noID if there is none.
func (x *pairs) find(a, b uint64, n uint32, hash uint64) uint32 {
	slots, mask := x.slots, uint64(len(x.slots)-1)
	for i := hash; ; i++ {
		at := &slots[i&mask]
		if at.a == a && at.b == b && at.n == n {
			return at.id
		}
		if at.n == 0 {
			return noID
		}
	}
}

// put puts in a key that there is not.
func (x *pairs) put(a, b uint64, n uint32, hash uint64, id uint32) {
	mask := uint64(len(x.slots) - 1)
	i := hash & mask
	for x.slots[i].n != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = pairSlot{a: a, b: b, n: n, id: id}
}

func (x *pairs) bytes() int64 { return int64(pairSlotBytes * cap(x.slots)) }
func (x *pairs) reset()       { clear(x.slots) }
