package op

import (
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
	Stats   *Stats
	Test    TestSettings
}

// TestSettings bend a run so that tests reach its rare paths. The zero value bends nothing.
type TestSettings struct {
	PoisonLent      bool // overwrite every lent batch with 0xA5 when its receiver returns
	ForceSpill      bool // group-by: spill after every batch
	ForceCollisions bool // group-by: all keys have the same hash
	MaxLocalGroups  int  // group-by: a worker folds its groups when it has more; 0: the usual number
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
