package op

import (
	"bytes"
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// topOne keeps the first row of each key of a table that only grows: a deduplication. Its state is a row a key, with the text that says
// how it is ranked.
//
// Workers find the first of their rows; at the end of the epoch these are merged, and compared with what is kept, by the hash of the
// key. Cost: finding the key and making the text, a row, and copying it if it is the first so far.
type topOne struct {
	env   Env
	shape keyedShape
	rank  *ranking
	keyParts

	mu     sync.Mutex
	locals []*bestTable
}

func newTopOne(n *plan.Top, in Port, env Env) *topOne {
	t := &topOne{env: env, shape: newKeyedShape(in, n.Keys, env)}
	t.keyParts = newKeyParts(&t.shape, stateParts(env.Workers), vec.TBinary)
	t.shape.number = n.Number
	t.rank = newRanking(in, n.Keys, n.Order, in.Ordered, n.Last, env)
	return t
}

func (t *topOne) Open([]Port) (func() Local, error) {
	return func() Local {
		table := newBestTable(&t.shape, t.rank, false)
		t.mu.Lock()
		defer t.mu.Unlock()
		t.locals = append(t.locals, table)
		return bestLocal{table}
	}, nil
}

func (t *topOne) EndEpoch(e *Epoch, out Out) error {
	fresh := func() *bestTable { return newBestTable(&t.shape, t.rank, false) }
	return eachPart(e, out, t.locals, fresh, len(t.parts), func(p int, from *bestTable, keys []uint32, out Out) error {
		at := Seq{Source: t.env.Source, Partition: uint32(p)}
		if t.shape.final {
			return from.emit(keys, at, out)
		}
		s := t.part(p)
		dst, src := t.winners(s, from, keys)
		return s.replace(dst, from.store, src, nil, at, out)
	})
}

// winners is the keys for which the epoch's row comes before the one that is kept, as both tables number them.
func (t *topOne) winners(s *keyState, from *bestTable, keys []uint32) (dst, src []uint32) {
	places := s.intern(from.groups, keys)
	there, texts := &s.store.cols[len(t.shape.rest)], from.texts()
	for k, key := range places {
		c := -1
		if s.alive[key] {
			c = bytes.Compare(texts.text(keys[k]), there.text(key))
		}
		if c == 0 && t.rank.seq {
			c = compareStored(from.store, keys[k], s.store, key)
		}
		if c < 0 {
			dst, src = append(dst, key), append(src, keys[k])
		}
	}
	return dst, src
}

func (t *topOne) Close() error {
	for _, l := range t.locals {
		l.drop()
	}
	t.drop()
	return nil
}
