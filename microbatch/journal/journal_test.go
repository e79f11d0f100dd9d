package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pwcol/pwcol/microbatch/disk"
	"github.com/pwcol/pwcol/microbatch/disk/crashdisk"
)

var testDir = filepath.FromSlash("/state/journal")

func identity(generation int64) Identity {
	return Identity{Job: [16]byte{1, 2, 3}, Generation: generation}
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func mustOpen(t testing.TB, fsys disk.FS, generation int64) *Log {
	t.Helper()
	l, err := Open(fsys, testDir, identity(generation))
	must(t, err)
	return l
}

func add(t testing.TB, l *Log, kind Kind, epoch int64, payload ...string) Position {
	t.Helper()
	var parts [][]byte
	for _, p := range payload {
		parts = append(parts, []byte(p))
	}
	at, err := l.Append(context.Background(), kind, epoch, parts...)
	must(t, err)
	return at
}

// text is a frame in short.
func text(f Frame) string { return fmt.Sprintf("%d/%d %.40q", f.Kind, f.Epoch, f.Payload) }

func read(t testing.TB, l *Log, after int64) []string {
	t.Helper()
	var all []string
	must(t, l.Read(after, func(f Frame) error { all = append(all, text(f)); return nil }))
	return all
}

func wantFrames(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("frames %q\nwant %q", got, want)
	}
}

func onBoth(t *testing.T, test func(t *testing.T, fsys disk.FS, dir string)) {
	t.Run("os", func(t *testing.T) { test(t, disk.OS{}, filepath.Join(t.TempDir(), "journal")) })
	t.Run("crashdisk", func(t *testing.T) { test(t, crashdisk.New(1).FS(), testDir) })
}

func TestWhatIsAppendedIsRead(t *testing.T) {
	onBoth(t, func(t *testing.T, fsys disk.FS, dir string) {
		ctx := context.Background()
		l, err := Open(fsys, dir, identity(1))
		must(t, err)
		wantFrames(t, read(t, l, 0))
		add(t, l, Entry, 10, "a", "b")
		add(t, l, Note, 10)
		add(t, l, Note+7, 4, strings.Repeat("x", 100))
		must(t, l.Wait(ctx, add(t, l, Entry, 20, "c")), l.Close())
		for generation := range int64(3) { // what is opened and not written to stays as it is
			l, err = Open(fsys, dir, identity(2+generation))
			must(t, err)
			wantFrames(t, read(t, l, 0), `1/10 "ab"`, `2/10 ""`, `9/4 "`+strings.Repeat("x", 40)+`"`, `1/20 "c"`)
			wantFrames(t, read(t, l, 10), `1/20 "c"`)
			wantFrames(t, read(t, l, 20))
			if l.LastEpoch() != 20 || l.Cut().Bytes != 0 {
				t.Errorf("last epoch %d, cut %+v", l.LastEpoch(), l.Cut())
			}
			must(t, l.Close())
		}
		l, err = Open(fsys, dir, identity(9))
		must(t, err)
		add(t, l, Entry, 21, "d")
		must(t, l.Close())
		var all []string
		cut, err := Scan(fsys, dir, identity(0).Job, func(f Frame) error { all = append(all, text(f)); return nil })
		must(t, err)
		wantFrames(t, all[3:], `1/20 "c"`, `1/21 "d"`)
		if cut.Bytes != 0 {
			t.Errorf("cut %+v", cut)
		}
	})
}

func TestScanOfNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, fsys disk.FS, dir string) {
		if _, err := Scan(fsys, dir, [16]byte{}, nil); err != nil {
			t.Error(err)
		}
	})
}

func TestYieldsErrorEndsRead(t *testing.T) {
	fsys := crashdisk.New(1).FS()
	l := mustOpen(t, fsys, 1)
	add(t, l, Entry, 1)
	add(t, l, Entry, 2)
	must(t, l.Close())
	l = mustOpen(t, fsys, 2)
	stop, calls := errors.New("stop"), 0
	if err := l.Read(0, func(Frame) error { calls++; return stop }); !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	must(t, l.Close())
}

func TestAppendRefuses(t *testing.T) {
	l := mustOpen(t, crashdisk.New(1).FS(), 1)
	ctx := context.Background()
	add(t, l, Entry, 5)
	huge := make([]byte, MaxPayload/2+1)
	for _, c := range []struct {
		err  error
		want string
	}{
		{second(l.Append(ctx, Entry, 5)), "an entry of epoch 5 after one of 5"},
		{second(l.Append(ctx, Note, 0)), "can't be"},
		{second(l.Append(ctx, mark, 9)), "can't be"},
		{second(l.Append(ctx, Entry, 9, huge, huge)), "max_epoch_rows"},
		{l.Wait(ctx, 2), "there is no frame 2"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%v, want %q", c.err, c.want)
		}
	}
	must(t, l.Close(), l.Close(), l.Wait(ctx, 1))
	if _, err := l.Append(ctx, Entry, 6); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// TestGenerations: a log isn't opened by a run that is not later than all that wrote it, nor by another job's, and a run whose
// log was taken over begins no segment.
func TestGenerations(t *testing.T) {
	fsys := crashdisk.New(1).FS()
	early, err := open(fsys, testDir, identity(3), segmentHeader)
	must(t, err)
	for _, generation := range []int64{2, 3} {
		if _, err := Open(fsys, testDir, identity(generation)); err == nil || !strings.Contains(err.Error(), "generation 3") {
			t.Errorf("generation %d: %v", generation, err)
		}
	}
	other := identity(9)
	other.Job[15]++
	if _, err := Open(fsys, testDir, other); err == nil || !strings.Contains(err.Error(), "belongs to job 0102") {
		t.Errorf("another job: %v", err)
	}
	late := mustOpen(t, fsys, 4)
	add(t, late, Entry, 7, "late")
	must(t, late.Close())
	add(t, early, Entry, 9, "early")
	if err := early.Close(); err == nil || !strings.Contains(err.Error(), "another run") {
		t.Errorf("the early run goes on: %v", err)
	}
	late = mustOpen(t, fsys, 5)
	wantFrames(t, read(t, late, 0), `1/7 "late"`)
	must(t, late.Close())
}

// TestWhatAFencedRunWritesDoesNotCount, in the segment that it had when another took over.
func TestWhatAFencedRunWritesDoesNotCount(t *testing.T) {
	fsys := crashdisk.New(1).FS()
	early := mustOpen(t, fsys, 1)
	must(t, early.Wait(context.Background(), add(t, early, Entry, 1, "before")))
	late := mustOpen(t, fsys, 2)
	add(t, early, Entry, 2, "after")
	must(t, early.Close(), late.Close())
	late = mustOpen(t, fsys, 3)
	wantFrames(t, read(t, late, 0), `1/1 "before"`)
	must(t, late.Close())
}

func TestRelease(t *testing.T) {
	fsys := crashdisk.New(1).FS()
	ctx := context.Background()
	l, err := open(fsys, testDir, identity(1), 400)
	must(t, err)
	for epoch := int64(1); epoch <= 20; epoch++ {
		must(t, l.Wait(ctx, add(t, l, Entry, epoch, strings.Repeat("x", 100))))
	}
	files := func() int {
		names, err := fsys.ReadDir(testDir)
		must(t, err)
		return len(names)
	}
	all := files()
	must(t, l.Release(9))
	left := files()
	if all < 5 || left > all-2 || left < 3 {
		t.Errorf("%d of %d segments are left", left, all)
	}
	must(t, l.Release(9), l.Close())
	l = mustOpen(t, fsys, 2)
	if got := read(t, l, 9); len(got) != 11 {
		t.Errorf("%q", got)
	}
	var damage *DamageError
	if err := l.Read(2, nil); !errors.As(err, &damage) || !strings.Contains(err.Error(), "no longer in it") {
		t.Errorf("of released epochs: %v", err)
	}
	must(t, l.Release(20), l.Close())
	if left := files(); left != 1 {
		t.Errorf("%d segments are left", left)
	}
	l = mustOpen(t, fsys, 3)
	if got := read(t, l, 20); len(got) != 0 || l.LastEpoch() != 20 {
		t.Errorf("%q, last epoch %d", got, l.LastEpoch())
	}
	if _, err := l.Append(ctx, Entry, 20); err == nil {
		t.Error("an epoch comes twice")
	}
	must(t, l.Close())
}

// TestMissingFiles: a log without its beginning, its middle or at all is not read as if it were whole.
func TestMissingFiles(t *testing.T) {
	for _, c := range []struct {
		gone  []int64
		after int64
		want  string
	}{
		{[]int64{2}, 0, "there is segment 1 and then 3"},
		{[]int64{1}, 0, "epochs up to 1 are no longer in it"},
		{[]int64{1, 2}, 1, "epochs up to 2 are no longer in it"},
		{[]int64{1, 2, 3}, 1, "there was no journal"},
	} {
		fsys := crashdisk.New(1).FS()
		for i := int64(1); i <= 3; i++ {
			l := mustOpen(t, fsys, i)
			add(t, l, Entry, i)
			must(t, l.Close())
		}
		for _, n := range c.gone {
			must(t, fsys.Remove(segmentPath(testDir, n)))
		}
		l, err := Open(fsys, testDir, identity(9))
		if err == nil {
			err = errors.Join(l.Read(c.after, func(Frame) error { return nil }), l.Close())
		}
		var damage *DamageError
		if !errors.As(err, &damage) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), testDir) {
			t.Errorf("without %d: %v", c.gone, err)
		}
	}
}

func TestNewerFormat(t *testing.T) {
	fsys := crashdisk.New(1).FS()
	b := header{id: identity(1), number: 1, born: segmentHeader}.encode()
	b[8] = 2
	putSum(b)
	must(t, disk.MkdirAll(fsys, testDir), disk.WriteFile(fsys, segmentPath(testDir, 1), b))
	var newer *NewerError
	if _, err := Open(fsys, testDir, identity(2)); !errors.As(err, &newer) || newer.Format != 2 || !strings.Contains(err.Error(), "000000000001.log") {
		t.Errorf("%v", err)
	}
}

// TestGroups: many frames cost few syncs, and those who wait for them all return.
func TestGroups(t *testing.T) {
	d := crashdisk.New(1)
	l := mustOpen(t, d.FS(), 1)
	before := d.Ops()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 200 {
				at, err := l.Append(context.Background(), Note, int64(1+i), bytes.Repeat([]byte{byte(w)}, i))
				if err == nil && i%50 == 49 {
					err = l.Wait(context.Background(), at)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	must(t, l.Close())
	t.Logf("%d operations for 1600 frames", d.Ops()-before)
	l = mustOpen(t, d.FS(), 2)
	next := map[byte]int{}
	must(t, l.Read(0, func(f Frame) error {
		if len(f.Payload) == 0 {
			return nil
		}
		w := f.Payload[0]
		if next[w]++; next[w] != len(f.Payload) || f.Epoch != int64(1+next[w]) {
			t.Fatalf("frame %d of worker %d: epoch %d, %d bytes", next[w], w, f.Epoch, len(f.Payload))
		}
		return nil
	}))
	if len(next) != 8 || next[0] != 199 {
		t.Errorf("%v", next)
	}
	must(t, l.Close())
}

// slowDisk takes a minute for each sync of a segment.
type slowDisk struct{ disk.FS }

type slowFile struct{ disk.File }

func (s slowDisk) OpenAppend(name string) (disk.File, error) {
	f, err := s.FS.OpenAppend(name)
	return slowFile{f}, err
}

func (f slowFile) Sync() error {
	time.Sleep(time.Minute)
	return f.File.Sync()
}

// TestSlowDiskHoldsBack: Append waits when too much has gathered, as long as its context lasts, and memory stays bounded.
func TestSlowDiskHoldsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := mustOpen(t, slowDisk{crashdisk.New(1).FS()}, 1)
		part := make([]byte, 1<<20)
		start, most := time.Now(), 0
		for range 100 {
			_, err := l.Append(context.Background(), Note, 1, part)
			must(t, err)
			l.mu.Lock()
			most = max(most, len(l.gathered))
			l.mu.Unlock()
		}
		if waited := time.Since(start); waited < 2*time.Minute || waited > 5*time.Minute || most > maxGathered+2<<20 {
			t.Errorf("100 MiB were taken in %s, %d bytes gathered", waited, most)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := l.Wait(ctx, 100); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait: %v", err)
		}
		big := make([]byte, maxGathered+1)
		if _, err := l.Append(ctx, Note, 1, big); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Append: %v", err)
		}
		_, err := l.Append(context.Background(), Note, 1, big)
		must(t, err, l.Close())
	})
}

// TestErrorsAreFinal: after a write or a sync that failed nothing is taken any more, and nobody is told that it is safe.
func TestErrorsAreFinal(t *testing.T) {
	for _, cause := range []error{syscall.ENOSPC, syscall.EIO} {
		for n := 1; n <= 2; n++ { // the write, the sync
			d := crashdisk.New(uint64(n))
			l := mustOpen(t, d.FS(), 1)
			d.FailAfter(n, 1, cause)
			at := add(t, l, Entry, 1, "x")
			for _, err := range []error{l.Wait(context.Background(), at), second(l.Append(context.Background(), Entry, 2)), l.Close()} {
				if !errors.Is(err, cause) || !strings.Contains(err.Error(), ".log") {
					t.Errorf("operation %d: %v, want %v", n, err, cause)
				}
			}
		}
	}
}

// TestFailedSyncIsNotTrusted: the frame whose sync failed is seen in the page cache by the next run, which may use it; then it must
// stay, though the file it was in will lose it.
func TestFailedSyncIsNotTrusted(t *testing.T) {
	seen := 0
	for seed := range uint64(100) {
		d := crashdisk.New(seed)
		l := mustOpen(t, d.FS(), 1)
		d.FailAfter(2, 1, syscall.EIO)
		add(t, l, Entry, 1, strings.Repeat("x", 9000))
		if err := l.Close(); !errors.Is(err, syscall.EIO) {
			t.Fatal(err)
		}
		d.Kill()
		l = mustOpen(t, d.FS(), 2)
		before := read(t, l, 0)
		d.Crash()
		_ = l.Close()
		l = mustOpen(t, d.FS(), 3)
		wantFrames(t, read(t, l, 0), before...)
		seen += len(before)
		must(t, l.Close())
	}
	if seen == 0 {
		t.Error("no frame was seen")
	}
}
