package microbatch

import (
	"os"
	"strconv"
	"strings"
)

// unknownMemory stands for a machine that doesn't say how much memory it has.
const unknownMemory = 4 << 30

// DefaultMaxMemory is the bound on a run's memory if Config.MaxMemory says nothing, in bytes: for programs that set
// debug.SetMemoryLimit to it.
func DefaultMaxMemory() int64 { return int64(defaultMemoryShare * float64(machineMemory())) }

// machineMemory is the memory that this process may use: the machine's or, if smaller, its control group's.
func machineMemory() int64 {
	memory := int64(unknownMemory)
	if total, ok := memTotal(); ok {
		memory = total
	}
	text, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return memory
	}
	limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil { // "max"
		return memory
	}
	return min(memory, limit)
}

// memTotal reads MemTotal, in KiB, from /proc/meminfo.
func memTotal() (int64, bool) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(line, "MemTotal:")
		if !ok {
			continue
		}
		kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		return kib << 10, err == nil
	}
	return 0, false
}
