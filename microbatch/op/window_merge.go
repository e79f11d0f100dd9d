package op

import (
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// mergeScratch is memory for merging cells.
type mergeScratch struct {
	src, dst, keys []uint32
	codes          []int64
	slot, stamp    []uint32 // by key: its place in what is being merged, if stamp is that of now
	now            uint32
}

// startMerge forgets which keys have been met.
func (p *windowPart) startMerge() {
	m := &p.merge
	m.now++
	if n := p.keys.Len(); len(m.stamp) < n || m.now == 0 {
		m.stamp, m.slot, m.now = make([]uint32, n+n/2), make([]uint32, n+n/2), 1
	}
}

// mergeNodes merges nodes' cells by key into new cells of o.merged.
func (p *windowPart) mergeNodes(nodes []*windowNode) (keys, cells []uint32) {
	o := &p.out
	first := o.used
	p.startMerge()
	m := &p.merge
	keys = m.keys[:0]
	for _, n := range nodes {
		m.dst = sized(m.dst, len(n.keys))
		for i, k := range n.keys {
			if m.stamp[k] != m.now {
				m.stamp[k], m.slot[k] = m.now, uint32(o.used)
				o.used++
				keys = append(keys, k)
			}
			m.dst[i] = m.slot[k]
		}
		for i, a := range o.merged.accs {
			a.Grow(o.used)
			a.Merge(p.cells.accs[i], n.cells, m.dst)
		}
	}
	m.keys = keys
	m.src = sized(m.src, len(keys))
	for i := range m.src {
		m.src[i] = uint32(first + i)
	}
	return keys, m.src
}

const noSlot = ^uint32(0)

// mergeKeys merges the cells that nodes have of some keys into new cells of o.merged: those of the keys are returned, noSlot where there are
// none.
func (p *windowPart) mergeKeys(nodes []*windowNode, keys []uint32) []uint32 {
	o := &p.out
	slots := slices.Repeat([]uint32{noSlot}, len(keys))
	codes, cells := make([]int64, len(keys)), make([]uint32, len(keys))
	var src, dst, missing []uint32
	for _, n := range nodes {
		for k, key := range keys {
			codes[k] = cellCode(n.number, key)
		}
		p.cells.groups.Intern([]*vec.Vec{codeColumn(codes)}, len(codes), nil, cells)
		p.growCells()
		src, dst = src[:0], dst[:0]
		for k, c := range cells {
			if p.owner[c] != codes[k] {
				missing = append(missing, c)
				continue
			}
			if slots[k] == noSlot {
				slots[k] = uint32(o.used)
				o.used++
			}
			src, dst = append(src, c), append(dst, slots[k])
		}
		p.dropMissing(missing)
		missing = missing[:0]
		for i, a := range o.merged.accs {
			a.Grow(o.used)
			a.Merge(p.cells.accs[i], src, dst)
		}
	}
	return slots
}

// dropMissing takes out cells that were looked for and made thereby.
func (p *windowPart) dropMissing(cells []uint32) {
	if len(cells) == 0 {
		return
	}
	p.cells.groups.Remove(cells)
	clearCells(p.cells, cells)
}
