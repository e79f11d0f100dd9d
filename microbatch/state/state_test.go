package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
	"github.com/pwcol/pwcol/microbatch/disk"
	"github.com/pwcol/pwcol/microbatch/disk/crashdisk"
)

var testDir = filepath.FromSlash("/data/state")

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func mustOpen(t testing.TB, fsys disk.FS) *Store {
	t.Helper()
	s, err := Open(fsys, testDir, Options{})
	must(t, err)
	return s
}

// numbers is a batch of one column.
func numbers(xs ...int64) *vec.Batch {
	b := vec.NewBuilder(vec.TInt64, len(xs))
	for _, x := range xs {
		vec.AppendFixed(b, x)
	}
	return &vec.Batch{N: len(xs), Cols: []*vec.Vec{b.Finish()}}
}

// part is what a test adds to an operator at a checkpoint.
type part struct {
	id    string
	whole bool
	xs    []int64
}

// write writes and finishes a checkpoint.
func write(s *Store, epoch int64, parts ...part) (*Writer, error) {
	w, err := s.Begin(epoch)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		err := w.Operator(p.id, "of "+p.id, p.whole)
		if err == nil {
			err = w.Add(0, numbers(p.xs...))
		}
		if err != nil {
			return nil, errors.Join(err, w.Abort())
		}
	}
	return w, w.Finish()
}

// publish writes and publishes a checkpoint.
func publish(t testing.TB, s *Store, epoch int64, parts ...part) Manifest {
	t.Helper()
	w, err := write(s, epoch, parts...)
	must(t, err)
	m, err := w.Publish(json.RawMessage(fmt.Sprintf(`{"at":%d}`, epoch)))
	must(t, err)
	return m
}

// load is what an operator knows.
func load(s *Store, m Manifest, id string) (xs []int64, err error) {
	err = s.Load(m, id, func(_ int, b *vec.Batch) error {
		xs = append(xs, vec.Cast[int64](b.Cols[0].Data)[:b.N]...)
		return nil
	})
	return xs, err
}

func wantState(t testing.TB, s *Store, m Manifest, id string, want ...int64) {
	t.Helper()
	if got, err := load(s, m, id); err != nil || !slices.Equal(got, want) {
		t.Fatalf("epoch %d: %s knows %d (%v), want %d", m.Epoch, id, got, err, want)
	}
}

func checkpoints(t testing.TB, s *Store) []Checkpoint {
	t.Helper()
	all, err := s.Checkpoints()
	must(t, err)
	return all
}

func epochs(all []Checkpoint) (epochs []int64) {
	for _, c := range all {
		epochs = append(epochs, c.Epoch)
	}
	return epochs
}

func onBoth(t *testing.T, test func(t *testing.T, fsys disk.FS, dir string)) {
	t.Run("os", func(t *testing.T) { test(t, disk.OS{}, filepath.Join(t.TempDir(), "state")) })
	t.Run("crashdisk", func(t *testing.T) { test(t, crashdisk.New(1).FS(), testDir) })
}

func TestAStateIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, fsys disk.FS, dir string) {
		s, err := Open(fsys, dir, Options{})
		must(t, err)
		if s.Generation() != 1 || len(checkpoints(t, s)) != 0 {
			t.Errorf("a new state: generation %d, %d checkpoints", s.Generation(), len(checkpoints(t, s)))
		}
		job := s.Job()
		publish(t, s, 10, part{"a", true, []int64{1, 2}}, part{"b", true, nil})
		publish(t, s, 20, part{"a", false, []int64{3}}, part{"b", false, nil})
		must(t, s.Close())

		s, err = Open(fsys, dir, Options{})
		must(t, err)
		all := checkpoints(t, s)
		if s.Job() != job || s.Generation() != 2 || !slices.Equal(epochs(all), []int64{20, 10}) {
			t.Fatalf("job %s, generation %d, checkpoints %d", s.Job(), s.Generation(), epochs(all))
		}
		m := all[0].Manifest
		wantState(t, s, m, "a", 1, 2, 3)
		wantState(t, s, m, "b")
		wantState(t, s, all[1].Manifest, "a", 1, 2)
		if engine := strings.Join(strings.Fields(string(m.Engine)), ""); engine != `{"at":20}` {
			t.Errorf("engine's data %s", engine)
		}
		if _, err := load(s, m, "c"); err == nil || !strings.Contains(err.Error(), `no state of operator "c"`) {
			t.Errorf("an operator that isn't there: %v", err)
		}
		s.Resume(m)
		m = publish(t, s, 30, part{"a", false, []int64{4}}, part{"b", true, []int64{9}})
		wantState(t, s, m, "a", 1, 2, 3, 4)
		wantState(t, s, m, "b", 9)
		must(t, s.Verify(m), s.Release(2), s.Close())

		s, err = Open(fsys, dir, Options{ReadOnly: true})
		must(t, err)
		all = checkpoints(t, s)
		if !slices.Equal(epochs(all), []int64{30, 20}) || s.Generation() != 2 {
			t.Errorf("checkpoints %d, generation %d", epochs(all), s.Generation())
		}
		must(t, s.Verify(all[1].Manifest))
		if _, err := s.Begin(40); !errors.Is(err, ErrReadOnly) || !errors.Is(s.Release(1), ErrReadOnly) {
			t.Errorf("read only: %v", err)
		}
		must(t, s.Close())
	})
}

// TestEveryTypeComesBack, with selections, dictionaries and diffs, in several tables.
func TestEveryTypeComesBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	s := mustOpen(t, crashdisk.New(1).FS())
	w, err := s.Begin(1)
	must(t, err, w.Operator("all", "", true))
	var want []*vec.Batch
	for i := range 20 {
		b := vectest.Batch(rng, 1+50*i, vectest.Some)
		if i%2 == 0 {
			b.Sel = vectest.Selection(rng, b.N)
		}
		must(t, w.Add(7*(i%3), b), w.Add(1, &vec.Batch{}))
		if b.Rows() > 0 {
			want = append(want, b)
		}
	}
	must(t, w.Finish())
	m, err := w.Publish(nil)
	must(t, err)
	next := 0
	must(t, s.Load(m, "all", func(table int, b *vec.Batch) error {
		if table%7 != 0 {
			t.Errorf("table %d", table)
		}
		next++
		return vectest.Differ(b, want[next-1])
	}))
	if next != len(want) {
		t.Errorf("%d batches, want %d", next, len(want))
	}
	must(t, s.Close())
}

// life is a state's over several runs, with what its checkpoints have to hold.
type life struct {
	*rapid.T
	fsys        disk.FS
	s           *Store
	published   map[int64]map[string][]int64
	last        map[string][]int64 // at the checkpoint that was finished last
	epoch, next int64
}

// TestAnyHistory: random checkpoints, some given up, over several runs, are what their parts add up to.
func TestAnyHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &life{T: t, fsys: crashdisk.New(1).FS(), published: map[int64]map[string][]int64{}}
		l.open()
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				check(t, l.s.Close())
				l.open()
			case 1:
				keep := rapid.IntRange(1, 3).Draw(t, "keep")
				check(t, l.s.Release(keep))
				for _, e := range oldest(l.published, keep) {
					delete(l.published, e)
				}
			default:
				l.checkpoint()
			}
			compare(t, l.s, l.published)
		}
		check(t, l.s.Close())
	})
}

// open begins a run, which goes on from the newest checkpoint.
func (l *life) open() {
	var err error
	l.s, err = Open(l.fsys, testDir, Options{})
	check(l.T, err)
	all, err := l.s.Checkpoints()
	check(l.T, err)
	l.last = map[string][]int64{}
	if len(all) > 0 {
		l.s.Resume(all[0].Manifest)
		l.last = l.published[all[0].Epoch]
	}
}

// checkpoint writes one, and mostly publishes it.
func (l *life) checkpoint() {
	l.epoch += rapid.Int64Range(1, 5).Draw(l.T, "epochs")
	now := map[string][]int64{}
	var parts []part
	for _, id := range []string{"a", "b", "c"}[:rapid.IntRange(0, 3).Draw(l.T, "operators")] {
		p := part{id: id, whole: l.s.WantsWhole(id, "of "+id) || rapid.Bool().Draw(l.T, "whole")}
		for range rapid.IntRange(0, 5).Draw(l.T, "rows") {
			l.next++
			p.xs = append(p.xs, l.next)
		}
		parts = append(parts, p)
		if !p.whole {
			now[id] = slices.Clone(l.last[id])
		}
		now[id] = append(now[id], p.xs...)
	}
	w, err := write(l.s, l.epoch, parts...)
	check(l.T, err)
	l.last = now
	if rapid.IntRange(0, 4).Draw(l.T, "end") == 0 {
		check(l.T, w.Abort())
		return
	}
	_, err = w.Publish(nil)
	check(l.T, err)
	l.published[l.epoch] = now
}

func check(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// oldest are the epochs of all but the newest ones.
func oldest(published map[int64]map[string][]int64, keep int) []int64 {
	var all []int64
	for e := range published {
		all = append(all, e)
	}
	slices.Sort(all)
	return all[:max(0, len(all)-keep)]
}

// compare checks that a store has these checkpoints, and that they hold this.
func compare(t *rapid.T, s *Store, published map[int64]map[string][]int64) {
	t.Helper()
	all, err := s.Checkpoints()
	check(t, err)
	if len(all) != len(published) {
		t.Fatalf("checkpoints %d, want %d of them", epochs(all), len(published))
	}
	for _, c := range all {
		want := published[c.Epoch]
		if c.Err != nil || len(c.Manifest.Operators) != len(want) {
			t.Fatalf("epoch %d: %v, %d operators, want %d", c.Epoch, c.Err, len(c.Manifest.Operators), len(want))
		}
		for id, xs := range want {
			if got, err := load(s, c.Manifest, id); err != nil || !slices.Equal(got, xs) {
				t.Fatalf("epoch %d: %s knows %d (%v), want %d", c.Epoch, id, got, err, xs)
			}
		}
	}
}

func TestWantsWhole(t *testing.T) {
	s := mustOpen(t, crashdisk.New(1).FS())
	if !s.WantsWhole("a", "of a") {
		t.Error("the first part isn't whole")
	}
	many := make([]int64, 1000)
	for i := range many {
		many[i] = rand.Int64()
	}
	publish(t, s, 1, part{"a", true, many})
	wholes := []int64{}
	for epoch := int64(2); epoch < 30; epoch++ {
		whole := s.WantsWhole("a", "of a")
		if whole {
			wholes = append(wholes, epoch)
			publish(t, s, epoch, part{"a", true, many})
			continue
		}
		publish(t, s, epoch, part{"a", false, many[:200]})
	}
	if !s.WantsWhole("a", "other") {
		t.Error("a delta to another structure")
	}
	if !slices.Equal(wholes, []int64{7, 13, 19, 25}) {
		t.Errorf("wholes at %d", wholes)
	}
	for epoch := int64(30); epoch < 30+maxParts; epoch++ {
		publish(t, s, epoch, part{"a", false, nil})
	}
	if !s.WantsWhole("a", "of a") {
		t.Errorf("no whole part after %d deltas", maxParts)
	}
	must(t, s.Close())
}

func TestWriterRefuses(t *testing.T) {
	s := mustOpen(t, crashdisk.New(1).FS())
	publish(t, s, 5, part{"a", true, []int64{1}})
	w, err := s.Begin(5)
	must(t, err, w.Operator("a", "of a", true))
	_, again := s.Begin(6)
	_, unfinished := w.Publish(nil)
	for _, c := range []struct {
		err  error
		want string
	}{
		{again, "still being written"},
		{unfinished, "isn't finished"},
		{w.Operator("a", "of a", true), "comes twice"},
		{w.Operator("b", "of b", false), "no state of operator"},
		{w.Add(maxTables, numbers(1)), "no table 65536"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%v, want %q", c.err, c.want)
		}
	}
	must(t, w.Add(0, numbers(1)))
	if err := w.Add(0, &vec.Batch{N: 1, Cols: []*vec.Vec{{Type: vec.TInt32, N: 1, Data: vec.Alloc(4)}}}); err == nil || !strings.Contains(err.Error(), "type int32") {
		t.Errorf("another type: %v", err)
	}
	must(t, w.Abort(), w.Abort())
	w, err = s.Begin(6)
	must(t, err)
	for _, err := range []error{w.Operator("a", "of a", false), w.Operator("a", "other", false)} {
		if err == nil {
			t.Error("a delta after Abort, which has lost changes")
		}
	}
	must(t, w.Abort())
	if _, err := s.Begin(0); err == nil {
		t.Error("epoch 0")
	}
	publish(t, s, 7, part{"a", true, []int64{1}})
	w, err = s.Begin(7)
	must(t, err)
	if err := w.Operator("a", "of a", false); err == nil {
		t.Error("a delta of the same epoch")
	}
	must(t, w.Abort(), s.Close())
}

// TestReleaseKeepsWhatIsToBePublished, and removes what a run that was killed had not published.
func TestReleaseKeepsWhatIsToBePublished(t *testing.T) {
	d := crashdisk.New(1)
	s := mustOpen(t, d.FS())
	publish(t, s, 1, part{"a", true, []int64{1}})
	first, err := write(s, 2, part{"a", false, []int64{2}})
	must(t, err)
	second, err := write(s, 3, part{"a", false, []int64{3}})
	must(t, err, s.Release(1), first.Abort(), s.Release(1))
	third, err := write(s, 4, part{"a", true, []int64{4}})
	must(t, err, s.Release(1))
	m, err := second.Publish(nil)
	must(t, err, s.Release(1))
	wantState(t, s, m, "a", 1, 2, 3)
	d.Kill()
	_ = third
	s = mustOpen(t, d.FS())
	blocks := func() int {
		names, err := s.storage.List(BlocksFolder)
		must(t, err)
		return len(names)
	}
	if n := blocks(); n != 4 {
		t.Errorf("%d files", n)
	}
	must(t, s.Release(2))
	if n := blocks(); n != 3 {
		t.Errorf("%d files after Release", n)
	}
	wantState(t, s, checkpoints(t, s)[0].Manifest, "a", 1, 2, 3)
	must(t, s.Close())
}

// slowStorage takes a second for each write.
type slowStorage struct{ Storage }

type slowObject struct{ Object }

func (s slowStorage) Create(name string) (Object, error) {
	o, err := s.Storage.Create(name)
	return slowObject{o}, err
}

func (o slowObject) Write(p []byte) (int, error) {
	time.Sleep(time.Second)
	return o.Object.Write(p)
}

// TestSlowDiskHoldsBack: Add waits when the queue is full, and returns at once otherwise.
func TestSlowDiskHoldsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(crashdisk.New(1).FS(), testDir, Options{QueueBytes: 100 << 10})
		must(t, err)
		s.storage = slowStorage{s.storage}
		batch := numbers(make([]int64, 1000)...) // 8 KiB
		w, err := s.Begin(1)
		must(t, err, w.Operator("a", "", true))
		start := time.Now()
		for range 12 {
			must(t, w.Add(0, batch))
		}
		if waited := time.Since(start); waited > 0 {
			t.Errorf("96 KiB were taken in %s", waited)
		}
		for range 20 {
			must(t, w.Add(0, batch))
			if w.Queued() > 100<<10 {
				t.Fatalf("%d bytes wait", w.Queued())
			}
		}
		if waited := time.Since(start); waited < 19*time.Second || waited > 22*time.Second {
			t.Errorf("256 KiB were taken in %s", waited)
		}
		must(t, w.Add(0, numbers(make([]int64, 100_000)...)), w.Finish()) // a batch that is larger than the queue
		m, err := w.Publish(nil)
		must(t, err)
		if _, rows := m.Operators[0].Bytes(); rows != 132_000 {
			t.Errorf("%d rows", rows)
		}
		must(t, s.Verify(m), s.Close())
	})
}

// TestReleaseThatFailed: what it had removed, though not for sure, can't come back without its blocks.
func TestReleaseThatFailed(t *testing.T) {
	for seed := range uint64(300) {
		d := crashdisk.New(seed)
		s := mustOpen(t, d.FS())
		for epoch := range int64(3) {
			publish(t, s, 1+epoch, part{"a", true, []int64{epoch}})
		}
		d.FailAfter(1+int(seed%20), 1, syscall.EIO)
		_ = s.Release(1)
		d.Kill()
		s = mustOpen(t, d.FS())
		must(t, s.Release(1))
		d.Crash()
		s = mustOpen(t, d.FS())
		for _, c := range checkpoints(t, s) {
			must(t, c.Err, s.Verify(c.Manifest))
		}
		wantState(t, s, checkpoints(t, s)[0].Manifest, "a", 2)
		must(t, s.Close())
	}
}

func TestLockedAndForeign(t *testing.T) {
	onBoth(t, func(t *testing.T, fsys disk.FS, dir string) {
		s, err := Open(fsys, dir, Options{Owner: "the first"})
		must(t, err)
		if _, err := Open(fsys, dir, Options{}); err == nil || !strings.Contains(err.Error(), "another run (the first) uses the state in "+dir) {
			t.Errorf("opened twice: %v", err)
		}
		must(t, s.Close())

		other := filepath.Join(filepath.Dir(dir), "other")
		must(t, disk.MkdirAll(fsys, other), disk.WriteFile(fsys, filepath.Join(other, "thesis.txt"), nil))
		for _, o := range []Options{{}, {ReadOnly: true}} {
			if _, err := Open(fsys, other, o); err == nil || !strings.Contains(err.Error(), "it holds thesis.txt, but no file JOB") {
				t.Errorf("a folder that isn't ours: %v", err)
			}
		}
		none := filepath.Join(filepath.Dir(dir), "none")
		if _, err := Open(fsys, none, Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "there is no state in "+none) {
			t.Errorf("nothing: %v", err)
		}
		must(t, fsys.Remove(filepath.Join(dir, JobFile)))
		if _, err := Open(fsys, dir, Options{}); err == nil || !strings.Contains(err.Error(), "restore it from a copy") {
			t.Errorf("JOB is gone: %v", err)
		}
	})
}

func TestNotWritable(t *testing.T) {
	d := crashdisk.New(1)
	d.FailAfter(1, 1000, syscall.EACCES)
	if _, err := Open(d.FS(), testDir, Options{}); !errors.Is(err, syscall.EACCES) || !strings.Contains(err.Error(), testDir) {
		t.Errorf("%v", err)
	}
}

func TestFullDisk(t *testing.T) {
	d := crashdisk.New(1)
	s := mustOpen(t, d.FS())
	publish(t, s, 1, part{"a", true, []int64{1}})
	for n := 0; ; n++ {
		d.FailAfter(1+n, 1000, syscall.ENOSPC)
		w, err := write(s, int64(10+n), part{"a", true, []int64{2}})
		if err == nil {
			_, err = w.Publish(nil)
		}
		d.Heal()
		if err == nil && n > 10 {
			break // it takes fewer operations
		}
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), fmt.Sprintf("the checkpoint of epoch %d", 10+n)) {
			t.Errorf("operation %d: %v", n, err)
		}
		if w != nil {
			must(t, w.Abort())
		}
		all := checkpoints(t, s)
		wantState(t, s, all[len(all)-1].Manifest, "a", 1)
	}
	must(t, s.Release(1), s.Close())
}

func TestNewerFormats(t *testing.T) {
	newer := func(data []byte) []byte {
		text := strings.Replace(string(data), "format=1", "format=2", 1)
		line, body, _ := strings.Cut(text, "\n")
		line, _, _ = strings.Cut(line, sumField)
		return fmt.Appendf(nil, "%s%s%08x\n%s", line, sumField, documentSum(line, []byte(body)), body)
	}
	fsys := crashdisk.New(1).FS()
	s := mustOpen(t, fsys)
	publish(t, s, 1, part{"a", true, []int64{1}})
	path := s.storage.Place(manifestName(1))
	data, err := readFile(fsys, path)
	must(t, err, disk.WriteFile(fsys, path, newer(data)))
	var is *NewerError
	if c := checkpoints(t, s)[0]; !errors.As(c.Err, &is) || is.Path != path || is.Format != 2 {
		t.Errorf("a manifest: %v", c.Err)
	}
	must(t, s.Close())
	path = filepath.Join(testDir, JobFile)
	data, err = readFile(fsys, path)
	must(t, err, disk.WriteFile(fsys, path, newer(data)))
	if _, err := Open(fsys, testDir, Options{}); !errors.As(err, &is) || is.Path != path || !strings.Contains(err.Error(), "use the version that wrote it") {
		t.Errorf("JOB: %v", err)
	}
}
