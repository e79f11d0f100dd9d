package group

import (
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Packed is the table for keys that pack into words; layout says how. All packed keys lie one behind the other in
// the order of their ids, and an index finds them.
type Packed struct {
	hasher
	layout
	keys    []uint64  // of all groups, words words each
	strings []*values // of the string columns; nil for others
	grid    grid      // in front of the index, if there are string columns only
	hashes  []uint64  // of all groups, if there are string columns: else they follow from the keys
	fixed   []uint64  // with string columns: masks of what else is in the words
	index   index
	null    uint32   // the group of NULL, if layout.alone
	free    []uint32 // ids of groups that were removed
	removed int      // how many were since unused strings were looked for

	onlyStrings bool // every key column is

	batch   []uint64   // scratch: packed keys of a batch
	batchH  []uint64   // their hashes
	numbers [][]uint32 // by column: numbers of a batch's strings
	nulls   nullSplit
}

// index finds the ids of packed keys.
type index interface {
	// intern finds or makes the groups of keys (of words words each); hashes are theirs, or nil if they follow from the keys.
	intern(t *Packed, keys, hashes []uint64, ids []uint32)
	// remove takes out a group that there is.
	remove(t *Packed, id uint32)
	bytes() int64
	reset()
}

func newPacked(keys []Key, h hasher) *Packed {
	t := &Packed{hasher: h, layout: *newLayout(keys), null: noID}
	switch {
	case t.bits <= maxDirectBits && !t.strs:
		t.index = newDirect(t.bits)
	case t.words == 1:
		t.index = newSingle()
	case t.words == 2:
		t.index = newDouble()
	default:
		t.index = &multi{}
	}
	if t.strs {
		t.initStrings(h)
	}
	return t
}

func (t *Packed) initStrings(h hasher) {
	t.strings = make([]*values, len(t.columns))
	t.numbers = make([][]uint32, len(t.columns))
	t.fixed = make([]uint64, t.words)
	t.onlyStrings = true
	for i, k := range t.columns {
		if k.Type.IsVar() {
			t.strings[i] = newValues(h)
			continue
		}
		t.onlyStrings = false
		for _, p := range []place{t.values[i], t.high[i], t.layout.nulls[i]} {
			t.fixed[p.word] |= p.mask()
		}
	}
}

// Intern implements Groups.
func (t *Packed) Intern(cols []*vec.Vec, n int, sel []uint32, ids []uint32) {
	switch {
	case len(ids) == 0:
		return
	case t.alone():
		t.internAlone(cols[0], sel, ids)
		return
	}
	t.internStrings(cols, sel, len(ids))
	if t.onlyStrings && t.grid.fit(t.strings) {
		t.internGrid(ids)
		return
	}
	keys := t.cleared(len(ids))
	for i, v := range cols {
		if p := t.values[i]; v.Type.IsVar() {
			packFixed(keys[p.word:], t.words, p.shift, t.numbers[i], nil)
			continue
		}
		t.pack(keys, i, v.Plain(), sel)
	}
	t.index.intern(t, keys, t.hashBatch(keys), ids)
}

// internStrings numbers the values of the string columns.
func (t *Packed) internStrings(cols []*vec.Vec, sel []uint32, n int) {
	for i, s := range t.strings {
		if s != nil {
			t.numbers[i] = resize(t.numbers[i], n)
			s.intern(cols[i], sel, t.numbers[i])
		}
	}
}

// internAlone is Intern of one column that fills a word. Its NULL is a group that the index doesn't know.
func (t *Packed) internAlone(v *vec.Vec, sel []uint32, ids []uint32) {
	v = v.Plain()
	if v.Valid != nil {
		t.nulls.intern(t, v, sel, ids)
		return
	}
	t.index.intern(t, t.packAlone(v, sel, len(ids)), nil, ids)
}

func (t *Packed) internRows(v *vec.Vec, rows, ids []uint32) {
	t.index.intern(t, t.packAlone(v, rows, len(rows)), nil, ids)
}

// packAlone is the packed keys of a column that fills a word: its own memory if that will do.
func (t *Packed) packAlone(v *vec.Vec, sel []uint32, n int) []uint64 {
	if sel == nil && v.Type.Kind != vec.Float64 {
		return vec.Of[uint64](v)
	}
	keys := t.cleared(n)
	bare := *v
	bare.Valid = nil
	t.pack(keys, 0, &bare, sel)
	return keys
}

func (t *Packed) hasNull() bool { return t.null != noID }

func (t *Packed) findNull() uint32 {
	if t.null == noID {
		t.null = t.add([]uint64{0}, 0)
	}
	return t.null
}

// hashBatch is the hashes of packed keys, nil if they follow from the keys alone: strings count with the hash of their
// value, since their number means nothing in another table.
func (t *Packed) hashBatch(keys []uint64) []uint64 {
	if !t.strs {
		return nil
	}
	n := len(keys) / t.words
	t.batchH = resize(t.batchH, n)
	for k := range t.batchH {
		t.batchH[k] = t.hashMixed(keys[k*t.words : (k+1)*t.words])
	}
	return t.batchH
}

func (t *Packed) hashMixed(key []uint64) uint64 {
	h := t.seed
	for w, mask := range t.fixed {
		if mask != 0 {
			h = t.next(h, key[w]&mask)
		}
	}
	for i, s := range t.strings {
		if s != nil {
			p := t.values[i]
			h = t.next(h, s.hashes[uint32(key[p.word]>>p.shift)])
		}
	}
	return h
}

// hashWords is the hash of a packed key without strings.
func (t *Packed) hashWords(key []uint64) uint64 {
	h := t.word(key[0])
	for _, w := range key[1:] {
		h = t.next(h, w)
	}
	return h
}

// cleared is room for n packed keys of zeros.
func (t *Packed) cleared(n int) []uint64 {
	t.batch = resize(t.batch, n*t.words)
	clear(t.batch)
	return t.batch
}

// add makes a new group.
func (t *Packed) add(key []uint64, hash uint64) uint32 {
	if len(t.free) > 0 {
		return t.addAgain(key, hash)
	}
	id := uint32(len(t.keys) / t.words)
	t.keys = append(t.keys, key...)
	if t.strs {
		t.hashes = append(t.hashes, hash)
	}
	return id
}

// addAgain is add of a group that gets the id of one that was removed.
func (t *Packed) addAgain(key []uint64, hash uint64) uint32 {
	id := t.free[len(t.free)-1]
	t.free = t.free[:len(t.free)-1]
	copy(t.key(id), key)
	if t.strs {
		t.hashes[id] = hash
	}
	return id
}

// key is the packed key of a group.
func (t *Packed) key(id uint32) []uint64 { return t.keys[int(id)*t.words : (int(id)+1)*t.words] }

// Len implements Groups.
func (t *Packed) Len() int { return len(t.keys) / t.words }

// Keys implements Groups.
func (t *Packed) Keys(ids []uint32) []*vec.Vec {
	out := make([]*vec.Vec, len(t.columns))
	for i, k := range t.columns {
		if !k.Type.IsVar() {
			out[i] = t.unpack(t.keys, i, ids)
			continue
		}
		p := t.values[i]
		numbers := make([]uint32, len(ids))
		unpackFixed(numbers, t.keys[min(p.word, len(t.keys)):], t.words, p.shift, ids)
		out[i] = t.strings[i].column(k.Type, numbers)
	}
	if t.alone() {
		markNulls(out[0], ids, t.null)
	}
	return out
}

// Hash implements Groups.
func (t *Packed) Hash(id uint32) uint64 {
	switch {
	case t.strs:
		return t.hashes[id]
	case id == t.null:
		return fold(nullHash^t.seed, t.mul)
	default:
		return t.hashWords(t.key(id))
	}
}

// mergeRows is how many groups' keys are copied at a time when tables are merged.
const mergeRows = 4096

// Merge implements Groups.
func (t *Packed) Merge(from Groups, src, dst []uint32) {
	other := from.(*Packed)
	numbers := other.renumbering()
	for len(src) > 0 {
		n := min(len(src), mergeRows)
		if other.null != noID { // has no packed key
			if null := slices.Index(src[:n], other.null); null >= 0 {
				n = null
			}
		}
		if n == 0 {
			dst[0] = t.findNull()
			src, dst = src[1:], dst[1:]
			continue
		}
		t.mergeKeys(other, src[:n], dst[:n], numbers)
		src, dst = src[n:], dst[n:]
	}
}

// mergeKeys is Merge of groups that have packed keys: they are looked up together, so that the index can touch them first.
func (t *Packed) mergeKeys(other *Packed, src, dst []uint32, numbers [][]uint32) {
	w := t.words
	t.batch = resize(t.batch, len(src)*w)
	keys := t.batch
	if w == 1 {
		for k, id := range src {
			keys[k] = other.keys[id]
		}
	} else {
		for k, id := range src {
			copy(keys[k*w:(k+1)*w], other.key(id))
		}
	}
	if !t.strs {
		t.index.intern(t, keys, nil, dst)
		return
	}
	t.batchH = resize(t.batchH, len(src))
	for k, id := range src {
		t.renumber(keys[k*w:(k+1)*w], other, numbers)
		t.batchH[k] = other.hashes[id]
	}
	t.index.intern(t, keys, t.batchH, dst)
}

// renumbering is, for each string column, room for the numbers + 1 that its values have in another table.
func (t *Packed) renumbering() [][]uint32 {
	numbers := make([][]uint32, len(t.strings))
	for i, s := range t.strings {
		if s != nil {
			numbers[i] = make([]uint32, s.len())
		}
	}
	return numbers
}

// renumber replaces another table's numbers of strings in a packed key by this table's.
func (t *Packed) renumber(key []uint64, other *Packed, numbers [][]uint32) {
	for i, s := range t.strings {
		if s == nil {
			continue
		}
		p := t.values[i]
		theirs := uint32(key[p.word] >> p.shift)
		if numbers[i][theirs] == 0 {
			numbers[i][theirs] = s.merge(other.strings[i], theirs) + 1
		}
		key[p.word] = key[p.word]&^p.mask() | uint64(numbers[i][theirs]-1)<<p.shift
	}
}

// Longest implements Groups.
func (t *Packed) Longest() int {
	n := 0
	for _, s := range t.strings {
		if s != nil {
			n = max(n, s.most)
		}
	}
	return n
}

// Bytes implements Groups.
func (t *Packed) Bytes() int64 {
	n := 8*(cap(t.keys)+cap(t.hashes)+cap(t.batch)+cap(t.batchH)) + 4*cap(t.free)
	held := int64(n) + t.index.bytes() + t.grid.bytes() + t.nulls.bytes()
	for i, s := range t.strings {
		if s != nil {
			held += s.bytesHeld() + int64(4*cap(t.numbers[i]))
		}
	}
	return held
}

// Reset implements Groups.
func (t *Packed) Reset() {
	t.keys, t.hashes, t.null = t.keys[:0], t.hashes[:0], noID
	t.free, t.removed = t.free[:0], 0
	t.index.reset()
	t.grid.reset()
	for _, s := range t.strings {
		if s != nil {
			s.reset()
		}
	}
}

// resize is s with n elements of any content, in the same memory if it is large enough.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
