package microbatch

import (
	"encoding/json"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
	"github.com/pwcol/pwcol/microbatch/state"
)

// checkpoint is one that is being made. First the operators' state is copied, a piece between two epochs at a time; then the rest is done on a
// goroutine of its own.
type checkpoint struct {
	epoch  int64
	writer *state.Writer
	engine json.RawMessage
	steps  []*step // whose state is still to be copied
	open   bool    // the first of them has begun its part
	whole  map[*step]bool
	done   chan error // has the result of what is done beside; nil: not there yet
}

// pieceRows is how many rows of state are copied between two epochs: a few milliseconds.
const pieceRows = 8 * vec.BatchRows

// checkpointTimes says when checkpoints are made.
type checkpointTimes struct {
	last  time.Time
	epoch int64 // of the last one
	dirty bool  // there were epochs since
}

// checkpointDue is when the next checkpoint is to begin; zero: when something has happened.
func (s *stream) checkpointDue() time.Time {
	d := s.durable
	if d == nil || d.checkpoint != nil || !d.times.dirty {
		return time.Time{}
	}
	return d.times.last.Add(d.config.CheckpointInterval)
}

// saves does what is to be done for checkpoints between two epochs, and reports whether there is more to do at once.
func (s *stream) saves() (more bool, err error) {
	d := s.durable
	if d == nil {
		return false, nil
	}
	if d.checkpoint == nil {
		if due := s.checkpointDue(); due.IsZero() || time.Now().Before(due) {
			return false, nil
		}
		if err := s.beginCheckpoint(false); err != nil {
			return false, err
		}
	}
	return s.continueCheckpoint()
}

// beginCheckpoint fixes the state as it is now.
func (s *stream) beginCheckpoint(finished bool) error {
	d := s.durable
	if s.last == d.times.epoch { // nothing has happened since, but that all sources have ended
		s.last++
	}
	engine, err := s.engineData(finished)
	if err != nil {
		return err
	}
	w, err := d.store.Begin(s.last)
	if err != nil {
		return err
	}
	c := &checkpoint{epoch: s.last, writer: w, engine: engine, whole: map[*step]bool{}}
	d.checkpoint = c
	d.times = checkpointTimes{last: time.Now(), epoch: s.last}
	for _, st := range s.graph.steps {
		o, ok := st.operator.(op.Durable)
		if !ok || st.bounded {
			continue
		}
		c.steps = append(c.steps, st)
		c.whole[st] = d.store.WantsWhole(st.key, st.structure())
		if err := guard(st.called, func() error { o.BeginSave(c.whole[st]); return nil }); err != nil {
			return err
		}
	}
	return nil
}

// engineData is what the engine notes in a checkpoint.
func (s *stream) engineData(finished bool) (json.RawMessage, error) {
	data := engineData{Now: s.now, Started: s.config.started, Seed: s.config.seed, Begun: s.begun, Finished: finished}
	for _, st := range s.graph.steps {
		if st.stream == nil {
			continue
		}
		position, err := st.position()
		if err != nil {
			return nil, err
		}
		data.Sources = append(data.Sources, connectorData{Key: st.key, Position: position, Ended: st.ended})
	}
	for _, k := range s.graph.sinks {
		position, err := k.position()
		if err != nil {
			return nil, err
		}
		data.Sinks = append(data.Sinks, connectorData{Key: k.key, Position: position})
	}
	return json.Marshal(data)
}

// continueCheckpoint copies a piece of the state, and reports whether there is more to copy.
func (s *stream) continueCheckpoint() (more bool, err error) {
	c := s.durable.checkpoint
	if c.done != nil {
		select {
		case err := <-c.done:
			s.durable.checkpoint = nil
			return false, err
		default:
			return false, nil
		}
	}
	for rows := pieceRows; rows > 0 && len(c.steps) > 0; {
		n, err := c.save(c.steps[0], rows)
		if err != nil {
			return false, err
		}
		rows -= max(n, 1)
	}
	if len(c.steps) > 0 {
		return true, nil
	}
	c.done = make(chan error, 1)
	go func() {
		c.done <- s.publish(c)
		s.handle.wake()
	}()
	return false, nil
}

// save copies a piece of a step's state.
func (c *checkpoint) save(st *step, rows int) (n int, err error) {
	if !c.open {
		if err := c.writer.Operator(st.key, st.structure(), c.whole[st]); err != nil {
			return 0, err
		}
		c.open = true
	}
	var done bool
	err = guard(st.called, func() error {
		done, err = st.operator.(op.Durable).Save(rows, func(table int, b *vec.Batch) error {
			n += b.N
			return c.writer.Add(table, b)
		})
		return err
	})
	if done {
		c.steps, c.open = c.steps[1:], false
	}
	return n, err
}

// publish makes the checkpoint, whose state is copied, one that a later run finds, and lets go what is older than the one before. All sinks have its
// epoch.
func (s *stream) publish(c *checkpoint) error {
	d := s.durable
	if err := c.writer.Finish(); err != nil {
		return err
	}
	for _, k := range s.graph.sinks {
		if l, ok := k.sink.(Lasting); ok {
			if err := k.end(func() error { return l.Sync(s.runner.ctx) }); err != nil {
				return err
			}
		}
	}
	if _, err := c.writer.Publish(c.engine); err != nil {
		return err
	}
	if err := d.store.Release(keptCheckpoints); err != nil {
		return err
	}
	all, err := d.store.Checkpoints()
	if err != nil || len(all) == 0 {
		return err
	}
	return d.journal.Release(all[len(all)-1].Epoch)
}

// keptCheckpoints is how many checkpoints there are: if the last one is damaged, a run goes on from the one before.
const keptCheckpoints = 2

// wholeCheckpoint makes a checkpoint, and waits until it is published.
func (s *stream) wholeCheckpoint(finished bool) error {
	if s.durable == nil {
		return nil
	}
	if err := s.awaitCheckpoint(); err != nil {
		return err
	}
	if err := s.beginCheckpoint(finished); err != nil {
		return err
	}
	return s.awaitCheckpoint()
}

// awaitCheckpoint ends the checkpoint that is being made, if there is one.
func (s *stream) awaitCheckpoint() error {
	c := s.durable.checkpoint
	if c == nil {
		return nil
	}
	for c.done == nil {
		if _, err := s.continueCheckpoint(); err != nil {
			return err
		}
	}
	err := <-c.done
	s.durable.checkpoint = nil
	return err
}

// abort gives a checkpoint up.
func (c *checkpoint) abort() error {
	if c.done != nil {
		<-c.done
		return nil
	}
	return c.writer.Abort()
}
