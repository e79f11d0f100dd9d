package op

import "github.com/pwcol/pwcol/kernels/vec"

// pads emits what has changed of rows that come out by themselves: padded with NULLs, or as rows of a semi or anti join.
func (w *joinWork) pads() error {
	shape := w.join.shape
	for side := range shape.sides {
		if shape.sides[side].watch == unwatched {
			continue
		}
		if shape.byKey {
			if err := w.padKeys(side); err != nil {
				return err
			}
		}
		if err := w.padTouched(side); err != nil {
			return err
		}
	}
	return nil
}

// padKeys looks at keys of which the other side has got its first row or lost its last: all rows
// that have not changed themselves change by that.
func (w *joinWork) padKeys(side int) error {
	part, store, watch := w.part, w.part.stores[side], w.join.shape.sides[side].watch
	for _, t := range part.touchedKeys {
		count, was := part.totals[t.key][1-side], t.totals[1-side]
		if (count == 0) == (was == 0) {
			continue
		}
		for id := part.keys.keys[t.key].head[side]; id != none; id = store.rows[id].next {
			r := &store.rows[id]
			if r.mark != 0 {
				continue
			}
			if err := w.pad(side, id, watch.comes(r.weight, count)-watch.comes(r.weight, was)); err != nil {
				return err
			}
		}
	}
	return w.flushPads(side)
}

// padTouched looks at rows that have changed themselves, or whose number of matches has.
func (w *joinWork) padTouched(side int) error {
	part, store, watch := w.part, w.part.stores[side], w.join.shape.sides[side].watch
	for _, t := range store.touched {
		r := &store.rows[t.row]
		count, was := int64(0), t.count
		if w.join.shape.byKey {
			count = part.totals[r.key][1-side]
			was = part.touchedKeys[part.keys.keys[r.key].mark-1].totals[1-side]
		} else {
			count = store.counts[t.row]
		}
		if err := w.pad(side, t.row, watch.comes(r.weight, count)-watch.comes(t.weight, was)); err != nil {
			return err
		}
	}
	return w.flushPads(side)
}

// pad emits a row of one side, diff times.
func (w *joinWork) pad(side int, id uint32, diff int64) error {
	if diff == 0 {
		return nil
	}
	w.padIDs, w.padDiffs = append(w.padIDs, id), append(w.padDiffs, diff)
	if len(w.padIDs) < vec.BatchRows {
		return nil
	}
	return w.flushPads(side)
}

func (w *joinWork) flushPads(side int) error {
	if len(w.padIDs) == 0 {
		return nil
	}
	left, right := w.part.stores[0], w.part.stores[1]
	refs := [2][]vec.Ref{}
	refs[side] = w.part.stores[side].refsOf(w.padIDs)
	err := w.out.add(left.source(), right.source(), refs[0], refs[1], w.padDiffs, w.to)
	w.padIDs, w.padDiffs = w.padIDs[:0], w.padDiffs[:0]
	return err
}
