package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a conversion holds doesn't grow with the file.
func TestMemoryStaysInBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("100 MB")
	}
	dir := t.TempDir()
	write(t, dir, "a.csv", "a\n"+strings.Repeat(randomLines(100_000), 50))
	for _, out := range []string{"out.parquet", "out.csv"} {
		if peak := peakOf(t, dir, "convert", "a.csv", out); peak > 100<<10 {
			t.Errorf("%s: %d KiB", out, peak)
		}
		read(t, dir, out) // it went well
	}
}

// A line without an end must not be taken into memory.
func TestAnEndlessLineStaysInBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("100 MB")
	}
	dir := t.TempDir()
	write(t, dir, "a.csv", "a\n1\n"+strings.Repeat("x", 100<<20)+"\n")
	if peak := peakOf(t, dir, "convert", "a.csv", "out.parquet", "--max-memory", "64MB"); peak > 100<<10 {
		t.Errorf("%d KiB", peak)
	}
}

// peakOf runs the program and returns the most memory that it had, in KiB. It looks while the program runs: what the
// system reports at the end counts the test's own memory in, from the moment of the fork.
func peakOf(t *testing.T, dir string, args ...string) (peak int) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	status := filepath.Join("/proc", fmt.Sprint(cmd.Process.Pid), "status")
	for {
		select {
		case <-ended:
			if peak == 0 {
				t.Skip("the program ended before it could be looked at")
			}
			return peak
		case <-time.After(2 * time.Millisecond):
		}
		text, _ := os.ReadFile(status)
		if _, rest, ok := strings.Cut(string(text), "VmHWM:"); ok {
			var kib int
			if _, err := fmt.Sscan(rest, &kib); err == nil {
				peak = max(peak, kib)
			}
		}
	}
}
