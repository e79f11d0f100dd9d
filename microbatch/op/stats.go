package op

import "sync/atomic"

// Stats counts what a run has done so far. All counters may be read while it runs.
type Stats struct {
	BytesTotal   atomic.Int64 // size of the input as stored; 0 where a source can't know
	BytesRead    atomic.Int64 // of those
	RowsRead     atomic.Int64 // rows that sources have read, before any filter
	RowsSkipped  atomic.Int64 // bad rows left out under the policy Skip; one that is retracted counts no longer
	RowsRejected atomic.Int64 // bad rows handed to Rejected, so counted
	RowsLate     atomic.Int64 // rows that were late for a window, once for each such window, or for a join
	RowsWritten  atomic.Int64 // rows handed to sinks
	Inconsistent atomic.Int64 // retractions of rows that never were
	BytesSpilled atomic.Int64 // written to temporary files because of the memory budget
}
