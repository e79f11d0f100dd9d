package microbatch

import (
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
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
	// Test bends the engine for tests.
	Test op.TestSettings
}

// defaultMemoryShare is the part of the machine's memory that a run may hold if nothing else is said.
const defaultMemoryShare = 0.8

func (c Config) withDefaults() (Config, error) {
	if c.Threads < 0 || c.MaxMemory < 0 {
		return c, fmt.Errorf("config: threads (%d) and max_memory (%d) must not be negative", c.Threads, c.MaxMemory)
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
	if c.Stats == nil {
		c.Stats = &Stats{}
	}
	return c, nil
}

func (c Config) budget() *vec.Budget { return vec.NewBudget(c.MaxMemory) }
