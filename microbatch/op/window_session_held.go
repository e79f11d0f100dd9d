package op

import (
	"cmp"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// heldRow is a row from before the times of freed sessions.
type heldRow struct {
	part, key uint32
	at        int64
	gone      bool // the row goes
	local     uint32
	batch     uint32
	row       uint32
	counts    bool     // it isn't late
	late      timeSpan // the session that it is late for
}

// takeHeld decides which of the rows that workers have held are late, and takes the others. It comes when all other rows of the epoch are among
// the sessions, so that neither their order nor that of the held ones matters.
func (s *sessions) takeHeld(e *Epoch, out Out) error {
	rows := s.heldRows()
	if len(rows) == 0 {
		return nil
	}
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && rows[to].part == rows[from].part && rows[to].key == rows[from].key {
			to++
		}
		s.decide(rows[from:to])
		from = to
	}
	slices.SortFunc(rows, func(a, b heldRow) int {
		return cmp.Or(cmp.Compare(a.local, b.local), cmp.Compare(a.batch, b.batch), cmp.Compare(a.row, b.row))
	})
	for i, l := range s.locals {
		for j, h := range l.held {
			n := 0
			for n < len(rows) && rows[n].local == uint32(i) && rows[n].batch == uint32(j) {
				n++
			}
			if err := l.settleHeld(h, rows[:n], out); err != nil {
				return err
			}
			rows = rows[n:]
		}
		clear(l.held)
		l.held = l.held[:0]
	}
	return s.take(e, out)
}

// heldRows are all rows that are held, by part and key, ascending in time.
func (s *sessions) heldRows() []heldRow {
	var rows []heldRow
	for i, l := range s.locals {
		for j, h := range l.held {
			keys := s.shape.newKeys()
			var cols []*vec.Vec
			for _, k := range s.node.Keys {
				cols = append(cols, h.b.Cols[k])
			}
			ids := make([]uint32, h.b.N)
			keys.Intern(cols, h.b.N, nil, ids)
			parts := make([]uint8, keys.Len())
			for k := range parts {
				parts[k] = uint8(partOf(keys.Hash(uint32(k)), len(s.parts)))
			}
			of := make([][]uint32, len(s.parts))
			for n, p := range s.parts {
				of[n] = p.takeKeys(keys, parts)
				p.growKeys()
			}
			times := l.times.of(h.b.Cols[s.node.Time])
			for r, id := range ids {
				part := parts[id]
				key := of[part][id]
				s.parts[part].look(key)
				gone := h.b.Diff != nil && h.b.Diff[r] < 0
				rows = append(rows, heldRow{part: uint32(part), key: key, at: times[r], gone: gone, local: uint32(i), batch: uint32(j), row: uint32(r)})
			}
		}
	}
	slices.SortFunc(rows, func(a, b heldRow) int {
		return cmp.Or(cmp.Compare(a.part, b.part), cmp.Compare(a.key, b.key), cmp.Compare(a.at, b.at))
	})
	return rows
}

// look makes the end of the epoch look at a key.
func (p *sessionPart) look(key uint32) {
	if k := &p.state[key]; !k.dirty {
		k.dirty = true
		p.dirty = append(p.dirty, key)
	}
}

// decide finds out which rows of a key, ascending in time, count.
//
//	gap 10, sessions that have ended by 50 are freed     gone [0, 12]   kept [30, 42]
//	a row at 17      is late for the session that is gone: it would have been in it
//	a row at 25      is late for one of its own: a session that is kept doesn't begin any earlier, for it might come to touch one that is gone
//	a row at 35      counts, as the session that it is in is kept; so does one at 44, and then one at 47
//	a row at 41 …    counts: a session of its own would not be over
//
// A row that goes counts if rows of its time are there.
func (s *sessions) decide(rows []heldRow) {
	p := s.parts[rows[0].part]
	k := &p.state[rows[0].key]
	var came []int64            // times of rows that come and count
	reach := int64(NoWatermark) // a row before it is in the session of one that counts
	for i := range rows {
		r := &rows[i]
		at := timeSpan{r.at, r.at}
		r.late = at
		if g := slices.IndexFunc(k.gone, func(g timeSpan) bool { return !p.forgets(g, s.freed) && p.near(g, at) }); g >= 0 {
			r.late = k.gone[g]
			continue
		}
		if r.gone {
			_, r.counts = k.times.find(r.at)
			continue
		}
		if r.counts = r.at < reach || r.at+s.node.Size > s.freed || p.isIn(k, at); r.counts {
			reach = r.at + s.node.Size
			came = append(came, r.at)
		}
	}
	for i := range rows {
		if r := &rows[i]; r.gone && !r.counts {
			_, r.counts = slices.BinarySearch(came, r.at)
		}
	}
}

// isIn reports whether a row at a time is in a session of a key that has begun by then.
func (p *sessionPart) isIn(k *sessionKey, at timeSpan) bool {
	i := p.place(k, at)
	return i < len(k.sessions) && k.sessions[i].first <= at.first && p.near(k.sessions[i].timeSpan, at)
}

// settleHeld emits the late ones of a held batch's rows, and adds the others to the cells.
func (l *sessionLocal) settleHeld(h seqBatch, rows []heldRow, out Out) error {
	late := lateRows{of: &l.of.windowBase}
	sel := make([]uint32, 0, len(rows))
	for _, r := range rows {
		if r.counts {
			sel = append(sel, r.row)
			continue
		}
		late.add(h.b, int(r.row), r.late.first, r.late.last+l.node.Size)
	}
	if err := late.emit(h.at, h.b, out); err != nil {
		return err
	}
	if len(sel) > 0 {
		in := *h.b
		in.Sel = sel
		l.add(&in, l.times.of(h.b.Cols[l.node.Time]))
	}
	h.b.Drop(l.env.Account)
	return nil
}
