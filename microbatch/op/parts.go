package op

import (
	"math/bits"

	"github.com/pwcol/pwcol/kernels/group"
)

// epochTable is what a worker has for an epoch, under the numbers 0 to Len − 1, each of which has the hash of a key. T is the type itself.
type epochTable[T any] interface {
	Len() int
	Hash(id uint32) uint64
	// merge takes what another table has under those numbers.
	merge(from T, ids []uint32) error
	// reset makes it empty, drop gives back what is charged for it.
	reset()
	drop()
}

// stateParts is how many parts an operator's state is cut into by the hash of its keys: a few for each worker, so that all have
// about the same to do at the end of an epoch. A single worker has one.
func stateParts(workers int) int {
	if workers <= 1 {
		return 1
	}
	return min(group.Partitions, 1<<bits.Len(uint(4*workers-1)))
}

// partOf is the part that a hash belongs to, of parts, which is a power of 2.
func partOf(hash uint64, parts int) int {
	return int(hash >> 32 * uint64(parts) >> 32)
}

// cut is a table's numbers in the order of their parts: part p's are ids[from[p]:from[p+1]].
type cut struct {
	ids  []uint32
	from []int
}

func (c cut) part(p int) []uint32 { return c.ids[c.from[p]:c.from[p+1]] }

func newCut(n int, hash func(id uint32) uint64, parts int) cut {
	if parts == 1 {
		return cut{numbers(n), []int{0, n}}
	}
	c := cut{ids: make([]uint32, n), from: make([]int, parts+1)}
	where := make([]uint8, n)
	for id := range where {
		p := partOf(hash(uint32(id)), parts)
		where[id] = uint8(p)
		c.from[p+1]++
	}
	for p := range parts {
		c.from[p+1] += c.from[p]
	}
	next := append([]int(nil), c.from...)
	for id, p := range where {
		c.ids[next[p]] = uint32(id)
		next[p]++
	}
	return c
}

// numbers is 0, 1, … n−1.
func numbers(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(i)
	}
	return out
}

// eachPart calls f with what the workers' tables have in an epoch, part by part: merged in one table, of which f is given the numbers of
// the part. Many parts with much in them are worked on by all workers at once. Then all tables are made empty.
func eachPart[T epochTable[T]](e *Epoch, out Out, locals []T, fresh func() T, parts int, f func(p int, t T, ids []uint32, out Out) error) error {
	var used []T
	var cuts []cut
	total := 0
	for _, t := range locals {
		if t.Len() > 0 {
			used, cuts = append(used, t), append(cuts, newCut(t.Len(), t.Hash, parts))
			total += t.Len()
		}
	}
	one := func(p int, out Out) error { return onePart(used, cuts, fresh, p, out, f) }
	var err error
	if total > maxMergedGroups && parts > 1 {
		err = e.Parallel(parts, one)
	} else {
		for p := 0; p < parts && total > 0 && err == nil; p++ {
			err = one(p, out)
		}
	}
	for _, t := range locals {
		t.reset()
	}
	return err
}

func onePart[T epochTable[T]](used []T, cuts []cut, fresh func() T, p int, out Out, f func(p int, t T, ids []uint32, out Out) error) error {
	var having []int
	for i, c := range cuts {
		if len(c.part(p)) > 0 {
			having = append(having, i)
		}
	}
	switch len(having) {
	case 0:
		return nil
	case 1:
		return f(p, used[having[0]], cuts[having[0]].part(p), out)
	}
	t := fresh()
	defer t.drop()
	for _, i := range having {
		if err := t.merge(used[i], cuts[i].part(p)); err != nil {
			return err
		}
	}
	return f(p, t, numbers(t.Len()), out)
}
