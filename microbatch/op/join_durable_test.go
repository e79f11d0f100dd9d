package op_test

import (
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/pwcol/pwcol/microbatch/op"
)

// restarts saves an operator of two ports while epochs pass, and now and then lets another one, with another number of workers, go on from the last
// checkpoint with the epochs since.
type restarts struct {
	checkpoints
	since, next []fedEpoch // since the last checkpoint, and since the one that is being made began
	again       bool       // epochs are fed once more
}

// fedEpoch is what an epoch was.
type fedEpoch struct {
	number     int64
	deltas     [2]delta
	rightFirst bool
	watermarks []int64
}

// mayRestart makes an operator that was just opened one that is saved, by chance.
func (d *twoSided) mayRestart(rng *rand.Rand) {
	d.t.Helper()
	if rng.IntN(4) == 0 {
		return
	}
	d.restarts = &restarts{checkpoints: checkpoints{piece: 30}}
	if err := d.operator.Close(); err != nil {
		d.t.Fatal(err)
	}
	d.open()
	if rng.IntN(3) == 0 { // a checkpoint from before the first row
		d.restarts.begin(rng, d.operator.(op.Durable))
	}
}

// note keeps an epoch that is about to be fed.
func (r *restarts) note(d *twoSided, deltas [2]delta, rightFirst bool) {
	if r == nil || r.again {
		return
	}
	e := fedEpoch{d.epoch, deltas, rightFirst, slices.Clone(d.watermarks)}
	r.since, r.next = append(r.since, e), append(r.next, e)
}

// turn is called after each epoch.
func (r *restarts) turn(d *twoSided, rng *rand.Rand) {
	d.t.Helper()
	if r == nil {
		return
	}
	if !r.saving && rng.IntN(2) == 0 {
		r.begin(rng, d.operator.(op.Durable))
		r.next = nil
	}
	if r.saving && r.save(d.t, rng, d.operator.(op.Durable)) {
		r.since = slices.Clone(r.next)
	}
	if r.done && rng.IntN(3) == 0 {
		r.restart(d, rng)
	}
}

// restart opens a new operator, which comes to where the old one was: what it emits by that was emitted before.
func (r *restarts) restart(d *twoSided, rng *rand.Rand) {
	d.t.Helper()
	sum, rejected, late := maps.Clone(d.sum), maps.Clone(d.rejected), d.stats.RowsLate.Load()
	keys, epoch, watermarks, mark := d.state().Keys, d.epoch, d.watermarks, d.operator.(op.Clocked).Watermark()
	if err := d.operator.Close(); err != nil {
		d.t.Fatal(err)
	}
	if n := d.budget.Used(); n != 0 {
		d.t.Errorf("%d bytes are charged after Close", n)
	}
	d.workers = 1 + rng.IntN(3)
	d.open()
	r.load(d.t, d.operator.(op.Durable))
	r.again = true
	for _, e := range r.since {
		d.epoch, d.watermarks = e.number, e.watermarks
		if err := d.feed(e.deltas, e.rightFirst); err != nil {
			d.t.Fatal(err)
		}
	}
	r.again, r.next = false, nil
	d.sum, d.rejected, d.epoch, d.watermarks = sum, rejected, epoch, watermarks
	d.stats.RowsLate.Store(late)
	if got := d.state().Keys; got != keys {
		d.t.Errorf("the state has %d rows after a restart, want %d", got, keys)
	}
	if got := d.operator.(op.Clocked).Watermark(); got != mark {
		d.t.Errorf("the watermark is %d after a restart, want %d", got, mark)
	}
}
