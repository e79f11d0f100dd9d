package spill

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
)

// check compares a batch with the rows that it was written from.
func check(t *testing.T, got, want *vec.Batch) {
	t.Helper()
	if err := vectest.Differ(got, want); err != nil {
		t.Fatal(err)
	}
}

func TestRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	parent := t.TempDir()
	written := int64(0)
	d := New(parent, func(n int64) { written += n })
	r, err := d.NewRun()
	if err != nil {
		t.Fatal(err)
	}
	var want []*vec.Batch
	for _, n := range []int{0, 1, 2, 3, 1023, 8192} {
		for _, nulls := range []vectest.Nulls{vectest.No, vectest.Some, vectest.All} {
			b := vectest.Batch(rng, n, nulls)
			if rng.IntN(2) == 0 {
				b.Sel = vectest.Selection(rng, n)
			}
			want = append(want, b, b.Keep(nil).Slice(b.Rows()/3, b.Rows()))
		}
	}
	want = append(want, &vec.Batch{N: 7})
	for _, b := range want {
		if err := r.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		next := 0
		err := r.Read(func(b *vec.Batch) error {
			check(t, b, want[next])
			next++
			return nil
		})
		if err != nil || next != len(want) {
			t.Fatalf("%d of %d batches, %v", next, len(want), err)
		}
	}
	info, err := os.Stat(r.(*run).path)
	if err != nil || info.Size() != written {
		t.Errorf("%d bytes reported, file %v, %v", written, info, err)
	}
	if err := errors.Join(r.Close(), r.Close(), d.Close(), d.Close()); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

func TestNothingSpilledLeavesNoTrace(t *testing.T) {
	parent := t.TempDir()
	d := New(parent, nil)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := d.NewRun()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Read(func(*vec.Batch) error { return errors.New("a batch") }), r.Close()); err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

func TestRunsAtOnce(t *testing.T) {
	d := New(t.TempDir(), nil)
	defer d.Close()
	var wg sync.WaitGroup
	for w := range uint64(4) {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(w, w))
			for range 10 {
				r, err := d.NewRun()
				if err != nil {
					t.Error(err)
					return
				}
				b := vectest.Batch(rng, 500, vectest.Some)
				if err := r.Write(b); err != nil {
					t.Error(err)
				}
				if err := r.Read(func(got *vec.Batch) error { check(t, got, b); return nil }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestYieldsErrorEndsRead(t *testing.T) {
	d := New(t.TempDir(), nil)
	defer d.Close()
	r, _ := d.NewRun()
	for range 2 {
		if err := r.Write(&vec.Batch{N: 1}); err != nil {
			t.Fatal(err)
		}
	}
	stop, calls := errors.New("stop"), 0
	if err := r.Read(func(*vec.Batch) error { calls++; return stop }); !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func TestDamage(t *testing.T) {
	d := New(t.TempDir(), nil)
	defer d.Close()
	rng := rand.New(rand.NewPCG(3, 3))
	r, _ := d.NewRun()
	for range 2 {
		if err := r.Write(vectest.Batch(rng, 20, vectest.Some)); err != nil {
			t.Fatal(err)
		}
	}
	path := r.(*run).path
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		err := r.Read(func(*vec.Batch) error { return nil })
		if err == nil || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	for n := range len(good) {
		damaged("cut", good[:n])
	}
	for n := range len(good) {
		bad := bytes.Clone(good)
		bad[n] ^= 1 << rng.IntN(8)
		damaged("flipped", bad)
	}
	damaged("longer", append(bytes.Clone(good), 0))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := r.Read(func(*vec.Batch) error { return nil }); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("removed: error %v", err)
	}
}

func TestFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /dev/full")
	}
	d := New(t.TempDir(), nil)
	defer d.Close()
	r, _ := d.NewRun()
	path := r.(*run).path
	if err := os.Symlink("/dev/full", path); err != nil {
		t.Fatal(err)
	}
	err := r.Write(vectest.Batch(rand.New(rand.NewPCG(1, 1)), 100, vectest.No))
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
}

func TestNoFolder(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "missing")
	if _, err := New(parent, nil).NewRun(); err == nil || !strings.Contains(err.Error(), parent) {
		t.Errorf("error %v", err)
	}
}
