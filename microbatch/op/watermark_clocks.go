package op

import "slices"

// eventClocks are how far in event time the partitions of all sources have come.
type eventClocks struct {
	idle    int64 // µs without a row after which a partition isn't waited for; 0: it always is
	now     int64 // of the engine's clock, at the end of the last epoch
	sources []sourceClock
}

// sourceClock is a source's.
type sourceClock struct {
	number uint32
	since  int64 // of the engine's clock: when it was first asked for; 0: not yet
	top    int64 // how far it has come; it never goes back
	ended  bool  // it is waited for no more
	parts  []partitionClock
	at     map[uint32]int // places in parts
}

// partitionKey names a partition.
type partitionKey struct{ source, partition uint32 }

// partitionClock is a partition's.
type partitionClock struct {
	number uint32
	top    int64 // the largest time seen; before one was, the source's
	last   int64 // of the engine's clock: the last epoch with a row
}

// partitionBytes is about what a partition takes.
const partitionBytes = 64

// source finds or makes a source's clock.
func (c *eventClocks) source(number uint32) *sourceClock {
	i := slices.IndexFunc(c.sources, func(s sourceClock) bool { return s.number == number })
	if i < 0 {
		i = len(c.sources)
		c.sources = append(c.sources, sourceClock{number: number, top: NoWatermark, at: map[uint32]int{}})
	}
	return &c.sources[i]
}

// partition finds or makes a partition's clock. A new one begins at its source's watermark.
func (s *sourceClock) partition(number uint32, now int64) *partitionClock {
	i, ok := s.at[number]
	if !ok {
		i = len(s.parts)
		s.at[number] = i
		s.parts = append(s.parts, partitionClock{number: number, top: s.top, last: now})
	}
	return &s.parts[i]
}

// advance notes rows of a partition.
func (c *eventClocks) advance(key partitionKey, top, now int64) {
	p := c.source(key.source).partition(key.partition, now)
	p.top, p.last = max(p.top, top), now
}

// follow takes over how the sources stand: which have ended, and which partitions there are.
func (c *eventClocks) follow(e *Epoch) {
	for i := range c.sources {
		s := &c.sources[i]
		state, known := e.Sources[s.number]
		if !known {
			continue
		}
		s.ended = state.Ended
		for _, p := range state.Partitions {
			s.partition(p, e.Now)
		}
		if state.Partitions != nil && len(s.parts) > len(state.Partitions) {
			s.keepOnly(state.Partitions)
		}
	}
}

// keepOnly forgets the partitions that aren't there any more.
func (s *sourceClock) keepOnly(there []uint32) {
	sorted := slices.Sorted(slices.Values(there))
	s.parts = slices.DeleteFunc(s.parts, func(p partitionClock) bool {
		_, found := slices.BinarySearch(sorted, p.number)
		return !found
	})
	clear(s.at)
	for i, p := range s.parts {
		s.at[p.number] = i
	}
}

// least is how far all sources have come: see clockSum. Sources that have ended aren't waited for; if no other is left
// it is EndOfTime.
func (c *eventClocks) least(now int64) int64 {
	c.now = now
	all := newClockSum()
	for i := range c.sources {
		s := &c.sources[i]
		if s.ended {
			continue
		}
		idle := c.move(s)
		all.add(s.top, idle)
	}
	if !all.any {
		return EndOfTime
	}
	return all.top()
}

// move moves a source's clock by those of its partitions and reports whether the source is idle.
func (c *eventClocks) move(s *sourceClock) (idle bool) {
	if s.since == 0 {
		s.since = c.now
	}
	sum := newClockSum()
	for _, p := range s.parts {
		sum.add(p.top, c.isIdle(p.last))
	}
	if !sum.any {
		return c.isIdle(s.since)
	}
	s.top = max(s.top, sum.top())
	return !sum.waiting
}

// clockSum is how far several clocks have come together: as far as the least of those that are waited for. If all are
// idle, as far as the furthest: had that one become idle last, the others would not have been waited for either, and which
// of them the engine found idle first must not matter.
type clockSum struct {
	least, most  int64
	any, waiting bool
}

func newClockSum() clockSum { return clockSum{least: EndOfTime, most: NoWatermark} }

func (s *clockSum) add(top int64, idle bool) {
	s.any = true
	s.most = max(s.most, top)
	if !idle {
		s.waiting = true
		s.least = min(s.least, top)
	}
}

func (s *clockSum) top() int64 {
	if s.waiting {
		return s.least
	}
	return s.most
}

// skip makes a time in which nobody took rows not count as silence.
func (c *eventClocks) skip(away int64) {
	if away == 0 {
		return
	}
	for i := range c.sources {
		s := &c.sources[i]
		if s.since != 0 {
			s.since += away
		}
		for k := range s.parts {
			s.parts[k].last += away
		}
	}
}

// isIdle reports whether the last row came too long ago.
func (c *eventClocks) isIdle(last int64) bool { return c.idle > 0 && c.now-last >= c.idle }

// nextIdle is when a partition, or a source that has shown none, will be idle next; EndOfTime if none will.
func (c *eventClocks) nextIdle() int64 {
	next := EndOfTime
	if c.idle == 0 {
		return next
	}
	look := func(last int64) {
		if !c.isIdle(last) {
			next = min(next, later(last, c.idle))
		}
	}
	for _, s := range c.sources {
		if s.ended {
			continue
		}
		if len(s.parts) == 0 {
			look(s.since)
		}
		for _, p := range s.parts {
			look(p.last)
		}
	}
	return next
}

// partitions is the number of partitions known.
func (c *eventClocks) partitions() int64 {
	n := 0
	for _, s := range c.sources {
		n += len(s.parts)
	}
	return int64(n)
}
