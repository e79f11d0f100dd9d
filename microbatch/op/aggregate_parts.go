package op

import (
	"errors"

	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// aggParts are groups that were folded out of a table, by partition: in memory, or on disk from the first
// time that memory is short. A group may be there many times.
type aggParts struct {
	chunks  []aggChunk
	runs    [group.Partitions]SpillRun // nil: nothing yet
	spilled bool
	held    int64 // bytes of the chunks
}

// aggChunk is a partial batch whose rows are in the order of their partitions: partition p's are from[p] to from[p+1].
type aggChunk struct {
	batch *vec.Batch
	from  [group.Partitions + 1]int
}

// part is the rows of a partition, over the chunk's memory.
func (c *aggChunk) part(p int) *vec.Batch { return c.batch.Slice(c.from[p], c.from[p+1]) }

func (s *aggParts) any() bool { return len(s.chunks) > 0 || s.spilled }

func (s *aggParts) add(c aggChunk) {
	s.chunks = append(s.chunks, c)
	s.held += c.bytes()
}

// bytes is the memory held: dictionaries are the chunk's own.
func (c *aggChunk) bytes() int64 {
	n := c.batch.Size()
	for _, v := range c.batch.Cols {
		if v.Dict != nil {
			n += v.Dict.Values.Size()
		}
	}
	return n
}

// spill writes the chunks to disk.
func (s *aggParts) spill(to Spiller) error {
	for i := range s.chunks {
		c := &s.chunks[i]
		if err := s.spillChunk(to, c); err != nil {
			return err
		}
		s.held -= c.bytes()
		*c = aggChunk{}
	}
	s.chunks = nil
	return nil
}

// spillChunk writes a chunk's partitions to their runs.
func (s *aggParts) spillChunk(to Spiller, c *aggChunk) error {
	for p := range group.Partitions {
		if err := s.spillPart(to, c, p); err != nil {
			return err
		}
	}
	return nil
}

func (s *aggParts) spillPart(to Spiller, c *aggChunk, p int) error {
	if c.from[p] == c.from[p+1] {
		return nil
	}
	if s.runs[p] == nil {
		run, err := to.NewRun()
		if err != nil {
			return err
		}
		s.runs[p], s.spilled = run, true
	}
	return s.runs[p].Write(c.part(p))
}

// read yields the partial batches of a partition, and gives back what of it is on disk.
func (s *aggParts) read(p int, yield func(b *vec.Batch) error) error {
	for i := range s.chunks {
		if c := &s.chunks[i]; c.from[p] < c.from[p+1] {
			if err := yield(c.part(p)); err != nil {
				return err
			}
		}
	}
	run := s.runs[p]
	if run == nil {
		return nil
	}
	s.runs[p] = nil
	return errors.Join(run.Read(yield), run.Close())
}

// drop gives back everything.
func (s *aggParts) drop() error {
	var errs []error
	for p, run := range s.runs {
		if run != nil {
			errs = append(errs, run.Close())
			s.runs[p] = nil
		}
	}
	s.chunks, s.held, s.spilled = nil, 0, false
	return errors.Join(errs...)
}
