package op

import (
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// filter passes the rows for which its condition is true. It copies nothing: it makes a selection.
// Cost: the condition's, a row.
type filter struct {
	stateless
	node *plan.Filter
	env  Env
}

// NewFilter makes the operator of a Filter.
func NewFilter(n *plan.Filter, env Env) Operator { return &filter{node: n, env: env} }

func (f *filter) Open([]Port) (func() Local, error) {
	return func() Local {
		return &filterLocal{cond: plan.Compile(f.node.Cond), bad: badRows{env: f.env, schema: f.node.Input.Schema()}}
	}, nil
}

type filterLocal struct {
	cond calc.Expr
	sel  []uint32
	bad  badRows
}

func (f *filterLocal) Push(_ int, at Seq, b *vec.Batch, out Out) error {
	f.sel = calc.Select(f.cond, b, b.Sel, &f.bad.found, f.sel[:0])
	if _, err := f.bad.settle(at, b, b.Sel, out); err != nil {
		return err
	}
	if len(f.sel) == 0 {
		return nil
	}
	passed := *b
	if len(f.sel) < b.N {
		passed.Sel = f.sel
	}
	return out.Emit(Main, at, &passed)
}

// stateless is the part of an operator that keeps nothing from one batch to the next.
type stateless struct{}

func (stateless) EndEpoch(*Epoch, Out) error { return nil }
func (stateless) Close() error               { return nil }
