package microbatch

import (
	"context"
	"fmt"
	"log/slog"
	"time"

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
	Ready   func()       // of a Stream: says from any goroutine that Poll has something. It doesn't wait.
	// Full, of a Stream, says from any goroutine that MaxEpochRows rows wait to be polled, or that its queue takes no more: an epoch is cut without waiting
	// for Config.Autocommit. It doesn't wait.
	Full         func()
	MaxEpochRows int64        // Config's
	Log          *slog.Logger // what an operator of the program should know
	TempDir      string       // where temporary files may be made
	Durable      bool         // the run has a state: a later one may ask for what a Resumable's Poll has given
	// Earlier is what an earlier run with the same state has left; nil if there was none, or the run has no state. See Resumable and Lasting.
	Earlier *Earlier
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

// StreamOpener is what the engine asks of a plan.Source that is plan.Unbounded. Where it starts is fixed by OpenStream, which is called before any
// row of the run is read.
type StreamOpener interface {
	plan.Source
	OpenStream(ctx context.Context, env *Env, scan Scan) (Stream, error)
}

// Stream is an open source whose rows come in the course of time. Between the world and the engine it keeps a bounded queue: when that is
// full, whoever fills it waits. The engine's side:
//
//	env.Ready()            the source, when there is something after there was nothing
//	Poll(max)  → morsels   the coordinator, when it cuts an epoch
//	Read(m)                workers, as in a batch: parsing is done there
type Stream interface {
	// Poll takes what has come since the last call, about max rows of it if there are more (max ≤ 0: all), as the morsels of one
	// epoch. It returns at once. The rows' Seqs go on from epoch to epoch, so that a later row of a partition has a later place.
	Poll(max int64) (Poll, error)
	// NewReader makes a worker's reader. It is called from one goroutine; the reader lives as long as the run.
	NewReader() Reader
	// Close stops what the source has running and gives back everything. It is called once, after all readers are closed.
	Close() error
}

// Lagging is a Stream that can say at any time, from any goroutine and after Close, how far it is behind. Of others it is known as of the last Poll.
type Lagging interface {
	Lag() Lag
}

// Poll is what a Stream has for an epoch.
type Poll struct {
	Morsels    []Morsel
	Rows       int64    // about how many rows they have, to tell tiny epochs from large ones
	More       bool     // there is more already
	Ended      bool     // after these there will never be any
	Range      []byte   // of a Resumable: what Reread needs to give the same again; nil if it can't
	Partitions []uint32 // the partitions that it has, if it knows them; for watermarks
	Lag        Lag
}

// Lag is how far a Stream is behind, as far as it knows.
type Lag struct {
	Rows  int64         // that have come and weren't polled
	Bytes int64         // the same in bytes
	Age   time.Duration // of the oldest of them
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

// Sink is an open sink.
//
// In a batch (in.Bounded): after the last row of the run EndEpoch, Commit of all sinks, Publish of all sinks, Close. After an
// error: Close alone, which leaves nothing behind.
//
// On a stream, once an epoch: Push, EndEpoch, Commit. Commit hands the epoch's changes over; when it returns nil they are acknowledged.
// An error that is Retryable makes the engine wait and call Commit again, with the same changes. Publish isn't called. What was committed stays,
// whatever comes after. A sink may be given an epoch without rows.
type Sink interface {
	// NewWriter makes a worker's writer. It is called from one goroutine.
	NewWriter() Writer
	// EndEpoch is called once every row of the epoch was pushed and every morsel ended.
	EndEpoch(e *op.Epoch) error
	// Commit makes what was written durable, but, in a batch, not visible yet: all that can fail should fail here.
	Commit(ctx context.Context) error
	// Publish makes it visible (renames).
	Publish() error
	// Close gives back everything; what was not published, or on a stream not committed, is removed. It is called once.
	Close() error
}

// Retractable is a plan.Sink that takes retractions: batches may have Diff, one net change for each row and epoch, the old
// row of a key before the new one. Other sinks are refused on such an edge.
type Retractable interface {
	plan.Sink
	TakesRetractions() bool
}

// Retryable is the error of a Commit that may go well if it is tried again.
type Retryable struct{ Err error }

func (e *Retryable) Error() string { return e.Err.Error() }

func (e *Retryable) Unwrap() error { return e.Err }

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
	// 0, 1, 2 …, counted over all epochs, is ended by exactly one worker; most are ended in order, and none more than a few ahead of
	// the oldest one that is open. A sink that keeps the order of the input writes by m.
	EndMorsel(m int64) error
}

// OverBudget is the error of a connector, by its name, that keeps rows when the run holds more than it may; nil if it doesn't. It is nil, too, if the connector's
// part is small: then an operator that holds more will say so.
func (e *Env) OverBudget(who string) error {
	held := e.Account.Used()
	if !e.Budget.Over() || held < e.Budget.Limit()/4 {
		return nil
	}
	return fmt.Errorf("%s: this needs more memory than max_memory allows: it holds %d bytes of %d; write the table to a file instead, or raise max_memory",
		who, held, e.Budget.Limit())
}
