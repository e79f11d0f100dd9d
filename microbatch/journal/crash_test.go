package journal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/pwcol/pwcol/microbatch/disk/crashdisk"
)

var crashes = flag.Int("crashes", 600, "how many histories of crashes are simulated")

// history is a log's life over many runs, with what it has to hold.
type history struct {
	t          *testing.T
	rng        *rand.Rand
	d          *crashdisk.Disk
	generation int64
	epoch      int64   // of the newest entry
	released   int64   // up to this epoch frames may be gone
	frames     []frame // all that may be there, in order
	safe       int     // so many have to be
}

type frame struct {
	epoch int64
	text  string
}

// TestCrashes: runs append, wait and release until they are killed, the power goes or the disk fails, at any operation. Each finds what
// the one before had waited for, and behind it a beginning of the rest.
func TestCrashes(t *testing.T) {
	for seed := range uint64(*crashes) {
		h := &history{t: t, rng: rand.New(rand.NewPCG(seed, 0)), d: crashdisk.New(seed)}
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
	h.generation++
	seen := h.scan()
	if h.rng.IntN(4) == 0 {
		h.d.StopAfter(1 + h.rng.IntN(12)) // also inside of Open
	}
	l, err := open(h.d.FS(), testDir, identity(h.generation), int64(segmentHeader+h.rng.IntN(3000)))
	if err == nil {
		h.check(l, seen)
		h.trouble()
		h.work(l)
	} else if !errors.Is(err, crashdisk.ErrOff) {
		h.t.Errorf("Open: %v", err)
	}
	if h.rng.IntN(3) == 0 {
		h.d.Kill()
	} else {
		h.d.Crash()
	}
	if l != nil {
		_ = l.Close() // its goroutine; the disk is another's now
	}
}

// scan is what the log has, as one who only looks at it sees it.
func (h *history) scan() (frames []frame) {
	_, err := Scan(h.d.FS(), testDir, identity(0).Job, func(f Frame) error {
		if f.Epoch > h.released {
			frames = append(frames, frame{f.Epoch, string(f.Payload)})
		}
		return nil
	})
	if err != nil {
		h.t.Errorf("Scan: %v", err)
	}
	return frames
}

// check reads the log as far as it isn't released. What is read is safe from now on.
func (h *history) check(l *Log, seen []frame) {
	var got []frame
	err := l.Read(h.released, func(f Frame) error {
		got = append(got, frame{f.Epoch, string(f.Payload)})
		return nil
	})
	if errors.Is(err, crashdisk.ErrOff) {
		return
	}
	if err != nil {
		h.t.Errorf("Read: %v", err)
		return
	}
	if !slices.Equal(got, seen) {
		h.t.Errorf("Read has %d frames, Scan %d", len(got), len(seen))
	}
	at := 0
	for i, f := range h.frames {
		switch {
		case f.epoch <= h.released:
			continue
		case at == len(got) && i >= h.safe:
			h.frames = h.frames[:i]
		case at == len(got) || got[at] != f:
			h.t.Errorf("frame %d of %d (%d safe) isn't as it was: %d read", i, len(h.frames), h.safe, len(got))
			return
		default:
			at++
			continue
		}
		break
	}
	if at < len(got) {
		h.t.Errorf("%d frames, of which %d were written", len(got), at)
	}
	h.safe = len(h.frames)
	if last := l.LastEpoch(); last > h.epoch {
		h.t.Errorf("last epoch %d, of %d", last, h.epoch)
	}
}

// trouble lets something happen in a while, mostly.
func (h *history) trouble() {
	n := 1 + h.rng.IntN(60)
	switch h.rng.IntN(5) {
	case 0, 1:
		h.d.StopAfter(n)
	case 2:
		h.d.FailAfter(n, 1, syscall.EIO)
	case 3:
		h.d.FailAfter(n, 1000, syscall.ENOSPC)
	}
}

// work appends, waits and releases, up to an error or for a while.
func (h *history) work(l *Log) {
	for range h.rng.IntN(40) {
		var err error
		switch h.rng.IntN(8) {
		case 0:
			to := max(h.released, h.rng.Int64N(h.epoch+1))
			err = l.Release(to)
			h.released = to // also after an error: it has released what it could
		case 1, 2:
			if err = l.Wait(context.Background(), l.appended); err == nil {
				h.safe = len(h.frames)
			}
		default:
			err = h.append(l)
		}
		if err != nil {
			if !errors.Is(err, crashdisk.ErrOff) && !errors.Is(err, syscall.EIO) && !errors.Is(err, syscall.ENOSPC) {
				h.t.Errorf("an unexpected error: %v", err)
			}
			return
		}
	}
	if h.rng.IntN(3) == 0 && l.Close() == nil {
		h.safe = len(h.frames)
	}
}

// append appends a frame: an entry of a new epoch, or a note of an old one or of the next.
func (h *history) append(l *Log) error {
	kind, epoch := Note, 1+h.rng.Int64N(h.epoch+1)
	if h.rng.IntN(3) > 0 {
		h.epoch += 1 + h.rng.Int64N(3)
		kind, epoch = Entry, h.epoch
	}
	h.epoch = max(h.epoch, epoch)
	payload := fmt.Sprint(len(h.frames)) + strings.Repeat("x", h.rng.IntN(1000)*h.rng.IntN(10))
	_, err := l.Append(context.Background(), kind, epoch, []byte(payload))
	if err == nil {
		h.frames = append(h.frames, frame{epoch, payload})
	}
	return err
}
