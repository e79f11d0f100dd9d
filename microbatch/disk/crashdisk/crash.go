package crashdisk

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// loss is how much a crash loses.
type loss int

const (
	loseAll  loss = iota // all that isn't safe
	loseNone             // nothing: the system had just written all
	loseTail             // what was written first was saved first
	loseAny              // each piece for itself
	loseTorn             // each piece for itself, and pages are torn
	numLosses
)

// crash makes a node, and those below it, what it is after a crash.
func (n *node) crash(rng *rand.Rand, how loss) {
	if !n.isDir() {
		n.crashFile(rng, how)
		return
	}
	n.crashNames(rng, how)
	for _, name := range slices.Sorted(maps.Keys(n.names)) {
		n.names[name].crash(rng, how)
	}
}

// crashNames keeps some of a folder's changes, in their order.
func (n *node) crashNames(rng *rand.Rand, how loss) {
	kept := rng.IntN(len(n.changes) + 1)
	for i, c := range n.changes {
		keep := false
		switch how {
		case loseNone:
			keep = true
		case loseTail:
			keep = i < kept
		case loseAny, loseTorn:
			keep = rng.IntN(2) == 0
		}
		if keep {
			c.apply(n.safeNames)
		}
	}
	n.names = maps.Clone(n.safeNames)
	n.changes = nil
}

// crashFile keeps some of a file's dirty pages. The file's length is one that it may have had since the last Sync.
func (n *node) crashFile(rng *rand.Rand, how loss) {
	pages := slices.Sorted(maps.Keys(n.dirty))
	if len(pages) > 0 {
		n.resize(n.crashSize(rng, how))
	}
	kept := rng.IntN(len(pages) + 1)
	for i, page := range pages {
		bytes := 0
		switch how {
		case loseNone:
			bytes = pageSize
		case loseTail:
			if i < kept {
				bytes = pageSize
			}
		case loseAny:
			bytes = pageSize * rng.IntN(2)
		case loseTorn:
			bytes = sectorSize * rng.IntN(pageSize/sectorSize+1)
		}
		n.save(page, bytes)
	}
	n.data = slices.Clone(n.safe)
	clear(n.dirty)
}

// crashSize is a length between the safe one and the one seen, often one of the two.
func (n *node) crashSize(rng *rand.Rand, how loss) int {
	from, to := min(len(n.safe), len(n.data)), max(len(n.safe), len(n.data))
	drawn := rng.IntN(3)
	switch {
	case how == loseAll || how != loseNone && drawn == 0:
		return len(n.safe)
	case how == loseNone || drawn == 1:
		return len(n.data)
	default:
		return from + rng.IntN(to-from+1)
	}
}
