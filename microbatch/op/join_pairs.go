package op

import (
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// pairBlock is pairs of rows with equal keys: own rows have changed, the other side's are there.
type pairBlock struct {
	own, other []uint32
	diffs      []int64
}

func (b *pairBlock) reset() { b.own, b.other, b.diffs = b.own[:0], b.other[:0], b.diffs[:0] }

// match pairs the changed rows of a side with all of the other side: Δ(own) ⋈ other.
func (w *joinWork) match(side int) error {
	shape, part := w.join.shape, w.part
	if !shape.pairs && shape.byKey {
		return nil
	}
	store := part.stores[side]
	for _, t := range store.touched {
		r := &store.rows[t.row]
		delta := r.weight - t.weight
		if delta == 0 || r.key < reservedKeys {
			continue
		}
		if err := w.chain(side, t.row, delta, r.key); err != nil {
			return err
		}
		if shape.within == nil {
			continue
		}
		if key := w.nextBucket(side, r.key); key != none {
			if err := w.chain(side, t.row, delta, key); err != nil {
				return err
			}
		}
	}
	return w.flushPairs(side)
}

// chain pairs a row with the other side's rows of a key.
func (w *joinWork) chain(side int, id uint32, delta int64, key uint32) error {
	other := w.part.stores[1-side]
	limit := min(vec.BatchRows, max(1, vec.MaxPlainBytes/max(other.longest, w.part.stores[side].longest)))
	for o := w.part.keys.keys[key].head[1-side]; o != none; o = other.rows[o].next {
		weight := other.rows[o].weight
		if weight == 0 || !w.isNear(side, id, o) {
			continue
		}
		w.pairs.own, w.pairs.other = append(w.pairs.own, id), append(w.pairs.other, o)
		diff, ok := mulTimes(delta, weight)
		if !ok {
			return w.tooOften(side, id)
		}
		w.pairs.diffs = append(w.pairs.diffs, diff)
		if len(w.pairs.own) < limit {
			continue
		}
		if err := w.flushPairs(side); err != nil {
			return err
		}
	}
	return nil
}

// nextBucket is the key of the other bucket in which a row has matches, none if there is none.
func (w *joinWork) nextBucket(side int, key uint32) uint32 {
	t, by := w.part.keys, int64(1)
	if side == 1 {
		by = -1
	}
	w.key = otherBucket(w.key[:0], t.bytes(key), by)
	return t.find(t.hash.Bytes(w.key), w.key)
}

// isNear reports whether a pair's times are within the interval.
func (w *joinWork) isNear(side int, own, other uint32) bool {
	in := w.join.shape.within
	if in == nil {
		return true
	}
	apart := satSub(w.part.stores[1-side].times[other], w.part.stores[side].times[own]) // right − left
	if side == 1 {
		apart = satSub(w.part.stores[side].times[own], w.part.stores[1-side].times[other])
	}
	return in.lo <= apart && apart <= in.hi
}

// flushPairs counts and emits the pairs for which the condition is true.
func (w *joinWork) flushPairs(side int) error {
	if len(w.pairs.own) == 0 {
		return nil
	}
	defer w.pairs.reset()
	if w.cond != nil {
		if err := w.choosePairs(side); err != nil {
			return err
		}
	}
	if w.join.shape.byRow {
		if err := w.countPairs(side); err != nil {
			return err
		}
	}
	if !w.join.shape.pairs {
		return nil
	}
	left, right, lrefs, rrefs := w.sources(side)
	return w.out.add(left, right, lrefs, rrefs, w.pairs.diffs, w.to)
}

// sources is where the pairs' values are.
func (w *joinWork) sources(side int) (left, right joinRows, lrefs, rrefs []vec.Ref) {
	l, r := w.pairs.own, w.pairs.other
	if side == 1 {
		l, r = r, l
	}
	stores := &w.part.stores
	return stores[0].source(), stores[1].source(), stores[0].refsOf(l), stores[1].refsOf(r)
}

// countPairs adds the pairs to what the rows' matches weigh. A row that is new gets the weight of what was there; one that was there,
// the change.
func (w *joinWork) countPairs(side int) error {
	store, other := w.part.stores[side], w.part.stores[1-side]
	watched := w.join.shape.sides[1-side].watch != unwatched
	ok := true
	for i, own := range w.pairs.own {
		o := w.pairs.other[i]
		r := &store.rows[own]
		was := store.touched[r.mark-1].weight
		if was == 0 {
			if store.counts[own], ok = addTimes(store.counts[own], other.rows[o].weight); !ok {
				return w.tooOften(side, own)
			}
		}
		if watched {
			other.touch(o)
			if other.counts[o], ok = addTimes(other.counts[o], r.weight-was); !ok {
				return w.tooOften(1-side, o)
			}
		}
	}
	return nil
}

// choosePairs leaves out pairs for which the condition isn't true.
func (w *joinWork) choosePairs(side int) error {
	left, right, lrefs, rrefs := w.sources(side)
	sel, err := w.cond.choose(left, right, lrefs, rrefs, w.pairs.diffs, w.out.at, w.to)
	if err != nil {
		return err
	}
	p := &w.pairs
	for k, i := range sel {
		p.own[k], p.other[k], p.diffs[k] = p.own[i], p.other[i], p.diffs[i]
	}
	p.own, p.other, p.diffs = p.own[:len(sel)], p.other[:len(sel)], p.diffs[:len(sel)]
	return nil
}

// joinCond evaluates a join's condition over pairs. Of the columns, only those are made that it reads.
type joinCond struct {
	expr     calc.Expr
	reads    []int
	split    int // columns of the left side
	builders []*vec.Builder
	views    []vec.Vec
	cols     []*vec.Vec
	bad      badRows
	retracts bool // bad pairs may go again; else one that comes n times is n rows
	sel      []uint32
}

func newJoinCond(s *joinShape, env Env) *joinCond {
	n := s.both.Len()
	c := &joinCond{
		expr: plan.Compile(s.cond), reads: s.reads, split: len(s.sides[0].types),
		builders: make([]*vec.Builder, n), views: make([]vec.Vec, n), cols: make([]*vec.Vec, n),
		bad: badRows{env: env, schema: s.both}, retracts: s.sides[0].retracts || s.sides[1].retracts,
	}
	for _, i := range c.reads {
		c.builders[i] = vec.NewBuilder(s.both.Field(i).Type, 0)
	}
	return c
}

// choose is the places of the pairs for which the condition is true, valid until the next call. A pair that can't be computed is a
// bad row, as often as its diff says.
func (c *joinCond) choose(left, right joinRows, lrefs, rrefs []vec.Ref, diffs []int64, at Seq, out Out) ([]uint32, error) {
	for _, i := range c.reads {
		b := c.builders[i]
		b.Reset()
		c.gather(b, i, left, right, lrefs, rrefs)
		b.View(&c.views[i])
		c.cols[i] = &c.views[i]
	}
	batch := &vec.Batch{N: len(lrefs), Cols: c.cols}
	c.sel = calc.Select(c.expr, batch, nil, &c.bad.found, c.sel[:0])
	if len(c.bad.found.Rows) == 0 {
		return c.sel, nil
	}
	whole := &vec.Batch{N: batch.N}
	for i := range c.cols {
		b := vec.NewBuilder(c.bad.schema.Field(i).Type, batch.N)
		c.gather(b, i, left, right, lrefs, rrefs)
		whole.Cols = append(whole.Cols, b.Finish())
	}
	bad := c.bad.take()
	if c.retracts || c.bad.env.Bad != plan.Reject {
		whole.Diff = diffs
		return c.sel, c.bad.report(at, whole, bad, out)
	}
	return c.sel, c.reject(at, whole, bad, diffs, out)
}

// reject rejects bad pairs of b, each as often as its diff says (nil: once), in batches of at most vec.BatchRows.
func (c *joinCond) reject(at Seq, b *vec.Batch, bad []calc.BadRow, diffs []int64, out Out) error {
	if diffs == nil {
		return c.bad.report(at, b, bad, out)
	}
	var some []calc.BadRow
	for _, row := range bad {
		for range diffs[row.Row] {
			if some = append(some, row); len(some) < vec.BatchRows {
				continue
			}
			if err := c.bad.report(at, b, some, out); err != nil {
				return err
			}
			some = some[:0]
		}
	}
	return c.bad.report(at, b, some, out)
}

// gather appends column i of the pairs.
func (c *joinCond) gather(b *vec.Builder, i int, left, right joinRows, lrefs, rrefs []vec.Ref) {
	if i < c.split {
		b.AppendRefs(left.cols[i], lrefs)
		return
	}
	b.AppendRefs(right.cols[i-c.split], rrefs)
}
