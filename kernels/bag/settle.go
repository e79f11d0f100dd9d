package bag

import (
	"math/bits"
	"slices"
)

// Settle applies the changes that were written down. All other questions call it.
func (b *Bags) Settle() {
	if b.log.n == 0 {
		return
	}
	dirty := b.log.dirty
	for from := 0; from < len(dirty); from += touchGroups {
		ids := dirty[from:min(from+touchGroups, len(dirty))]
		b.Touch(ids)
		for _, id := range ids {
			if change := b.single(b.slots[id].head); change != nil && b.applySingle(id, change) {
				continue
			}
			b.run = b.pending(id, b.run[:0])
			b.slots[id].head = 0
			b.run = b.combine(b.sort(b.run))
			b.apply(id, b.run)
		}
	}
	b.log.reset()
	b.tidy()
}

// touchGroups is how many groups' blocks are loaded ahead: they fit the first-level cache.
const touchGroups = 128

// Touch loads the entries of groups in loops that do nothing else, so that the processor has many cache misses under way at once.
func (b *Bags) Touch(ids []uint32) {
	sum := uint64(0)
	for _, id := range ids {
		sum += uint64(b.slots[id].at)
	}
	for _, id := range ids {
		if s := b.slots[id]; s.form != formEmpty && s.form < formOne {
			sum += b.small[s.form-1].at(s.at)[0]
		}
	}
	b.touched += sum
}

// sort sorts entries by their keys: insertion sort of stretches, which are then merged. It returns run, or scratch
// that has changed places with it.
func (b *Bags) sort(run []uint64) []uint64 {
	n := len(run) / b.stride
	if n < 2 {
		return run
	}
	const stretch = 8
	for from := 0; from < n; from += stretch {
		b.insertionSort(run[from*b.stride : min(from+stretch, n)*b.stride])
	}
	for width := stretch; width < n; width *= 2 {
		out := b.sorting[:0]
		for from := 0; from < n; from += 2 * width {
			mid, end := min(from+width, n), min(from+2*width, n)
			out = b.mergeTwo(out, run[from*b.stride:mid*b.stride], run[mid*b.stride:end*b.stride])
		}
		run, b.sorting = out, run
	}
	return run
}

func (b *Bags) insertionSort(run []uint64) {
	w := b.stride
	for i := w; i < len(run); i += w {
		for j := i; j > 0 && b.cmp(run[j-w:j], run[j:j+w]) > 0; j -= w {
			for k := range w {
				run[j-w+k], run[j+k] = run[j+k], run[j-w+k]
			}
		}
	}
}

// mergeTwo appends the entries of two sorted stretches in order.
func (b *Bags) mergeTwo(out, x, y []uint64) []uint64 {
	w, n := b.stride, len(out)
	out = slices.Grow(out, len(x)+len(y))
	for len(x) > 0 && len(y) > 0 {
		from := &x
		if b.cmp(y, x) < 0 {
			from = &y
		}
		to := out[n : n+w]
		for k := range to { // an entry is too short for copy to pay
			to[k] = (*from)[k]
		}
		*from = (*from)[w:]
		n += w
	}
	return append(append(out[:n], x...), y...)
}

// combine makes one entry of those of equal keys, in place, and leaves out what comes to nothing.
func (b *Bags) combine(run []uint64) []uint64 {
	w, n := b.stride, 0
	for i := 0; i < len(run); {
		e := run[i : i+w]
		for i += w; i < len(run) && b.cmp(e, run[i:i+w]) == 0; i += w {
			e[w-1] += run[i+w-1]
			b.drop(run[i : i+w])
		}
		if e[w-1] == 0 {
			b.drop(e)
			continue
		}
		n += copy(run[n:], e)
	}
	return run[:n]
}

// apply applies sorted changes of different keys to a group. Few changes of a large tree are made one by one; else the group's entries are merged with
// them and written anew.
func (b *Bags) apply(id uint32, run []uint64) {
	s := b.slots[id]
	if s.form < treeForm || 8*len(run) > int(s.n)*b.stride {
		b.rewrite(id, run)
		return
	}
	for i := 0; i < len(run); i += b.stride {
		b.change(id, run[i:i+b.stride])
	}
	if b.slots[id].n <= smallAgain {
		b.rewrite(id, nil)
	}
	b.most = max(b.most, int(b.slots[id].n))
}

// rewrite merges sorted changes with a group's entries and stores what comes out.
func (b *Bags) rewrite(id uint32, run []uint64) {
	s := b.slots[id]
	b.old = b.entries(id, b.old[:0])
	b.merged = b.mergeTwo(b.merged[:0], b.old, run)
	b.merged = b.combine(b.merged)
	negative := 0
	for i := b.words; i < len(b.merged); i += b.stride {
		negative += int(b.merged[i] >> 63)
	}
	b.addNegative(id, negative-b.negatives(id))
	n := len(b.merged) / b.stride
	b.live += n - s.count()
	b.most = max(b.most, n)
	form := formOf(n)
	if form == s.form && form < formOne { // the block stays
		b.slots[id].n = uint32(n)
		if n > 0 {
			copy(b.small[form-1].at(s.at), b.merged)
		}
		return
	}
	b.free(s)
	b.slots[id] = b.store(b.merged, n)
}

// formOf is the form of n entries that lie in a block or a tree.
func formOf(n int) uint32 {
	switch {
	case n == 0:
		return formEmpty
	case n <= smallMax:
		return 1 + uint32(bits.Len(uint(n-1)))
	default:
		return treeForm
	}
}

// store writes n entries to a block or tree of their own.
func (b *Bags) store(entries []uint64, n int) slot {
	if n == 1 && b.words == 1 && entries[1] == 1 {
		return slotOfOne(entries[0])
	}
	s := slot{n: uint32(n), form: formOf(n)}
	switch {
	case n == 0:
	case s.form < treeForm:
		s.at = b.small[s.form-1].get()
		copy(b.small[s.form-1].at(s.at), entries)
	default:
		height := 0
		s.at, height = b.build(entries, n)
		s.form = treeForm + uint32(height)
	}
	return s
}

// free gives back a group's block or tree.
func (b *Bags) free(s slot) {
	switch {
	case s.form == formEmpty, s.form == formOne:
	case s.form < treeForm:
		b.small[s.form-1].put(s.at)
	default:
		b.freeTree(s.at, int(s.form-treeForm))
	}
}
