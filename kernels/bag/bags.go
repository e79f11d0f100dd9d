// Package bag keeps one bag of values for each of many groups: a multiset, in order, from which values can be taken
// out again. It is what minima, quantiles and lists of changing tables are made of.
//
//	b := bag.New(1)                                        // values of one word
//	b.Grow(2)                                              // groups 0 and 1
//	b.Add([]uint32{0, 0, 1}, []uint64{7, 5, 9}, nil)       // 7 and 5 to group 0, 9 to group 1
//	b.Add([]uint32{0}, []uint64{5}, []int64{-1})           // 5 goes
//	b.At(0, 0)                                             // group 0's smallest: 7
//
// Values are keys of a number of uint64 words, compared word by word as unsigned numbers, or texts, compared as
// bytes.Compare does; who uses the package turns values into such (see package order). Each comes with a count, which may be below 0: a
// value that has gone before it came. Such a value is there, but no rank counts it.
//
// # How it lies in memory
//
// Changes are first written down: Add and Merge append them to a log, in which each group's are a chain. Settle, which every question
// calls, sorts the changes of each group and applies them together. So a worker's bags, of the changes of an epoch, are
// nothing but a log, and merging them copies it; but the only change of a group, as most have in a small epoch, is applied as it is merged.
//
// A group's entries (a key's words, its count) are in order in one block of 1, 2, 4 … 32 entries, or, beyond, in a B+tree of nodes
// of 1 KiB and more that know how many values are below each child, so the value of a rank is found in O(log n). Blocks and nodes come from pools
// of chunks without pointers, so the garbage collector has nothing to scan. A group of one word's single value takes 16 bytes in all.
//
//	group 0   {at 17, n 2, small block of 2}          → 5 ×3, 7 ×1
//	group 1   {at  4, n 90, tree of height 1}         → inner node: from −∞, 51 values; from 40, 44 values → two leaves
//
// Nodes that get empty are freed, those that get sparse are merged with a neighbour if the two fit
// one (see Johnson and Shasha, "B-trees with inserts and deletes: why free-at-empty is better than merge-at-half", 1993).
package bag

// Bags are the bags of all groups. They are not safe for concurrent use, but any number of Bags may Merge from the same ones at once.
type Bags struct {
	words  int  // of a key. A text's are its first 8 bytes and its place in the arena
	stride int  // words of an entry: the key and the count
	text   bool // keys are texts

	slots    []slot
	log      log
	arena    arena
	small    [smallForms]pool
	leaves   pool
	inners   pool
	negative []uint32 // by group: number of entries below 0. It may end before the last group: most bags never have any
	below    int      // entries below 0 of all groups
	live     int      // entries of all groups
	most     int      // entries that a group has had at most
	longest  int      // bytes of the longest text

	run, old, merged, sorting []uint64 // scratch
	key                       []uint64 // scratch: a key
	touched                   uint64   // keeps the touching loop from being optimised away
}

// slot is where a group's entries lie, and its changes that are not yet applied. A key of one word that is there once, and nothing else,
// lies in the slot itself (formOne): of groups with a single value, so of most where there are very many, nothing else has to be loaded.
type slot struct {
	at   uint32 // the block, or the tree's root; formOne: the key's lower half
	n    uint32 // number of entries; formOne: the key's upper half
	form uint32 // formEmpty, 1 to smallForms: a block of 2^(form−1) entries; formOne; treeForm and more: a tree of height form − treeForm
	head uint32 // the place in the log of the last change, 0: there is none
}

// count is the number of entries.
func (s slot) count() int {
	if s.form == formOne {
		return 1
	}
	return int(s.n)
}

// one is the key of formOne.
func (s slot) one() uint64 { return uint64(s.n)<<32 | uint64(s.at) }

// slotOfOne is formOne of a key.
func slotOfOne(key uint64) slot { return slot{at: uint32(key), n: uint32(key >> 32), form: formOne} }

const (
	formEmpty  = 0
	smallForms = 6                     // blocks of 1 to 32 entries
	smallMax   = 1 << (smallForms - 1) // entries of the largest block
	formOne    = smallForms + 1        // a key of one word, once
	treeForm   = formOne + 1           // a tree that is a single leaf
	smallAgain = smallMax / 2          // a tree with no more entries than that becomes a block again
	leafMax    = 64                    // entries of a leaf
	innerMax   = 32                    // children of an inner node
)

// New makes bags of keys of that many words, at least 1.
func New(words int) *Bags { return newBags(words, false) }

// NewTexts makes bags of texts.
func NewTexts() *Bags { return newBags(2, true) }

func newBags(words int, text bool) *Bags {
	b := &Bags{words: words, stride: words + 1, text: text, key: make([]uint64, words)}
	for i := range b.small {
		b.small[i] = newPool(b.stride << i)
	}
	b.leaves = newPool(1 + leafMax*b.stride)
	b.inners = newPool(1 + innerMax*(b.words+2))
	return b
}

// Fresh makes empty bags of the same kind.
func (b *Bags) Fresh() *Bags { return newBags(b.words, b.text) }

// Grow makes it have n groups; those that it has stay.
func (b *Bags) Grow(n int) {
	old := len(b.slots)
	if n <= old {
		return
	}
	if cap(b.slots) < n {
		b.slots = append(make([]slot, 0, max(n, 2*old)), b.slots...)
	}
	b.slots = b.slots[:n]
	clear(b.slots[old:])
}

// Clear empties the bags of those groups.
func (b *Bags) Clear(ids []uint32) {
	b.Settle()
	for _, id := range ids {
		if b.text {
			b.dropTexts(id)
		}
		b.live -= b.slots[id].count()
		b.free(b.slots[id])
		b.slots[id] = slot{}
		b.addNegative(id, -b.negatives(id))
	}
	b.tidy()
}

// Reset forgets all groups and keeps the memory.
func (b *Bags) Reset() {
	b.slots = b.slots[:0]
	b.log.reset()
	b.arena = arena{data: b.arena.data[:0]}
	for i := range b.small {
		b.small[i].reset()
	}
	b.leaves.reset()
	b.inners.reset()
	b.negative, b.below = b.negative[:0], 0
	b.live, b.most, b.longest = 0, 0, 0
}

// Bytes is the memory held.
func (b *Bags) Bytes() int64 {
	words := cap(b.run) + cap(b.old) + cap(b.merged) + cap(b.sorting)
	n := int64(16*cap(b.slots)+4*cap(b.negative)+8*words) + b.log.bytes() + int64(cap(b.arena.data)) + b.leaves.bytes() + b.inners.bytes()
	for i := range b.small {
		n += b.small[i].bytes()
	}
	return n
}

// Negative reports whether a group has a value that has gone more often than it has come.
func (b *Bags) Negative(id uint32) bool {
	b.Settle()
	return b.negatives(id) > 0
}

// AnyNegative reports whether any group has one.
func (b *Bags) AnyNegative() bool {
	b.Settle()
	return b.below > 0
}

// negatives is the number of a group's entries below 0.
func (b *Bags) negatives(id uint32) int {
	if b.below == 0 || int(id) >= len(b.negative) {
		return 0
	}
	return int(b.negative[id])
}

// addNegative notes that a group has so many more of them.
func (b *Bags) addNegative(id uint32, more int) {
	if more == 0 {
		return
	}
	if n := len(b.slots); n > len(b.negative) {
		b.negative = append(b.negative, make([]uint32, n-len(b.negative))...)
	}
	b.negative[id] += uint32(more)
	b.below += more
}
