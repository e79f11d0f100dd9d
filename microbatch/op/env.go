package op

import (
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Env is what the engine gives to an operator.
type Env struct {
	Name    string       // of the operator, for messages: "group by name (job.go:12)"
	Source  uint32       // the operator's number as a source of batches, for the Seqs of what it emits at the end of an epoch
	Workers int          // how many locals there will be
	Bad     plan.BadRows // policy for rows that the operator can't compute
	Account *vec.Account // what the operator holds is charged here
	Spill   Spiller      // where state goes when the budget is exceeded
	Seed    uint64       // of the run's hashes: the same for all operators, kept with their state
	// Started is a time that no epoch's clock is before: when the run began, or, where epochs of an earlier run are replayed, that one; 0 if that
	// isn't known. µs since 1970.
	Started int64
	Durable bool     // the state is saved, if the operator is Durable
	Sources []uint32 // numbers of the sources that the rows come from, where the port is Ordered
	// Inconsistent is what becomes of the retraction of a row that never was: Fail, or Skip, which counts it.
	Inconsistent plan.BadRows
	Stats        *Stats
	Test         TestSettings
}

// TestSettings bend a run so that tests reach its rare paths. The zero value bends nothing.
type TestSettings struct {
	PoisonLent      bool // overwrite every lent batch with 0xA5 when its receiver returns
	ForceSpill      bool // group-by: spill after every batch
	ForceCollisions bool // group-by: all keys have the same hash
	MaxLocalGroups  int  // group-by: a worker folds its groups when it has more; top: it throws away what can't matter after so many rows; 0: the usual number
	Compact         bool // windows: a part of the state is written anew after every epoch
	EpochRows       int  // a stream's epochs have at most so many rows of each source; 0: as configured
}

// Spiller keeps batches outside of memory until the operator is closed.
type Spiller interface {
	// NewRun starts a sequence of batches.
	NewRun() (SpillRun, error)
}

// SpillRun is a sequence of batches on disk. It is written by one goroutine, then read by one.
type SpillRun interface {
	// Write appends a dense batch; it is not held.
	Write(b *vec.Batch) error
	// Read calls yield for every batch, in order. The batch is lent.
	Read(yield func(b *vec.Batch) error) error
	// Close removes it.
	Close() error
}

// Inconsistency is the retraction of a row that never was, found in EndEpoch: an error that names the operator and the row, or
// nil, and it is counted.
func (e *Env) Inconsistency(schema *plan.Schema, b *vec.Batch, row int) error {
	if e.Inconsistent == plan.Skip {
		e.Stats.Inconsistent.Add(1)
		return nil
	}
	return fmt.Errorf("%s: a row goes that never came: %s; its source must send what it retracts exactly as it sent it before "+
		"(Config.Inconsistent: pw.Skip counts such rows instead)", e.Name, rowText(schema, b, row))
}
