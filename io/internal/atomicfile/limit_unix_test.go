//go:build unix

package atomicfile

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestAFullDisk has the system refuse to let files grow: what a full disk looks like to a program.
func TestAFullDisk(t *testing.T) {
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	limit := old
	limit.Cur = 128 << 10
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Skip(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old)
	f, err := Create(filepath.Join(dir, "out.csv"), Replace)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(make([]byte, 1<<20))
	if err != syscall.EFBIG { // and not the name of the temporary file
		t.Errorf("Write: %v, want %v", err, syscall.EFBIG)
	}
	if err := f.Commit(); err == nil {
		t.Error("Commit succeeds after a failed Write")
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	wantNames(t, dir)
}

func TestAFIFOIsWrittenStraight(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	got := make(chan string, 1)
	go func() {
		f, err := os.Open(path)
		if err != nil {
			got <- err.Error()
			return
		}
		defer f.Close()
		all, _ := io.ReadAll(f)
		got <- string(all)
	}()
	f := mustCreate(t, path, Refuse)
	write(t, f, "a,b\n")
	publish(t, f)
	if s := <-got; s != "a,b\n" {
		t.Errorf("the FIFO's reader saw %q", s)
	}
}
