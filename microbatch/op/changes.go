package op

import (
	"fmt"
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// changes makes rows of changes: the epoch's number and each row's Diff become columns. As the number isn't known before the epoch is
// cut, its rows are kept until then. The input is net already (plan.NewChanges).
type changes struct {
	env     Env
	emitted int64

	mu     sync.Mutex
	locals []*keepLocal
}

// NewChanges makes the operator of a Changes.
func NewChanges(_ *plan.Changes, env Env) Operator { return &changes{env: env} }

func (c *changes) Open([]Port) (func() Local, error) {
	return func() Local {
		l := &keepLocal{env: c.env}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.locals = append(c.locals, l)
		return l
	}, nil
}

func (c *changes) EndEpoch(e *Epoch, out Out) error {
	defer releaseKept(c.locals, c.env)
	for _, k := range allKept(c.locals) {
		if err := out.Emit(Main, Seq{Source: c.env.Source, Offset: c.emitted}, changesOf(k.b, e.Number)); err != nil {
			return err
		}
		c.emitted += int64(k.b.N)
	}
	return nil
}

// changesOf is the changes of a dense batch as rows.
func changesOf(b *vec.Batch, epoch int64) *vec.Batch {
	time, diff := make([]int64, b.N), b.Diff
	for i := range time {
		time[i] = epoch
	}
	if diff == nil {
		diff = make([]int64, b.N)
		for i := range diff {
			diff[i] = 1
		}
	}
	cols := append(append([]*vec.Vec(nil), b.Cols...),
		&vec.Vec{Type: vec.TTimestamp(vec.Micro), N: b.N, Data: vec.Bytes(time)},
		&vec.Vec{Type: vec.TInt64, N: b.N, Data: vec.Bytes(diff)})
	return &vec.Batch{N: b.N, Cols: cols}
}

func (c *changes) Close() error {
	releaseKept(c.locals, c.env)
	return nil
}

// fromChanges is the way back: a column becomes the rows' Diff. Rows with 0 vanish.
type fromChanges struct {
	stateless
	node *plan.FromChanges
	env  Env
}

// NewFromChanges makes the operator of a FromChanges.
func NewFromChanges(n *plan.FromChanges, env Env) Operator { return &fromChanges{node: n, env: env} }

func (f *fromChanges) Open([]Port) (func() Local, error) {
	return func() Local {
		return &fromChangesLocal{column: f.node.Diff, bad: badRows{env: f.env, schema: f.node.Input.Schema()}}
	}, nil
}

type fromChangesLocal struct {
	column int
	bad    badRows
	diff   []int64
	sel    []uint32
}

func (l *fromChangesLocal) Push(_ int, at Seq, b *vec.Batch, out Out) error {
	l.diff = sized(l.diff, b.N)
	l.readDiff(b)
	sel, err := l.bad.settle(at, b, b.Sel, out)
	if err != nil {
		return err
	}
	l.sel = l.sel[:0]
	meant := vec.Batch{N: b.N, Sel: sel}
	for i := range meant.Rows() {
		if row := meant.Row(i); l.diff[row] != 0 {
			l.sel = append(l.sel, uint32(row))
		}
	}
	if len(l.sel) == 0 {
		return nil
	}
	passed := &vec.Batch{N: b.N, Sel: l.sel, Diff: l.diff}
	passed.Cols = append(append(passed.Cols, b.Cols[:l.column]...), b.Cols[l.column+1:]...)
	return out.Emit(Main, at, passed)
}

// readDiff reads the column, and finds the rows that have no such number.
func (l *fromChangesLocal) readDiff(b *vec.Batch) {
	v := b.Cols[l.column].Plain()
	for i := range b.Rows() {
		row := b.Row(i)
		d := int64(0)
		if !v.IsNull(row) {
			d = v.Scalar(row).I
		}
		reason := ""
		switch {
		case v.IsNull(row):
			reason = "how often the row comes or goes is NULL; expected an integer"
		case v.Type.Kind == vec.Uint64 && d < 0:
			reason = fmt.Sprintf("how often the row comes is %d; expected less than 2^63", uint64(d))
		case b.Diff != nil:
			product, ok := mulTimes(d, b.Diff[row])
			if !ok {
				reason = fmt.Sprintf("a row with %d that comes %d times would come or go more than 2^63 times", d, b.Diff[row])
			}
			d = product
		}
		if reason != "" {
			l.bad.found.Rows = append(l.bad.found.Rows, calc.BadRow{Row: uint32(row), Reason: reason})
		}
		l.diff[row] = d
	}
}
