package state

import (
	"encoding/json"
	"errors"
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/pwcol/pwcol/microbatch/disk/crashdisk"
)

var crashes = flag.Int("crashes", 300, "how many histories of crashes are simulated")

// history is a state's life over many runs, with what it has to hold.
type history struct {
	t          *testing.T
	rng        *rand.Rand
	d          *crashdisk.Disk
	job        JobID
	generation int64
	epoch      int64
	tried      map[int64]content // checkpoints whose publishing was begun
	published  []int64           // and has succeeded, ascending
	last       content           // what the run knows
	waiting    []*Writer         // finished, to be published
}

// content is what each operator knows.
type content map[string][]int64

// TestCrashes: runs write checkpoints and release them until they are killed, the power goes or the disk fails, at any operation. Each
// finds the newest published checkpoint, or a later one whose publishing was begun, and every one that it finds is whole.
func TestCrashes(t *testing.T) {
	for seed := range uint64(*crashes) {
		h := &history{t: t, rng: rand.New(rand.NewPCG(seed, 0)), d: crashdisk.New(seed), tried: map[int64]content{}}
		for range 2 + h.rng.IntN(5) {
			h.run()
			if t.Failed() {
				t.Fatalf("seed %d, generation %d", seed, h.generation)
			}
		}
	}
}

// run is one run, and its end.
func (h *history) run() {
	if h.rng.IntN(4) == 0 {
		h.trouble(1 + h.rng.IntN(20)) // also inside of Open
	}
	s, err := Open(h.d.FS(), testDir, Options{})
	if err != nil {
		h.allowed("Open", err)
	} else if h.identify(s); h.check(s) {
		h.trouble(1 + h.rng.IntN(100))
		for range h.rng.IntN(10) {
			if !h.step(s) {
				break
			}
		}
	}
	if s != nil && s.writing != nil {
		_ = s.writing.Abort() // its goroutine
	}
	if h.rng.IntN(3) == 0 {
		h.d.Kill()
	} else {
		h.d.Crash()
	}
}

// trouble lets something happen at the nth operation from now, mostly.
func (h *history) trouble(n int) {
	switch h.rng.IntN(5) {
	case 0, 1:
		h.d.StopAfter(n)
	case 2:
		h.d.FailAfter(n, 1, syscall.EIO)
	case 3:
		h.d.FailAfter(n, 1000, syscall.ENOSPC)
	}
}

// allowed checks that an error is one of the disk's.
func (h *history) allowed(what string, err error) bool {
	if err != nil && !errors.Is(err, crashdisk.ErrOff) && !errors.Is(err, syscall.EIO) && !errors.Is(err, syscall.ENOSPC) {
		h.t.Errorf("%s: %v", what, err)
	}
	return err == nil
}

// identify checks who the state says it is.
func (h *history) identify(s *Store) {
	if h.generation > 0 && s.Job() != h.job || s.Generation() <= h.generation {
		h.t.Errorf("job %s, generation %d, after %s and %d", s.Job(), s.Generation(), h.job, h.generation)
	}
	h.job, h.generation = s.Job(), s.Generation()
}

// check looks at all checkpoints and resumes the newest.
func (h *history) check(s *Store) bool {
	all, err := s.Checkpoints()
	if !h.allowed("Checkpoints", err) {
		return false
	}
	if n := len(h.published); n > 0 && (len(all) == 0 || all[0].Epoch < h.published[n-1]) {
		h.t.Errorf("found %d, published %d", epochs(all), h.published)
		return false
	}
	for _, c := range all {
		if !h.allowed("a manifest", c.Err) || !h.whole(s, c) {
			return false
		}
	}
	h.last, h.waiting = content{}, nil
	if len(all) > 0 {
		s.Resume(all[0].Manifest)
		h.last = h.tried[all[0].Epoch]
	}
	return true
}

// whole checks a checkpoint that was found.
func (h *history) whole(s *Store, c Checkpoint) bool {
	want, ok := h.tried[c.Epoch]
	if !ok || len(c.Manifest.Operators) != len(want) {
		h.t.Errorf("epoch %d: %d operators, want %d", c.Epoch, len(c.Manifest.Operators), len(want))
		return false
	}
	for id, xs := range want {
		got, err := load(s, c.Manifest, id)
		if !h.allowed("Load", err) {
			return false
		}
		if !slices.Equal(got, xs) {
			h.t.Errorf("epoch %d: %s knows %d, want %d", c.Epoch, id, got, xs)
			return false
		}
	}
	return true
}

// step writes a checkpoint, or releases old ones. It reports whether the run goes on.
func (h *history) step(s *Store) bool {
	if h.rng.IntN(4) == 0 {
		return h.allowed("Release", s.Release(1+h.rng.IntN(3)))
	}
	h.epoch++
	now := content{}
	var parts []part
	for _, id := range []string{"a", "b", "c"} {
		p := part{id: id, whole: s.WantsWhole(id, "of "+id) || h.rng.IntN(4) == 0}
		for range h.rng.IntN(2000) * h.rng.IntN(2) {
			p.xs = append(p.xs, h.rng.Int64())
		}
		parts = append(parts, p)
		if !p.whole {
			now[id] = slices.Clone(h.last[id])
		}
		now[id] = append(now[id], p.xs...)
	}
	w, err := write(s, h.epoch, parts...)
	if !h.allowed("a checkpoint", err) {
		if !s.WantsWhole("a", "of a") {
			h.t.Error("changes are lost, and a delta would do")
		}
		return h.rng.IntN(2) == 0 // the engine may go on
	}
	h.last = now
	h.tried[h.epoch] = now
	h.waiting = append(h.waiting, w)
	for len(h.waiting) > h.rng.IntN(3) {
		w, h.waiting = h.waiting[0], h.waiting[1:]
		if h.rng.IntN(5) == 0 {
			if !h.allowed("Abort", w.Abort()) {
				return false
			}
			continue
		}
		if _, err = w.Publish(json.RawMessage("null")); !h.allowed("Publish", err) {
			return false
		}
		h.published = append(h.published, w.epoch)
	}
	return true
}

// TestEveryFlippedBitIsFound, with the file's name, and what doesn't need that file can still be loaded.
func TestEveryFlippedBitIsFound(t *testing.T) {
	for seed := range uint64(*crashes) {
		rng := rand.New(rand.NewPCG(seed, 1))
		d := crashdisk.New(seed)
		s := mustOpen(t, d.FS())
		want := map[int64]content{
			1: {"a": {1, 2, 3}, "b": {4}},
			2: {"a": {1, 2, 3, 5}, "b": {6, 7}},
			3: {"a": {8}, "b": {6, 7, 9, 10}},
		}
		publish(t, s, 1, part{"a", true, []int64{1, 2, 3}}, part{"b", true, []int64{4}})
		publish(t, s, 2, part{"a", false, []int64{5}}, part{"b", true, []int64{6, 7}})
		publish(t, s, 3, part{"a", true, []int64{8}}, part{"b", false, []int64{9, 10}})
		must(t, s.Close())
		names, sizes := d.Files()
		i := rng.IntN(len(names))
		if sizes[i] == 0 {
			continue // LOCK
		}
		bit := rng.Int64N(8 * sizes[i])
		must(t, d.FlipBit(names[i], bit))
		s, err := Open(d.FS(), testDir, Options{})
		if strings.HasSuffix(names[i], JobFile) {
			if err == nil || !strings.Contains(err.Error(), names[i]) {
				t.Fatalf("seed %d: bit %d of %s: %v", seed, bit, names[i], err)
			}
			continue
		}
		must(t, err)
		bad := 0
		for _, c := range checkpoints(t, s) {
			if err := wrong(t, s, c, want[c.Epoch]); err != nil {
				bad++
				if !strings.Contains(err.Error(), names[i]) {
					t.Fatalf("seed %d: bit %d of %s: %v", seed, bit, names[i], err)
				}
			}
		}
		if bad == 0 || bad == 3 {
			t.Fatalf("seed %d: bit %d of %s: %d of 3 checkpoints are bad", seed, bit, names[i], bad)
		}
		must(t, s.Close())
	}
}

// wrong is the error of loading a checkpoint. What is loaded without one has to be right.
func wrong(t *testing.T, s *Store, c Checkpoint, want content) error {
	t.Helper()
	if c.Err != nil {
		return c.Err
	}
	for id, xs := range want {
		got, err := load(s, c.Manifest, id)
		if err != nil {
			return err
		}
		if !slices.Equal(got, xs) {
			t.Fatalf("epoch %d: %s knows %d", c.Epoch, id, got)
		}
	}
	return nil
}
