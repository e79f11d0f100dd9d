package op

import "slices"

// Blocks save merging every pane of a long window again for each window that it is in. Two panes that are complete make a block,
// two blocks one of twice the length, and a window takes the longest that lie in it:
//
//	panes     0  1  2  3  4  5  6  7  8
//	blocks    └01┘  └23┘  └45┘  └67┘
//	          └─ 0123 ─┘  └─ 4567 ─┘
//	window       └────────────────┘     panes 1…7 = 1, 23, 45, 67: 4 merges a key, not 7
//
// So a key takes at most 2·log2(size/step) merges a window, and each of its cells about one more to make the blocks. A late row is added to the
// blocks of its pane. A block is made only where both halves have cells, and at least a quarter less come out than go in: keys that are in
// one pane only gain nothing.

// minBlockedPanes is how many panes a window must have for blocks to pay.
const minBlockedPanes = 8

// topLevel is the level of the longest blocks that fit a window; 0: there are none.
func (g *windowGrid) topLevel() uint8 {
	level := uint8(0)
	if g.size < minBlockedPanes {
		return 0
	}
	for int64(2)<<level <= g.size {
		level++
	}
	return level
}

// makeBlocks makes the blocks of which the last pane has become complete: it lies before pane upto.
func (p *windowPart) makeBlocks(upto int64) {
	top := p.of.grid.topLevel()
	if top == 0 || upto <= p.whole {
		return
	}
	from, _ := slices.BinarySearch(p.panes, p.whole)
	to, _ := slices.BinarySearch(p.panes, upto)
	p.whole = upto
	fresh := slices.Clone(p.panes[from:to]) // nodes of a level that have become complete
	for level := uint8(1); level <= top && len(fresh) > 0; level++ {
		made := fresh[:0]
		for k, at := range fresh {
			at >>= 1
			if k+1 < len(fresh) && fresh[k+1]>>1 == at || (at+1)<<level > upto && upto != allWindows {
				continue // the second half comes next; or it isn't complete
			}
			if p.makeBlock(nodeKey{level, at}) {
				made = append(made, at)
			}
		}
		fresh = made
	}
}

// makeBlock makes a block of its halves, if that pays.
func (p *windowPart) makeBlock(key nodeKey) bool {
	left, right := p.nodes[nodeKey{key.level - 1, key.at << 1}], p.nodes[nodeKey{key.level - 1, key.at<<1 + 1}]
	if left == nil || right == nil || p.nodes[key] != nil {
		return false
	}
	if 4*p.common(left, right) < len(left.keys)+len(right.keys) {
		return false
	}
	keys, cells := p.mergeNodes([]*windowNode{left, right})
	number := p.node(key).number
	codes := p.merge.codes[:0]
	for _, k := range keys {
		codes = append(codes, cellCode(number, k))
	}
	p.merge.codes = codes
	p.add(p.out.merged, cells, codes)
	p.out.clear()
	return true
}

// common is how many keys two nodes have in common.
func (p *windowPart) common(a, b *windowNode) int {
	p.startMerge()
	m, n := &p.merge, 0
	for _, k := range a.keys {
		m.stamp[k] = m.now
	}
	for _, k := range b.keys {
		if m.stamp[k] == m.now {
			n++
		}
	}
	return n
}

// addToBlocks adds cells, which take has put into panes, to the blocks that those are in.
func (p *windowPart) addToBlocks(from *aggTable, src []uint32, codes []int64) {
	for level := uint8(1); level <= p.of.grid.topLevel(); level++ {
		var in []uint32
		var up []int64
		for k, code := range codes {
			pane := p.byNumber[code>>32].key.at
			if block := p.nodes[nodeKey{level, pane >> level}]; block != nil {
				in = append(in, src[k])
				up = append(up, cellCode(block.number, uint32(code)))
			}
		}
		p.add(from, in, up)
	}
}

// cover appends the nodes that a window is made of: those that there are.
func (p *windowPart) cover(w int64, nodes []*windowNode) []*windowNode {
	from, to := p.of.grid.panesOf(w)
	i, _ := slices.BinarySearch(p.panes, from)
	for i < len(p.panes) && p.panes[i] < to {
		n := p.longest(p.panes[i], from, to)
		nodes = append(nodes, n)
		end := (n.key.at + 1) << n.key.level
		for i < len(p.panes) && p.panes[i] < end {
			i++
		}
	}
	return nodes
}

// longest is the longest node that has a pane and lies in panes [from, to).
func (p *windowPart) longest(pane, from, to int64) *windowNode {
	if p.blocks > 0 {
		for level := p.of.grid.topLevel(); level > 0; level-- {
			at := pane >> level
			if at<<level < from || (at+1)<<level > to {
				continue
			}
			if n := p.nodes[nodeKey{level, at}]; n != nil {
				return n
			}
		}
	}
	return p.nodes[nodeKey{0, pane}]
}
