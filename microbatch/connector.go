package microbatch

import (
	"context"
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// Seq is a batch's place in the order of the input.
type Seq = op.Seq

// Stats counts what a run has done so far.
type Stats = op.Stats

// Out takes what a source emits.
type Out = op.Out

// Env is what the engine gives to the connectors of a run.
type Env struct {
	Threads int          // workers
	Budget  *vec.Budget  // memory of the run
	Stats   *Stats       // counters that a connector adds to
	Account *vec.Account // this connector's account, for what it holds beyond a few buffers a worker
	Source  uint32       // this source's number, for its Seqs
	Bad     plan.BadRows // a source's policy for rows that it can't parse
	TempDir string       // where temporary files may be made
}

// Scan is what the plan wants of a source.
type Scan struct {
	// Columns are the wanted columns, ascending, as places in the source's schema: the columns of the batches
	// that it emits. It may be empty (a count of rows): then batches have N and no columns.
	Columns []int
	// Filter, if not nil, must hold for every row that is emitted. It can't fail.
	Filter *Filter
}

// SourceOpener is what the engine asks of a bounded plan.Source.
type SourceOpener interface {
	plan.Source
	OpenSource(ctx context.Context, env *Env, scan Scan) (Source, error)
}

// Source is an open source: it hands out its input in morsels.
type Source interface {
	// Next is the next morsel, in the order of the input, or io.EOF. One goroutine at a time calls it; it should
	// return quickly: the work is done in Read.
	Next(ctx context.Context) (Morsel, error)
	// NewReader makes a worker's reader, which owns that worker's buffers. It is called from one goroutine.
	NewReader() Reader
	// Close gives back everything. It is called once, after all readers are closed.
	Close() error
}

// Morsel is a piece of a source's input that one worker reads: a range of a file, a row group …
// Its content is the source's own.
type Morsel any

// Reader reads morsels for one worker.
type Reader interface {
	// Read emits the morsel's rows in order, as lent batches of about vec.BatchRows rows. It returns early with
	// ctx's error when ctx is done. Rows that the policy rejects go to op.Rejected (schema plan.RejectedSchema).
	Read(ctx context.Context, m Morsel, out Out) error
	Close() error
}

// SinkOpener is what the engine asks of a plan.Sink.
type SinkOpener interface {
	plan.Sink
	// OpenSink checks the target before any row is read. in is what will be written.
	OpenSink(ctx context.Context, env *Env, in op.Port) (Sink, error)
}

// Sink is an open sink. After the last row of the run: EndEpoch, Commit of all sinks, Publish of all sinks,
// Close. After an error: Close alone, which leaves nothing behind.
type Sink interface {
	// NewWriter makes a worker's writer. It is called from one goroutine.
	NewWriter() Writer
	// EndEpoch is called once every row of the epoch was pushed and every morsel ended.
	EndEpoch(e op.Epoch) error
	// Commit makes what was written durable, but not visible yet: all that can fail should fail here.
	Commit(ctx context.Context) error
	// Publish makes it visible (renames).
	Publish() error
	// Close gives back everything; what was not published is removed. It is called once.
	Close() error
}

// Exclusive is a Sink whose target holds a single output: of two that a run writes there, one would be lost, so
// the run is refused.
type Exclusive interface {
	// Identity names the target in full; "" is one that takes several outputs.
	Identity() string
}

// Writer takes rows from one worker.
type Writer interface {
	// Push takes a lent batch of the morsel that the worker is on. It may have a selection, and dictionary columns.
	Push(at Seq, b *vec.Batch) error
	// EndMorsel says that all rows of morsel m that this worker will ever push were pushed. Every morsel
	// of the epoch, 0, 1, 2 …, is ended by exactly one worker; most are ended in order, and none more than a few ahead of
	// the oldest one that is open. A sink that keeps the order of the input writes by m.
	EndMorsel(m int64) error
}

// overBudget is the error of a connector that holds more than the run may.
func (e *Env) overBudget(who string) error {
	if !e.Budget.Over() {
		return nil
	}
	return fmt.Errorf("%s: needs more memory than max_memory allows (%d bytes); write the table to a file instead, or raise max_memory",
		who, e.Budget.Limit())
}
