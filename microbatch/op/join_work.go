package op

import "github.com/pwcol/pwcol/kernels/vec"

// joinWork is what joins a partition: scratch memory, and the rows that come out. One worker has it at a time.
type joinWork struct {
	join   *join
	part   *joinPart
	number int // of the partition
	out    *joinOut
	to     Out

	from, ids []uint32 // rows of a batch and those of the store that they become

	pairs pairBlock
	cond  *joinCond // nil: none

	padIDs   []uint32 // rows that come or go by themselves
	padDiffs []int64
	key      []byte

	stores  [2]storeScratch // lent to the stores of the partition
	keys    []touchedKey
	changed []timeEntry // as-of: right rows that the epoch has changed
}

func newJoinWork(j *join) *joinWork {
	s := j.shape
	w := &joinWork{join: j, out: newJoinOut(s.sides[0].types, s.rightTypes(), s.appends, j.env.Source)}
	if s.cond != nil {
		w.cond = newJoinCond(s, j.env)
	}
	return w
}

func (w *joinWork) begin(part *joinPart, number int, out Out) {
	w.part, w.number, w.to = part, number, out
	w.out.at.Partition = uint32(number)
	part.touchedKeys = w.keys
	for side, store := range part.stores {
		store.storeScratch = w.stores[side]
	}
}

// end takes back what was lent to the partition, which would else keep it 64 times.
func (w *joinWork) end() {
	w.keys, w.part.touchedKeys = scratchOf(w.part.touchedKeys, maxWorkScratch), nil
	for side, store := range w.part.stores {
		w.stores[side] = storeScratch{refs: scratchOf(store.refs, maxWorkScratch), touched: scratchOf(store.touched, maxWorkScratch)}
		store.storeScratch = storeScratch{}
	}
	w.changed = scratchOf(w.changed, maxWorkScratch)
	w.part = nil
}

// scratchOf is the memory of a list, to be used again; nil if it is of more than so many elements.
func scratchOf[T any](list []T, most int) []T {
	if cap(list) > most {
		return nil
	}
	return list[:0]
}

// maxWorkScratch and maxPartScratch are how many elements of scratch memory a worker's joinWork keeps, and each partition.
const (
	maxWorkScratch = vec.BatchRows
	maxPartScratch = 64
)
