package op

import (
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// maxSerialRows is up to how many changed rows an epoch is joined by one caller: handing 64 partitions to the workers takes longer.
const maxSerialRows = 1024

// change is EndEpoch of a join that keeps both sides.
func (j *join) change(e *Epoch, out Out) error {
	dealt, rows, err := j.deal(e)
	if err != nil {
		return err
	}
	err = j.joinParts(e, dealt, rows, out)
	for _, l := range j.locals {
		l.in[0].reset()
		l.in[1].reset()
	}
	if j.shape.final {
		j.forgetParts()
	}
	if err != nil {
		return err
	}
	return overBudget(j.env)
}

// deal computes the keys of the epoch's rows and deals them out to the partitions.
func (j *join) deal(e *Epoch) (dealt [2][]*dealtRows, rows int, err error) {
	type task struct {
		d    *dealtRows
		side int
	}
	var tasks []task
	for _, l := range j.locals {
		for s, in := range l.in {
			for _, b := range in.batches() {
				d := &dealtRows{b: b}
				dealt[s] = append(dealt[s], d)
				tasks = append(tasks, task{d, s})
				rows += b.N
			}
		}
	}
	work := func(i int, _ Out) error {
		t := tasks[i]
		side := &j.shape.sides[t.side]
		late := t.d.deal(j.shape.keyer(t.side), dealing{
			byValue: side.retracts && !j.onlyCounts(t.side), keepAbsent: side.watch == ifNotMatched, late: j.late[t.side],
		})
		if late > 0 {
			j.env.Stats.RowsLate.Add(int64(late))
		}
		return nil
	}
	if rows > maxSerialRows && len(tasks) > 1 {
		return dealt, rows, e.Parallel(len(tasks), work)
	}
	for i := range tasks {
		_ = work(i, nil)
	}
	return dealt, rows, nil
}

// onlyCounts reports whether of a side's rows only their number by key matters.
func (j *join) onlyCounts(side int) bool { return side == 1 && j.shape.keyOnly }

// joinParts joins partition by partition.
func (j *join) joinParts(e *Epoch, dealt [2][]*dealtRows, rows int, out Out) error {
	var touched []int
	now := j.timeAsOf(e)
	for p := range group.Partitions {
		if has(dealt[0], p) || has(dealt[1], p) || j.parts[p] != nil && (j.parts[p].expires(e.Watermarks) || j.parts[p].asof.isDue(now)) {
			touched = append(touched, p)
		}
	}
	if rows > maxSerialRows {
		return e.Parallel(len(touched), func(i int, out Out) error {
			w := j.idleWork()
			err := w.joinPart(touched[i], dealt, e, out)
			if err == nil {
				err = w.out.flush(out)
			}
			j.giveBack(w)
			return err
		})
	}
	w := j.idleWork()
	defer j.giveBack(w)
	for _, p := range touched {
		if err := w.joinPart(p, dealt, e, out); err != nil {
			return err
		}
	}
	return w.out.flush(out)
}

func has(dealt []*dealtRows, p int) bool {
	for _, d := range dealt {
		if d.from[p] < d.from[p+1] {
			return true
		}
	}
	return false
}

// idleWork is a joinWork that nobody uses.
func (j *join) idleWork() *joinWork {
	j.mu.Lock()
	defer j.mu.Unlock()
	if n := len(j.idle); n > 0 {
		w := j.idle[n-1]
		j.idle = j.idle[:n-1]
		return w
	}
	return newJoinWork(j)
}

func (j *join) giveBack(w *joinWork) {
	w.out.reset()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.idle = append(j.idle, w)
}

// forgetParts gives back all state.
func (j *join) forgetParts() {
	for p, part := range j.parts {
		if part != nil {
			j.env.Account.Release(part.charged)
			j.parts[p] = nil
		}
	}
}

// joinPart joins the epoch's rows of one partition.
func (w *joinWork) joinPart(p int, dealt [2][]*dealtRows, e *Epoch, out Out) error {
	j := w.join
	part := j.parts[p]
	if part == nil {
		part = newJoinPart(j)
		j.parts[p] = part
	}
	w.begin(part, p, out)
	var err error
	if part.asof != nil {
		err = w.applyAsOf(dealt)
	} else if err = w.apply(dealt); err == nil {
		err = w.pads()
	}
	part.settle()
	part.expire(e.Watermarks)
	part.expireAsOf(j.timeAsOf(e))
	part.compact()
	w.end()
	part.charge()
	return err
}

// apply folds both sides' rows and joins them by the delta rule; an as-of-now join answers left rows by all right ones.
func (w *joinWork) apply(dealt [2][]*dealtRows) error {
	first, second := 0, 1
	if w.join.shape.now {
		first, second = 1, 0
	}
	if err := w.fold(first, dealt[first]); err != nil {
		return err
	}
	if !w.join.shape.now {
		if err := w.match(first); err != nil {
			return err
		}
	}
	if err := w.fold(second, dealt[second]); err != nil {
		return err
	}
	return w.match(second)
}

// fold puts a side's rows of the partition into its state.
func (w *joinWork) fold(side int, dealt []*dealtRows) error {
	for n, d := range dealt {
		var err error
		rows := d.part(w.number)
		switch {
		case len(rows) == 0:
		case w.join.onlyCounts(side):
			err = w.part.countRows(side, d, n, rows)
		default:
			err = w.foldRows(side, d, rows)
		}
		if err != nil {
			return err
		}
	}
	if w.join.onlyCounts(side) {
		return w.checkCounts(side, dealt)
	}
	return w.checkWeights(side)
}

// foldRows adds the weights of rows to those that are equal, or stores them.
func (w *joinWork) foldRows(side int, d *dealtRows, rows []uint32) error {
	var err error
	part, store := w.part, w.part.stores[side]
	w.from, w.ids = w.from[:0], w.ids[:0]
	for _, i := range rows {
		diff := d.diff(i)
		if diff == 0 {
			continue
		}
		id := none
		if d.hashes != nil {
			id = store.findRow(d.b, int(i), d.hashes[i])
		}
		if id == none {
			id = part.newRow(side, d, i)
			w.from, w.ids = append(w.from, i), append(w.ids, id)
		}
		store.touch(id)
		var ok bool
		if store.rows[id].weight, ok = addTimes(store.rows[id].weight, diff); !ok {
			err = w.join.tooOften(side, d.b, int(i))
		}
	}
	store.appendRows(d.b, w.from, w.ids, d.longest) // after an error, too: rows without values can't be removed
	return err
}

// tooOften is the error about a row of a side, row i of b, of which there are more, or more matches, than can be counted.
func (j *join) tooOften(side int, b *vec.Batch, i int) error {
	return timesError(&j.env, j.shape.sides[side].schema, b, i)
}

// tooOften is that about a stored row.
func (w *joinWork) tooOften(side int, id uint32) error {
	return w.join.tooOften(side, w.part.stores[side].batch(id), 0)
}

// checkWeights finds rows that went without having come, and counts the others by key.
func (w *joinWork) checkWeights(side int) error {
	shape, store := w.join.shape, w.part.stores[side]
	for _, t := range store.touched {
		r := &store.rows[t.row]
		if r.weight < 0 && (!shape.sides[side].forgets || shape.final) {
			r.weight = 0
			if err := w.join.env.Inconsistency(shape.sides[side].schema, store.batch(t.row), 0); err != nil {
				return err
			}
		}
		if shape.byKey {
			w.part.touchKey(r.key)
			if shape.sides[1-side].watch != unwatched {
				total := &w.part.totals[r.key][side]
				var ok bool
				if *total, ok = addTimes(*total, r.weight-t.weight); !ok {
					return w.tooOften(side, t.row)
				}
			}
		}
	}
	return nil
}

// checkCounts is checkWeights of a side of which only the number of rows by key is kept.
func (w *joinWork) checkCounts(side int, dealt []*dealtRows) error {
	part := w.part
	for _, t := range part.touchedKeys {
		if part.totals[t.key][side] >= 0 {
			continue
		}
		part.totals[t.key][side] = 0
		d := dealt[t.gone.Batch]
		if err := w.join.env.Inconsistency(w.join.shape.sides[side].schema, d.b, int(t.gone.Row)); err != nil {
			return err
		}
	}
	return nil
}
