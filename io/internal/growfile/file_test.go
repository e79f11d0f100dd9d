package growfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func mustCreate(t *testing.T, path string, policy Policy) *File {
	t.Helper()
	f, err := Create(path, policy)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func write(t *testing.T, f *File, text string) {
	t.Helper()
	if _, err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, path, content string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != content {
		t.Fatalf("%s holds %.50q (%v), want %.50q", path, got, err, content)
	}
}

func TestWhatIsCommittedStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	f := mustCreate(t, path, Refuse)
	write(t, f, "a\n")
	want(t, path, "")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	want(t, path, "a\n")
	write(t, f, "b\n")
	write(t, f, strings.Repeat("x", 3*bufferSize)) // some of it is in the file already
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	want(t, path, "a\n")
}

func TestAFileWithRowsIsRefusedOrReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(path, []byte("old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path, Refuse); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Fatalf("got %v", err)
	}
	f := mustCreate(t, path, Replace)
	write(t, f, "new\n")
	want(t, path, "old\n")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	want(t, path, "old\n")
	f = mustCreate(t, path, Replace)
	if err := f.Commit(); err != nil { // an epoch without rows
		t.Fatal(err)
	}
	want(t, path, "")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFolders(t *testing.T) {
	dir := t.TempDir()
	for path, reason := range map[string]string{dir: "folder", filepath.Join(dir, "none", "out"): "there is no folder"} {
		if _, err := Create(path, Refuse); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestAFileThatIsOpen: /dev/stdout and the like mean the open file, behind what it has, also where the shell made it a regular one.
func TestAFileThatIsOpen(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("there are no names of open files")
	}
	path := filepath.Join(t.TempDir(), "out")
	open, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if _, err := open.WriteString("before\n"); err != nil {
		t.Fatal(err)
	}
	f := mustCreate(t, fmt.Sprintf("/proc/self/fd/%d", open.Fd()), Refuse)
	write(t, f, "rows\n")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	want(t, path, "before\nrows\n")
}
