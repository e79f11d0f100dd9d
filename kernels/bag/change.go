package bag

// changed is what a change has done to a node.
type changed struct {
	weight  int64  // to its number of values
	entries int    // to its number of entries: −1, 0 or 1
	below   int    // to its number of entries below 0
	split   bool   // its upper part has moved
	right   uint32 // to this node
}

// change changes the count of one key of a group that has a tree. Cost: O(log n).
func (b *Bags) change(id uint32, entry []uint64) {
	s := &b.slots[id]
	height := int(s.form - treeForm)
	c := b.changeNode(s.at, height, entry)
	s.n += uint32(c.entries)
	b.live += c.entries
	b.addNegative(id, c.below)
	if c.split {
		root := b.inners.get()
		inner := b.inners.at(root)
		inner[0] = 2
		b.setChild(inner, 0, b.firstKey(s.at, height), s.at, height)
		b.setChild(inner, 1, b.firstKey(c.right, height), c.right, height)
		s.at, s.form = root, s.form+1
		return
	}
	for s.form > treeForm {
		inner := b.inners.at(s.at)
		if inner[0] > 1 {
			return
		}
		b.inners.put(s.at)
		s.at, s.form = uint32(b.child(inner, 0)[b.words+1]), s.form-1
	}
}

func (b *Bags) changeNode(node uint32, height int, entry []uint64) changed {
	if height == 0 {
		return b.changeLeaf(node, entry)
	}
	inner := b.inners.at(node)
	i := b.childOf(inner, entry)
	at := b.child(inner, i)
	child := uint32(at[b.words+1])
	c := b.changeNode(child, height-1, entry)
	at[b.words] += uint64(c.weight)
	switch {
	case c.split:
		at[b.words] = uint64(b.weightOf(child, height-1))
		c.split, c.right = b.insertChild(node, i+1, c.right, height)
	case c.entries < 0:
		b.relieve(inner, i, height-1)
	}
	return c
}

// childOf is the place of the child that a key belongs to.
func (b *Bags) childOf(inner, key []uint64) int {
	lo, hi := 1, int(inner[0]) // the first child that begins above the key is in [lo, hi]
	for lo < hi {
		mid := (lo + hi) / 2
		if b.cmp(b.child(inner, mid), key) <= 0 {
			lo = mid + 1
			continue
		}
		hi = mid
	}
	return lo - 1
}

func (b *Bags) changeLeaf(node uint32, entry []uint64) changed {
	leaf := b.leaves.at(node)
	n := int(leaf[0])
	i := b.search(leaf, entry)
	if i == n || b.cmp(leaf[1+i*b.stride:], entry) != 0 {
		c := changed{weight: max(0, int64(entry[b.words])), entries: 1, below: int(entry[b.words] >> 63)}
		c.split, c.right = b.insertEntry(node, i, entry)
		return c
	}
	b.drop(entry)
	e := leaf[1+i*b.stride : 1+(i+1)*b.stride]
	was := e[b.words]
	is := was + entry[b.words]
	e[b.words] = is
	c := changed{weight: max(0, int64(is)) - max(0, int64(was)), below: int(is>>63) - int(was>>63)}
	if is == 0 {
		b.drop(e)
		copy(leaf[1+i*b.stride:], leaf[1+(i+1)*b.stride:1+n*b.stride])
		leaf[0]--
		c.entries = -1
	}
	return c
}

// search is the place of the first entry of a leaf that isn't below a key.
func (b *Bags) search(leaf, key []uint64) int {
	lo, hi := 0, int(leaf[0])
	for lo < hi {
		mid := (lo + hi) / 2
		if b.cmp(leaf[1+mid*b.stride:], key) < 0 {
			lo = mid + 1
			continue
		}
		hi = mid
	}
	return lo
}

// insertEntry makes an entry the i-th of a leaf. A full leaf gives its upper half to a new one; or nothing, if the entry is above all that it has,
// so that keys that only ascend leave full leaves behind.
func (b *Bags) insertEntry(node uint32, i int, entry []uint64) (split bool, right uint32) {
	leaf := b.leaves.at(node)
	n := int(leaf[0])
	if n == leafMax {
		right = b.leaves.get()
		upper := b.leaves.at(right)
		keep := leafMax / 2
		if i == n {
			keep = n
		}
		copy(upper[1:], leaf[1+keep*b.stride:1+n*b.stride])
		leaf[0], upper[0] = uint64(keep), uint64(n-keep)
		split, n = true, keep
		if i > keep || i == leafMax {
			leaf, i, n = upper, i-keep, int(upper[0])
		}
	}
	copy(leaf[1+(i+1)*b.stride:], leaf[1+i*b.stride:1+n*b.stride])
	copy(leaf[1+i*b.stride:], entry)
	leaf[0]++
	return split, right
}

// insertChild makes a node that was split off the i-th child of an inner node of that height, which may split itself.
func (b *Bags) insertChild(node uint32, i int, child uint32, height int) (split bool, right uint32) {
	inner := b.inners.at(node)
	n, w := int(inner[0]), b.words+2
	if n == innerMax {
		right = b.inners.get()
		upper := b.inners.at(right)
		keep := innerMax / 2
		if i == n {
			keep = n - 1
		}
		copy(upper[1:], inner[1+keep*w:1+n*w])
		inner[0], upper[0] = uint64(keep), uint64(n-keep)
		split, n = true, keep
		if i > keep {
			inner, i, n = upper, i-keep, int(upper[0])
		}
	}
	copy(inner[1+(i+1)*w:], inner[1+i*w:1+n*w])
	b.setChild(inner, i, b.firstKey(child, height-1), child, height-1)
	inner[0]++
	return split, right
}

// relieve sees to it that a child from which something was removed isn't empty, nor sparse beside a neighbour that has room.
func (b *Bags) relieve(inner []uint64, i, height int) {
	most := uint64(leafMax)
	if height > 0 {
		most = innerMax
	}
	n := b.sizeOf(inner, i, height)
	switch {
	case n == 0:
		b.freeTree(uint32(b.child(inner, i)[b.words+1]), height)
		b.removeChild(inner, i)
		return
	case n >= most/4 || inner[0] < 2:
		return
	case i+1 == int(inner[0]):
		i--
	}
	if b.sizeOf(inner, i, height)+b.sizeOf(inner, i+1, height) <= most*3/4 {
		b.join(inner, i, height)
	}
}

// sizeOf is how many entries or children child i has.
func (b *Bags) sizeOf(inner []uint64, i, height int) uint64 {
	node := uint32(b.child(inner, i)[b.words+1])
	if height == 0 {
		return b.leaves.at(node)[0]
	}
	return b.inners.at(node)[0]
}

// join moves all of child i+1 to child i.
func (b *Bags) join(inner []uint64, i, height int) {
	to, from := b.child(inner, i), b.child(inner, i+1)
	nodes, w := &b.leaves, b.stride
	if height > 0 {
		nodes, w = &b.inners, b.words+2
	}
	gone := uint32(from[b.words+1])
	left, right := nodes.at(uint32(to[b.words+1])), nodes.at(gone)
	if height > 0 {
		copy(right[1:], from[:b.words]) // the first key, which was never read, is from now on
	}
	copy(left[1+int(left[0])*w:], right[1:1+int(right[0])*w])
	left[0] += right[0]
	to[b.words] += from[b.words]
	nodes.put(gone)
	b.removeChild(inner, i+1)
}

func (b *Bags) removeChild(inner []uint64, i int) {
	n, w := int(inner[0]), b.words+2
	copy(inner[1+i*w:], inner[1+(i+1)*w:1+n*w])
	inner[0]--
}
