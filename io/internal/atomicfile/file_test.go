package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestPublishMakesTheFileVisibleAtOnce(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	f := mustCreate(t, path, Replace)
	write(t, f, "a,b\n")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("target is there before Publish: %v", err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("target is there before Publish: %v", err)
	}
	if err := f.Publish(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	wantContent(t, path, "a,b\n")
	wantNames(t, dir, "out.csv")
}

func TestCloseRemovesWhatIsNotPublished(t *testing.T) {
	for _, commit := range []bool{false, true} {
		dir := t.TempDir()
		f := mustCreate(t, filepath.Join(dir, "out.csv"), Replace)
		write(t, f, strings.Repeat("x", 1<<20))
		if commit {
			if err := f.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if err := f.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
				t.Fatal(err)
			}
		}
		wantNames(t, dir)
	}
}

func TestReplaceKeepsTheOldFileUntilPublishAndItsMode(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	f := mustCreate(t, path, Replace)
	write(t, f, "new")
	wantContent(t, path, "old")
	publish(t, f)
	wantContent(t, path, "new")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
		t.Errorf("mode is %v, want 0640", info.Mode().Perm())
	}
}

func TestRefuse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.csv")
	publish(t, mustCreate(t, path, Refuse)) // absent
	f := mustCreate(t, path, Refuse)        // empty
	write(t, f, "x")
	publish(t, f)
	if _, err := Create(path, Refuse); err == nil || !strings.Contains(err.Error(), "exists and is not empty") {
		t.Errorf("Create over a file with content: %v", err)
	}
}

func TestALinkIsFollowed(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real.csv"), filepath.Join(dir, "link.csv")
	if err := os.WriteFile(real, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Skip(err)
	}
	f := mustCreate(t, link, Replace)
	write(t, f, "new")
	publish(t, f)
	wantContent(t, real, "new")
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v %v", info, err)
	}
}

func TestErrorsSayWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	cases := []struct{ path, want string }{
		{filepath.Join(dir, "none", "out.csv"), "there is no folder " + filepath.Join(dir, "none")},
		{dir, "it is a folder; give the name of a file in it"},
	}
	for _, c := range cases {
		_, err := Create(c.path, Replace)
		if err == nil || err.Error() != c.want {
			t.Errorf("Create(%s): %v, want %q", c.path, err, c.want)
		}
	}
}

func TestAFullDeviceIsWrittenStraight(t *testing.T) {
	const full = "/dev/full"
	before, err := os.Stat(full)
	if err != nil {
		t.Skip(err)
	}
	f := mustCreate(t, full, Replace)
	write(t, f, "x")
	err = f.Commit()
	if err != syscall.ENOSPC {
		t.Errorf("Commit: %v, want %v", err, syscall.ENOSPC)
	}
	if err := f.Publish(); err == nil {
		t.Error("Publish after a failed Commit succeeds")
	}
	f.Close()
	after, err := os.Stat(full)
	if err != nil || after.Mode() != before.Mode() {
		t.Errorf("%s is %v now, was %v (%v)", full, after, before, err)
	}
}

func mustCreate(t *testing.T, path string, p Policy) *File {
	t.Helper()
	f, err := Create(path, p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func write(t *testing.T, f *File, s string) {
	t.Helper()
	if _, err := f.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
}

func publish(t *testing.T, f *File) {
	t.Helper()
	for _, step := range []func() error{f.Commit, f.Publish, f.Close} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
}

func wantContent(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q (%v), want %q", path, got, err, want)
	}
}

func wantNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s holds %v, want %v", dir, got, want)
	}
}
