package crashdisk

import (
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
)

// The units in which a disk loses.
const (
	pageSize   = 4 << 10 // what the page cache writes at once
	sectorSize = 512     // what a disk writes at once
)

// node is a file or a folder, as processes see it and as it is on the medium.
//
//	             seen      on the medium   to be written
//	a file       data      safe            dirty: numbers of pages
//	a folder     names     safeNames       changes, in order
//
// A page of data that differs from safe and isn't dirty was forgotten by a Sync that failed.
type node struct {
	data, safe []byte
	dirty      map[int]bool

	names, safeNames map[string]*node
	changes          []change
}

// change is a change of a folder's names that is one step: first name goes, then to is n's. "" is no name.
type change struct {
	from, to string
	n        *node
}

func newFile() *node { return &node{dirty: map[int]bool{}} }

func newFolder() *node { return &node{names: map[string]*node{}, safeNames: map[string]*node{}} }

func (n *node) isDir() bool { return n.names != nil }

// write appends to a file.
func (n *node) write(p []byte) {
	n.touch(len(n.data), len(n.data)+len(p))
	n.data = append(n.data, p...)
}

// truncate cuts a file, or makes it longer by zeros.
func (n *node) truncate(size int) {
	n.touch(min(size, len(n.data)), max(size, len(n.data)))
	if size <= len(n.data) {
		n.data = slices.Clone(n.data[:size])
		return
	}
	n.data = append(n.data, make([]byte, size-len(n.data))...)
}

// touch marks the pages of bytes [from, to) as to be written.
func (n *node) touch(from, to int) {
	for page := from / pageSize; page*pageSize < to; page++ {
		n.dirty[page] = true
	}
}

// sync writes all pages.
func (n *node) sync() {
	n.resize(len(n.data))
	for page := range n.dirty {
		n.save(page, pageSize)
	}
	clear(n.dirty)
}

// failSync writes some pages and forgets the others.
func (n *node) failSync(rng *rand.Rand) {
	if rng.IntN(2) == 0 {
		n.resize(len(n.data))
	}
	for _, page := range slices.Sorted(maps.Keys(n.dirty)) {
		if rng.IntN(2) == 0 {
			n.save(page, pageSize)
		}
	}
	clear(n.dirty)
}

// resize gives the medium's file a length; what is new is zero.
func (n *node) resize(size int) {
	if size <= len(n.safe) {
		n.safe = slices.Clone(n.safe[:size])
		return
	}
	n.safe = append(slices.Clone(n.safe), make([]byte, size-len(n.safe))...)
}

// save writes the first bytes of a page to the medium, as far as the file there reaches.
func (n *node) save(page, bytes int) {
	from := page * pageSize
	to := min(from+bytes, len(n.data), len(n.safe))
	if from < to {
		copy(n.safe[from:to], n.data[from:to])
	}
}

// syncNames makes a folder's names safe.
func (n *node) syncNames() {
	n.safeNames = maps.Clone(n.names)
	n.changes = nil
}

// apply makes a change to names.
func (c change) apply(names map[string]*node) {
	if c.from != "" {
		delete(names, c.from)
	}
	if c.to != "" {
		names[c.to] = c.n
	}
}

// change changes a folder's names.
func (n *node) change(c change) {
	c.apply(n.names)
	n.changes = append(n.changes, c)
}

// walk calls yield for the files below a folder, in the order of their names.
func (n *node) walk(path string, yield func(name string, n *node)) {
	for _, name := range slices.Sorted(maps.Keys(n.names)) {
		child, full := n.names[name], filepath.Join(path, name)
		if child.isDir() {
			child.walk(full, yield)
			continue
		}
		yield(full, child)
	}
}

// split is a path's parts.
func split(name string) []string {
	name = strings.Trim(filepath.ToSlash(filepath.Clean(name)), "/")
	if name == "" || name == "." {
		return nil
	}
	return strings.Split(name, "/")
}
