package op

import (
	"errors"

	"github.com/pwcol/pwcol/kernels/vec"
)

// errSavedTwice says that a state has something twice that can be there once only.
var errSavedTwice = errors.New("a row is there twice: it was saved by another program, or damaged")

// copyTimes begins copies of the state with what all windows have in common, and more of the kind.
func (w *windowBase) copyTimes(more ...int64) {
	w.saved = savedCopies{account: w.env.Account}
	var cols []*vec.Vec
	for _, t := range append([]int64{w.mark, w.now, w.shown}, more...) {
		cols = append(cols, savedInts(t))
	}
	w.saved.add(savedTimes, cols...)
}

// loadTimes takes what copyTimes has made.
func (w *windowBase) loadTimes(b *vec.Batch) {
	cols := intsOf(b.Cols)
	for i := range b.N {
		w.mark, w.now, w.shown = cols[0][i], cols[1][i], cols[2][i]
	}
}

// copyRows copies rows of numbers, the columns ints, keys, and, unless t is nil, the states of its cells.
func (p *keyedPart) copyRows(to *savedCopies, table int, ints [][]int64, keys []uint32, t *aggTable, cells []uint32) {
	longest := p.keys.Longest()
	if t != nil {
		longest = max(longest, t.longestState())
	}
	savedRows(numbers(len(keys)), longest, func(ids []uint32) {
		from, end := int(ids[0]), int(ids[0])+len(ids)
		var cols []*vec.Vec
		for _, values := range ints {
			cols = append(cols, savedInts(values[from:end]...))
		}
		cols = append(cols, p.keys.Keys(keys[from:end])...)
		if t != nil {
			for _, a := range t.accs {
				cols = append(cols, a.States(cells[from:end])...)
			}
		}
		to.add(table, cols...)
	})
}

// savedColumns are the columns of rows that copyRows has copied.
func (w *windowBase) savedColumns(ints int, states bool) []vec.Type {
	types := intTypes(ints)
	for _, k := range w.shape.keyDefs {
		types = append(types, k.Type)
	}
	if !states {
		return types
	}
	for _, o := range w.shape.origins {
		types = append(types, o.StateTypes()...)
	}
	return types
}

// loadKeyed calls f with each part that rows of copyRows belong to, which are not the parts that they came from: with their numbers, the part's keys,
// and the columns of states.
func (w *windowParts[L, P]) loadKeyed(b *vec.Batch, ints int, f func(p P, ints [][]int64, keys []uint32, states []*vec.Vec) error) error {
	all := w.shape.newKeys()
	states := ints + len(w.shape.keyDefs)
	ids := make([]uint32, b.N)
	all.Intern(b.Cols[ints:states], b.N, nil, ids)
	of := make([]uint8, all.Len())
	for id := range of {
		of[id] = uint8(partOf(all.Hash(uint32(id)), len(w.parts)))
	}
	for n, p := range w.parts {
		var rows []uint32
		for row, id := range ids {
			if of[id] == uint8(n) {
				rows = append(rows, uint32(row))
			}
		}
		if len(rows) == 0 {
			continue
		}
		to := p.keyed().takeKeys(all, of)
		keys := make([]uint32, len(rows))
		for i, row := range rows {
			keys[i] = to[ids[row]]
		}
		if err := f(p, intsOf(taken(b.Cols[:ints], rows)), keys, taken(b.Cols[states:], rows)); err != nil {
			return err
		}
	}
	return nil
}

// longestState is the number of bytes of the longest string that a cell holds.
func (t *aggTable) longestState() int {
	longest := 0
	for _, a := range t.accs {
		longest = max(longest, a.Longest())
	}
	return longest
}

// mergeStates adds states to cells that there are room for.
func (t *aggTable) mergeStates(states []*vec.Vec, cells []uint32) error {
	for _, a := range t.accs {
		n := len(a.StateTypes())
		if err := a.MergeStates(states[:n], cells); err != nil {
			return err
		}
		states = states[n:]
	}
	return nil
}
