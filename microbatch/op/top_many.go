package op

import (
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// topMany keeps the rows of each key in order, and emits what changes among those that are wanted.
//
// Workers collect their rows; at the end of the epoch they are merged with what is kept, by the hash of the key, and of the keys that
// have got or lost a row the wanted rows before and after are compared. If rows never go, only as many as are wanted are kept; else all.
// Cost: making the row's text and O(log n) to find its place among the n rows of its key, a row; a key that is touched: the
// wanted rows, once an epoch.
type topMany struct {
	node  *plan.Top
	env   Env
	shape manyShape
	parts []*manyTable // the state; each nil until there is something for it

	mu     sync.Mutex
	locals []*manyTable
}

func newTopMany(n *plan.Top, in Port, env Env) *topMany {
	t := &topMany{node: n, env: env, parts: make([]*manyTable, stateParts(env.Workers))}
	seq := in.Ordered && in.Kind == plan.Append
	t.shape = manyShape{
		keyedShape: newKeyedShape(in, n.Keys, env), rank: newRanking(in, n.Keys, n.Order, seq, n.Last, env),
		want: topWant(n), cuts: n.N >= 0 && in.Kind == plan.Append,
	}
	return t
}

func (t *topMany) Open([]Port) (func() Local, error) {
	return func() Local {
		table := newManyTable(&t.shape)
		t.mu.Lock()
		defer t.mu.Unlock()
		t.locals = append(t.locals, table)
		return manyLocal{table}
	}, nil
}

// manyLocal is one worker's part.
type manyLocal struct{ table *manyTable }

func (l manyLocal) Push(_ int, at Seq, b *vec.Batch, _ Out) error { return l.table.push(b, at) }

func (t *topMany) EndEpoch(e *Epoch, out Out) error {
	times := uint64(0)
	for _, l := range t.locals {
		times = min(times+l.times, maxTimes+1)
		l.times = 0
		l.cut() // before it is read by several workers at once, which can't settle its bags
	}
	if err := checkTimes(&t.env, times); err != nil {
		return err
	}
	fresh := func() *manyTable { return newManyTable(&t.shape) }
	return eachPart(e, out, t.locals, fresh, len(t.parts), func(p int, from *manyTable, keys []uint32, out Out) error {
		state := t.parts[p]
		if state == nil {
			state = t.newPart()
		}
		if t.shape.final {
			defer state.drop()
		} else {
			t.parts[p] = state
		}
		u := newTopUpdate(t, state, Seq{Source: t.env.Source, Partition: uint32(p)}, out)
		for first := 0; first < len(keys); first += keysAtOnce {
			if err := u.run(from, keys[first:min(len(keys), first+keysAtOnce)]); err != nil {
				return err
			}
		}
		state.charge()
		return overBudget(t.env)
	})
}

// keysAtOnce is how many keys are brought up to date together: of so many the wanted rows are held twice.
const keysAtOnce = 256

// newPart makes a part of the state.
func (t *topMany) newPart() *manyTable {
	s := newManyTable(&t.shape)
	s.saves = newTableSaves(t.env, s.saved)
	return s
}

// State says how much is kept.
func (t *topMany) State() State {
	var sum State
	for _, s := range t.parts {
		if s != nil {
			sum.Keys += int64(s.live)
			sum.Bytes += s.charged
		}
	}
	return sum
}

func (t *topMany) Close() error {
	for _, tables := range [][]*manyTable{t.locals, t.parts} {
		for _, s := range tables {
			if s != nil {
				s.drop()
			}
		}
	}
	t.parts = nil
	return nil
}
