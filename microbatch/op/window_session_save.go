package op

import (
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

// The tables of sessions' state in checkpoints, beside those of window_save.go. Each save has all there is.
//
//	times      watermark, clock, clock of the last early results, least start to come     one row, with which a state begins
//	sessions   first row, last row, changed since shown?, has its key changed
//	           since early results came out?, keys                                        of a key ascending
//	cells      time, keys, states      where rows also go, of each time; else of the session that begins then
//	shown      start, end, keys, states                                                   rows that are out and may be corrected
//	gone       first row, last row, keys                                                  where freed sessions were
const (
	savedSessions = savedShown + 1 + iota
	savedGoneSessions
)

var _ Durable = (*sessions)(nil)

// BeginSave implements Durable.
func (s *sessions) BeginSave(bool) {
	s.copyTimes(s.least)
	for _, p := range s.parts {
		p.copySessions(&s.saved)
		p.copySessionCells(&s.saved)
		p.copyShown(&s.saved)
	}
}

// copySessions copies where sessions are, and were.
func (p *sessionPart) copySessions(to *savedCopies) {
	var firsts, lasts, fresh, changed []int64
	var keys []uint32
	for key := range p.state {
		k := &p.state[key]
		for _, s := range k.sessions {
			firsts, lasts, fresh = append(firsts, s.first), append(lasts, s.last), append(fresh, savedBool(s.fresh))
			changed, keys = append(changed, savedBool(k.changed)), append(keys, uint32(key))
		}
	}
	p.copyRows(to, savedSessions, [][]int64{firsts, lasts, fresh, changed}, keys, nil, nil)
	firsts, lasts, keys = nil, nil, nil
	for key := range p.state {
		for _, g := range p.state[key].gone {
			firsts, lasts, keys = append(firsts, g.first), append(lasts, g.last), append(keys, uint32(key))
		}
	}
	p.copyRows(to, savedGoneSessions, [][]int64{firsts, lasts}, keys, nil, nil)
}

// copySessionCells copies the cells of sessions, or of times.
func (p *sessionPart) copySessionCells(to *savedCopies) {
	var at []int64
	var keys, cells []uint32
	for key := range p.state {
		k := &p.state[key]
		for _, s := range k.sessions {
			if s.cell != noSlot {
				at, keys, cells = append(at, s.first), append(keys, uint32(key)), append(cells, s.cell)
			}
		}
		for _, c := range k.times.chunks {
			at, cells = append(at, c.at...), append(cells, c.cells...)
			for range c.at {
				keys = append(keys, uint32(key))
			}
		}
	}
	p.copyRows(to, savedCells, [][]int64{at}, keys, p.cells, cells)
}

// copyShown copies what is out.
func (p *sessionPart) copyShown(to *savedCopies) {
	var starts, ends []int64
	var keys, copies []uint32
	for key := range p.state {
		for _, s := range p.state[key].shown {
			starts, ends = append(starts, s.start), append(ends, s.end)
			keys, copies = append(keys, uint32(key)), append(copies, s.copy)
		}
	}
	p.copyRows(to, savedShown, [][]int64{starts, ends}, keys, p.shown.table, copies)
}

// Save implements Durable.
func (s *sessions) Save(rows int, emit func(table int, b *vec.Batch) error) (done bool, err error) {
	return s.saved.save(rows, emit)
}

// Load implements Durable.
func (s *sessions) Load(table int, b *vec.Batch) error {
	ints, types := s.savedTypes(table)
	err := checkSaved(b, types)
	if err == nil {
		err = s.load(table, ints, b)
	}
	if err != nil {
		return fmt.Errorf("%s: state: table %d: %w", s.env.Name, table, err)
	}
	return nil
}

// savedTypes are the columns of a table's batches, nil if there is no such table, and how many of the first are numbers and times.
func (s *sessions) savedTypes(table int) (ints int, types []vec.Type) {
	switch {
	case table == savedTimes:
		return 4, intTypes(4)
	case table == savedSessions:
		ints = 4
	case table == savedGoneSessions, table == savedShown && s.revises:
		ints = 2
	case table == savedCells:
		ints = 1
	default:
		return 0, nil
	}
	return ints, s.savedColumns(ints, table == savedCells || table == savedShown)
}

func (s *sessions) load(table, ints int, b *vec.Batch) error {
	if table == savedTimes { // all that came before is no more
		s.loadTimes(b)
		s.freed = earlier(s.mark, s.node.Lateness)
		for _, least := range intsOf(b.Cols)[3] {
			s.least = least
		}
		for i := range s.parts {
			s.parts[i] = newSessionPart(s, i)
		}
		return nil
	}
	return s.loadKeyed(b, ints, func(p *sessionPart, ints [][]int64, keys []uint32, states []*vec.Vec) error {
		p.growKeys()
		switch table {
		case savedSessions:
			return p.loadSessions(ints, keys)
		case savedCells:
			return p.loadCells(ints[0], keys, states)
		case savedShown:
			return p.loadShown(ints[0], ints[1], keys, states)
		}
		for i, key := range keys {
			k := &p.state[key]
			k.gone = append(k.gone, timeSpan{ints[0][i], ints[1][i]})
		}
		return nil
	})
}

func (p *sessionPart) loadSessions(ints [][]int64, keys []uint32) error {
	for i, key := range keys {
		k := &p.state[key]
		one := session{timeSpan: timeSpan{ints[0][i], ints[1][i]}, cell: noSlot, fresh: ints[2][i] != 0}
		if ints[3][i] != 0 && !k.changed {
			k.changed = true
			p.changed = append(p.changed, key)
		}
		if n := len(k.sessions); one.first > one.last || n > 0 && p.near(k.sessions[n-1].timeSpan, one.timeSpan) {
			return errSavedTwice
		}
		k.sessions = append(k.sessions, one)
		p.starts.push(one.first, key)
	}
	return nil
}

// loadCells takes the cells of sessions that have been loaded.
func (p *sessionPart) loadCells(at []int64, keys []uint32, states []*vec.Vec) error {
	cells := make([]uint32, len(keys))
	for i, key := range keys {
		k := &p.state[key]
		n := p.place(k, timeSpan{at[i], at[i]})
		if n == len(k.sessions) || at[i] < k.sessions[n].first || at[i] > k.sessions[n].last {
			return errNoSession
		}
		cells[i] = p.newCell()
		if !p.of.retract {
			if k.sessions[n].first != at[i] || k.sessions[n].cell != noSlot {
				return errSavedTwice
			}
			k.sessions[n].cell = cells[i]
			continue
		}
		place, ok := k.times.find(at[i])
		if ok {
			return errSavedTwice
		}
		k.times.insert(place, at[i], cells[i])
	}
	p.growCells()
	return p.cells.mergeStates(states, cells)
}

// errNoSession says that a state has parts of sessions that it doesn't have.
var errNoSession = errors.New("a session isn't as its rows are: it was saved by another program, or damaged")

func (p *sessionPart) loadShown(starts, ends []int64, keys []uint32, states []*vec.Vec) error {
	copies := make([]uint32, len(keys))
	for i, key := range keys {
		copies[i] = p.shown.newCopy()
		k := &p.state[key]
		k.shown = append(k.shown, shownSession{starts[i], ends[i], copies[i]})
	}
	for _, a := range p.shown.table.accs {
		a.Grow(p.shown.size)
	}
	clearCells(p.shown.table, copies)
	return p.shown.table.mergeStates(states, copies)
}

// Loaded implements Durable.
func (s *sessions) Loaded() error {
	for _, p := range s.parts {
		for key := range p.state {
			k := &p.state[key]
			if err := p.checkSessions(k); err != nil {
				return fmt.Errorf("%s: state: %w", s.env.Name, err)
			}
			if next := p.nextLook(k, sessionStep{mark: s.mark, freed: s.freed}); next < never {
				k.armed = next
				p.timers.push(next, uint32(key))
			}
		}
	}
	s.charge()
	return overBudget(s.env)
}

// checkSessions makes sure that a key's sessions have their cells.
func (p *sessionPart) checkSessions(k *sessionKey) error {
	for _, s := range k.sessions {
		_, begins := k.times.find(s.first)
		_, ends := k.times.find(s.last)
		if p.of.retract && !(begins && ends) || !p.of.retract && s.cell == noSlot {
			return errNoSession
		}
	}
	return nil
}
