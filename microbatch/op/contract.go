// Package op holds the engine's operators and the contract that they keep: each written once,
// for a batch, which is one epoch, and for a stream, which is many.
package op

import (
	"cmp"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Operator is a step of a running plan, shared by all workers. It starts no goroutine, reads no
// clock and opens no file.
type Operator interface {
	// Open is called once, before any row. It returns the maker of a worker's part.
	Open(in []Port) (newLocal func() Local, err error)
	// EndEpoch is called once an epoch, after every row of it was pushed, in topological order:
	// it folds the locals' parts into the operator's state and emits.
	EndEpoch(e Epoch, out Out) error
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
	Final  bool  // bounded: this epoch is its only one, and nothing need be kept for later ones
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
	// Parallel runs part 0 to n−1, each once, on the engine's workers, and waits for them. Each part emits
	// through the out that it is given. The first error ends it.
	Parallel func(n int, part func(i int, out Out) error) error
}
