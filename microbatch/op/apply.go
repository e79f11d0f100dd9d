package op

import (
	"context"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// NewApply makes the operator of an Apply. There are three, by when the function is asked:
//
//	applyNow    as the rows come, whole batches, by the workers
//	applyLater  at the end of the epoch, a row each, many at once: functions that wait for something (plan.Async), where rows only come
//	applyKept   at the end of the epoch, and results are kept until their row goes: where rows go, and it matters (plan.Function.Remembers)
func NewApply(n *plan.Apply, env Env) Operator { return &apply{node: n, env: env} }

// apply becomes one of them when it is known what its input does.
type apply struct {
	node *plan.Apply
	env  Env
	Operator
}

func (a *apply) Open(in []Port) (func() Local, error) {
	if err := a.checkLasting(in[0].Bounded); err != nil {
		return nil, err
	}
	switch f := a.node.Func; {
	case f.Remembers(in[0].Kind):
		a.Operator = newApplyKept(a.node, a.env)
	case f.Async != nil:
		a.Operator = &applyLater{node: a.node, env: a.env}
	default:
		a.Operator = &applyNow{node: a.node, env: a.env}
	}
	return a.Operator.Open(in)
}

func (a *apply) Close() error {
	if a.Operator == nil { // it was never opened
		return nil
	}
	return a.Operator.Close()
}

// State is what results are kept.
func (a *apply) State() State {
	if s, ok := a.Operator.(Stateful); ok {
		return s.State()
	}
	return State{}
}

// applyNow asks the function as rows come. Cost: the function's, and a copy of the arguments if they are selected or have a dictionary.
type applyNow struct {
	stateless
	node *plan.Apply
	env  Env
}

func (a *applyNow) Open([]Port) (func() Local, error) {
	return func() Local {
		return &applyLocal{
			node: a.node, call: newCaller(a.node.Func, a.env), bad: badRows{env: a.env, schema: a.node.Input.Schema()},
		}
	}, nil
}

type applyLocal struct {
	node   *plan.Apply
	call   caller
	bad    badRows
	places []uint32
}

func (l *applyLocal) Push(_ int, at Seq, b *vec.Batch, out Out) error {
	n := b.Rows()
	if n == 0 {
		return nil
	}
	results, bad, err := l.call.batch(context.Background(), argsOf(l.node, b), n)
	if err != nil {
		return err
	}
	for _, row := range bad {
		l.bad.found.Rows = append(l.bad.found.Rows, calc.BadRow{Row: uint32(b.Row(int(row.Row))), Reason: row.Reason})
	}
	sel, err := l.bad.settle(at, b, b.Sel, out)
	if err != nil || sel != nil && len(sel) == 0 {
		return err
	}
	passed := &vec.Batch{N: b.N, Sel: sel, Diff: b.Diff, Cols: append([]*vec.Vec(nil), b.Cols...)}
	for _, v := range results {
		passed.Cols = append(passed.Cols, l.spread(v, b))
	}
	return out.Emit(Main, at, passed)
}

// spread is a column of the rows that are meant as one of all rows.
func (l *applyLocal) spread(v *vec.Vec, b *vec.Batch) *vec.Vec {
	if b.Sel == nil {
		return v
	}
	l.places = sized(l.places, b.N)
	clear(l.places)
	for k, row := range b.Sel {
		l.places[row] = uint32(k)
	}
	return v.Take(l.places)
}

// argsOf is the arguments of the rows that are meant: plain, dense columns.
func argsOf(n *plan.Apply, b *vec.Batch) []*vec.Vec {
	args := make([]*vec.Vec, len(n.Args))
	for i, c := range n.Args {
		v := b.Cols[c]
		if b.Sel != nil {
			v = v.Take(b.Sel)
		}
		args[i] = v.Plain()
	}
	return args
}
