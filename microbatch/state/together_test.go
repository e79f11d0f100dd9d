package state_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/disk/crashdisk"
	"github.com/pwcol/pwcol/microbatch/journal"
	"github.com/pwcol/pwcol/microbatch/state"
)

// engine is the least that uses a journal and checkpoints together as a stream does. Its state is the numbers 1, 2, 3 … that its epochs have
// brought, and so tells at once if one is missing, comes twice or out of order.
type engine struct {
	t     *testing.T
	rng   *rand.Rand
	d     *crashdisk.Disk
	known []int64 // the state
	safe  int64   // up to this number sinks have seen
	base  int64   // the epoch of the checkpoint to which deltas are added
	at    journal.Position
}

// TestTogether: whenever a run ends, the newest checkpoint and the journal behind it give the next one all that sinks may have seen.
func TestTogether(t *testing.T) {
	for seed := range uint64(250) {
		e := &engine{t: t, rng: rand.New(rand.NewPCG(seed, 0)), d: crashdisk.New(seed)}
		for range 2 + e.rng.IntN(6) {
			e.run()
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
	}
}

// run is one run: it recovers, works until something happens, and is killed or loses its power.
func (e *engine) run() {
	switch n := 1 + e.rng.IntN(150); e.rng.IntN(4) {
	case 0, 1:
		e.d.StopAfter(n)
	case 2:
		e.d.FailAfter(n, 1+e.rng.IntN(2)*1000, syscall.EIO)
	}
	err := e.live()
	if err != nil && !errors.Is(err, crashdisk.ErrOff) && !errors.Is(err, syscall.EIO) {
		e.t.Error(err)
	}
	if e.rng.IntN(3) == 0 {
		e.d.Kill()
	} else {
		e.d.Crash()
	}
}

// live is what the process does.
func (e *engine) live() (err error) {
	s, err := state.Open(e.d.FS(), filepath.FromSlash("/state"), state.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	l, err := journal.Open(e.d.FS(), filepath.FromSlash("/state/journal"), journal.Identity{Job: s.Job(), Generation: s.Generation()})
	if err != nil {
		return err
	}
	defer l.Close()
	if err := e.recover(s, l); err != nil {
		return err
	}
	for range e.rng.IntN(30) {
		if err := e.step(s, l); err != nil {
			return err
		}
	}
	return nil
}

// recover loads the newest checkpoint, or the one before as if the newest were damaged, and plays the journal behind it.
func (e *engine) recover(s *state.Store, l *journal.Log) error {
	e.known = nil
	all, err := s.Checkpoints()
	if err != nil {
		return err
	}
	e.base, e.at = 0, 0
	if len(all) > 0 {
		c := all[e.rng.IntN(min(2, len(all)))]
		if c.Err != nil {
			return c.Err
		}
		e.base = c.Epoch
		err := s.Load(c.Manifest, "numbers", func(_ int, b *vec.Batch) error {
			e.known = append(e.known, vec.Cast[int64](b.Cols[0].Data)[:b.N]...)
			return nil
		})
		if err != nil {
			return err
		}
		s.Resume(c.Manifest)
	}
	err = l.Read(e.base, func(f journal.Frame) error {
		e.known = append(e.known, int64(binary.LittleEndian.Uint64(f.Payload)))
		return nil
	})
	if err != nil {
		return err
	}
	for i, x := range e.known {
		if x != int64(i+1) {
			e.t.Errorf("number %d is %d", i+1, x)
		}
	}
	if n := int64(len(e.known)); n < e.safe {
		e.t.Errorf("%d numbers, sinks have seen %d", n, e.safe)
	}
	e.safe = int64(len(e.known)) // they may see all of them now
	return nil
}

// step is an epoch, or a checkpoint of the one before. A number is its epoch.
func (e *engine) step(s *state.Store, l *journal.Log) error {
	if e.rng.IntN(5) > 0 || len(e.known) == 0 {
		next := int64(len(e.known)) + 1
		at, err := l.Append(context.Background(), journal.Entry, next, binary.LittleEndian.AppendUint64(nil, uint64(next)))
		if err != nil {
			return err
		}
		e.known, e.at = append(e.known, next), at
		if e.rng.IntN(2) == 0 {
			if err := l.Wait(context.Background(), at); err != nil {
				return err
			}
			e.safe = next
		}
		return nil
	}
	// A checkpoint before its epoch is safe in the journal would leave a hole behind the one before.
	if err := l.Wait(context.Background(), e.at); err != nil {
		return err
	}
	if err := e.checkpoint(s); err != nil {
		return err
	}
	if err := s.Release(2); err != nil {
		return err
	}
	all, err := s.Checkpoints()
	if err != nil {
		return err
	}
	return l.Release(all[len(all)-1].Epoch) // the older one's
}

// checkpoint writes and publishes one of all numbers, as a whole or as those since the last.
func (e *engine) checkpoint(s *state.Store) error {
	epoch := e.known[len(e.known)-1]
	if epoch <= e.base {
		return nil
	}
	from := e.base
	if s.WantsWhole("numbers", "") {
		from = 0
	}
	w, err := s.Begin(epoch)
	if err != nil {
		return err
	}
	b := vec.NewBuilder(vec.TInt64, len(e.known))
	for _, x := range e.known[from:] {
		vec.AppendFixed(b, x)
	}
	err = w.Operator("numbers", "", from == 0)
	if err == nil {
		err = w.Add(0, &vec.Batch{N: len(e.known[from:]), Cols: []*vec.Vec{b.Finish()}})
	}
	if err != nil {
		return errors.Join(err, w.Abort())
	}
	if err := w.Finish(); err != nil {
		return err
	}
	e.base = epoch
	_, err = w.Publish(nil)
	return err
}
