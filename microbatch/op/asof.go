package op

import (
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// asOf gives each left row (port 0) the right row (port 1) of the same key whose time is nearest.
//
// Rows of both sides are kept as a join keeps them, by the hash of their key in 64 partitions, and beside them
// sorted by key and time (timeIndex). Each left row has its answer. A right row that comes or goes can change only answers of
// left rows between it and its neighbours, so those are looked up again:
//
//	right  09:00 a                 09:05 b             backward
//	left         09:01  09:03  09:04       09:07
//	answer         a      a      a           b
//
//	+ right 09:02 c: the rows from 09:02 to 09:05      09:03 and 09:04: −a +c
//
// Cost of a changed row: O(log n) for its place, and as much for each left row whose answer it may change. A batch
// sorts both sides once. Memory: both sides' rows and about 100 bytes for each; the left side is not kept if the right one is
// bounded. If both sides have watermarks, rows that no answer depends on any more are forgotten: see asofClock.
type asOf struct{ join }

// NewAsOf makes the operator of an AsOf.
func NewAsOf(n *plan.AsOf, env Env) (Operator, error) {
	t := n.Left.Schema().Field(n.LeftTime).Type
	switch {
	case len(n.LeftKeys) != len(n.RightKeys):
		return nil, fmt.Errorf("%s: %d key columns on the left and %d on the right", env.Name, len(n.LeftKeys), len(n.RightKeys))
	case n.Kind != plan.Inner && n.Kind != plan.LeftOuter:
		return nil, fmt.Errorf("%s: an as-of join is inner or left, not %s", env.Name, n.Kind)
	case t.Width() == 0 || t.Width() > 8:
		return nil, fmt.Errorf("%s: rows are brought together by times or numbers of at most 64 bits, not by a %s: cast it", env.Name, t)
	case t.IsFloat() && (n.Tolerance >= 0 || n.Direction == plan.Either):
		return nil, fmt.Errorf("%s: distances are measured between times or integers, not %s: cast it, or look in one direction without a tolerance", env.Name, t)
	}
	return &asOf{newJoin(env, func(in []Port) *joinShape { return newAsofShape(n, in, env) })}, nil
}

func newAsofShape(n *plan.AsOf, in []Port, env Env) *joinShape {
	s := &joinShape{
		asof: n, final: in[0].Final && in[1].Final, pairs: true,
		hash: group.Options{Seed: env.Seed, Collide: env.Test.ForceCollisions},
	}
	s.sides[0] = newJoinSide(n.Left.Schema(), n.LeftKeys, in[0])
	s.sides[1] = newJoinSide(n.Right.Schema(), n.RightKeys, in[1])
	for side, column := range []int{n.LeftTime, n.RightTime} {
		unit := s.sides[side].schema.Field(column).Type.Unit
		s.sides[side].times = &joinTimes{column: column, unit: unit, to: unit}
	}
	s.sides[0].forgets = in[1].Bounded
	s.clocked = !s.final && !in[1].Bounded && in[1].Time == n.RightTime && (in[0].Bounded || in[0].Time == n.LeftTime)
	if n.Kind == plan.LeftOuter {
		s.sides[0].watch = ifNotMatched
	}
	s.appends = s.final
	return s
}

// asofState is what a partition of an as-of join has besides its rows.
type asofState struct {
	node    *plan.AsOf
	right   *timeIndex
	left    *timeIndex // nil: no answer is revised
	answers []uint32   // by left row: its right row; none: none
	clock   *asofClock // nil: no row is ever forgotten
}

func newAsofState(s *joinShape, stores [2]*joinStore) *asofState {
	a := &asofState{node: s.asof, right: &timeIndex{ties: stores[1]}}
	if !s.final && !s.sides[0].forgets {
		a.left = &timeIndex{}
	}
	if s.clocked {
		a.clock = &asofClock{}
	}
	return a
}

func (a *asofState) held() int64 {
	if a == nil {
		return 0
	}
	n := a.right.held() + a.left.held() + int64(4*cap(a.answers))
	if a.clock != nil {
		n += a.clock.due[0].held() + a.clock.due[1].held()
	}
	return n
}

// applyAsOf folds both sides' rows and emits what changes of the answers.
func (w *joinWork) applyAsOf(dealt [2][]*dealtRows) error {
	for side, d := range dealt {
		if err := w.fold(side, d); err != nil {
			return err
		}
	}
	a := w.part.asof
	w.changed = a.indexRight(w.part.stores[1], w.changed[:0])
	if a.left != nil {
		a.indexLeft(w.part.stores[0])
		a.touchAnswers(w.part.stores[0], w.changed)
	}
	return w.answer(a)
}

// changedEntries are the entries of a side's rows that have come, or have gone.
func changedEntries(store *joinStore, out []timeEntry, came bool) []timeEntry {
	for _, t := range store.touched {
		r := &store.rows[t.row]
		if r.key >= reservedKeys && (t.weight != 0) != came && (r.weight != 0) == came {
			out = append(out, timeEntry{key: r.key, row: t.row, time: store.times[t.row]})
		}
	}
	return out
}

// indexRight keeps the right rows sorted, and appends those that have changed to changed.
func (a *asofState) indexRight(store *joinStore, changed []timeEntry) []timeEntry {
	changed = changedEntries(store, changed, true)
	came := len(changed)
	changed = changedEntries(store, changed, false)
	a.clock.noteRight(changed[:came], changed[came:])
	a.right.removeAll(changed[came:])
	a.right.insertAll(changed[:came])
	return changed
}

func (a *asofState) indexLeft(store *joinStore) {
	a.left.removeAll(changedEntries(store, nil, false))
	a.left.insertAll(changedEntries(store, nil, true))
}

// touchAnswers touches the left rows whose answer may have changed: those between a changed right row and its neighbours. Right rows
// are looked at in their order, so that no stretch of left rows is walked twice.
func (a *asofState) touchAnswers(left *joinStore, changed []timeEntry) {
	sortByTime(changed)
	last := timeEntry{key: none} // up to there left rows are done
	for _, c := range changed {
		from, to := a.reach(c)
		at := a.left.bound(c.key, from, false)
		if last.key == c.key && last.time >= from {
			at = a.left.bound(c.key, last.time, true)
		}
		for ; a.left.valid(at); at = a.left.next(at) {
			e := a.left.at(at)
			if e.key != c.key || e.time > to {
				break
			}
			left.touch(e.row)
		}
		if last.key != c.key || to > last.time {
			last = timeEntry{key: c.key, time: to}
		}
	}
}

// reach is the times of the left rows whose answer a right row may be or have been.
func (a *asofState) reach(c timeEntry) (from, to int64) {
	from, to = c.time, c.time
	if a.node.Direction != plan.Forward {
		to = maxOrderTime
		if a.node.Tolerance >= 0 {
			to = satAdd(c.time, a.node.Tolerance)
		}
		if next := a.right.bound(c.key, c.time, true); a.right.valid(next) && a.right.at(next).key == c.key {
			to = min(to, a.right.at(next).time)
		}
	}
	if a.node.Direction != plan.Backward {
		from = minOrderTime
		if a.node.Tolerance >= 0 {
			from = satSub(c.time, a.node.Tolerance)
		}
		if prev := a.right.before(a.right.bound(c.key, c.time, false)); a.right.valid(prev) && a.right.at(prev).key == c.key {
			from = max(from, a.right.at(prev).time)
		}
	}
	return from, to
}

// find is the right row for a time, none if there is none.
func (a *asofState) find(key uint32, time int64) uint32 {
	var back, forth timeEntry
	hasBack, hasForth := false, false
	if a.node.Direction != plan.Forward {
		back, hasBack = a.right.last(a.right.bound(key, time, !a.node.Strict), key)
		hasBack = hasBack && a.isNear(time, back.time)
	}
	if a.node.Direction != plan.Backward {
		if at := a.right.bound(key, time, a.node.Strict); a.right.valid(at) && a.right.at(at).key == key {
			forth, hasForth = a.right.last(a.right.bound(key, a.right.at(at).time, true), key)
			hasForth = hasForth && a.isNear(forth.time, time)
		}
	}
	switch {
	case hasBack && (!hasForth || apart(time, back.time) <= apart(forth.time, time)):
		return back.row
	case hasForth:
		return forth.row
	}
	return none
}

// isNear reports whether the later time is within the tolerance of the earlier one.
func (a *asofState) isNear(later, earlier int64) bool {
	return a.node.Tolerance < 0 || apart(later, earlier) <= uint64(a.node.Tolerance)
}

// apart is later − earlier, which an int64 may not hold.
func apart(later, earlier int64) uint64 { return uint64(later) - uint64(earlier) }

// answer looks up the touched left rows and emits what has changed of them.
func (w *joinWork) answer(a *asofState) error {
	left := w.part.stores[0]
	for len(a.answers) < len(left.rows) {
		a.answers = append(a.answers, none)
	}
	for _, t := range left.touched {
		r := &left.rows[t.row]
		was, now := a.answers[t.row], none
		if r.key >= reservedKeys {
			now = a.find(r.key, left.times[t.row])
		}
		a.answers[t.row] = now
		w.part.noteLeft(t.row, t.weight, now)
		if t.weight != 0 && was != now {
			w.answered(a, t.row, was, -t.weight)
			w.answered(a, t.row, now, r.weight)
		} else {
			w.answered(a, t.row, now, r.weight-t.weight)
		}
		if len(w.pairs.own) < vec.BatchRows {
			continue
		}
		if err := w.flushAnswers(); err != nil {
			return err
		}
	}
	return w.flushAnswers()
}

// noteLeft tells the clock of a left row that has changed, its weight from before, and its answer.
func (p *joinPart) noteLeft(row uint32, was int64, answer uint32) {
	a, left := p.asof, p.stores[0]
	r, time := &left.rows[row], left.times[row]
	switch {
	case a.clock == nil:
	case r.key >= reservedKeys:
		a.clock.noteLeft(row, was, r.weight, a.leftDue(time, answer, p.stores[1]))
	case p.join.shape.sides[0].retracts: // else it is not kept
		a.clock.noteLeft(row, was, r.weight, satAdd(time, 1))
	}
}

// answered notes that a left row comes with that answer, diff times.
func (w *joinWork) answered(a *asofState, row, answer uint32, diff int64) {
	if diff == 0 || answer == none && a.node.Kind == plan.Inner {
		return
	}
	p := &w.pairs
	p.own, p.other, p.diffs = append(p.own, row), append(p.other, answer), append(p.diffs, diff)
}

func (w *joinWork) flushAnswers() error {
	defer w.pairs.reset()
	if len(w.pairs.own) == 0 {
		return nil
	}
	left, right, lrefs, rrefs := w.sources(0)
	return w.out.add(left, right, lrefs, rrefs, w.pairs.diffs, w.to)
}
