package op_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// windowSaves makes checkpoints of a trial's operator while epochs pass, and ends it now and then.
type windowSaves struct {
	checkpoints
	trial       windowTrial
	t           *testing.T
	rng         *rand.Rand
	since, next []windowEpoch // since the last checkpoint, and since the one that is being made began
}

// after comes after an epoch. It returns the operator that goes on.
func (s *windowSaves) after(e windowEpoch, r *windowRun) *windowRun {
	s.t.Helper()
	s.since, s.next = append(s.since, e), append(s.next, e)
	if !s.saving && s.rng.IntN(2) == 0 {
		s.begin(s.rng, r.o.(op.Durable))
		s.next = nil
	}
	if s.saving && s.save(s.t, s.rng, r.o.(op.Durable)) {
		s.since = slices.Clone(s.next)
	}
	if !s.done || s.rng.IntN(3) > 0 {
		return r
	}
	return s.restarted(r)
}

// restarted is an operator that has taken up the last checkpoint, and has had the epochs since.
func (s *windowSaves) restarted(old *windowRun) *windowRun {
	s.t.Helper()
	w := s.trial
	mark, wake := old.o.(op.Clocked).Watermark(), old.o.(op.Waker).Wake()
	old.close(s.t, w)
	r := w.open(s.t, 1+s.rng.IntN(3))
	s.load(s.t, r.o.(op.Durable))
	s.next = nil
	for _, e := range s.since {
		out := w.newOut(s.t)
		out.append = false
		w.epoch(s.t, s.rng, r, e, out)
	}
	if got := r.o.(op.Clocked).Watermark(); got != mark {
		s.t.Errorf("%v: the watermark is %d after a restart, want %d", w, got, mark)
	}
	got := r.o.(op.Waker).Wake()
	mayDiffer := w.node.Kind == plan.Session && (w.node.Processing || got == op.EndOfTime) // sessions that are over may have waked it, for nothing
	if got != wake && !mayDiffer {
		s.t.Errorf("%v: wakes at %d after a restart, want %d", w, got, wake)
	}
	return r
}

// TestWindowState ends windows at any epoch, and lets others, with another number of workers, go on.
func TestWindowState(t *testing.T) {
	n := uint64(200)
	if testing.Short() {
		n = 60
	}
	for seed := range n {
		w := randomTrial(10_000 + seed)
		if w.bounded {
			continue
		}
		w.durable, w.epochs = true, w.epochs+8
		w.run(t)
	}
}

// TestSessionState is TestWindowState for sessions.
func TestSessionState(t *testing.T) {
	n := uint64(200)
	if testing.Short() {
		n = 60
	}
	for seed := range n {
		w := randomSession(10_000 + seed)
		if w.bounded {
			continue
		}
		w.durable, w.epochs = true, w.epochs+8
		w.run(t)
	}
}

// TestWindowStateOfManyKeys saves more than fits in a batch.
func TestWindowStateOfManyKeys(t *testing.T) {
	for seed := range uint64(4) {
		w := windowTrial{seed: seed, workers: 3, epochs: 6, rows: 14_000, keys: 9000, disorder: 30, delay: 60, jump: 50, retract: seed%2 == 0, unit: vec.Micro, durable: true}
		kind := plan.Window{Kind: plan.Sliding, Size: 9, Step: 3, Lateness: 10, Early: 1, Keys: []int{0}}
		if seed >= 2 {
			kind = plan.Window{Kind: plan.Session, Size: 7, Lateness: 30, Keys: []int{0}}
		}
		w.node = windowNode(kind, eventSchema)
		w.run(t)
	}
}

// TestWindowStateOfAnotherProgram: what a window can't have saved is an error.
func TestWindowStateOfAnotherProgram(t *testing.T) {
	ints := func(n int) *vec.Batch {
		b := &vec.Batch{N: 1}
		for range n {
			b.Cols = append(b.Cols, &vec.Vec{Type: vec.TInt64, N: 1, Data: vec.Bytes([]int64{1})})
		}
		return b
	}
	w := windowTrial{node: windowNode(plan.Window{Kind: plan.Tumbling, Size: 5, Keys: []int{0}}, eventSchema), unit: vec.Micro}
	r := w.open(t, 2)
	defer r.close(t, w)
	for table, columns := range []int{2, 4, 4, 4, 4} {
		if err := r.o.(op.Durable).Load(table, ints(columns)); err == nil {
			t.Errorf("table %d takes a batch of another program", table)
		}
	}
}

// TestSessionStateOfAnotherProgram: cells of sessions that aren't there, and sessions without cells, are errors.
func TestSessionStateOfAnotherProgram(t *testing.T) {
	for _, retract := range []bool{false, true} {
		w := windowTrial{node: windowNode(plan.Window{Kind: plan.Session, Size: 5}, eventSchema), unit: vec.Micro, retract: retract, durable: true}
		r := w.open(t, 1)
		rng := rand.New(rand.NewPCG(1, 1))
		in := windowEpoch{events: []event{{time: 3, value: 1, diff: 1}, {time: 20, value: 2, diff: 1}}, mark: 9, now: 1}
		w.epoch(t, rng, r, in, w.newOut(t))
		c := checkpoints{piece: 1}
		c.begin(rng, r.o.(op.Durable))
		for !c.save(t, rng, r.o.(op.Durable)) {
		}
		r.close(t, w)
		for lost := range c.whole {
			again := w.open(t, 2)
			var err error
			for i, s := range c.whole {
				if i != lost && err == nil {
					err = again.o.(op.Durable).Load(s.table, s.batch.Keep(nil))
				}
			}
			if err == nil {
				err = again.o.(op.Durable).Loaded()
			}
			if lost > 0 && c.whole[lost].table != goneTable && err == nil {
				t.Errorf("retract %v: a state without its batch %d, of table %d, is taken", retract, lost, c.whole[lost].table)
			}
			again.close(t, w)
		}
	}
}

// goneTable is the table of where sessions were, any of which may be missing.
const goneTable = 4
