package json

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pwcol/pwcol/io/format/internal/fields"
)

// keys are the wanted keys of an object, and those of the objects in it. For the paths id, user.name and user.age:
//
//	keys   id → slot 0      user → below
//	                                 keys   name → slot 1   age → slot 2
type keys struct {
	names map[string]int // place in members
	list  []member
	slots []int // of this object and all below
	shape []place
}

// member is what is wanted of a key's value.
type member struct {
	slot  int   // where its place goes, −1: nowhere
	below *keys // what is wanted of the object that it is; nil: nothing
}

var unknown = member{slot: -1}

// newKeys makes the keys of paths; the slot of each is its place.
func newKeys(paths [][]string) (*keys, error) {
	root := &keys{}
	for slot, path := range paths {
		if err := root.add(path, slot); err != nil {
			return nil, fmt.Errorf("key %s: %w", strings.Join(path, "."), err)
		}
	}
	return root, nil
}

func (k *keys) add(path []string, slot int) error {
	if len(path) == 0 {
		return errors.New("it is empty")
	}
	k.slots = append(k.slots, slot)
	m := k.member(path[0])
	if len(path) == 1 {
		if m.slot >= 0 {
			return errors.New("two columns have it")
		}
		m.slot = slot
		return nil
	}
	if m.below == nil {
		m.below = &keys{}
	}
	return m.below.add(path[1:], slot)
}

// member is the member of that name, made if there is none.
func (k *keys) member(name string) *member {
	i, ok := k.names[name]
	if !ok {
		if k.names == nil {
			k.names = make(map[string]int)
		}
		i = len(k.list)
		k.names[name] = i
		k.list = append(k.list, unknown)
	}
	return &k.list[i]
}

// find is what is wanted of the key of that name. It is asked only where the shape doesn't tell.
func (k *keys) find(name []byte) member {
	if i, ok := k.names[string(name)]; ok {
		return k.list[i]
	}
	return unknown
}

// place is what the n-th key of an object was in the last lines: of lines that are alike always the same, of lines of a few kinds one of a few.
type place struct {
	known [ways]knownKey
	next  int // of known, to be forgotten next
}

// ways is how many kinds of lines may take turns without a key being looked up. (Nexmark's events are of three kinds.)
const ways = 4

// knownKey is what stands before a value: the text from the { or comma to the value, and what is wanted of the key in it. Of the line
//
//	{"id": 1, "name": "a"}
//
// they are `{"id": ` and `, "name": `, so that in lines alike a comparison or two a key finds its value.
type knownKey struct {
	member
	text       []byte
	first      uint64 // its first 8 bytes
	firstBytes uint64 // which of them there are
}

// maxShape and maxShapeText bound what is remembered of a shape, whatever the text: keys, and bytes of each.
const (
	maxShape     = 256
	maxShapeText = 256
)

// match is the known key that buf has at place p, which is at least Pad bytes before its end; nil: none.
func (e *place) match(buf []byte, p int) *knownKey {
	w := fields.Load(buf, p)
	for i := range e.known {
		k := &e.known[i]
		if (w^k.first)&k.firstBytes == 0 && (len(k.text) <= 8 || k.matchesRest(buf, p)) {
			return k
		}
	}
	return nil
}

func (e *knownKey) matchesRest(buf []byte, p int) bool {
	end := p + len(e.text)
	return end <= len(buf) && string(buf[p+8:end]) == string(e.text[8:])
}

// learn remembers text and m as an n-th key of the shape, unless that is too large.
func (k *keys) learn(n int, text []byte, m member) {
	if n >= maxShape || len(text) > maxShapeText {
		return
	}
	for len(k.shape) <= n {
		k.shape = append(k.shape, newPlace())
	}
	e := &k.shape[n]
	known := &e.known[e.next]
	e.next = (e.next + 1) % ways
	var first [8]byte
	size := copy(first[:], text)
	known.member, known.text = m, append(known.text[:0], text...)
	known.first, known.firstBytes = fields.Load(first[:], 0), ^uint64(0)>>(64-8*size)
}

// newPlace is a place that matches nothing: eight zeros are no key.
func newPlace() (e place) {
	for i := range e.known {
		e.known[i].firstBytes = ^uint64(0)
	}
	return e
}
