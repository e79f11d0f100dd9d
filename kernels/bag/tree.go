package bag

// A leaf is its number of entries and the entries. An inner node is its number of children and, for each, a key that is not above
// any of the child's and above all of the child's before it, the child's number of values, and the child:
//
//	inner   2 | − 51 leaf 4 | 40 44 leaf 9          the first key is never read: the first child takes all below the second's
//
// Of a node of height 0, a leaf, only leaves knows; of others, inners.

// child is child i of an inner node: its key's words, its number of values, its node.
func (b *Bags) child(inner []uint64, i int) []uint64 {
	w := b.words + 2
	return inner[1+i*w : 1+(i+1)*w]
}

// setChild writes child i of an inner node.
func (b *Bags) setChild(inner []uint64, i int, key []uint64, node uint32, height int) {
	c := b.child(inner, i)
	copy(c, key[:b.words])
	c[b.words], c[b.words+1] = uint64(b.weightOf(node, height)), uint64(node)
}

// weightOf is the number of values in a node.
func (b *Bags) weightOf(node uint32, height int) int64 {
	if height == 0 {
		leaf := b.leaves.at(node)
		return b.weigh(leaf[1:], int(leaf[0]))
	}
	inner, sum := b.inners.at(node), int64(0)
	for i := range int(inner[0]) {
		sum += int64(b.child(inner, i)[b.words])
	}
	return sum
}

// firstKey is the key with which a node that has just been split off or built is said to begin.
func (b *Bags) firstKey(node uint32, height int) []uint64 {
	if height == 0 {
		return b.leaves.at(node)[1:]
	}
	return b.inners.at(node)[1:]
}

func (b *Bags) treeEntries(node uint32, height int, dst []uint64) []uint64 {
	if height == 0 {
		leaf := b.leaves.at(node)
		return append(dst, leaf[1:1+int(leaf[0])*b.stride]...)
	}
	inner := b.inners.at(node)
	for i := range int(inner[0]) {
		dst = b.treeEntries(uint32(b.child(inner, i)[b.words+1]), height-1, dst)
	}
	return dst
}

func (b *Bags) freeTree(node uint32, height int) {
	if height == 0 {
		b.leaves.put(node)
		return
	}
	inner := b.inners.at(node)
	for i := range int(inner[0]) {
		b.freeTree(uint32(b.child(inner, i)[b.words+1]), height-1)
	}
	b.inners.put(node)
}

// build makes a tree of n sorted entries. Nodes are filled to seven eighths, evenly.
func (b *Bags) build(entries []uint64, n int) (root uint32, height int) {
	var nodes []uint32
	count := 1
	if n > leafMax {
		count = (n + leafMax*7/8 - 1) / (leafMax * 7 / 8)
	}
	for i := range count {
		from, to := n*i/count, n*(i+1)/count
		node := b.leaves.get()
		leaf := b.leaves.at(node)
		leaf[0] = uint64(to - from)
		copy(leaf[1:], entries[from*b.stride:to*b.stride])
		nodes = append(nodes, node)
	}
	for ; len(nodes) > 1; height++ {
		nodes = b.buildAbove(nodes, height)
	}
	return nodes[0], height
}

// buildAbove makes the inner nodes above nodes of that height.
func (b *Bags) buildAbove(nodes []uint32, height int) []uint32 {
	n, count := len(nodes), 1
	if n > innerMax {
		count = (n + innerMax*7/8 - 1) / (innerMax * 7 / 8)
	}
	above := nodes[:0] // never ahead of what is read
	for i := range count {
		from, to := n*i/count, n*(i+1)/count
		node := b.inners.get()
		inner := b.inners.at(node)
		inner[0] = uint64(to - from)
		for j, child := range nodes[from:to] {
			b.setChild(inner, j, b.firstKey(child, height), child, height)
		}
		above = append(above, node)
	}
	return above
}
