package microbatch

import "sync/atomic"

// stepCounts is what a step has done so far. Workers add to it once a batch.
type stepCounts struct {
	rowsIn  atomic.Int64
	rowsOut atomic.Int64 // through all ports; a source's are those that it has read
	nanos   atomic.Int64 // of all workers
}

// passed is the rows by which the step's rate is told: those that a source has given, of others those that came.
func (c *stepCounts) passed(s *step) int64 {
	if s.operator == nil {
		return c.rowsOut.Load()
	}
	return c.rowsIn.Load()
}
