// Package op holds the engine's operators and the contract that they keep: each written once,
// for a batch, which is one epoch, and for a stream, which is many.
//
// In each epoch the workers push batches into their locals; then EndEpoch is called once, for one operator after the other from
// the sources to the sinks, to fold what the locals have and emit what has changed. An operator with state
// keeps it from one EndEpoch to the next. While rows are pushed, that state is only read.
//
//	epoch 1    Push Push Push   Push      locals, on all workers
//	                       EndEpoch(1)    operator, one caller; Parallel for more
//	epoch 2    Push             Push …
//
// What a row is on an edge is said by the Port's Kind. On a retract edge a batch may have Diff: +n inserts a row n times, −n
// takes it away n times. Neither the order of an epoch's batches, nor how rows are cut into batches and spread over the workers, may show in what
// an operator has emitted when the epoch has ended, added up. An operator whose result depends on order takes it
// from Seq, and only where the plan says that there is one (plan.KeepsSeq).
package op

import (
	"cmp"
	"context"
	"math"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Operator is a step of a running plan, shared by all workers. It starts no goroutine, reads no
// clock and opens no file.
type Operator interface {
	// Open is called once, before any row. It returns the maker of a worker's part.
	Open(in []Port) (newLocal func() Local, err error)
	// EndEpoch is called once an epoch, after every row of it was pushed, in topological order:
	// it folds the locals' parts into the operator's state and emits. If all inputs are bounded it is called in the first epoch
	// only; else in every one, also when no row came, for time passes.
	EndEpoch(e *Epoch, out Out) error
	// Close gives back all that is held and charged. It is called once, also after an error.
	Close() error
}

// Local is one worker's part of an operator. Only that worker calls it, so it takes no locks.
type Local interface {
	// Push takes a lent batch: b is valid until Push returns.
	Push(port int, at Seq, b *vec.Batch, out Out) error
}

// MorselEnder is a Local that wants to know which rows belong together and when they are complete.
// Morsels are the pieces that the input comes in, numbered 0, 1, 2 … in the order of their Seq;
// a worker works on one at a time and ends each. Those that operators emit at the end of
// an epoch are numbered on.
type MorselEnder interface {
	EndMorsel(m int64, out Out) error
}

// PortEnder is an Operator that wants to know when a port has got all rows of the epoch, before EndEpoch: a join that
// has its build side whole can answer the rows of the other port as they come. The engine reads what feeds port 1 first, where that is
// possible; where it isn't, as both ports have a source in common, EndPort isn't called, and rows of both ports come until
// EndEpoch. Only port 1 is told of.
type PortEnder interface {
	EndPort(port int, e *Epoch, out Out) error
}

// Clocked is an Operator whose rows have an event time other than its inputs' (plan.EventTime).
type Clocked interface {
	// Watermark is asked after EndEpoch: no later row is expected with a time before it. Operators that aren't Clocked pass on the least of
	// their inputs' watermarks.
	Watermark() int64
}

// Waker is an Operator that has something to do at a time of the engine's clock even if no rows come: an epoch without rows is cut for it.
type Waker interface {
	// Wake is asked after EndEpoch: µs since 1970, or EndOfTime for never.
	Wake() int64
}

// Stateful is an Operator that keeps state between epochs.
type Stateful interface {
	// State says how much. It is asked between epochs.
	State() State
}

// State is how much an operator keeps.
type State struct {
	Keys  int64 // groups, rows of a join's side, open windows: whatever the operator counts by
	Bytes int64
}

// Sated is an Operator that at some point needs no more input.
type Sated interface {
	// Sated reports whether rows of morsels that have not begun yet can't change the result.
	Sated() bool
}

// Port is one of an operator's inputs.
type Port struct {
	Schema *plan.Schema
	Kind   plan.Changelog
	Key    []int // columns whose values are unique among the rows; nil: none known
	// Final: all rows of a key come in one epoch, so that nothing need be kept for later ones. That is so in a batch, whose one epoch has
	// all rows, and behind windows that come whole (plan.Final), where it is so in each of many epochs: after EndEpoch
	// the operator is as new.
	Final   bool
	Bounded bool // the first epoch has all rows
	Ordered bool // the rows' Seqs are those of their source (plan.KeepsSeq)
	Time    int  // the column whose watermark goes along; −1: none
}

// Seq is a batch's place in the order of the input: the only order there is inside an epoch.
type Seq struct {
	Source    uint32
	Partition uint32 // file, row group, Kafka partition …
	Offset    int64  // of the batch's first row: byte, row or message number
}

// Compare is −1, 0 or 1 as a comes before, is at or comes after b.
func (a Seq) Compare(b Seq) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
}

// OutPort is one of an operator's outputs.
type OutPort uint8

// The outputs that an operator has.
const (
	Main     OutPort = iota
	Rejected         // rows of plan.RejectedSchema
	Late             // rows of plan.LateSchema
	numOutPorts
)

// NumOutPorts is the number of outputs.
const NumOutPorts = int(numOutPorts)

// Out takes what an operator or a source emits. The batch is lent to it until Emit returns.
type Out interface {
	Emit(port OutPort, at Seq, b *vec.Batch) error
}

// Epoch is the stretch of input that is being ended.
type Epoch struct {
	Number int64 // µs since 1970 at which it was cut; strictly increasing
	Now    int64 // µs since 1970: the clock for all that happens in it
	Away   int64 // µs since the epoch before, if no run was there to take rows meanwhile: that nothing came then says nothing; else 0
	Last   bool  // every source has ended: there is no epoch after it
	// Watermarks are the ports': no row after this epoch is expected with an event time (of the column Port.Time) before it.
	// NoWatermark: nothing is known yet. EndOfTime: no row will come.
	Watermarks []int64
	// Sources says how the sources stand, by their number (Seq.Source).
	Sources map[uint32]SourceState
	// Parallel runs part 0 to n−1, each once, on the engine's workers, and waits for them. Each part emits
	// through the out that it is given. The first error ends it.
	Parallel func(n int, part func(i int, out Out) error) error
	// Calls runs call 0 to n−1, each once, at most limit at a time, on goroutines of their own, and waits for them: for
	// functions that wait for something. Its context ends when the run is cancelled.
	Calls func(limit, n int, call func(ctx context.Context, i int))
}

// SourceState is how a source stands at the end of an epoch.
type SourceState struct {
	Ended      bool
	Partitions []uint32 // those that it has, if it knows; else those that have shown rows count
}

// Watermarks that are not times.
const (
	NoWatermark int64 = math.MinInt64
	EndOfTime   int64 = math.MaxInt64
)
