package main

import (
	"errors"
	"os"
	"runtime"
	"runtime/pprof"
)

// profiled runs f and writes the profiles that were asked for.
func (s *Settings) profiled(f func() error) (err error) {
	if s.CPUProfile != "" {
		file, err := os.Create(s.CPUProfile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	if s.MemProfile != "" {
		defer func() { err = errors.Join(err, writeAllocations(s.MemProfile)) }()
	}
	return f()
}

// writeAllocations writes what the process has allocated so far.
func writeAllocations(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	runtime.GC() // so that what is still in use is up to date
	return errors.Join(pprof.Lookup("allocs").WriteTo(file, 0), file.Close())
}
