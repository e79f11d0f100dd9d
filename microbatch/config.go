package microbatch

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
	"github.com/pwcol/pwcol/microbatch/settings"
)

// Config says how a run uses the machine. The zero Config is a good one: all cores, most of the memory.
type Config struct {
	// Threads is the number of workers; 0 is as many as Go uses cores (GOMAXPROCS).
	Threads int
	// MaxMemory bounds the bytes that the run holds in state, queues and kept batches; group-by spills to TempDir when
	// three quarters of it are in use, what can't spill ends the run with an error when it is exceeded. 0 is 80 % of the machine's memory. Buffers
	// of a few MiB a worker and what Go's garbage collector leaves lying come on top: the process stays
	// within 1.25 times the bound if the caller sets debug.SetMemoryLimit to it, and the bound is 48 MiB or more for
	// each worker. With less a run still ends, but the process takes a few tens of MiB whatever the bound is, and as
	// the collector has no room it runs all the time.
	MaxMemory int64
	// TempDir is where spilled state goes, in a folder of its own that the run removes; "" is the system's.
	TempDir string
	// Progress, if not nil, is called about every Interval from one goroutine while the run lasts.
	Progress func(*Stats)
	// Interval is the time between calls of Progress; 0 is 200 ms.
	Interval time.Duration
	// Stats, if not nil, is where the run counts. It must be fresh.
	Stats *Stats
	// Autocommit is the least time between the cuts of a stream's epochs. 0: an epoch is cut as soon as there is data
	// and the one before has ended, so that a row is answered in the time that it takes to process it. When MaxEpochRows rows of a source wait, or its queue
	// is full, an epoch is cut before its time.
	Autocommit time.Duration
	// MaxEpochRows bounds the rows of one source in an epoch; 0 is 1,048,576.
	MaxEpochRows int64
	// Inconsistent is what becomes of the retraction of a row that never was: Fail ends the run with an error that names the
	// operator and the row, Skip leaves it out and counts it (Stats.Inconsistent). The package's doc says which steps notice.
	Inconsistent plan.BadRows
	// SinkRetries is how often a sink's commit is tried again when its error may pass, waiting 100 ms, 200 ms … 30 s in between; 0 is 5, −1 none.
	SinkRetries int
	// State says where a stream keeps what it needs to go on after its process has ended; by itself it keeps nothing. A batch has no state: it is run
	// again.
	State State
	// Connectors are what a file of settings says about each kind of connector, by its name: connectors decode their own part.
	Connectors map[string]*settings.Node
	// Log gets a line about each stream every LogInterval, and what connectors have to say; nil is silent.
	Log *slog.Logger
	// LogInterval is the time between those lines; 0 is 10 s.
	LogInterval time.Duration
	// Test bends the engine for tests.
	Test op.TestSettings

	seed    uint64 // of all hashes of the run
	started int64  // when the job began: µs since 1970
}

// maxEpochRows bounds an epoch if nothing else is said: large enough that its fixed cost vanishes, small enough that
// under load an answer doesn't wait for long.
const maxEpochRows = 1 << 20

// defaultMemoryShare is the part of the machine's memory that a run may hold if nothing else is said.
const defaultMemoryShare = 0.8

func (c Config) withDefaults() (Config, error) {
	if c.Autocommit < 0 || c.MaxEpochRows < 0 {
		return c, fmt.Errorf("config: autocommit (%s) and max_epoch_rows (%d) must not be negative", c.Autocommit, c.MaxEpochRows)
	}
	if c.Inconsistent == plan.Reject {
		return c, errors.New("config: inconsistent: a retraction of a row that never was can't be rejected to a table; use Fail or Skip")
	}
	if c.Threads < 0 || c.MaxMemory < 0 {
		return c, fmt.Errorf("config: threads (%d) and max_memory (%d) must not be negative", c.Threads, c.MaxMemory)
	}
	if c.Interval < 0 || c.LogInterval < 0 {
		return c, fmt.Errorf("config: interval (%s) and log_interval (%s) must not be negative", c.Interval, c.LogInterval)
	}
	var err error
	if c.State, err = c.State.withDefaults(); err != nil {
		return c, err
	}
	if c.Threads == 0 {
		c.Threads = runtime.GOMAXPROCS(0)
	}
	if c.MaxMemory == 0 {
		c.MaxMemory = DefaultMaxMemory()
	}
	if c.TempDir == "" {
		c.TempDir = os.TempDir()
	}
	if c.Interval == 0 {
		c.Interval = 200 * time.Millisecond
	}
	if c.MaxEpochRows == 0 {
		c.MaxEpochRows = maxEpochRows
	}
	if c.Test.EpochRows > 0 {
		c.MaxEpochRows = int64(c.Test.EpochRows)
	}
	if c.SinkRetries == 0 {
		c.SinkRetries = 5
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.LogInterval == 0 {
		c.LogInterval = 10 * time.Second
	}
	c.seed, c.started = rand.Uint64(), time.Now().UnixMicro()
	if c.Stats == nil {
		c.Stats = &Stats{}
	}
	return c, nil
}

func (c Config) budget() *vec.Budget { return vec.NewBudget(c.MaxMemory) }
