package main

import (
	"fmt"
	"runtime/debug"

	"github.com/pwcol/pwcol/microbatch"
)

// Settings are the flags that every command has.
type Settings struct {
	Threads    int    `help:"Workers; by default one for each core." placeholder:"N"`
	MaxMemory  size   `help:"Memory that a run may hold before it spills, such as 512MB or 8GB; by default 80 % of the machine's." placeholder:"SIZE"`
	CPUProfile string `name:"cpuprofile" help:"Write a CPU profile for go tool pprof." placeholder:"FILE" type:"path"`
	MemProfile string `name:"memprofile" help:"Write a profile of allocations for go tool pprof." placeholder:"FILE" type:"path"`
}

// gcPercent lets the heap grow to several times what is live before it is collected. What is live in a run without large
// state is small (buffers that are reused), so this costs little memory and saves time where rows are kept.
const gcPercent = 400

// config is the engine's settings. It sets those of the Go runtime, too, which belongs to this program alone: as the heap
// comes near to max_memory the collector works harder, whatever gcPercent says.
func (s *Settings) config() (microbatch.Config, error) {
	if s.Threads < 0 {
		return microbatch.Config{}, fmt.Errorf("--threads=%d: there is at least one", s.Threads)
	}
	limit := int64(s.MaxMemory)
	if limit == 0 {
		limit = microbatch.DefaultMaxMemory()
	}
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(limit)
	return microbatch.Config{Threads: s.Threads, MaxMemory: limit}, nil
}
