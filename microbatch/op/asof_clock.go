package op

import (
	"github.com/pwcol/pwcol/arrowtab/plan"
)

// asofClock frees the rows of a partition that no answer can depend on any more. Time is the lesser of both inputs' watermarks: rows of
// either side that come later with a time before it are late, and left out. Say it is 09:05, and the join looks backward:
//
//	right  09:00 a   09:03 b     ┆ 09:07 c     a goes: for rows from 09:05 on b is nearer
//	left       09:01      09:04  ┆ 09:06       09:01 and 09:04 go: what comes from now on is behind them
//
// Each row has a time at which it is due. A left row goes when it is due, because its answer is final: see leftDue. A right row that is due has
// become old, so that those of its key before it go. It goes itself when the next one is due, or, with a tolerance, when
// it is out of reach. So of each key the newest right row stays; without a tolerance also left rows that look forward and have not found any.
//
// Cost: O(log n) for each row that comes, and for each that goes. Memory: 32 bytes a row.
type asofClock struct {
	due [2]dueRows
}

// dueRows is the rows of a side in the order of the times at which they are due.
type dueRows struct {
	index timeIndex
	at    []int64 // by row
}

func (d *dueRows) put(row uint32, at int64) {
	for len(d.at) <= int(row) {
		d.at = append(d.at, 0)
	}
	d.at[row] = at
	d.index.insert(timeEntry{row: row, time: at})
}

func (d *dueRows) take(row uint32) { d.index.remove(timeEntry{row: row, time: d.at[row]}) }

// move makes a row due at another time.
func (d *dueRows) move(row uint32, at int64) {
	if d.at[row] != at {
		d.take(row)
		d.put(row, at)
	}
}

// next is a row that is due now, none if there is none.
func (d *dueRows) next(now int64) uint32 {
	if d.index.rows == 0 || d.index.at(place{}).time > now {
		return none
	}
	return d.index.at(place{}).row
}

func (d *dueRows) held() int64 { return d.index.held() + int64(8*cap(d.at)) }

func (d *dueRows) renumber(rows []uint32, live int) {
	d.at = packed(d.at, rows, live)
	d.index.renumber(nil, rows)
}

// noteRight takes note of right rows that came and that went.
func (c *asofClock) noteRight(came, gone []timeEntry) {
	if c == nil {
		return
	}
	for _, e := range gone {
		c.due[1].take(e.row)
	}
	for _, e := range came {
		c.due[1].put(e.row, satAdd(e.time, 1))
	}
}

// noteLeft takes note of a left row's answer; weights are the row's before the epoch and now.
func (c *asofClock) noteLeft(row uint32, was, now, due int64) {
	switch {
	case c == nil || was == 0 && now == 0:
	case now == 0:
		c.due[0].take(row)
	case was == 0:
		c.due[0].put(row, due)
	default:
		c.due[0].move(row, due)
	}
}

// leftDue is the time from which a left row's answer is final: what comes can't be nearer, and what is the answer can't go.
//
//	backward    when its own time has passed
//	forward     when its answer's has, too; without one when the tolerance is over, or never
//	nearest     as forward, if its answer is behind it; else when what comes is farther from it than its answer
func (a *asofState) leftDue(time int64, answer uint32, right *joinStore) int64 {
	if a.node.Direction == plan.Backward {
		return satAdd(time, 1)
	}
	over := int64(maxOrderTime)
	if a.node.Tolerance >= 0 {
		over = satAdd(satAdd(time, a.node.Tolerance), 1)
	}
	if answer == none {
		return over
	}
	at := right.times[answer]
	if at >= time {
		return satAdd(at, 1)
	}
	return min(over, satAdd(time, satSub(time, at)))
}

// outOfReach is the time from which a right row is no left row's answer, whatever comes: what comes is from now on, and of those that are kept, the
// last to look for the nearest is as far behind its answer as the tolerance, and may wait as long again.
func (a *asofState) outOfReach(time int64) int64 {
	tolerance := a.node.Tolerance
	switch {
	case a.node.Direction == plan.Forward:
		return satAdd(time, 1)
	case tolerance < 0:
		return maxOrderTime
	case a.node.Direction == plan.Either:
		tolerance = satAdd(tolerance, tolerance)
	}
	return satAdd(satAdd(time, tolerance), 1)
}

// isDue reports whether there are rows to look at when it is so late.
func (a *asofState) isDue(now int64) bool {
	return a != nil && a.clock != nil && (a.clock.due[0].next(now) != none || a.clock.due[1].next(now) != none)
}

// expireAsOf frees what no answer depends on from now on.
func (p *joinPart) expireAsOf(now int64) {
	a := p.asof
	if a == nil || a.clock == nil {
		return
	}
	left, right := &a.clock.due[0], &a.clock.due[1]
	for row := left.next(now); row != none; row = left.next(now) {
		left.take(row)
		p.removeIndexed(0, row, a.left)
	}
	for row := right.next(now); row != none; row = right.next(now) {
		if until := p.neededUntil(row); until > now {
			right.move(row, until)
			continue
		}
		p.removeOlder(row)
		if last := a.outOfReach(p.stores[1].times[row]); last > now {
			right.move(row, last)
			continue
		}
		right.take(row)
		p.removeIndexed(1, row, a.right)
	}
}

// neededUntil is the time up to which right rows older than one may still be answers: with Strict a left row of the very same time doesn't see it, and
// if it looks both ways, waits for one that is nearer than the older.
func (p *joinPart) neededUntil(row uint32) int64 {
	a, store := p.asof, p.stores[1]
	until := int64(minOrderTime)
	if !a.node.Strict || a.node.Direction != plan.Either {
		return until
	}
	key, time := store.rows[row].key, store.times[row]
	for at := a.left.bound(key, time, false); a.left.valid(at); at = a.left.next(at) {
		e := a.left.at(at)
		if e.key != key || e.time != time {
			break
		}
		until = max(until, a.clock.due[0].at[e.row])
	}
	return until
}

// removeOlder removes the right rows of a row's key that are before it.
func (p *joinPart) removeOlder(row uint32) {
	a, store := p.asof, p.stores[1]
	at := timeEntry{key: store.rows[row].key, row: row, time: store.times[row]}
	for older, ok := a.right.last(a.right.search(at), at.key); ok; older, ok = a.right.last(a.right.search(at), at.key) {
		a.clock.due[1].take(older.row)
		p.removeIndexed(1, older.row, a.right)
	}
}

// removeIndexed removes a row from its side and from the index of those that have a key.
func (p *joinPart) removeIndexed(side int, row uint32, index *timeIndex) {
	store := p.stores[side]
	if key := store.rows[row].key; key >= reservedKeys {
		index.remove(timeEntry{key: key, row: row, time: store.times[row]})
	}
	p.remove(side, row)
}
