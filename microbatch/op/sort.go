package op

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
)

// sorter orders all rows, or finds the first few in order (top-k). Ties keep the order of the input, whichever worker
// read them.
//
// Workers keep their rows; at the end each sorts a part, and the parts are merged.
// Cost: O(n log n) comparisons, of 8-byte prefixes of the encoded keys for the most part; with a limit of k
// O(n + k log k) and memory for a few k a worker. Without one, all rows and their encoded keys are in memory.
type sorter struct {
	node *plan.Sort
	env  Env
	want int64 // rows that can be among the result: the first so many in order

	mu     sync.Mutex
	locals []*sortLocal
}

// NewSort makes the operator of a Sort.
func NewSort(n *plan.Sort, env Env) Operator {
	want := int64(math.MaxInt64)
	if n.Limit >= 0 {
		want = rowsWanted(n.Limit, n.Offset)
	}
	return &sorter{node: n, env: env, want: want}
}

func (s *sorter) Open([]Port) (func() Local, error) {
	return func() Local {
		local := &sortLocal{sorter: s}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.locals = append(s.locals, local)
		return local
	}, nil
}

func (s *sorter) Close() error {
	s.release()
	return nil
}

// release gives back all rows: at the end of the epoch already, since what comes behind may need the memory.
func (s *sorter) release() {
	for _, l := range s.locals {
		l.kept, l.rows = nil, 0
	}
	s.env.Account.Clear()
}

// pruneFactor is how many times the wanted rows a top-k worker lets come together before it throws away those that
// can't be among the first: pruning costs a sort, so its cost a row is that sort's divided by this.
const pruneFactor = 4

type sortLocal struct {
	sorter *sorter
	kept   []seqBatch
	rows   int64
}

func (l *sortLocal) Push(_ int, at Seq, b *vec.Batch, _ Out) error {
	env := l.sorter.env
	kept := b.Keep(env.Account)
	l.kept = append(l.kept, seqBatch{at: at, b: kept})
	l.rows += int64(kept.N)
	if l.rows > vec.BatchRows && l.rows/pruneFactor > l.sorter.want {
		if err := l.prune(); err != nil {
			return err
		}
	}
	return overBudget(env)
}

// prune drops the rows that aren't among this worker's first Offset+Limit. Those left stay in their batches,
// so that they keep their place in the input.
func (l *sortLocal) prune() error {
	sortBySeq(l.kept)
	run, err := newSortRun(l.kept, l.sorter.node, l.sorter.env)
	if err != nil {
		return err
	}
	defer l.sorter.env.Account.Release(run.bytes())
	wanted := run.entries[:min(l.sorter.want, int64(len(run.entries)))]
	rows := make([][]uint32, len(l.kept))
	for _, e := range wanted {
		rows[e.ref.Batch] = append(rows[e.ref.Batch], e.ref.Row)
	}
	left := l.kept[:0]
	for i, k := range l.kept {
		if len(rows[i]) == 0 {
			k.b.Drop(l.sorter.env.Account)
			continue
		}
		slices.Sort(rows[i])
		cut := vec.Batch{N: k.b.N, Cols: k.b.Cols, Diff: k.b.Diff, Sel: rows[i]}
		left = append(left, seqBatch{at: k.at, b: cut.Keep(l.sorter.env.Account)})
		k.b.Drop(l.sorter.env.Account)
	}
	clear(l.kept[len(left):])
	l.kept = left
	l.rows = int64(len(wanted))
	return nil
}

func (s *sorter) EndEpoch(e *Epoch, out Out) error {
	defer s.release()
	var all []seqBatch
	for _, l := range s.locals {
		all = append(all, l.kept...)
	}
	if len(all) == 0 {
		return nil
	}
	sortBySeq(all)
	parts := slices.Collect(slices.Chunk(all, (len(all)+s.env.Workers-1)/s.env.Workers))
	runs := make([]*sortRun, len(parts))
	err := e.Parallel(len(parts), func(i int, _ Out) (err error) {
		runs[i], err = newSortRun(parts[i], s.node, s.env)
		return err
	})
	if err != nil {
		return err
	}
	return s.merge(runs, out)
}

// merge emits the runs' rows in order. The runs follow each other in the input, so of equal rows the
// earlier run's comes first.
func (s *sorter) merge(runs []*sortRun, out Out) error {
	columns := columnsOf(runs)
	m := sortMerge{env: s.env, out: out, columns: columns, rows: batchRows(columns)}
	for n := int64(0); n < s.want; n++ {
		r := first(runs)
		if r == nil {
			break
		}
		ref := r.pop()
		if n < s.node.Offset {
			continue
		}
		if err := m.add(ref); err != nil {
			return err
		}
	}
	return m.flush()
}

// first is the run whose next row comes first, nil if none has one.
func first(runs []*sortRun) *sortRun {
	var best *sortRun
	for _, r := range runs {
		if !r.done() && (best == nil || r.compare(best) < 0) {
			best = r
		}
	}
	return best
}

// columnsOf is, for each column, that column of all batches of all runs, in order.
func columnsOf(runs []*sortRun) [][]*vec.Vec {
	var columns [][]*vec.Vec
	base := uint32(0)
	for _, r := range runs {
		r.base = base
		base += uint32(len(r.batches))
		for _, k := range r.batches {
			if columns == nil {
				columns = make([][]*vec.Vec, len(k.b.Cols))
			}
			for c, v := range k.b.Cols {
				columns[c] = append(columns[c], v)
			}
		}
	}
	return columns
}

// batchRows is how many rows a batch may have so that none of its columns, each given in pieces, exceeds maxColumnBytes.
func batchRows(columns [][]*vec.Vec) int {
	longest := 1
	for _, pieces := range columns {
		for _, v := range pieces {
			longest = max(longest, v.Longest())
		}
	}
	return min(vec.BatchRows, max(1, maxColumnBytes/longest))
}

// sortMerge gathers rows into batches and emits them.
type sortMerge struct {
	env     Env
	out     Out
	columns [][]*vec.Vec
	rows    int // of a batch
	refs    []vec.Ref
	emitted int64
}

func (m *sortMerge) add(ref vec.Ref) error {
	m.refs = append(m.refs, ref)
	if len(m.refs) < m.rows {
		return nil
	}
	return m.flush()
}

func (m *sortMerge) flush() error {
	if len(m.refs) == 0 {
		return nil
	}
	b := &vec.Batch{N: len(m.refs)}
	for _, c := range m.columns {
		b.Cols = append(b.Cols, vec.Gather(c, m.refs))
	}
	at := Seq{Source: m.env.Source, Offset: m.emitted}
	m.emitted += int64(b.N)
	m.refs = m.refs[:0]
	return m.out.Emit(Main, at, b)
}

// sortRun is a sorted stretch of rows.
type sortRun struct {
	batches []seqBatch
	keys    []*order.Keys // of each batch
	entries []sortEntry
	next    int
	base    uint32 // number of batches in the runs before this one
}

// sortEntry is a row with the first eight bytes of its encoded key, which decide most comparisons.
type sortEntry struct {
	prefix uint64
	ref    vec.Ref
}

// sortEntryBytes is the size of a sortEntry.
const sortEntryBytes = 16

// newSortRun sorts the rows of batches. What that takes is charged batch by batch, so that the budget is
// not exceeded by more than a batch's.
func newSortRun(batches []seqBatch, node *plan.Sort, env Env) (*sortRun, error) {
	r := &sortRun{batches: batches}
	cols := make([]*vec.Vec, len(node.Keys))
	keys := make([]order.Key, len(node.Keys))
	for i, k := range node.Keys {
		keys[i] = order.Key{Desc: k.Desc, NullsFirst: k.NullsFirst}
	}
	for _, k := range batches {
		for i, key := range node.Keys {
			cols[i] = k.b.Cols[key.Column]
		}
		encoded := order.Encode(cols, keys, k.b.N)
		env.Account.Charge(encoded.Bytes() + sortEntryBytes*int64(k.b.N))
		if err := overBudget(env); err != nil {
			return nil, err
		}
		r.keys = append(r.keys, encoded)
	}
	r.fillEntries()
	slices.SortFunc(r.entries, r.compareEntries)
	return r, nil
}

func (r *sortRun) fillEntries() {
	rows := 0
	for _, k := range r.batches {
		rows += k.b.N
	}
	r.entries = make([]sortEntry, 0, rows)
	for n, k := range r.batches {
		for row := range k.b.N {
			r.entries = append(r.entries, sortEntry{r.keys[n].Prefix(row), vec.Ref{Batch: uint32(n), Row: uint32(row)}})
		}
	}
}

func (r *sortRun) compareEntries(x, y sortEntry) int {
	if x.prefix != y.prefix {
		return cmp.Compare(x.prefix, y.prefix)
	}
	if c := bytes.Compare(r.key(x), r.key(y)); c != 0 {
		return c
	}
	if x.ref.Batch != y.ref.Batch {
		return cmp.Compare(x.ref.Batch, y.ref.Batch)
	}
	return cmp.Compare(x.ref.Row, y.ref.Row)
}

func (r *sortRun) key(e sortEntry) []byte { return r.keys[e.ref.Batch].Row(int(e.ref.Row)) }

// compare orders the next rows of two runs.
func (r *sortRun) compare(other *sortRun) int {
	x, y := r.entries[r.next], other.entries[other.next]
	if x.prefix != y.prefix {
		return cmp.Compare(x.prefix, y.prefix)
	}
	return bytes.Compare(r.key(x), other.key(y))
}

func (r *sortRun) done() bool { return r.next == len(r.entries) }

// pop takes the next row off, as a place among the batches of all runs.
func (r *sortRun) pop() vec.Ref {
	ref := r.entries[r.next].ref
	r.next++
	ref.Batch += r.base
	return ref
}

func (r *sortRun) bytes() int64 {
	n := sortEntryBytes * int64(len(r.entries))
	for _, k := range r.keys {
		n += k.Bytes()
	}
	return n
}
