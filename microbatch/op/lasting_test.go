package op_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// lasting is a driver whose operator ends now and then: another one, with another number of workers, goes on from the last checkpoint with the epochs
// since. Checkpoints are written while epochs pass.
type lasting struct {
	*driver
	rng         *rand.Rand
	open        func(workers int) *driver
	checkpoints checkpoints
	came        []pushed   // in this epoch
	since, next [][]pushed // epochs since the last checkpoint, and since the one that is being made began
	then        sums       // as the last checkpoint began
	making      sums       // as the one that is being made did
	restarts    int
}

// pushed is a batch with its place.
type pushed struct {
	at op.Seq
	b  *vec.Batch
}

// sums is what an operator has emitted, added up.
type sums struct{ sum, rejected map[string]int64 }

func (d *driver) sums() sums { return sums{maps.Clone(d.sum), maps.Clone(d.rejected)} }

// driveLasting drives an operator that lasts.
func driveLasting(t *testing.T, rng *rand.Rand, in op.Port, bend func(*op.Env), newOperator func(op.Env) op.Operator) *lasting {
	t.Helper()
	l := &lasting{rng: rng, checkpoints: checkpoints{piece: 12}}
	l.open = func(workers int) *driver {
		return drive(t, in, workers, func(e *op.Env) {
			e.Durable, e.Sources = true, []uint32{0, 1}
			if bend != nil {
				bend(e)
			}
		}, newOperator)
	}
	l.driver = l.open(1 + rng.IntN(3))
	return l
}

// push pushes a batch on any worker.
func (l *lasting) push(at op.Seq, b *vec.Batch) error {
	l.came = append(l.came, pushed{at, b})
	return l.driver.push(l.rng.IntN(l.workers), at, b)
}

func (l *lasting) end() error {
	l.since, l.next, l.came = append(l.since, l.came), append(l.next, l.came), nil
	return l.driver.end()
}

// goOn saves a piece of the state, or ends the operator, by chance.
func (l *lasting) goOn() {
	l.t.Helper()
	o := l.operator.(op.Durable)
	if !l.checkpoints.saving && l.rng.IntN(2) == 0 {
		l.checkpoints.begin(l.rng, o)
		l.next, l.making = nil, l.sums()
	}
	if l.checkpoints.saving && l.checkpoints.save(l.t, l.rng, o) {
		l.since, l.then = slices.Clone(l.next), l.making
	}
	if l.checkpoints.done && l.rng.IntN(3) == 0 {
		l.restart()
	}
}

func (l *lasting) restart() {
	l.t.Helper()
	old := l.driver
	state := old.operator.(op.Stateful).State().Keys
	old.close()
	l.driver = l.open(1 + l.rng.IntN(3))
	l.restarts++
	l.driver.appends = old.appends
	l.checkpoints.load(l.t, l.operator.(op.Durable))
	l.sum, l.rejected = maps.Clone(l.then.sum), maps.Clone(l.then.rejected)
	for _, epoch := range l.since {
		for _, p := range epoch {
			if err := l.driver.push(l.rng.IntN(l.workers), p.at, p.b); err != nil {
				l.t.Fatal(err)
			}
		}
		if err := l.driver.end(); err != nil {
			l.t.Fatal(err)
		}
	}
	l.next = nil
	l.check("what comes again after a restart", old.sum)
	if !maps.Equal(l.rejected, old.rejected) {
		l.t.Errorf("rejected again %v, before %v", l.rejected, old.rejected)
	}
	if got := l.operator.(op.Stateful).State().Keys; got != state {
		l.t.Errorf("the state has %d keys after a restart, before %d", got, state)
	}
}
