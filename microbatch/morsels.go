package microbatch

import (
	"context"
	"errors"
	"io"
	"sync"
)

// morselWindow is how far ahead of the oldest open morsel others may begin, a worker. It bounds what a sink that keeps
// the order has to hold back. Large enough that one slow morsel doesn't stop the others at once.
const morselWindow = 8

// morsels hands out the sources' morsels in order, numbered over all sources.
type morsels struct {
	ctx    context.Context
	window int64

	mu      sync.Mutex
	changed sync.Cond
	sources []*step // those not yet at their end, in order
	next    int64   // number of the next morsel
	open    map[int64]bool
	oldest  int64 // smallest number that is open, or next
}

func newMorsels(ctx context.Context, g *graph, workers int) *morsels {
	m := &morsels{ctx: ctx, window: int64(morselWindow * workers), open: map[int64]bool{}}
	m.changed.L = &m.mu
	for _, s := range g.steps {
		if s.source != nil {
			m.sources = append(m.sources, s)
		}
	}
	return m
}

// ticket is a morsel that was handed out.
type ticket struct {
	step   *step
	number int64
	morsel Morsel
}

// take hands out the next morsel to a worker; ok is false when there is none left.
func (m *morsels) take(w *worker) (t ticket, ok bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.ctx.Err() == nil && m.next >= m.oldest+m.window {
		m.changed.Wait()
	}
	for len(m.sources) > 0 {
		if err := m.ctx.Err(); err != nil {
			return t, false, err
		}
		s := m.sources[0]
		w.current = s
		if s.sated() {
			m.sources = m.sources[1:]
			continue
		}
		morsel, err := s.source.Next(m.ctx)
		if errors.Is(err, io.EOF) {
			m.sources = m.sources[1:]
			continue
		}
		if err != nil {
			return t, false, err
		}
		if w.readers[s] == nil {
			w.readers[s] = s.source.NewReader()
		}
		return ticket{s, m.begin(), morsel}, true, nil
	}
	return t, false, nil
}

// begin opens a new morsel. The caller holds the lock.
func (m *morsels) begin() int64 {
	n := m.next
	m.next++
	m.open[n] = true
	return n
}

// number opens a morsel that doesn't come from a source.
func (m *morsels) number() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.begin()
}

// reserve opens n morsels that don't come from a source and returns the first one's number.
func (m *morsels) reserve(n int) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	first := m.next
	for range n {
		m.begin()
	}
	return first
}

// end closes a morsel.
func (m *morsels) end(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.open, n)
	for m.oldest < m.next && !m.open[m.oldest] {
		m.oldest++
	}
	m.changed.Broadcast()
}

// wake makes waiting workers look at the context.
func (m *morsels) wake() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changed.Broadcast()
}
