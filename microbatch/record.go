package microbatch

import (
	"fmt"

	"github.com/pwcol/pwcol/microbatch/journal"
)

// record puts an epoch into the journal, once all its rows were read.
func (s *stream) record(c *cut) error {
	d := s.durable
	e := entry{number: c.number, now: c.now, first: c.first, last: c.last, resumed: c.resumed}
	for _, st := range s.graph.steps {
		p, ok := c.polled[st]
		if !ok && (!c.first || st.source == nil) {
			continue
		}
		src := entrySource{id: uint32(st.id), key: st.key, ended: p.Ended, rows: st.counts.rowsOut.Load() - st.recorded, partitions: p.Partitions, place: p.Range}
		st.recorded = st.counts.rowsOut.Load()
		if st.keepsRows(p) {
			src.kept = true
			position, err := st.position()
			if err != nil {
				return err
			}
			src.place = position
		}
		e.sources = append(e.sources, src)
	}
	d.scratch = e.append(d.scratch[:0])
	payload := [][]byte{d.scratch}
	for _, w := range s.runner.workers {
		payload = append(payload, w.kept.take())
	}
	var err error
	d.entry, err = d.journal.Append(s.runner.ctx, journal.Entry, c.number, payload...)
	return err
}

// keepsRows reports whether the rows of a poll have to be kept, as the source can't give them again.
func (s *step) keepsRows(p Poll) bool {
	if s.stream == nil || len(p.Morsels) == 0 {
		return false
	}
	_, ok := s.stream.(Resumable)
	return !ok || p.Range == nil
}

// position is where a source stands, if it can say so.
func (s *step) position() (position []byte, err error) {
	r, ok := s.stream.(Resumable)
	if !ok {
		return nil, nil
	}
	err = guard(s.called, func() error {
		position, err = r.Position()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	return position, nil
}

// acknowledge notes that a sink has committed an epoch, and what it holds now.
func (s *stream) acknowledge(k *sinkOp, epoch int64) error {
	position, err := k.position()
	if err != nil {
		return err
	}
	_, err = s.durable.journal.Append(s.runner.ctx, journal.Note, epoch, appendAck(nil, k.key, position))
	return err
}

// position is what the sink's target holds, if it can say so.
func (s *sinkOp) position() (position []byte, err error) {
	l, ok := s.sink.(Lasting)
	if !ok {
		return nil, nil
	}
	err = s.end(func() error {
		position, err = l.Position()
		return err
	})
	return position, err
}

// resumed is the last epoch that the sink has: after the checkpoint's, those that it has acknowledged.
func (s *sinkOp) resumed() int64 {
	if l, ok := s.sink.(Lasting); ok {
		return l.Resumed()
	}
	if e := s.env.Earlier; e != nil && len(e.Since) > 0 {
		return e.Since[len(e.Since)-1].Epoch
	}
	return 0
}
