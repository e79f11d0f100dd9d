package op_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// naiveSessions keeps every row of every key, and finds the sessions anew after each epoch.
type naiveSessions struct {
	*naiveWindows
	alive map[string][]event       // by key
	gone  map[string][][2]int64    // by key: first and last row of freed sessions
	out   map[string][]naiveWindow // by key: what is out of sessions that are kept
	rowOf map[naiveWindow]string
	done  map[string]int64 // rows of freed sessions
	freed int64
	least int64

	all, tardy []event // that came, of those that were late
}

func newNaiveSessions(n *plan.Window, u vec.Unit, retract bool) *naiveSessions {
	return &naiveSessions{
		naiveWindows: newNaive(n, u, retract), alive: map[string][]event{}, gone: map[string][][2]int64{}, out: map[string][]naiveWindow{},
		rowOf: map[naiveWindow]string{}, done: map[string]int64{}, freed: op.NoWatermark, least: op.NoWatermark,
	}
}

func (s *naiveSessions) epoch(events []event, mark, now int64, bounded bool) {
	s.all = append(s.all, events...)
	held := map[string][]event{}
	for _, e := range events {
		if s.node.Processing {
			e.time = now
		}
		key := s.key(e)
		if !s.node.Processing && e.time < s.freed {
			held[key] = append(held[key], e)
			continue
		}
		s.alive[key] = append(s.alive[key], e)
	}
	for key := range s.alive {
		s.net(key)
	}
	for key, rows := range held {
		s.decide(key, rows)
		s.net(key)
	}
	s.prev = mark
	freed := mark
	if mark != op.NoWatermark && mark != op.EndOfTime {
		freed = mark - s.node.Lateness
	}
	tick := s.node.Early > 0 && !bounded && (s.tick == op.NoWatermark || now >= s.tick+s.node.Early)
	if tick {
		s.tick = now
	}
	least := freed - s.node.Size + 1
	keys := map[string]bool{}
	for key := range s.alive {
		keys[key] = true
	}
	for key := range s.out {
		keys[key] = true
	}
	for key := range keys {
		s.show(key, mark, freed, tick, bounded)
		for _, e := range s.alive[key] {
			least = min(least, e.time)
		}
	}
	s.freed = freed
	if freed == op.NoWatermark || freed == op.EndOfTime {
		s.least = freed
	} else {
		s.least = max(s.least, least)
	}
}

// net adds up the rows of a key that are alike.
func (s *naiveSessions) net(key string) {
	sum := map[event]int64{}
	for _, e := range s.alive[key] {
		diff := e.diff
		e.diff = 0
		sum[e] += diff
	}
	s.alive[key] = nil
	for e, n := range sum {
		if n != 0 {
			e.diff = n
			s.alive[key] = append(s.alive[key], e)
		}
	}
	slices.SortFunc(s.alive[key], func(a, b event) int { return int(a.time - b.time) })
}

func (s *naiveSessions) decide(key string, rows []event) {
	gap := s.node.Size
	var pool, goes []event
	for _, e := range rows {
		late := [2]int64{e.time, e.time}
		isLate := false
		for _, g := range s.gone[key] {
			if s.remembers(g) && e.time < g[1]+gap && e.time > g[0]-gap {
				late, isLate = g, true
				break
			}
		}
		switch {
		case isLate:
			s.noteLate(e, late)
		case e.diff < 0:
			goes = append(goes, e)
		default:
			pool = append(pool, e)
		}
	}
	accepted := map[int64]bool{}
	for _, e := range s.alive[key] {
		accepted[e.time] = true
	}
	good := make([]bool, len(pool))
	for again := true; again; { // what is less than a gap behind a row that counts counts
		again = false
		for i, e := range pool {
			if good[i] {
				continue
			}
			ok := e.time+gap > s.freed
			for _, o := range s.alive[key] {
				ok = ok || o.time <= e.time && e.time-o.time < gap
			}
			for j, o := range pool {
				ok = ok || good[j] && o.time <= e.time && e.time-o.time < gap
			}
			if ok {
				good[i], again = true, true
			}
		}
	}
	for i, e := range pool {
		if good[i] {
			accepted[e.time] = true
			defer func() { s.alive[key] = append(s.alive[key], e); s.net(key) }()
		} else {
			s.noteLate(e, [2]int64{e.time, e.time})
		}
	}
	for _, e := range goes {
		if accepted[e.time] {
			defer func() { s.alive[key] = append(s.alive[key], e); s.net(key) }()
		} else {
			s.noteLate(e, [2]int64{e.time, e.time})
		}
	}
}

// remembers reports whether it is still known that a session was there.
func (s *naiveSessions) remembers(gone [2]int64) bool {
	return gone[1]+2*s.node.Size > s.freed
}

func (s *naiveSessions) noteLate(e event, of [2]int64) {
	s.late[s.lateRow(e, of[0], of[1]+s.node.Size)]++
	s.tardy = append(s.tardy, e)
}

// batch is what a batch has of the rows that weren't late.
func (s *naiveSessions) batch() map[string]int64 {
	n := *s.node
	n.Lateness, n.Early = 0, 0
	b := newNaiveSessions(&n, s.unit, s.retract)
	rows := slices.Clone(s.all)
	for _, e := range s.tardy {
		e.diff = -e.diff
		rows = append(rows, e)
	}
	b.epoch(rows, op.EndOfTime, 0, true)
	return b.sum()
}

// show finds a key's sessions, and what should be out of them.
func (s *naiveSessions) show(key string, mark, freed int64, tick, bounded bool) {
	gap := s.node.Size
	rows := s.alive[key]
	var out []naiveWindow
	var kept []event
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].time-rows[n-1].time < gap {
			n++
		}
		w := naiveWindow{rows[0].time, rows[n-1].time + gap, key}
		row, _ := s.reduce(w, rows[:n])
		isFreed := freed != op.NoWatermark && w.end <= freed
		closed := mark != op.NoWatermark && w.end <= mark
		switch {
		case isFreed && s.node.Drop && !bounded:
		case isFreed:
			s.done[row]++
		case closed && s.node.Lateness > 0 || tick:
			out = append(out, w)
			s.rowOf[w] = row
		case s.node.Early > 0:
			for _, o := range s.out[key] {
				if o.start >= w.start && o.start < w.end {
					out = append(out, o)
				}
			}
		}
		if isFreed {
			s.gone[key] = append(s.gone[key], [2]int64{rows[0].time, rows[n-1].time})
		} else {
			kept = append(kept, rows[:n]...)
		}
		rows = rows[n:]
	}
	s.alive[key] = kept
	s.out[key] = out
}

func (s *naiveSessions) sum() map[string]int64 {
	out := maps.Clone(s.done)
	for _, windows := range s.out {
		for _, w := range windows {
			out[s.rowOf[w]]++
		}
	}
	return out
}

// randomSession makes a stream and a session window.
func randomSession(seed uint64) windowTrial {
	w := randomTrial(seed)
	rng := rand.New(rand.NewPCG(seed, 2))
	each := 1_000_000 / min(w.unit.PerSecond(), 1_000_000)
	n := *w.node
	n.Kind, n.Step, n.Origin = plan.Session, 0, 0
	n.Size = (1 + rng.Int64N(25)) * each
	if n.Processing {
		n.Size = 1 + rng.Int64N(6_000_000)
	}
	w.node = windowNode(n, eventsOf(w.unit))
	w.rows = 1 + w.rows/(1+rng.IntN(8))
	return w
}

func TestSessionsAgainstNaive(t *testing.T) {
	n := uint64(2000)
	if testing.Short() {
		n = 300
	}
	for seed := range n {
		randomSession(seed).run(t)
	}
}

// TestLongSessionsAgainstNaive: sessions of so many times that they are in many chunks.
func TestLongSessionsAgainstNaive(t *testing.T) {
	for seed := range uint64(6) {
		w := windowTrial{
			seed: seed, workers: 2, epochs: 6, rows: 1500, keys: 2, disorder: 4000, delay: 100 * int64(seed%3), jump: 3000, retract: true, unit: vec.Micro,
		}
		n := plan.Window{Kind: plan.Session, Size: []int64{5, 20, 300}[seed%3], Keys: []int{0}}
		if seed%2 == 0 {
			n.Early, n.Lateness = 1, 500
		}
		w.node = windowNode(n, eventSchema)
		w.run(t)
	}
}
