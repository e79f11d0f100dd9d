package bag

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// reference is the bags as maps from keys to counts. A key is a string that compares as the key does.
type reference map[uint32]map[string]int64

func (r reference) add(id uint32, key string, diff int64) {
	if r[id] == nil {
		r[id] = map[string]int64{}
	}
	if r[id][key] += diff; r[id][key] == 0 {
		delete(r[id], key)
	}
}

// sorted are a group's keys in order.
func (r reference) sorted(id uint32) []string {
	var keys []string
	for k := range r[id] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// kind is a kind of bags with its keys.
type kind struct {
	name string
	bags *Bags
}

func kinds() []kind {
	return []kind{{"1 word", New(1)}, {"2 words", New(2)}, {"4 words", New(4)}, {"texts", NewTexts()}}
}

// keyOf is the i-th key of bags as a string that compares like it.
func keyOf(b *Bags, i int) string {
	if b.text {
		texts := []string{"", "\x00", "\x00\x00", "a", "a\x00", "eight by", "eight bytes", "eight bytes more", strings.Repeat("long", 50)}
		if i < len(texts) {
			return texts[i]
		}
		return fmt.Sprint("common prefix ", i)
	}
	var key []byte
	for w := range b.words {
		key = binary.BigEndian.AppendUint64(key, uint64(i)>>(8*w)&255<<56|uint64(i)>>(8*w)&255)
	}
	return string(key)
}

func words(key string) []uint64 {
	var out []uint64
	for i := 0; i < len(key); i += 8 {
		out = append(out, binary.BigEndian.Uint64([]byte(key[i:])))
	}
	return out
}

func add(b *Bags, id uint32, key string, diff int64) {
	if b.text {
		b.AddText(id, []byte(key), diff)
		return
	}
	b.Add([]uint32{id}, words(key), []int64{diff})
}

// keyString is a key that bags have given back.
func keyString(b *Bags, key []uint64) string {
	if b.text {
		return string(b.Text(key))
	}
	var out []byte
	for _, w := range key[:b.words] {
		out = binary.BigEndian.AppendUint64(out, w)
	}
	return string(out)
}

// compare compares a group with the reference by every question there is.
func compare(b *Bags, r reference, id uint32, rng *rand.Rand) error {
	keys := r.sorted(id)
	entries := b.Entries(id, nil)
	if len(entries) != len(keys)*b.Stride() {
		return fmt.Errorf("%d words of entries for %d keys", len(entries), len(keys))
	}
	total, distinct, negative := int64(0), 0, false
	for i, k := range keys {
		e := entries[i*b.Stride():]
		if got := keyString(b, e); got != k || int64(e[b.words]) != r[id][k] {
			return fmt.Errorf("entry %d is %q ×%d, want %q ×%d", i, got, int64(e[b.words]), k, r[id][k])
		}
		if n := r[id][k]; n > 0 {
			total += n
			distinct++
			if at := total - 1 - rng.Int64N(n); keyString(b, b.At(id, at)) != k {
				return fmt.Errorf("rank %d is %q, want %q", at, keyString(b, b.At(id, at)), k)
			}
		} else {
			negative = true
		}
	}
	if err := compareEnds(b, r, id, keys); err != nil {
		return err
	}
	if b.Total(id) != total || b.Distinct(id) != distinct || b.Negative(id) != negative {
		return fmt.Errorf("total %d, distinct %d, negative %v; want %d, %d, %v",
			b.Total(id), b.Distinct(id), b.Negative(id), total, distinct, negative)
	}
	return b.check(id)
}

// compareEnds compares the smallest and the largest value of a group, whose keys are given in order.
func compareEnds(b *Bags, r reference, id uint32, keys []string) error {
	keys = slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return r[id][k] < 0 })
	for _, largest := range []bool{false, true} {
		some := []bool{len(keys) == 0}
		ends := b.Ends([]uint32{id}, largest, nil, some)
		switch {
		case some[0] != (len(keys) > 0):
			return fmt.Errorf("largest %v: there is one: %v, of %d keys", largest, some[0], len(keys))
		case !some[0]:
		case !largest && keyString(b, ends) != keys[0] || largest && keyString(b, ends) != keys[len(keys)-1]:
			return fmt.Errorf("largest %v: %q, of %q to %q", largest, keyString(b, ends), keys[0], keys[len(keys)-1])
		}
	}
	return nil
}

// check reports a group whose block or tree breaks a rule.
func (b *Bags) check(id uint32) error {
	s := b.slots[id]
	switch {
	case s.form == formOne && b.words > 1:
		return fmt.Errorf("a key of %d words in a slot", b.words)
	case s.form < formOne && s.form != formOf(int(s.n)):
		return fmt.Errorf("%d entries in a block of form %d", s.n, s.form)
	case s.form < treeForm:
		return nil
	}
	if s.n <= smallAgain {
		return fmt.Errorf("a tree of %d entries", s.n)
	}
	return b.checkNode(s.at, int(s.form-treeForm), nil, nil)
}

// checkNode reports what is wrong in a node whose keys have to be in [from, to).
func (b *Bags) checkNode(node uint32, height int, from, to []uint64) error {
	within := func(k []uint64) bool { return (from == nil || b.cmp(from, k) <= 0) && (to == nil || b.cmp(k, to) < 0) }
	if height == 0 {
		leaf := b.leaves.at(node)
		for i := range int(leaf[0]) {
			if !within(leaf[1+i*b.stride:]) {
				return fmt.Errorf("an entry of a leaf is outside of its range")
			}
		}
		return nil
	}
	inner := b.inners.at(node)
	n := int(inner[0])
	if n == 0 || n > innerMax {
		return fmt.Errorf("%d children", n)
	}
	for i := range n {
		lo, hi := from, to
		if i > 0 {
			if lo = b.child(inner, i); !within(lo) {
				return fmt.Errorf("a child begins outside of its range")
			}
		}
		if i+1 < n {
			hi = b.child(inner, i+1)
		}
		child := uint32(b.child(inner, i)[b.words+1])
		if w := b.weightOf(child, height-1); w != int64(b.child(inner, i)[b.words]) {
			return fmt.Errorf("a child has %d values, said to be %d", w, int64(b.child(inner, i)[b.words]))
		}
		if b.sizeOf(inner, i, height-1) == 0 {
			return fmt.Errorf("an empty child")
		}
		if err := b.checkNode(child, height-1, lo, hi); err != nil {
			return err
		}
	}
	return nil
}

// history is a way of drawing the next change of a group.
type history struct {
	name  string
	keys  int
	steps int
	grow  func(step, steps int) bool // whether to insert rather than to remove
}

var histories = []history{
	{"few keys", 5, 12_000, func(int, int) bool { return rand.N(2) == 0 }},
	{"around a block", 40, 12_000, func(step, steps int) bool { return step/100%2 == 0 }},
	{"a tree up and down", 3000, 12_000, func(step, steps int) bool { return step < steps/2 }},
	{"a tree of height 2", 30_000, 100_000, func(step, steps int) bool { return step < steps/2 }},
}

func TestRandomHistories(t *testing.T) {
	for _, h := range histories {
		for _, k := range kinds() {
			for _, epoch := range []int{1, 7, 500} {
				t.Run(fmt.Sprint(h.name, "/", k.name, "/", epoch), func(t *testing.T) {
					seed := rand.Uint64()
					if err := randomHistory(k.bags.Fresh(), h, epoch, rand.New(rand.NewPCG(seed, 0))); err != nil {
						t.Fatalf("seed %d: %v", seed, err)
					}
				})
			}
		}
	}
}

// randomHistory makes changes in local bags, merges them an epoch at a time, and compares.
func randomHistory(b *Bags, h history, epoch int, rng *rand.Rand) error {
	const groups = 3
	ref, local := reference{}, b.Fresh()
	b.Grow(groups)
	local.Grow(groups)
	for step := range h.steps {
		id := uint32(rng.IntN(groups))
		key, diff := keyOf(b, rng.IntN(h.keys)), int64(1+rng.IntN(2))
		if !h.grow(step, h.steps) {
			diff = -diff
			if n := ref[id][key]; n > 0 && rng.IntN(20) > 0 {
				diff = -n
			} else if rng.IntN(20) > 0 {
				continue
			}
		}
		add(local, id, key, diff)
		ref.add(id, key, diff)
		if step%epoch != 0 {
			continue
		}
		ids := []uint32{0, 1, 2}
		if rng.IntN(3) == 0 {
			local.Settle()
		}
		b.Merge(local, ids, ids)
		local.Reset()
		local.Grow(groups)
		if rng.IntN(max(2, h.steps/50/epoch)) > 0 {
			continue
		}
		if err := compare(b, ref, id, rng); err != nil {
			return fmt.Errorf("step %d, group %d: %w", step, id, err)
		}
		if rng.IntN(50) == 0 && h.keys < 100 {
			b.Clear([]uint32{id})
			delete(ref, id)
		}
	}
	return nil
}

// Deleting all that was inserted leaves nothing behind: every block is free again.
func TestEmptiedBagsHoldNothing(t *testing.T) {
	for _, together := range []int{1, 100} {
		testEmptied(t, together)
	}
}

// testEmptied applies so many deletions together.
func testEmptied(t *testing.T, together int) {
	for _, k := range kinds() {
		b, rng := k.bags, rand.New(rand.NewPCG(1, 1))
		b.Grow(2)
		order := rng.Perm(20_000)
		for _, i := range order {
			add(b, 1, keyOf(b, i), 2)
		}
		b.Settle()
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(a%977, b%977) })
		for n, i := range order {
			add(b, 1, keyOf(b, i), -2)
			if n%together == 0 {
				b.Settle()
			}
			if n%2000 == 0 {
				if err := b.check(1); err != nil {
					t.Fatalf("%s: after %d deletions: %v", k.name, n, err)
				}
			}
		}
		b.Settle()
		if b.slots[1] != (slot{}) || b.live != 0 || int(b.leaves.used) != len(b.leaves.free) || int(b.inners.used) != len(b.inners.free) {
			t.Errorf("%s: %+v, %d entries live, %d of %d leaves and %d of %d inner nodes free", k.name, b.slots[1], b.live,
				len(b.leaves.free), b.leaves.used, len(b.inners.free), b.inners.used)
		}
		if len(b.arena.data)-b.arena.garbage != 0 {
			t.Errorf("%s: %d bytes of texts are held", k.name, len(b.arena.data)-b.arena.garbage)
		}
	}
}

func TestEncodedBags(t *testing.T) {
	for _, k := range kinds() {
		rng := rand.New(rand.NewPCG(2, 2))
		b, other, ref := k.bags, k.bags.Fresh(), reference{}
		b.Grow(3)
		other.Grow(3)
		for range 5000 {
			id, key, diff := uint32(rng.IntN(2)), keyOf(b, rng.IntN(500)), int64(rng.IntN(7)-2)
			add(b, id, key, diff)
			ref.add(1+id, key, diff)
		}
		for id := range uint32(3) {
			data := b.Encode(nil, id)
			if len(data) > b.EncodedMost() {
				t.Errorf("%s: %d bytes encoded, said to be at most %d", k.name, len(data), b.EncodedMost())
			}
			if err := other.Decode((id+1)%3, data, accept); err != nil {
				t.Fatal(err)
			}
		}
		for id := range uint32(3) {
			if err := compare(other, ref, id, rng); err != nil {
				t.Errorf("%s: group %d: %v", k.name, id, err)
			}
		}
	}
}

func accept([]uint64, []byte) error { return nil }

func FuzzDecode(f *testing.F) {
	f.Add([]byte{3, 'a', 'b', 'c', 2}, true)
	f.Add(bytes.Repeat([]byte{1}, 19), false)
	f.Fuzz(func(t *testing.T, data []byte, text bool) {
		b := New(1)
		if text {
			b = NewTexts()
		}
		b.Grow(1)
		if b.Decode(0, data, accept) != nil {
			return
		}
		again := b.Fresh()
		again.Grow(1)
		if err := again.Decode(0, b.Encode(nil, 0), accept); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Encode(nil, 0), b.Encode(nil, 0)) {
			t.Fatal("encoding what was decoded gives other bytes")
		}
	})
}

// What is held is about what the package's doc says.
func TestBytes(t *testing.T) {
	b := New(1)
	const groups = 100_000
	b.Grow(groups)
	for id := range uint32(groups) {
		b.Add([]uint32{id}, []uint64{uint64(id)}, nil)
	}
	b.Settle()
	if n := b.Bytes() - b.log.bytes(); n < 16*groups || n > 24*groups {
		t.Errorf("%d bytes for %d groups of one value", n, groups)
	}
}

// What is noted of values that have gone before they came is held, and given back.
func TestNegativesCount(t *testing.T) {
	b := New(1)
	const groups = 100_000
	b.Grow(groups)
	b.Settle()
	before := b.Bytes()
	for id := range uint32(groups) {
		b.Add([]uint32{id}, []uint64{7}, []int64{-1})
	}
	b.Settle()
	if !b.Negative(5) || b.Distinct(5) != 0 {
		t.Error("a value that has gone before it came isn't told")
	}
	if n := b.Bytes() - before - b.log.bytes() - b.small[0].bytes(); n < 4*groups {
		t.Errorf("%d bytes for the negatives of %d groups", n, groups)
	}
	b.Reset()
	b.Grow(groups)
	if b.Negative(5) {
		t.Error("a group is negative after Reset")
	}
}
