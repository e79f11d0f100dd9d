package op

import (
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// upsert keeps the last row of each key and makes changes of what replaces each other: −old, +new.
//
// In an epoch the last row of a key counts, by its place in the source, whichever worker has it. Workers find theirs;
// at the end of the epoch they are merged and compared with what is kept, by the hash of the key. Cost: finding the key, a row, and once
// more an epoch; memory: a row a key.
type upsert struct {
	node  *plan.Upsert
	env   Env
	shape keyedShape
	rank  *ranking
	keyParts

	mu     sync.Mutex
	locals []*bestTable
}

var _ Durable = (*upsert)(nil)

// NewUpsert makes the operator of an Upsert.
func NewUpsert(n *plan.Upsert, env Env) Operator { return &upsert{node: n, env: env} }

func (u *upsert) Open(in []Port) (func() Local, error) {
	u.shape = newKeyedShape(in[0], u.node.Key, u.env)
	u.keyParts = newKeyParts(&u.shape, stateParts(u.env.Workers))
	u.rank = newRanking(in[0], u.node.Key, nil, true, true, u.env)
	return func() Local {
		t := newBestTable(&u.shape, u.rank, true)
		u.mu.Lock()
		defer u.mu.Unlock()
		u.locals = append(u.locals, t)
		return bestLocal{t}
	}, nil
}

// bestLocal is one worker's part.
type bestLocal struct{ table *bestTable }

func (l bestLocal) Push(_ int, at Seq, b *vec.Batch, _ Out) error { return l.table.push(b, at) }

func (u *upsert) EndEpoch(e *Epoch, out Out) error {
	fresh := func() *bestTable { return newBestTable(&u.shape, u.rank, true) }
	return eachPart(e, out, u.locals, fresh, len(u.parts), func(p int, t *bestTable, keys []uint32, out Out) error {
		at := Seq{Source: u.env.Source, Partition: uint32(p)}
		if u.shape.final {
			return t.emit(u.present(t, keys), at, out)
		}
		s := u.part(p)
		dst := s.intern(t.groups, keys)
		return s.replace(dst, t.store, keys, func(k int) bool { return t.isGone(keys[k]) }, at, out)
	})
}

// present is the keys whose last row is there.
func (u *upsert) present(t *bestTable, keys []uint32) []uint32 {
	out := make([]uint32, 0, len(keys))
	for _, key := range keys {
		if !t.isGone(key) {
			out = append(out, key)
		}
	}
	return out
}

func (u *upsert) Close() error {
	for _, t := range u.locals {
		t.drop()
	}
	u.drop()
	return nil
}
