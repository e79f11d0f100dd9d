package crashdisk

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/pwcol/pwcol/microbatch/disk"
)

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// write appends to a file, which it makes if need be.
func write(t *testing.T, fsys disk.FS, name, data string) disk.File {
	t.Helper()
	f, err := fsys.OpenAppend(name)
	if err != nil {
		f, err = fsys.Create(name)
	}
	must(t, err)
	_, err = f.Write([]byte(data))
	must(t, err)
	return f
}

// read is what a file holds, "none" if there is none.
func read(t *testing.T, fsys disk.FS, name string) string {
	t.Helper()
	f, err := fsys.Open(name)
	if err != nil {
		return "none"
	}
	data, err := io.ReadAll(f)
	must(t, err)
	return string(data)
}

// afterCrashes are the different things that a file can be after what do does and a crash.
func afterCrashes(t *testing.T, name string, do func(d *Disk)) []string {
	t.Helper()
	seen := map[string]bool{}
	for seed := range uint64(500) {
		d := New(seed)
		do(d)
		d.Crash()
		seen[read(t, d.FS(), name)] = true
	}
	var all []string
	for s := range seen {
		all = append(all, s)
	}
	slices.Sort(all)
	return all
}

func TestWhatACrashLeaves(t *testing.T) {
	for _, c := range []struct {
		what string
		do   func(t *testing.T, fsys disk.FS)
		want []string
	}{
		{"synced, the name not", func(t *testing.T, fsys disk.FS) { must(t, write(t, fsys, "/a", "x").Sync()) }, []string{"none", "x"}},
		{"the name synced, the bytes not", func(t *testing.T, fsys disk.FS) {
			write(t, fsys, "/a", "x")
			must(t, fsys.SyncDir("/"))
		}, []string{"", "\x00", "x"}},
		{"all synced", func(t *testing.T, fsys disk.FS) { must(t, write(t, fsys, "/a", "x").Sync(), fsys.SyncDir("/")) }, []string{"x"}},
		{"renamed", func(t *testing.T, fsys disk.FS) {
			must(t, write(t, fsys, "/a", "x").Sync(), write(t, fsys, "/b", "y").Sync(), fsys.SyncDir("/"), fsys.Rename("/b", "/a"))
		}, []string{"x", "y"}},
		{"renamed and synced", func(t *testing.T, fsys disk.FS) {
			must(t, write(t, fsys, "/a", "x").Sync(), write(t, fsys, "/b", "y").Sync(), fsys.Rename("/b", "/a"), fsys.SyncDir("/"))
		}, []string{"y"}},
		{"removed", func(t *testing.T, fsys disk.FS) {
			must(t, write(t, fsys, "/a", "x").Sync(), fsys.SyncDir("/"), fsys.Remove("/a"))
		}, []string{"none", "x"}},
		{"cut", func(t *testing.T, fsys disk.FS) {
			f := write(t, fsys, "/a", "xy")
			must(t, f.Sync(), fsys.SyncDir("/"), f.Truncate(1))
		}, []string{"x", "xy"}},
	} {
		got := afterCrashes(t, "/a", func(d *Disk) { c.do(t, d.FS()) })
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

// TestPagesAreLostAndTorn: of three pages written, the second may be the only one there, and a page may be there in part.
func TestPagesAreLostAndTorn(t *testing.T) {
	page := func(b string) string { return strings.Repeat(b, pageSize) }
	all := page("a") + page("b") + page("c")
	alone, torn := false, false
	for _, got := range afterCrashes(t, "/a", func(d *Disk) {
		write(t, d.FS(), "/a", all)
		must(t, d.FS().SyncDir("/"))
	}) {
		for i := range got {
			if got[i] != 0 && got[i] != all[i] {
				t.Fatalf("byte %d is %q", i, got[i])
			}
		}
		alone = alone || len(got) == len(all) && got[0] == 0 && got[pageSize] == 'b' && got[2*pageSize] == 0
		torn = torn || len(got) == len(all) && got[pageSize] == 'b' && got[2*pageSize-1] == 0
	}
	if !alone || !torn {
		t.Errorf("alone: %v, torn: %v", alone, torn)
	}
}

// TestFailedSyncForgets: what a failed Sync hasn't saved is seen, and no later Sync saves it.
func TestFailedSyncForgets(t *testing.T) {
	got := afterCrashes(t, "/a", func(d *Disk) {
		fsys := d.FS()
		f := write(t, fsys, "/a", strings.Repeat("x", pageSize))
		must(t, fsys.SyncDir("/"))
		d.FailAfter(1, 1, syscall.EIO)
		if err := f.Sync(); !errors.Is(err, syscall.EIO) {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte("y")); err != nil {
			t.Fatal(err)
		}
		must(t, f.Sync())
		if seen := read(t, fsys, "/a"); seen != strings.Repeat("x", pageSize)+"y" {
			t.Fatalf("%.10q is seen", seen)
		}
	})
	want := []string{strings.Repeat("\x00", pageSize) + "y", strings.Repeat("x", pageSize) + "y"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%d different files: %.10q", len(got), got)
	}
}

func TestTheDeadDoNothing(t *testing.T) {
	d := New(1)
	old := d.FS()
	f := write(t, old, "/a", "x")
	_, err := old.Lock("/LOCK", "old")
	must(t, err)
	d.Kill()
	if _, err := f.Write([]byte("y")); !errors.Is(err, ErrOff) {
		t.Errorf("Write: %v", err)
	}
	for _, err := range []error{f.Sync(), old.Remove("/a"), old.Rename("/a", "/b"), old.Mkdir("/c"), old.SyncDir("/")} {
		if !errors.Is(err, ErrOff) {
			t.Errorf("a dead process does something: %v", err)
		}
	}
	if got := read(t, d.FS(), "/a"); got != "x" {
		t.Errorf("%q", got)
	}
	_, err = d.FS().Lock("/LOCK", "new")
	must(t, err)
}

func TestStopAndFail(t *testing.T) {
	short := false
	for seed := range uint64(50) {
		d := New(seed)
		f := write(t, d.FS(), "/a", "")
		d.FailAfter(2, 2, syscall.ENOSPC)
		for i, want := range []error{nil, syscall.ENOSPC, syscall.ENOSPC, nil} {
			n, err := f.Write([]byte("0123456789"))
			if !errors.Is(err, want) || want == nil && err != nil {
				t.Fatalf("write %d: %v, want %v", i, err, want)
			}
			short = short || n > 0 && n < 10
		}
		d.StopAfter(2)
		_, err := f.Write([]byte("z"))
		must(t, err)
		for range 3 {
			if _, err := f.Write([]byte("z")); !errors.Is(err, ErrOff) {
				t.Fatalf("after the power has gone: %v", err)
			}
		}
	}
	if !short {
		t.Error("no short write")
	}
}

func TestFlipBit(t *testing.T) {
	d := New(1)
	must(t, write(t, d.FS(), "/a", "x").Sync(), d.FS().SyncDir("/"), d.FlipBit("/a", 1))
	if got := read(t, d.FS(), "/a"); got != "z" {
		t.Errorf("%q", got)
	}
	d.Crash()
	if got := read(t, d.FS(), "/a"); got != "z" {
		t.Errorf("after a crash %q", got)
	}
	names, sizes := d.Files()
	if !slices.Equal(names, []string{"/a"}) || !slices.Equal(sizes, []int64{1}) {
		t.Errorf("%q %d", names, sizes)
	}
}

// TestSameSeedSameDisk: what a crash leaves follows from the seed.
func TestSameSeedSameDisk(t *testing.T) {
	once := func() string {
		d := New(7)
		for _, name := range []string{"/a", "/b", "/c"} {
			write(t, d.FS(), name, string(bytes.Repeat([]byte(name), 5000)))
		}
		must(t, d.FS().SyncDir("/"))
		d.Crash()
		return read(t, d.FS(), "/a") + read(t, d.FS(), "/b") + read(t, d.FS(), "/c")
	}
	first, again := once(), once()
	if first != again {
		t.Error("twice the same differs")
	}
}
