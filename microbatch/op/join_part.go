package op

import (
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// joinPart is the state of one partition: the keys of both sides, and each side's rows.
//
//	keys     7 ── left: a, c   right: x        totals 2, 1
//	         9 ── left: d      right: –               1, 0
//	NULL, left ── left: e      (the other side of this key is always empty)
//
// Rows whose key is NULL have one of two keys of their own, one for each side, which no table leads to. So they
// match nothing, and are padded like other rows.
type joinPart struct {
	join        *join
	keys        *joinTable
	stores      [2]*joinStore
	totals      [][2]int64   // by key: weight of each side's rows; only if matches are counted by key
	touchedKeys []touchedKey // lent by joinWork
	buckets     *timeBuckets // nil: no interval, or nothing outlasts the epoch
	asof        *asofState   // nil: not an as-of join
	saves       *joinSaves   // nil: the state isn't saved
	charged     int64
}

// touchedKey is a key that the epoch has changed, with the totals from before.
type touchedKey struct {
	key    uint32
	totals [2]int64
	gone   vec.Ref // a row that went: its batch among those dealt, and its place
}

// reservedKeys is how many keys are there for NULLs: side s has key s.
const reservedKeys = 2

func newJoinPart(j *join) *joinPart {
	s := j.shape
	p := &joinPart{join: j, keys: newJoinTable(s.keyer(0).wide, group.NewHasher(s.hash))}
	for i := range p.stores {
		side := &s.sides[i]
		p.stores[i] = newJoinStore(side.types, side.retracts, side.times != nil, s.byRow)
		p.keys.add(0)
	}
	if s.within != nil && !s.final {
		p.buckets = &timeBuckets{within: s.within}
	}
	if s.asof != nil {
		p.asof = newAsofState(s, p.stores)
	}
	if j.env.Durable {
		p.saves = &joinSaves{}
	}
	if s.byKey {
		p.totals = make([][2]int64, reservedKeys)
	}
	return p
}

// count is the number of rows, and of keys of which only the number of rows is kept.
func (p *joinPart) count() int64 {
	n := int64(p.stores[0].live + p.stores[1].live)
	if p.join.shape.keyOnly {
		n += int64(p.keys.live() - reservedKeys)
	}
	return n
}

// keyOf is the number of the key of row i of d, which is made if need be.
func (p *joinPart) keyOf(side int, d *dealtRows, i uint32) uint32 {
	if d.keys.isAbsent(int(i)) {
		return uint32(side)
	}
	key := p.keys.intern(d.keys.words[i], d.keys.row(int(i)))
	if p.totals != nil && int(key) >= len(p.totals) {
		p.totals = append(p.totals, [2]int64{})
	}
	if p.buckets != nil {
		p.buckets.enter(p.keys, key)
	}
	return key
}

// newRow makes a row of row i of d, whose values are stored later.
func (p *joinPart) newRow(side int, d *dealtRows, i uint32) uint32 {
	store := p.stores[side]
	key := p.keyOf(side, d, i)
	id := store.newRow(key)
	store.rows[id].at = pending(i)
	if store.times != nil {
		store.times[id] = d.keys.times[i]
	}
	if d.hashes != nil {
		store.enter(id, d.hashes[i])
	}
	store.link(id, &p.keys.keys[key].head[side])
	return id
}

// countRows counts rows by key; n is the number of d among those dealt.
func (p *joinPart) countRows(side int, d *dealtRows, n int, rows []uint32) error {
	for _, i := range rows {
		diff, ok := d.diff(i), true
		key := p.keyOf(side, d, i)
		p.touchKey(key)
		if p.totals[key][side], ok = addTimes(p.totals[key][side], diff); !ok {
			return p.join.tooOften(side, d.b, int(i))
		}
		if diff < 0 {
			p.touchedKeys[p.keys.keys[key].mark-1].gone = vec.Ref{Batch: uint32(n), Row: i}
		}
	}
	return nil
}

// touchKey remembers a key's totals from before the epoch.
func (p *joinPart) touchKey(key uint32) {
	k := &p.keys.keys[key]
	if k.mark != 0 {
		return
	}
	p.touchedKeys = append(p.touchedKeys, touchedKey{key: key, totals: p.totals[key]})
	k.mark = uint32(len(p.touchedKeys))
}

// settle ends the epoch: rows that are there no more, and those of a side that isn't kept, are removed.
func (p *joinPart) settle() {
	p.mark()
	if p.buckets != nil {
		p.buckets.settle()
	}
	for side, store := range p.stores {
		forgets, retracts := p.join.shape.sides[side].forgets, p.join.shape.sides[side].retracts
		for _, t := range store.touched {
			r := &store.rows[t.row]
			r.mark = 0
			padded := r.key < reservedKeys && !retracts // and never more than that
			if r.weight == 0 || forgets || padded || p.isExpired(side, t.row) {
				p.remove(side, t.row)
			}
		}
		store.touched = store.touched[:0]
	}
	for _, t := range p.touchedKeys {
		p.keys.keys[t.key].mark = 0
		p.dropKey(t.key)
	}
	p.touchedKeys = p.touchedKeys[:0]
}

// remove removes a row, and its key with the last one.
func (p *joinPart) remove(side int, id uint32) {
	store := p.stores[side]
	key := store.rows[id].key
	store.unlink(id, &p.keys.keys[key].head[side])
	store.removeRow(id)
	if p.totals == nil { // else the key is among the touched ones
		p.dropKey(key)
	}
}

// dropKey removes a key without rows.
func (p *joinPart) dropKey(key uint32) {
	if key < reservedKeys || p.keys.keys[key].head != [2]uint32{none, none} {
		return
	}
	if p.totals != nil && p.totals[key] != [2]int64{} {
		return
	}
	if p.buckets != nil {
		p.buckets.leave(key)
	}
	p.keys.remove(key)
}

// charge makes the account know what the partition holds.
func (p *joinPart) charge() {
	n := p.keys.held() + p.stores[0].held() + p.stores[1].held() + int64(16*cap(p.totals)) + p.buckets.held() + p.asof.held() + p.saves.held()
	p.join.env.Account.Charge(n - p.charged)
	p.charged = n
}
