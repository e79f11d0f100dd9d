package op

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// limit passes the first rows in the order of the input, whichever worker read them.
//
// Morsels are handed out in order, so a worker's rows come in order, and its first Offset+N are all that
// can be among the result. And once the workers together hold Offset+N rows, no
// morsel that hasn't begun can matter: then the limit is sated, and the engine stops reading. In a stream the rows of an epoch come
// before those of the next, which has only the rest to give.
// Memory: at most (Offset+N) rows a worker, for an epoch.
type limit struct {
	node       *plan.Limit
	env        Env
	skip, left int64        // rows that are still to be left out, then to be passed
	want       int64        // rows of this epoch that matter: skip + left
	held       atomic.Int64 // rows of this epoch that the workers have
	saved      savedCopies

	mu     sync.Mutex
	locals []*limitLocal
}

// NewLimit makes the operator of a Limit.
func NewLimit(n *plan.Limit, env Env) Operator {
	l := &limit{node: n, env: env, skip: n.Offset, left: n.N}
	l.begin()
	return l
}

// begin readies it for an epoch.
func (l *limit) begin() {
	l.held.Store(0)
	l.want = 0
	if l.left > 0 {
		l.want = rowsWanted(l.left, l.skip)
	}
}

// rowsWanted is n + offset, and at most as many as there are numbers.
func rowsWanted(n, offset int64) int64 {
	if n > math.MaxInt64-offset {
		return math.MaxInt64
	}
	return n + offset
}

func (l *limit) Open([]Port) (func() Local, error) {
	return func() Local {
		local := &limitLocal{limit: l}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.locals = append(l.locals, local)
		return local
	}, nil
}

func (l *limit) Sated() bool { return l.held.Load() >= l.want }

type limitLocal struct {
	limit *limit
	rows  int64
	kept  []seqBatch
}

func (l *limitLocal) Push(_ int, at Seq, b *vec.Batch, _ Out) error {
	room := l.limit.want - l.rows
	if room <= 0 {
		return nil
	}
	b = firstRows(b, room)
	kept := b.Keep(l.limit.env.Account)
	l.kept = append(l.kept, seqBatch{at: at, b: kept})
	l.rows += int64(kept.N)
	l.limit.held.Add(int64(kept.N))
	return overBudget(l.limit.env)
}

// firstRows is b with at most its first n rows meant.
func firstRows(b *vec.Batch, n int64) *vec.Batch {
	if int64(b.Rows()) <= n {
		return b
	}
	cut := *b
	if b.Sel != nil {
		cut.Sel = b.Sel[:n]
		return &cut
	}
	cut.Sel = make([]uint32, n)
	for i := range cut.Sel {
		cut.Sel[i] = uint32(i)
	}
	return &cut
}

func (l *limit) EndEpoch(_ *Epoch, out Out) error {
	defer l.release()
	for _, k := range l.inOrder() {
		from := min(l.skip, int64(k.b.N))
		to := from + min(l.left, int64(k.b.N)-from)
		l.skip -= from
		l.left -= to - from
		if from == to {
			continue
		}
		if err := out.Emit(Main, k.at, k.b.Slice(int(from), int(to))); err != nil {
			return err
		}
	}
	l.begin()
	return nil
}

func (l *limit) inOrder() []seqBatch {
	var all []seqBatch
	for _, local := range l.locals {
		all = append(all, local.kept...)
	}
	sortBySeq(all)
	return all
}

func (l *limit) Close() error {
	l.release()
	return nil
}

// release gives back all rows: at the end of the epoch already, since what comes behind may need the memory.
func (l *limit) release() {
	for _, local := range l.locals {
		local.kept, local.rows = nil, 0
	}
	l.env.Account.Clear()
}
