package microbatch

import (
	"fmt"
	"slices"
	"time"

	"github.com/pwcol/pwcol/microbatch/journal"
	"github.com/pwcol/pwcol/microbatch/op"
)

// resume takes up an earlier run: its clock, which sources had ended, and then the epochs since its checkpoint. It reports whether the
// last epoch has been run.
func (s *stream) resume() (ended bool, err error) {
	r := s.durable.earlier
	s.last, s.now = r.manifest.Epoch, r.engine.Now
	s.durable.times = checkpointTimes{last: time.Now(), epoch: r.manifest.Epoch}
	for _, data := range r.engine.Sources {
		if data.Ended {
			s.end(data.Key)
		}
	}
	if s.begun = r.engine.Begun; s.begun {
		s.skipBounded()
	}
	err = s.durable.journal.Read(r.manifest.Epoch, func(f journal.Frame) error {
		if f.Kind != journal.Entry {
			return nil
		}
		e, blocks, err := decodeEntry(f.Payload)
		if err != nil {
			return err
		}
		return s.replay(e, blocks)
	})
	s.last = max(s.last, s.durable.journal.LastEpoch())
	s.resumed = true
	return len(s.streams) == 0 && s.begun, err
}

// end notes that a source has given all that it will.
func (s *stream) end(key string) {
	s.streams = slices.DeleteFunc(s.streams, func(st *step) bool {
		if st.key != key {
			return false
		}
		st.ended, st.watermark = true, op.EndOfTime
		return true
	})
}

// skipBounded marks what only bounded sources feed as ended: it was in the first epoch.
func (s *stream) skipBounded() {
	for _, st := range s.graph.steps {
		if st.bounded {
			st.ended, st.watermark = true, op.EndOfTime
		}
	}
}

// replay runs an epoch of the journal again. Sinks that have it already are given nothing.
func (s *stream) replay(e entry, blocks []byte) error {
	c := &cut{number: e.number, now: e.now, first: e.first, last: e.last, resumed: e.resumed, polled: map[*step]Poll{}}
	c.goOn(s.now)
	kept, err := keptBlocks(blocks)
	if err != nil {
		return err
	}
	for i := range e.sources {
		if err := s.replaySource(&e.sources[i], kept, c); err != nil {
			return err
		}
	}
	s.last, s.now = c.number, c.now
	for _, k := range s.graph.sinks {
		k.has = !k.batch && c.number <= k.resumed()
	}
	c.read = func(*cut) error { return s.checkReplayed(e) }
	if err := s.runner.run(c); err != nil {
		return err
	}
	return s.deliver(c)
}

// replaySource makes a source's part of an epoch again.
func (s *stream) replaySource(src *entrySource, kept []keptBlock, c *cut) error {
	i := slices.IndexFunc(s.graph.steps, func(st *step) bool { return st.key == src.key })
	if i < 0 {
		return fmt.Errorf("the journal has rows of %q in epoch %d, which the program has no more", src.key, c.number)
	}
	st := s.graph.steps[i]
	if st.bounded {
		return nil // it is read anew
	}
	var p Poll
	if src.kept {
		for _, k := range kept {
			if k.source == src.id {
				k.at.Source = uint32(st.id)
				p.Morsels = append(p.Morsels, k)
			}
		}
	} else if r, ok := st.stream.(Resumable); ok && src.place != nil {
		err := guard(st.called, func() (err error) {
			p, err = r.Reread(src.place)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: epoch %d of the journal can't be read again: %w", st.name, c.number, err)
		}
	}
	p.Rows, p.Ended, p.Partitions = src.rows, src.ended, src.partitions
	c.polled[st] = p
	c.rows += p.Rows
	if p.Ended {
		s.end(st.key)
	}
	return nil
}

// checkReplayed makes sure that the sources have given as many rows as the first time.
func (s *stream) checkReplayed(e entry) error {
	for i := range e.sources {
		src := &e.sources[i]
		for _, st := range s.graph.steps {
			if st.key != src.key {
				continue
			}
			rows := st.counts.rowsOut.Load() - st.recorded
			st.recorded = st.counts.rowsOut.Load()
			if rows != src.rows {
				return fmt.Errorf("%s: it gave %d rows in epoch %d, and %d now that they are read again: it has changed. Bring back what it was", st.name, src.rows, e.number, rows)
			}
		}
	}
	return nil
}
