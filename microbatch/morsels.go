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
//
// When one fails, no more are handed out, those behind it are cancelled, and those before it, which have all
// begun, go on to their end: so the failure that is reported is the first one in the order of the input,
// whichever worker comes upon it.
type morsels struct {
	ctx    context.Context
	window int64
	asking context.Context // for a source's Next: it ends with ctx, or when a morsel has failed
	hush   context.CancelFunc

	mu      sync.Mutex
	changed sync.Cond
	sources []*feed // those of the stage that are not yet at their end, in order
	next    int64   // number of the next morsel
	open    map[int64]context.CancelFunc
	oldest  int64 // smallest number that is open, or next
	failed  int64 // number of the first morsel that failed
	err     error // its error; nil: none failed
}

// feed is what a source gives to an epoch.
type feed struct {
	step   *step
	polled []Morsel // a stream's; a bounded source is asked for its next
}

func (f *feed) next(ctx context.Context) (Morsel, error) {
	if f.step.source != nil {
		return f.step.source.Next(ctx)
	}
	if len(f.polled) == 0 {
		return nil, io.EOF
	}
	m := f.polled[0]
	f.polled = f.polled[1:]
	return m, nil
}

func newMorsels(ctx context.Context, workers int) *morsels {
	m := &morsels{ctx: ctx, window: int64(morselWindow * workers), open: map[int64]context.CancelFunc{}}
	m.asking, m.hush = context.WithCancel(ctx)
	m.changed.L = &m.mu
	return m
}

// begin makes what these sources have the next to be handed out.
func (m *morsels) begin(sources []*feed) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sources = sources
}

// ticket is a morsel that was handed out.
type ticket struct {
	ctx    context.Context
	step   *step
	number int64
	morsel Morsel
}

// take hands out the next morsel to a worker; ok is false when there is none left.
func (m *morsels) take(w *worker) (t ticket, ok bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.ctx.Err() == nil && m.err == nil && m.next >= m.oldest+m.window {
		m.changed.Wait()
	}
	for len(m.sources) > 0 && m.err == nil {
		if err := m.ctx.Err(); err != nil {
			return t, false, err
		}
		f := m.sources[0]
		s := f.step
		w.enter(s)
		if s.bounded && s.sated() {
			m.sources = m.sources[1:]
			continue
		}
		morsel, err := f.next(m.asking)
		if errors.Is(err, io.EOF) {
			m.sources = m.sources[1:]
			continue
		}
		if err != nil && m.asking.Err() != nil { // not the source's fault: see fail
			return t, false, m.ctx.Err()
		}
		number := m.next
		if err != nil {
			m.failLocked(number, err)
			return t, false, nil
		}
		if w.readers[s] == nil {
			w.readers[s] = s.newReader()
		}
		m.next++
		ctx, cancel := context.WithCancel(m.ctx)
		m.open[number] = cancel
		return ticket{ctx, s, number, morsel}, true, nil
	}
	return t, false, nil
}

// reserve numbers n morsels that don't come from a source and returns the first one's number.
func (m *morsels) reserve(n int) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	first := m.next
	m.next += int64(n)
	m.oldest = m.next // nobody waits for these
	return first
}

// end closes a morsel.
func (m *morsels) end(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if cancel, ok := m.open[n]; ok {
		cancel()
		delete(m.open, n)
	}
	for m.oldest < m.next && m.open[m.oldest] == nil {
		m.oldest++
	}
	m.changed.Broadcast()
}

// fail ends a morsel with an error. Another worker may be waiting for a source's next morsel, under the lock: it is called back first.
func (m *morsels) fail(n int64, err error) {
	m.hush()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failLocked(n, err)
}

func (m *morsels) failLocked(n int64, err error) {
	if m.err != nil && m.failed <= n {
		return
	}
	m.failed, m.err = n, err
	for number, cancel := range m.open {
		if number >= n {
			cancel()
		}
	}
	m.changed.Broadcast()
}

// failure is the error of the first morsel that failed.
func (m *morsels) failure() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.err
}

// wake makes waiting workers look at the context.
func (m *morsels) wake() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changed.Broadcast()
}
