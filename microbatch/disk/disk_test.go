package disk_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/microbatch/disk"
	"github.com/pwcol/pwcol/microbatch/disk/crashdisk"
)

// onBoth runs a test on the system's file system and on the simulated one.
func onBoth(t *testing.T, test func(t *testing.T, fsys disk.FS, dir string)) {
	t.Run("os", func(t *testing.T) { test(t, disk.OS{}, t.TempDir()) })
	t.Run("crashdisk", func(t *testing.T) { test(t, crashdisk.New(1).FS(), string(filepath.Separator)) })
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// content is what a file holds.
func content(t *testing.T, fsys disk.FS, name string) string {
	t.Helper()
	f, err := fsys.Open(name)
	must(t, err)
	data, err := io.ReadAll(f)
	must(t, err, f.Close())
	return string(data)
}

func TestFiles(t *testing.T) {
	onBoth(t, func(t *testing.T, fsys disk.FS, dir string) {
		a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
		f, err := fsys.Create(a)
		must(t, err)
		_, err = f.Write([]byte("hello"))
		must(t, err, f.Sync(), f.Close())
		if _, err := fsys.Create(a); !errors.Is(err, fs.ErrExist) {
			t.Errorf("Create of what there is: %v", err)
		}
		f, err = fsys.OpenAppend(a)
		must(t, err)
		_, err = f.Write([]byte(", world"))
		must(t, err, f.Truncate(8))
		_, err = f.Write([]byte("!"))
		must(t, err)
		if size, err := f.Size(); size != 9 || err != nil {
			t.Errorf("%d bytes, %v", size, err)
		}
		must(t, f.Close(), fsys.Rename(a, b), fsys.SyncDir(dir))
		if got := content(t, fsys, b); got != "hello, w!" {
			t.Errorf("%q", got)
		}
		if info, err := fsys.Stat(b); err != nil || info != (disk.Info{Size: 9}) {
			t.Errorf("%+v, %v", info, err)
		}
		f, err = fsys.Open(b)
		must(t, err)
		part := make([]byte, 4)
		if n, err := f.ReadAt(part, 7); n != 2 || !errors.Is(err, io.EOF) || string(part[:n]) != "w!" {
			t.Errorf("%q, %v", part[:n], err)
		}
		if _, err := f.Write([]byte("x")); err == nil {
			t.Error("a file opened for reading was written to")
		}
		must(t, f.Close(), fsys.Remove(b))
		for _, err := range []error{fsys.Remove(b), second(fsys.Open(b)), second(fsys.OpenAppend(b)), second(fsys.Stat(b)), fsys.Rename(b, a)} {
			if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), b) {
				t.Errorf("of what there isn't: %v", err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestFolders(t *testing.T) {
	onBoth(t, func(t *testing.T, fsys disk.FS, dir string) {
		deep := filepath.Join(dir, "a", "b", "c")
		must(t, disk.MkdirAll(fsys, deep), disk.MkdirAll(fsys, deep))
		for _, name := range []string{"z", "y", "x" + disk.TempSuffix} {
			must(t, disk.WriteFile(fsys, filepath.Join(deep, name), []byte(name)))
		}
		must(t, disk.RemoveTemps(fsys, deep))
		names, err := fsys.ReadDir(deep)
		must(t, err)
		if !slices.Equal(names, []string{"y", "z"}) {
			t.Errorf("%q", names)
		}
		if err := fsys.Remove(deep); err == nil {
			t.Error("a folder with files was removed")
		}
		if err := fsys.Mkdir(deep); !errors.Is(err, fs.ErrExist) {
			t.Errorf("Mkdir of what there is: %v", err)
		}
		if err := disk.MkdirAll(fsys, filepath.Join(deep, "y", "w")); err == nil {
			t.Error("a folder in a file")
		}
		if _, err := fsys.ReadDir(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("ReadDir of what there isn't: %v", err)
		}
	})
}

func TestLock(t *testing.T) {
	onBoth(t, func(t *testing.T, fsys disk.FS, dir string) {
		path := filepath.Join(dir, "LOCK")
		for _, owner := range []string{"the first, with a long name", "the second"} {
			l, err := fsys.Lock(path, owner)
			must(t, err)
			_, err = fsys.Lock(path, "another")
			var locked *disk.LockedError
			if !errors.As(err, &locked) || locked.Owner != owner || !strings.Contains(err.Error(), path) {
				t.Errorf("locked twice: %v", err)
			}
			must(t, l.Close())
		}
	})
}

// TestLockOfAKilledProcess is free. The test starts itself as that process.
func TestLockOfAKilledProcess(t *testing.T) {
	if path := os.Getenv("DISK_TEST_LOCK"); path != "" {
		_, err := disk.OS{}.Lock(path, "the child")
		must(t, err)
		_, _ = os.Stdout.WriteString("locked\n")
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed, or its parent ends
		return
	}
	path := filepath.Join(t.TempDir(), "LOCK")
	cmd := exec.Command(os.Args[0], "-test.run=^TestLockOfAKilledProcess$")
	cmd.Env = append(os.Environ(), "DISK_TEST_LOCK="+path)
	in, err := cmd.StdinPipe()
	must(t, err)
	defer in.Close()
	out, err := cmd.StdoutPipe()
	must(t, err, cmd.Start())
	line := make([]byte, len("locked\n"))
	_, err = io.ReadFull(out, line)
	must(t, err)
	if _, err := (disk.OS{}).Lock(path, "me"); err == nil || !strings.Contains(err.Error(), "the child") {
		t.Errorf("while the child has it: %v", err)
	}
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	l, err := disk.OS{}.Lock(path, "me")
	must(t, err, l.Close())
}

// TestWriteFileSurvives: after a crash at any operation a file written by WriteFile holds what it held or what was
// written, and that if WriteFile had returned. Folders made by MkdirAll stay.
func TestWriteFileSurvives(t *testing.T) {
	dir := filepath.FromSlash("/a/b")
	path := filepath.Join(dir, "file")
	old, young := bytes.Repeat([]byte("old"), 2000), bytes.Repeat([]byte("young"), 3000)
	for seed := range uint64(3000) {
		d := crashdisk.New(seed)
		must(t, disk.MkdirAll(d.FS(), dir), disk.WriteFile(d.FS(), path, old))
		if seed%3 == 0 {
			d.Kill()
		}
		d.StopAfter(int(seed % 9))
		err := disk.WriteFile(d.FS(), path, young)
		d.Crash()
		switch got := content(t, d.FS(), path); {
		case got == string(young):
		case got == string(old) && err != nil:
		default:
			t.Fatalf("seed %d: WriteFile: %v; the file holds %.10q, %d bytes", seed, err, got, len(got))
		}
	}
}

// TestMkdirAllSurvives also if the folders were made by a run that was killed before it could sync them.
func TestMkdirAllSurvives(t *testing.T) {
	path := filepath.FromSlash("/a/b/c/d")
	for seed := range uint64(1000) {
		d := crashdisk.New(seed)
		d.StopAfter(1 + int(seed%16))
		if disk.MkdirAll(d.FS(), path) != nil {
			d.Kill()
			must(t, disk.MkdirAll(d.FS(), path))
		}
		d.Crash()
		if _, err := d.FS().Stat(path); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}
